"""The long tail: thousands of presentations that a few practices prescribe to a few patients, month after month.

A national file has some 25,000 presentations; most of them are rare. The planted decisions are among the first few
hundred (`medicines.csv`, real codes); the tail is there so that files have a real month's size and skew. Its names,
prices and codes are invented: in no chapter of the BNF is there a section 99.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .calendar import Calendar, dispensing_days
from .chance import stream
from .medicines import CHAPTERS, Medicines
from .organisations import SMALL, Nation

NATIONAL = 25_500  # presentations of a national month, about (EPD, 2025)
PRESENTATIONS = (0, 40_000)
# Items a month over the whole tail; with the first few hundred about 1.7 a head (EPD, 2025).
ITEMS_PER_1000 = 1_500.0
# Items fall with this power of the rank and so many (ours): 16 million rows a month for 6,500 practices.
SKEW, HEAD = 1.4, 5.0
PATIENT = 1.2  # items a month of one patient's repeats: below it, a presentation is somebody's or nobody's
SD_HABIT = 0.5  # between practices, one presentation: log scale (ours)
TWICE, HALF = 0.22, 0.10  # items in double quantity, and in half of it
IN_CHEMICAL = 8  # presentations of one substance
_FORMS = ("Tab 5mg", "Tab 10mg", "Tab 20mg", "Cap 25mg", "Cap 50mg", "Oral Soln 5ml", "Crm 1%", "Inj 1ml Amp")
_QUANTITIES = np.array([28.0, 56.0, 84.0, 30.0, 100.0, 1.0, 60.0, 14.0])
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Tail:
    """K presentations behind the J of `head`; `whole` is all of them, in that order. per_1000: float64 (K,)."""

    head: Medicines
    whole: Medicines
    per_1000: NDArray[np.float64]


@dataclass(frozen=True)
class Repeats:
    """Who prescribes what of the tail, in a block of practices: practice (row in the block), medicine (row of the
    whole), rate (items per 1,000 patients in a month of mean length), N each."""

    practice: NDArray[np.int16]
    medicine: NDArray[np.int32]
    rate: NDArray[np.float32]


def usual_number(practices: int) -> int:
    """Presentations of a demonstration of so many practices, unless somebody says otherwise: 0 is none of the tail."""
    return NATIONAL if practices > SMALL else 0


def tail(head: Medicines, when: Calendar, presentations: int, seed: int) -> Tail | None:
    """The tail that makes up so many presentations in all; None if the first few hundred are as many.

    Raises
    ------
    InputError
        If there would be more than 40,000.
    """
    if not PRESENTATIONS[0] <= presentations <= PRESENTATIONS[1]:
        raise InputError(f"--presentations {presentations}: expected {PRESENTATIONS[0]} to {PRESENTATIONS[1]:,}")
    count = presentations - len(head.codes)
    if count <= 0:
        return None
    rng = stream(seed, "tail")
    codes, names, chemicals = _words(count)
    weight = (np.arange(count) + HEAD) ** -SKEW
    per_1000 = rng.permutation(ITEMS_PER_1000 * weight / weight.sum())
    price = np.exp(rng.normal(np.log(9.0), 1.1, count))
    quarters = when.months.astype(np.int64) // 3
    steps = 0.02 * rng.standard_normal((count, int(np.ptp(quarters)) + 1)).cumsum(axis=1)
    whole = replace(
        head, codes=head.codes + codes, names=head.names + names, chemicals=head.chemicals + chemicals,
        families=head.families + ("",) * count, costly=np.append(head.costly, np.zeros(count, bool)),
        items_per_1000=np.append(head.items_per_1000, per_1000),
        quantity=np.append(head.quantity, _QUANTITIES[np.arange(count) % len(_QUANTITIES)]),
        season=np.concatenate([head.season, np.ones((count, head.season.shape[1]))]),
        age=head.age + ("",) * count,
        price_pence=np.concatenate(
            [head.price_pence, np.round(price[:, None] * np.exp(steps[:, quarters - quarters[0]]), 2)]
        ),
    )  # fmt: skip
    return Tail(head, whole, per_1000)


def repeats(world: Nation, more: Tail, seed: int, block: slice) -> Repeats:
    """Who prescribes what of the tail in a block of practices; what one patient takes, few practices have."""
    rng = stream(seed, "repeats", block.start)
    people = np.maximum(world.patients[block].max(axis=1), 1) / 1000
    chance = rng.standard_normal((len(people), len(more.per_1000)), dtype=np.float32)
    habit = np.exp(chance * SD_HABIT - SD_HABIT**2 / 2)
    mean = habit * more.per_1000.astype(np.float32) * people[:, None].astype(np.float32)
    there = rng.random(mean.shape, dtype=np.float32) * PATIENT < mean
    practice, medicine = np.nonzero(there)
    rate = np.maximum(mean[practice, medicine], PATIENT) / people[practice]
    medicine += len(more.head.codes)
    return Repeats(practice.astype(np.int16), medicine.astype(np.int32), rate.astype(np.float32))


def month(
    world: Nation, more: Tail, when: Calendar, usual: Repeats, t: int, seed: int, block: slice
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.int64]]:  # fmt: skip
    """Practice, medicine, quantity of an item and items of every row of the tail in month `t`, by practice."""
    rng = stream(seed, "tail", when.word(t), block.start)
    days = dispensing_days(when.months)
    people = world.patients[block, t] / 1000 * days[t] / days.mean()
    items = rng.poisson(usual.rate * people[usual.practice])
    there = np.flatnonzero(items)
    items = items[there]
    medicine, practice = usual.medicine[there].astype(np.int64), usual.practice[there] + np.int64(block.start)
    twice = rng.binomial(items, TWICE)
    half = rng.binomial(items - twice, HALF)
    parts = []
    for count, times in ((items - twice - half, 1.0), (twice, 2.0), (half, 0.5)):
        some = np.flatnonzero(count)
        parts.append((practice[some], medicine[some], more.whole.quantity[medicine[some]] * times, count[some]))
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    return columns[0], columns[1], columns[2], columns[3]


def _words(count: int) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Codes (rising), names and substances."""
    chapters = [chapter for chapter in CHAPTERS if chapter != "21"]  # appliances have codes of another length
    codes, names, chemicals = [], [], []
    for i in range(count):
        substance, form = divmod(i, IN_CHEMICAL)
        chapter, number = divmod(substance, -(-count // IN_CHEMICAL // len(chapters)) or 1)
        high, low = divmod(number, len(_LETTERS))
        code = f"{chapters[min(chapter, len(chapters) - 1)]}99{high // 26:02d}0{_LETTERS[high % 26]}{_LETTERS[low]}"
        codes.append(f"{code}AAA{_LETTERS[form]}A{_LETTERS[form]}")
        names.append(f"Demonstration Substance {substance + 1:04d}_{_FORMS[form]}")
        chemicals.append(f"Demonstration Substance {substance + 1:04d}")
    return tuple(codes), tuple(names), tuple(chemicals)

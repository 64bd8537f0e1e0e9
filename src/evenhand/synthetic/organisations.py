"""The organisations of the demonstration: a nation of four ICBs, or one cut up as England is, invented throughout.

Every code holds `DEMO` and a hyphen, which no real NHS code does, and every name starts "Demonstration". A region's
code begins with Y, by which the register of practices tells England from elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .calendar import Calendar
from .chance import stream

PRACTICES = (32, 8192)
SMALL = 2048  # practices up to which the nation has four ICBs; a larger one is cut up as England is
ICBS, SICBLS_EACH = 4, 4
PLACES = ("North", "East", "South", "West")
# England: 7 regions, 42 ICBs, 106 sub-ICB locations and about five practices in a PCN (ODS, 2025).
REGIONS_LARGE, ICBS_LARGE, SICBLS_LARGE, PCN_LARGE = 7, 42, 106, 5
_RIDING = ("Upper", "Lower", "Inner", "Outer", "Hither", "Further", "Middle")
_COLOUR = (
    "Amber", "Ash", "Birch", "Copper", "Elder", "Fern", "Golden", "Heather",
    "Ivory", "Juniper", "Linden", "Maple", "Oaken", "Russet", "Silver", "Willow",
)  # fmt: skip
_THING = (
    "Bank", "Bridge", "Brook", "Cross", "Dale", "Field", "Gate", "Green",
    "Hill", "Lane", "Mead", "Mill", "Park", "Pond", "Vale", "Wood",
)  # fmt: skip
_KIND = (
    "Surgery", "Medical Centre", "Health Centre", "Practice",
    "Family Practice", "Medical Practice", "Group Practice", "Clinic",
)  # fmt: skip
_BIRD = (
    "Avocet", "Bittern", "Curlew", "Dunlin", "Egret", "Falcon", "Goshawk", "Heron",
    "Jackdaw", "Kestrel", "Lapwing", "Merlin", "Nuthatch", "Osprey", "Plover", "Redwing",
)  # fmt: skip
_DISTRICT = ("", *(f" and {word}" for word in ("District", "Borders", "Valleys", "Coast", "Downs", "Forest", "Moors")))
# List sizes: log-normal about 8,300 with a long right tail, close to English practices (a shape, not a count of any).
MEDIAN_LIST, LIST_SPREAD, LIST_RANGE = 8300.0, 0.55, (1500.0, 40000.0)


@dataclass(frozen=True)
class Nation:
    """Who belongs to whom.

    Practices are P, PCNs N, sub-ICB locations S, ICBs I, regions R; `pcn` (P,), `sicbl_of_pcn` (N,), `icb_of_sicbl`
    (S,) and `region_of_icb` (I,) are row numbers. patients: int64 (P, T), 0 once closed.
    `closed`: (practice, first month index without a list, practice that took the patients);
    `moved`: (practice, first month index in the new PCN, new PCN). `without_diabetes` prescribes nothing for it.
    """

    practices: tuple[str, ...]
    practice_names: tuple[str, ...]
    pcns: tuple[str, ...]
    pcn_names: tuple[str, ...]
    sicbls: tuple[str, ...]
    sicbl_names: tuple[str, ...]
    icbs: tuple[str, ...]
    icb_names: tuple[str, ...]
    regions: tuple[str, ...]
    region_names: tuple[str, ...]
    trusts: tuple[str, ...]
    trust_names: tuple[str, ...]
    pcn: NDArray[np.int64]
    sicbl_of_pcn: NDArray[np.int64]
    icb_of_sicbl: NDArray[np.int64]
    region_of_icb: NDArray[np.int64]
    patients: NDArray[np.int64]
    age_tilt: NDArray[np.float64]
    closed: tuple[int, int, int]
    moved: tuple[int, int, int]
    without_diabetes: int
    small: tuple[int, ...]

    @property
    def sicbl(self) -> NDArray[np.int64]:
        """The sub-ICB location of each practice (P,)."""
        return self.sicbl_of_pcn[self.pcn]

    @property
    def icb(self) -> NDArray[np.int64]:
        """The ICB of each practice (P,)."""
        return self.icb_of_sicbl[self.sicbl]

    @property
    def icb_of_trust(self) -> NDArray[np.int64]:
        """The ICB of each trust: two in each."""
        return np.arange(len(self.trusts)) // 2

    def pcn_in(self, month: int) -> NDArray[np.int64]:
        """The PCN of each practice in a month (P,): one practice moves."""
        practice, first, new = self.moved
        pcn = self.pcn.copy()
        pcn[practice] = new if month >= first else pcn[practice]
        return pcn


def nation(practices: int, when: Calendar, seed: int) -> Nation:
    """Invent a nation of so many practices.

    Raises
    ------
    InputError
        If it would have fewer than 32 or more than 8,192 practices.
    """
    if not PRACTICES[0] <= practices <= PRACTICES[1]:
        raise InputError(f"--practices {practices}: expected {PRACTICES[0]} to {PRACTICES[1]}")
    rng = stream(seed, "organisations")
    shape = _england(practices, seed) if practices > SMALL else _four(practices)
    icb_of_sicbl, pcns_of_sicbl = shape.icb_of_sicbl, shape.pcns_of_sicbl
    sicbls, icbs, pcns = len(icb_of_sicbl), int(icb_of_sicbl[-1]) + 1, int(pcns_of_sicbl.sum())
    sicbl_of_pcn = np.repeat(np.arange(sicbls), pcns_of_sicbl)
    pcn = np.repeat(np.arange(pcns), [len(part) for part in np.array_split(np.arange(practices), pcns)])
    first_of_last = int(np.argmax(icb_of_sicbl[sicbl_of_pcn[pcn]] == icbs - 1))
    size = np.exp(rng.normal(np.log(MEDIAN_LIST), LIST_SPREAD, practices)).clip(*LIST_RANGE)
    small = (practices - 2, practices - 5, practices // 2 - 1)
    size[list(small)] = (240.0, 520.0, 380.0)
    closing = (first_of_last, max(2, when.start - 3), first_of_last + 1)
    patients = _patients(rng, size, len(when.months), closing)
    order = rng.permutation(len(_COLOUR) * len(_THING))
    return Nation(
        practices=tuple(f"DEMO-P{i + 1:04d}" for i in range(practices)),
        practice_names=tuple(_practice_name(i, order) for i in range(practices)),
        pcns=tuple(f"DEMO-N{i + 1:0{shape.digits + 1}d}" for i in range(pcns)),
        pcn_names=tuple(
            f"Demonstration {_COLOUR[i // len(_BIRD) % len(_COLOUR)]} {_BIRD[i % len(_BIRD)]}"
            f"{_DISTRICT[i // 256]} PCN" for i in range(pcns)
        ),
        sicbls=tuple(f"DEMO-S{i + 1:0{shape.digits}d}" for i in range(sicbls)),
        sicbl_names=tuple(
            f"Demonstration {shape.places[icb]} ICB - DEMO-S{i + 1:0{shape.digits}d}"
            for i, icb in enumerate(icb_of_sicbl)
        ),
        icbs=tuple(f"DEMO-I{i + 1:0{shape.digits - 1}d}" for i in range(icbs)),
        icb_names=tuple(f"Demonstration {place} Integrated Care Board" for place in shape.places),
        regions=tuple(f"Y-DEMO{i + 1}" for i in range(shape.regions)),
        region_names=tuple(f"Demonstration {_RIDING[i]} Region" for i in range(shape.regions)),
        trusts=tuple(f"DEMO-T{i + 1:0{shape.digits - 1}d}" for i in range(2 * icbs)),
        trust_names=tuple(
            f"Demonstration {shape.places[i // 2]} {('Royal', 'Community')[i % 2]} Hospitals" for i in range(2 * icbs)
        ),
        pcn=pcn,
        sicbl_of_pcn=sicbl_of_pcn,
        icb_of_sicbl=icb_of_sicbl,
        region_of_icb=np.arange(icbs) * shape.regions // icbs,
        patients=patients,
        age_tilt=rng.normal(0.0, 0.35, practices),
        closed=closing,
        moved=(practices - 1, max(1, when.start - 6), pcns - 2),
        without_diabetes=practices - 4,
        small=small,
    )


@dataclass(frozen=True)
class _Shape:
    """How many of each, and who is in whom. digits: of a sub-ICB location's number."""

    regions: int
    places: tuple[str, ...]
    icb_of_sicbl: NDArray[np.int64]
    pcns_of_sicbl: NDArray[np.int64]
    digits: int


def _four(practices: int) -> _Shape:
    sicbls = ICBS * SICBLS_EACH
    each = max(2, round(practices / sicbls / 4))  # a PCN has about four practices
    return _Shape(2, PLACES, np.arange(sicbls) // SICBLS_EACH, np.full(sicbls, each), 2)


def _england(practices: int, seed: int) -> _Shape:
    """Sub-ICB locations of uneven size, one to many in an ICB; the first four ICBs, where campaigns are, have two."""
    rng = stream(seed, "england")
    least = np.where(np.arange(ICBS_LARGE) < ICBS, 2, 1)
    of_icb = least + rng.multinomial(SICBLS_LARGE - least.sum(), rng.dirichlet(np.full(ICBS_LARGE, 2.0)))
    pcns = round(practices / PCN_LARGE)
    fewest = np.full(SICBLS_LARGE, 4)
    pcns_of = fewest + rng.multinomial(pcns - fewest.sum(), rng.dirichlet(np.full(SICBLS_LARGE, 3.0)))
    places = tuple(f"{_COLOUR[i % len(_COLOUR)]} {PLACES[i // len(_COLOUR)]}" for i in range(ICBS_LARGE))
    return _Shape(REGIONS_LARGE, places, np.repeat(np.arange(ICBS_LARGE), of_icb), pcns_of, 3)


def _practice_name(i: int, order: NDArray[np.int64]) -> str:
    pair = int(order[i % len(order)])
    kind = _KIND[(i // len(order) + i) % len(_KIND)]
    street = f" in {_BIRD[i // SMALL - 1]} Street" if i >= SMALL else ""
    return f"Demonstration {_COLOUR[pair // len(_THING)]} {_THING[pair % len(_THING)]} {kind}{street}"


def _patients(
    rng: np.random.Generator, size: NDArray[np.float64], months: int, closing: tuple[int, int, int]
) -> NDArray[np.int64]:
    growth = rng.normal(0.0008, 0.0015, len(size))  # about 1% a year, some shrinking
    path = size[:, None] * np.exp(growth[:, None] * np.arange(months)) * np.exp(
        np.cumsum(rng.normal(0, 0.0008, (len(size), months)), axis=1)
    )
    patients = np.rint(path).astype(np.int64)
    practice, first, heir = closing
    patients[heir, first:] += patients[practice, first:]
    patients[practice, first:] = 0
    return patients

"""Sharing: what each saving would count where proved ones meet in the same cells, before anybody confirms it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from ..errors import InputError
from ..records import Record
from .canonical import digest
from .cells import PANEL, Cells, from_json
from .entry import Entry
from .ledger import Ledger
from .overlap import Amounts, approved, settle, waterfall
from .states import limit_patients, limit_pence

APART = "; what is shared is shared whole, so these cells need a scheme of their own"


@dataclass(frozen=True, eq=False)
class Portion(Record):
    """One saving's side of shared cells. gross: what its verdict shows there; net: what it counts of that; counts: what
    it counts in all once it is shared; counted: what it counts now (0 before it is confirmed). (pence, patients)."""

    saving: str
    approved: str
    gross: Amounts
    net: Amounts
    counts: Amounts
    counted: Amounts


@dataclass(frozen=True, eq=False)
class Part(Record):
    """Cells that the same savings meet in, in the order of approval. reduction: what is taken to have been reduced
    there in all: the most that any one verdict shows, so never more than was proved."""

    cells: Cells
    reduction: Amounts
    portions: tuple[Portion, ...]


@dataclass(frozen=True, eq=False)
class Sharing(Record):
    """How a saving's cells would be shared: one part for each set of cells that it meets others in. counts: what it
    would count in all."""

    saving: str
    parts: tuple[Part, ...]
    counts: Amounts

    @property
    def portions(self) -> tuple[Portion, ...]:
        """Everybody's side, part by part: the saving's own once a part."""
        return tuple(one for part in self.parts for one in part.portions)

    @property
    def others(self) -> tuple[str, ...]:
        """The savings that are confirmed on these cells already."""
        return tuple(dict.fromkeys(one.saving for one in self.portions if one.saving != self.saving))

    @property
    def seal(self) -> str:
        """A hash of it all: whoever agreed to this agreed to nothing else."""
        return digest(self.as_json())


def sharing(entries: Sequence[Entry], saving: str, cells: Cells) -> Sharing | None:
    """How `saving` would share the cells that confirmed savings claim too; None where it meets nobody.

    It may meet several, in the same cells or in different ones. What a verdict shows in shared cells is its amount
    times their share of its claim, rounded down.

    Raises
    ------
    InputError
        If it meets cells that are shared already without meeting all of them, or two others in cells that are partly
        the same; if a measure is claimed at two levels, or no verdict is known.
    """
    ledger = Ledger(entries)
    others = [name for name in dict.fromkeys(e.saving for e in entries)
              if name != saving and ledger.state(name) == "confirmed"]  # fmt: skip
    met = {name: found for name in others if (found := _meeting(entries, name, cells))}
    if not met:
        return None
    groups: dict[tuple[tuple[str, ...], ...], list[str]] = {}
    for name, part in met.items():
        groups.setdefault(_lists(part), []).append(name)
    for one, other in combinations(groups, 2):
        if _touch(one, other):
            raise InputError(f"{saving} meets {groups[one][0]} and {groups[other][0]} in cells that are partly the "
                             f"same{APART}")  # fmt: skip
    for name, part in met.items():
        for block in _latest(entries, name).shared:
            held = tuple(tuple(sorted(set(c))) for c in (block.organisations, block.months, block.codes))
            if held != _lists(part) and _touch(held, _lists(part)):
                raise InputError(f"{saving} meets {name} in some of the cells that {name} shares already, and not in "
                                 f"all{APART}")  # fmt: skip
    limits = {name: _limit(entries, name) for name in (saving, *met)}
    claims = {name: cells if name == saving else _latest(entries, name) for name in (saving, *met)}
    divided = [_part(ledger, saving, names, met[names[0]], limits, claims) for names in groups.values()]
    own = [one for _, _, portions in divided for one in portions if one.saving == saving]
    pence, patients = (limits[saving][side] - sum(one.gross[side] - one.net[side] for one in own) for side in (0, 1))

    def whole(part: Cells, one: Portion) -> Portion:
        if one.saving == saving:
            return replace(one, counts=(pence, patients))
        counts = _counts(claims[one.saving], part, one, limits[one.saving])
        return replace(one, counts=counts, counted=_held(entries, one.saving))

    parts = (Part(part, reduction, tuple(whole(part, one) for one in portions))
             for part, reduction, portions in divided)  # fmt: skip
    return Sharing(saving, tuple(parts), (pence, patients))


def share(
    ledger: Ledger, agreed: Sharing, cells: Cells, *, booked: str, signatures: Sequence[dict[str, str]],
    later: bool = False, next_design: str | None = None,
) -> tuple[Entry, ...]:  # fmt: skip
    """Confirm a saving as it was agreed to be shared, or book a confirmed one anew; later: keep a confirmed one in a
    later year, whose `cells` these are. The entries that it makes, its own the last. next_design: as `Ledger.confirm`.

    Raises
    ------
    InputError
        If an entry breaks an invariant. What came before it stays appended.
    """
    before, saving = len(ledger.entries), agreed.saving
    standing = ledger.state(saving) == "confirmed"
    mine = tuple(
        settle(ledger, saving, part.cells, reduction=part.reduction, booked=booked, signatures=signatures,
               gross={one.saving: one.gross for one in part.portions}, joins=later) for part in agreed.parts
    )  # fmt: skip
    if standing and not later:  # its shares are settled; what its latest verdict allows beside them is booked here
        ledger.restate(saving, booked=booked, signatures=signatures, next_design=next_design)
    else:
        keep = ledger.persist if later else ledger.confirm
        keep(saving, booked=booked, cells=replace(cells, shared=(*cells.shared, *mine)), signatures=signatures,
             next_design=next_design)  # fmt: skip
    return ledger.entries[before:]


def _part(
    ledger: Ledger, saving: str, others: Sequence[str], part: Cells, limits: Mapping[str, Amounts],
    claims: Mapping[str, Cells],
) -> tuple[Cells, Amounts, list[Portion]]:  # fmt: skip
    """One set of cells, and what everybody there shows and counts of it."""
    names = sorted([saving, *others], key=lambda name: approved(ledger, name))
    gross = {name: _scaled(limits[name], len(part), len(claims[name])) for name in names}
    reduction = (max(0, *(g[0] for g in gross.values())), max(0, *(g[1] for g in gross.values())))
    sides = [waterfall(reduction[side], [gross[name][side] for name in names]) for side in (0, 1)]
    return part, reduction, [
        Portion(name, approved(ledger, name)[0], gross[name], (sides[0][place], sides[1][place]), (0, 0), (0, 0))
        for place, name in enumerate(names)
    ]


def _counts(claim: Cells, part: Cells, one: Portion, limit: Amounts) -> Amounts:
    """What another would count in all: its verdict, less what it gives up here and in the parts it shares elsewhere."""
    here = tuple(tuple(sorted(set(cells))) for cells in _lists(part))
    elsewhere = [b for b in claim.shared
                 if tuple(tuple(sorted(set(c))) for c in (b.organisations, b.months, b.codes)) != here]  # fmt: skip
    left = [limit[side] - (one.gross[side] - one.net[side]) - sum(b.gross[side] - b.net[side] for b in elsewhere)
            for side in (0, 1)]  # fmt: skip
    return left[0], left[1]


def _touch(one: tuple[tuple[str, ...], ...], other: tuple[tuple[str, ...], ...]) -> bool:
    """Whether two products of lists hold a cell in common."""
    return all(set(mine) & set(theirs) for mine, theirs in zip(one, other, strict=True))


def _meeting(entries: Sequence[Entry], name: str, cells: Cells) -> Cells | None:
    """The cells that a confirmed saving claims too."""
    claim = _latest(entries, name)
    lists = [tuple(sorted(set(one) & set(other)))
             for one, other in zip(_lists(cells), _lists(claim), strict=True)]  # fmt: skip
    if claim.kind != cells.kind or not all(lists[1:]):
        return None
    if cells.kind == PANEL and claim.level != cells.level:
        raise InputError(f"{name} claims the same measure at another level ({claim.level}); it cannot be shared")
    return replace(cells, organisations=lists[0], months=lists[1], codes=lists[2], shared=()) if lists[0] else None


def _lists(cells: Cells) -> tuple[tuple[str, ...], ...]:
    return cells.organisations, cells.months, cells.codes


def _latest(entries: Sequence[Entry], name: str) -> Cells:
    claimed = next(e["cells"] for e in reversed(entries) if e.saving == name and e["cells"])
    return from_json(claimed, where=f"ledger: {name}")


def _limit(entries: Sequence[Entry], name: str) -> Amounts:
    """The most that its latest verdict lets it count."""
    verdict = next((e["proof"]["verdict"] for e in reversed(entries)
                    if e.saving == name and e["proof"].get("verdict")), None)  # fmt: skip
    if verdict is None:
        raise InputError(f"ledger: {name}: no verdict is on the ledger, so nothing says what it shows")
    return limit_pence(verdict), limit_patients(verdict)


def _scaled(amounts: Amounts, part: int, whole: int) -> Amounts:
    return amounts[0] * part // whole, amounts[1] * part // whole


def _held(entries: Sequence[Entry], name: str) -> Amounts:
    lines = [line for e in entries if e.saving == name for line in e["lines"] if line["account"] == "confirmed"]
    return sum(line["pence"] for line in lines), sum(line["patients"] for line in lines)

"""Sharing: what each saving would count where two proved ones meet in the same cells, before anybody confirms it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..errors import InputError
from ..records import Record
from .canonical import digest
from .cells import PANEL, Cells, from_json
from .entry import Entry
from .ledger import Ledger
from .overlap import Amounts, approved, divide, waterfall
from .states import limit_patients, limit_pence


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
class Sharing(Record):
    """How cells would be shared, in the order of approval. part: the cells that they meet in; reduction: what is taken
    to have been reduced there in all: the most that any one verdict shows, so never more than was proved."""

    saving: str
    part: Cells
    reduction: Amounts
    portions: tuple[Portion, ...]

    @property
    def others(self) -> tuple[str, ...]:
        """The savings that are confirmed on these cells already."""
        return tuple(one.saving for one in self.portions if one.saving != self.saving)

    @property
    def seal(self) -> str:
        """A hash of it all: whoever agreed to this agreed to nothing else."""
        return digest(self.as_json())


def sharing(entries: Sequence[Entry], saving: str, cells: Cells) -> Sharing | None:
    """How `saving` would share the cells that confirmed savings claim too; None where it meets nobody.

    What a verdict shows in the shared cells is its amount times their share of its claim, rounded down.

    Raises
    ------
    InputError
        If it meets several savings in different cells, a measure is claimed at two levels, or no verdict is known.
    """
    ledger = Ledger(entries)
    others = [name for name in dict.fromkeys(e.saving for e in entries)
              if name != saving and ledger.state(name) == "confirmed"]  # fmt: skip
    met = {name: found for name in others if (found := _meeting(entries, name, cells))}
    if not met:
        return None
    parts = list({_lists(part): part for part in met.values()}.values())
    if len(parts) > 1:
        raise InputError(f"{saving} meets {', '.join(met)} in different cells; each part is shared by itself, with "
                         "account.divide")  # fmt: skip
    part = parts[0]
    names = sorted([saving, *met], key=lambda name: approved(ledger, name))
    limits = {name: _limit(entries, name) for name in names}
    claims = {name: cells if name == saving else _latest(entries, name) for name in names}
    gross = {name: _scaled(limits[name], len(part), len(claims[name])) for name in names}
    reduction = (max(0, *(g[0] for g in gross.values())), max(0, *(g[1] for g in gross.values())))
    sides = [waterfall(reduction[side], [gross[name][side] for name in names]) for side in (0, 1)]
    return Sharing(saving, part, reduction, tuple(
        Portion(name, approved(ledger, name)[0], gross[name], (sides[0][place], sides[1][place]),
                (limits[name][0] - gross[name][0] + sides[0][place],
                 limits[name][1] - gross[name][1] + sides[1][place]),
                (0, 0) if name == saving else _held(entries, name))
        for place, name in enumerate(names)
    ))  # fmt: skip


def share(
    ledger: Ledger, agreed: Sharing, cells: Cells, *, booked: str, signatures: Sequence[dict[str, str]]
) -> tuple[Entry, ...]:  # fmt: skip
    """Confirm a saving as it was agreed to be shared; the entries that it makes, its own the last.

    Raises
    ------
    InputError
        If an entry breaks an invariant. What came before it stays appended.
    """
    gross = {one.saving: one.gross for one in agreed.portions}
    return divide(ledger, agreed.saving, cells, agreed.part, reduction=agreed.reduction, gross=gross, booked=booked,
                  signatures=signatures)  # fmt: skip


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

"""Overlap: cells that several savings claim, shared by waterfall: no pound is counted twice, whoever comes first.

Source: METHODS B.7 (waterfall: schemes in order of approval, each takes what is left) and F.6 (per cell, what is
confirmed is at most what was reduced).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..errors import InputError
from .cells import Cells, Shared, from_json
from .entry import Entry
from .ledger import Ledger

Amounts = tuple[int, int]  # pence, patients


def waterfall(reduction: int, gross: Sequence[int]) -> tuple[int, ...]:
    """What each counts of a reduction, in order of approval: what it shows itself, or what is left if that is less.

    A cost (below 0) is borne whole by who has it, and leaves no more to the others.

    >>> waterfall(100, (70, 50, 20))
    (70, 30, 0)
    """
    left, net = max(reduction, 0), []
    for amount in gross:
        net.append(min(amount, left))
        left -= max(net[-1], 0)
    return tuple(net)


def divide(
    ledger: Ledger, saving: str, cells: Cells, part: Cells, *, reduction: Amounts, gross: Mapping[str, Amounts],
    booked: str, signatures: Sequence[Mapping[str, str]],
) -> tuple[Entry, ...]:  # fmt: skip
    """Confirm an evidenced saving whose claim `cells` shares `part` with savings that are confirmed already, or share
    that part anew where it is confirmed itself.

    reduction: what was reduced in `part` in all, against the controls. gross: for this saving and every other that
    claims `part`, what its own verdict shows there. The order is that of approval (when it was planned), so that the
    outcome is the same whoever is confirmed first. Where that changes what another may count, it is restated first.

    Raises
    ------
    InputError
        If a saving in `gross` is not confirmed, or an entry breaks an invariant. What came before it stays appended.
    """
    before = len(ledger.entries)
    mine = settle(ledger, saving, part, reduction=reduction, gross=gross, booked=booked, signatures=signatures)
    if ledger.state(saving) != "confirmed":
        shared = (*cells.shared, mine)
        ledger.confirm(saving, booked=booked, cells=replace(cells, shared=shared), signatures=signatures)
    return ledger.entries[before:]


def settle(
    ledger: Ledger, saving: str, part: Cells, *, reduction: Amounts, gross: Mapping[str, Amounts], booked: str,
    signatures: Sequence[Mapping[str, str]], joins: bool = False,
) -> Shared:  # fmt: skip
    """Restate whoever is confirmed on `part` so that `saving` can have its share there; what that share is. The saving
    itself is restated too, if it is confirmed on these cells already; joins: it is confirmed, and comes to them anew.

    Raises
    ------
    InputError
        As `divide`.
    """
    others = [name for name in gross if name != saving]
    if saving not in gross or not others:
        raise InputError(f"ledger: {saving}: expected its own gross amount and that of every other in the shared cells")
    if unknown := [name for name in others if ledger.state(name) != "confirmed"]:
        raise InputError(f"ledger: {unknown[0]}: is not confirmed, so it has no part in shared cells yet")
    order = sorted(gross, key=lambda name: approved(ledger, name))
    sides = [waterfall(reduction[side], [gross[name][side] for name in order]) for side in (0, 1)]
    net = {name: (sides[0][place], sides[1][place]) for place, name in enumerate(order)}
    lists = (part.organisations, part.months, part.codes)
    mine = {name: Shared(*lists, reduction, gross[name], net[name]) for name in order}
    standing = [name for name in order if ledger.state(name) == "confirmed" and not (joins and name == saving)]
    for name in reversed(standing):  # who must give something up does so before anybody takes it
        old = _block(_claim(ledger, name), mine[name])
        if old is not None and any(now < was for now, was in zip(net[name], old.net, strict=True)):
            least = (min(net[name][0], old.net[0]), min(net[name][1], old.net[1]))
            _restate(ledger, name, replace(mine[name], reduction=old.reduction, net=least), booked, signatures)
    for name in standing:
        if _block(_claim(ledger, name), mine[name]) != mine[name]:
            _restate(ledger, name, mine[name], booked, signatures)
    return mine[saving]


def approved(ledger: Ledger, saving: str) -> tuple[str, int]:
    """When a saving was planned (YYYY-MM-DD), and by which entry: its place in the order of sharing.

    Raises
    ------
    InputError
        If it was never planned.
    """
    planned = next((e for e in ledger.entries if e.saving == saving and e.state == "planned"), None)
    if planned is None:
        raise InputError(f"ledger: {saving}: was never planned, so it has no place in the order of approval")
    return str(planned["booked"]), planned.number


def _claim(ledger: Ledger, saving: str) -> Cells:
    """What a confirmed saving claims now."""
    claimed = next(e["cells"] for e in reversed(ledger.entries) if e.saving == saving and e["cells"])
    return from_json(claimed, where=f"ledger: {saving}")


def _block(claim: Cells, like: Shared) -> Shared | None:
    """The shared part of a claim that is on the same cells."""
    return next((block for block in claim.shared if _cells(block) == _cells(like)), None)


def _restate(
    ledger: Ledger, saving: str, block: Shared, booked: str, signatures: Sequence[Mapping[str, str]]
) -> None:  # fmt: skip
    claim = _claim(ledger, saving)
    others = tuple(old for old in claim.shared if _cells(old) != _cells(block))
    ledger.restate(saving, booked=booked, signatures=signatures, cells=replace(claim, shared=(*others, block)))


def _cells(block: Shared) -> tuple[list[str], ...]:
    return tuple(sorted(set(part)) for part in (block.organisations, block.months, block.codes))

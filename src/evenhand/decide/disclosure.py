"""Disclosure: what of a tally may be given away, so that nobody's vote can be told from it, alone or beside others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..records import Record
from .tally import StatementTally, Tally
from .verdict import FEWEST, Count

FEW, WITHHELD = "under 10", "withheld"
Key = tuple[str, str, str]  # statement, column, value


@dataclass(frozen=True, eq=False)
class Cell(Record):
    """How one set of people voted on one statement, or why that is not said: hidden is '', 'under 10' or 'withheld'.

    agree, disagree, passes: people; NaN where hidden.
    """

    statement: str
    column: str
    value: str
    agree: float
    disagree: float
    passes: float
    hidden: str = ""

    @property
    def key(self) -> Key:
        """What the cell is of."""
        return self.statement, self.column, self.value

    @property
    def counts(self) -> tuple[float, float, float]:
        """agree, disagree, pass."""
        return self.agree, self.disagree, self.passes

    def as_json(self) -> dict[str, Any]:
        """The cell as a row of the round file."""
        said = {"agree": self.agree, "disagree": self.disagree, "pass": self.passes}
        shown = {name: None if self.hidden else int(count) for name, count in said.items()}
        return {"statement": self.statement, "column": self.column, "value": self.value, **shown, "hidden": self.hidden}


def shown(everyone: Count, units: Sequence[Count]) -> tuple[Count, ...]:
    """The units of one column that may be shown: ten people or more, and what is left of everyone is nobody or ten.

    Else the one hidden would be everyone minus the rest; the smallest shown goes with it until it cannot be told.
    """
    kept = sorted((unit for unit in units if unit.people >= FEWEST), key=lambda unit: (unit.people, unit.value))
    while kept and 0 < everyone.people - sum(unit.people for unit in kept) < FEWEST:
        kept.pop(0)
    return tuple(unit for unit in units if unit in kept)


def cells(counted: Tally, previous: Mapping[Key, Cell] | None = None) -> tuple[Cell, ...]:
    """Every cell of a tally that may be given away, and the others by name only, in alphabetical order.

    No cell of fewer than ten voters is shown, and none that could be worked out from the others. Where `previous` holds
    what was given away before, a statement's figures are renewed only if every cell of it, the rest beside it too, has
    changed by nobody or by ten voters or more; else they stand as they were, so that two releases differ by no one.
    """
    found: list[Cell] = []
    for row in counted.statements:
        fresh = _statement(row)
        old = [cell for cell in (previous or {}).values() if cell.statement == row.statement]
        found += fresh if previous is None or not old or _far_apart(fresh, old) else old
    if previous is not None:
        there = {row.statement for row in counted.statements}
        found += [cell for cell in previous.values() if cell.statement not in there]
    return tuple(sorted(found, key=lambda cell: cell.key))


def _statement(row: StatementTally) -> list[Cell]:
    if row.everyone.people < FEWEST:
        hidden = [row.everyone, *row.groups, *row.declared]
        return [Cell(row.statement, u.column, u.value, np.nan, np.nan, np.nan, FEW) for u in hidden]
    cells = [_cell(row.statement, row.everyone)]
    for column in dict.fromkeys(unit.column for unit in (*row.groups, *row.declared)):
        units = [unit for unit in (*row.groups, *row.declared) if unit.column == column]
        kept = {unit.value for unit in shown(row.everyone, units)}
        for unit in units:
            why = "" if unit.value in kept else FEW if unit.people < FEWEST else WITHHELD
            cells.append(_cell(row.statement, unit, why))
    return cells


def _cell(statement: str, unit: Count, hidden: str = "") -> Cell:
    if hidden:
        return Cell(statement, unit.column, unit.value, np.nan, np.nan, np.nan, hidden)
    return Cell(statement, unit.column, unit.value, unit.agree, unit.disagree, unit.passes)


def _far_apart(fresh: Sequence[Cell], old: Sequence[Cell]) -> bool:
    """Whether each cell, and what each column leaves of everyone, differs from before by nobody or by ten or more."""
    now, before = {cell.key: cell for cell in fresh}, {cell.key: cell for cell in old}
    if {key for key, cell in now.items() if not cell.hidden} != {k for k, cell in before.items() if not cell.hidden}:
        # what appears or goes is compared as a whole: ten must have moved among everyone, and in what both show
        both = [key for key in now if key in before and not now[key].hidden and not before[key].hidden]
        return bool(both) and all(_moved(now[key], before[key]) >= FEWEST for key in both)
    changes = [_moved(cell, before[key]) for key, cell in now.items() if not cell.hidden]
    return all(change == 0 or change >= FEWEST for change in changes) and all(
        rest == 0 or rest >= FEWEST for rest in _rests(now, before)
    )


def _rests(now: Mapping[Key, Cell], before: Mapping[Key, Cell]) -> list[float]:
    """By how many voters at least the people whom a column hides have changed."""
    everyone = next((key for key in now if key[1] == "participants"), None)
    columns = {key[1] for key in now} - {"participants"}
    if everyone is None:
        return []
    rests = []
    for column in columns:
        keys = [key for key, cell in now.items() if key[1] == column and not cell.hidden]
        left = [np.array(side[everyone].counts) - sum(np.array(side[k].counts) for k in keys) for side in (now, before)]
        rests.append(_voters(left[0] - left[1]))
    return rests


def _moved(now: Cell, before: Cell) -> float:
    return _voters(np.array(now.counts) - np.array(before.counts))


def _voters(change: Any) -> float:
    """The fewest voters who can have made this change: one who changes their mind moves two counts."""
    return float(max(abs(change.sum()), np.ceil(np.abs(change).sum() / 2)))

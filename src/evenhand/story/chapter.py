"""Story, Chapter, Figure: the whole story as it is handed to a terminal, a page or a report."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ..records import Record, plain

Draw = Callable[[int], Any]  # width in pixels -> an Altair chart


@dataclass(frozen=True, eq=False)
class Figure(Record):
    """A sentence that says what is seen, the table behind it, and (where one helps) its chart.

    rows: one tuple a row, of text and numbers, under `columns`; kinds: how each column is written - text, count,
    share, points (a difference of shares), pounds, or value (a share or a number, by what the row's `unit` says).
    in_print: whether the table stands in the printed report beside its chart; short: the columns that a terminal
    has room for, all if empty.
    """

    id: str
    says: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    kinds: tuple[str, ...]
    in_print: bool = False
    short: tuple[str, ...] = ()
    draw: Draw | None = None

    def as_json(self) -> dict[str, Any]:
        """Everything but the chart, which is drawn when asked for."""
        rows = [dict(zip(self.columns, plain(list(row)), strict=True)) for row in self.rows]
        return {"id": self.id, "says": self.says, "rows": rows}


@dataclass(frozen=True, eq=False)
class Chapter(Record):
    """One of the six steps. says: what is known, in sentences; told: whether there is anything to say yet;
    next_step: what to do now."""

    step: str
    question: str
    told: bool
    says: tuple[str, ...]
    next_step: str
    numbers: dict[str, Any] = field(default_factory=dict)
    figures: tuple[Figure, ...] = ()


@dataclass(frozen=True, eq=False)
class Source(Record):
    """A published file that the figures rest on."""

    file: str
    table: str
    months: str
    rows: int
    sha256: str


@dataclass(frozen=True, eq=False)
class Story(Record):
    """LISTEN, SEE, DECIDE, CHANGE, PROVE, ACCOUNT, in this order.

    figures_date: the latest month that the lake speaks of, YYYY-MM, None if it holds nothing; ledger_head: the
    hash of the last ledger entry, None without a ledger.
    """

    title: str
    organisation: str | None
    name: str
    level: str
    demonstration: bool
    figures_date: str | None
    ledger_head: str | None
    chapters: tuple[Chapter, ...]
    sources: tuple[Source, ...]

    def chapter(self, step: str) -> Chapter:
        """One step by its name."""
        return next(chapter for chapter in self.chapters if chapter.step == step)

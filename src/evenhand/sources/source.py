"""Source: what one published dataset's file offers, and what a load reports."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from ..errors import InputError, did_you_mean
from ..lake import Snapshot, Transaction
from ..records import Record
from .unpack import Unpacked, plain_name

_DISTINCT = frozenset({"practices", "unidentified_prescribers", "presentations", "providers", "commissioners", "codes"})
_MONTH = re.compile(r"\d{4}-\d{2}(/|$)")


@dataclass(frozen=True)
class Options:
    """What a user may say about a file that the file does not say itself.

    measure, level, version, note and the column names are for indicator tables; `month` for files without one;
    day_first says how 03/04/2024 is read; replace lets a smaller release of a month take the place of a larger one.
    """

    measure: str | None = None
    level: str | None = None
    version: str | None = None
    note: str = ""
    month_column: str = "month"
    code_column: str = "code"
    numerator_column: str = "numerator"
    denominator_column: str = "denominator"
    month: str | None = None
    day_first: bool | None = None
    replace: bool = False


@dataclass(frozen=True, eq=False)
class Loaded(Record):
    """What loading one file did. state: loaded, unchanged, replaced or skipped; rows and totals of the source.

    revisions: for each snapshot of an earlier release that was replaced, what changed (docs/reference/lake.md).
    """

    source: str
    file: str
    state: str
    rows: int = 0
    totals: dict[str, Any] = field(default_factory=dict)
    months: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    sha256: str = ""
    note: str = ""
    revisions: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Source:
    """One published dataset.

    name: the word after `--as`; tables: what it fills; lacks(file): the columns this file lacks to be one, empty if
    it is one, None if it does not look like one at all; stage: reads, checks and stages it; names_columns: the user
    may name its columns, so that a file taken for it with `--as` is looked at by `stage` alone.
    """

    name: str
    title: str
    tables: tuple[str, ...]
    lacks: Callable[[Unpacked], tuple[str, ...] | None]
    stage: Callable[[Transaction, Unpacked, Options], Loaded]
    names_columns: bool = False


def lacking(file: Unpacked, needed: tuple[str, ...], *, alike: float = 0.6) -> tuple[str, ...] | None:
    """Needed columns (`A|B` for either) that a file lacks; None if it has less than `alike` of them."""
    missing = tuple(need for need in needed if file.column(*need.split("|")) is None)
    return None if len(missing) > (1 - alike) * len(needed) else missing


def refuse_lacking(file: Unpacked, source: Source, missing: tuple[str, ...]) -> InputError:
    """The error for a file that would be this source, had it these columns."""
    first = missing[0].replace("|", " or ")
    known = {plain_name(column): column for column in file.columns}
    hint = did_you_mean(plain_name(missing[0].split("|")[0]), known)
    named = f"; `evenhand indicator --{missing[0]} COLUMN` names it" if source.names_columns else ""
    return InputError(f"{file.name}: looks like {source.name} but has no column {first}{hint}{named}")


def outcome(
    source: Source, file: Unpacked, before: list[Snapshot | None], after: list[Snapshot], *, note: str = ""
) -> Loaded:
    """What happened, from the snapshots held before and those that stand now, one for one."""
    states = {"unchanged" if old is new else "loaded" if old is None else "replaced"
              for old, new in zip(before, after, strict=True)}  # fmt: skip
    state = next((s for s in ("replaced", "loaded") if s in states), "unchanged")
    done = summary(source.name, file.label, state, after, sha256=file.sha256, note=note)
    return replace(done, revisions={
        f"{new.table}/{new.key}": new.superseded[-1].get("change", {})
        for old, new in zip(before, after, strict=True) if old is not None and old is not new and new.superseded
    })  # fmt: skip


def summary(
    source: str, label: str, state: str, snapshots: list[Snapshot], *, sha256: str = "", note: str = ""
) -> Loaded:
    """A file's snapshots in one line: rows and totals added up, its months and keys.

    Over several months nobody adds up practices or codes: those totals are left out.
    """
    totals: dict[str, Any] = {}
    for snapshot in snapshots:
        for name, value in snapshot.totals.items():
            if len(snapshots) == 1 or name not in _DISTINCT:
                totals[name] = totals.get(name, 0) + value
    months = sorted({s.key[:7] for s in snapshots if _MONTH.match(s.key)})
    return Loaded(
        source, label, state, sum(s.rows for s in snapshots), totals, tuple(months),
        tuple(f"{s.table}/{s.key}" for s in snapshots), sha256 or snapshots[0].sha256,
        note or next((s.note for s in snapshots if s.note), ""),
    )  # fmt: skip

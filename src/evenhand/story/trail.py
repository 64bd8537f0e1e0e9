"""Down to the rows: the published rows behind a saving, and the files that a lake rests on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..account import Trace
from ..errors import InputError
from ..lake import Lake, month_of
from ..measures import rows
from .chapter import Source

KEYS = ("practice_key", "presentation", "panel")  # the lake's own, made from the files that are listed
MONTHLY = ("prescribing", "list_size", "rtt")


def rows_behind(lake: Lake | Path, trace: Trace) -> list[dict[str, Any]]:
    """The published rows of the measure, in the saving's organisation, in the last month that it was judged on
    (the latest of the lake before there is a verdict)."""
    opened = lake if isinstance(lake, Lake) else Lake.open(lake)
    steps = {step.step: step.proof for step in trace.trail}
    measure = steps["measure"]["measure"]
    organisation = steps["measure"]["organisation"]
    month = (steps["effect"].get("window") or [None, None])[1]
    if month is None:
        from ..measures import latest_month

        month = str(latest_month(opened))
    try:
        return rows(opened, measure, organisation, month)
    except InputError:
        return []


def files_behind(lake: Lake | Path, trace: Trace) -> list[dict[str, Any]]:
    """Each published file that the saving was computed from, as its entry names it, and whether the lake holds it: by
    its sha256, so that a file that was published again under the same name is seen."""
    opened = lake if isinstance(lake, Lake) else Lake.open(lake)
    held = {snapshot.sha256: snapshot for snapshot in opened.snapshots() if snapshot.sha256}
    steps = {step.step: step.proof for step in trace.trail}
    found = []
    for source in steps["rows"].get("sources", ()):
        sha256 = next((word for word in str(source).replace(":", " ").split() if word in held), None)
        file = Path(held[sha256].file).name if sha256 else None
        found.append({"source": source, "held": sha256 is not None, "sha256": sha256, "file": file})
    return found


def figures_date(lake: Lake) -> str | None:
    """The latest month that any published figure is of, YYYY-MM; None if there is none."""
    months = [s.key[:7] for table in MONTHLY for s in lake.snapshots(table)]
    table = lake.table("indicator")
    last = table.aggregate(last=table.month.max()).to_pyarrow()["last"][0].as_py()
    if last is not None:
        months.append(str(month_of(int(last))))
    return max(months, default=None)


def sources(lake: Lake) -> tuple[Source, ...]:
    """Every published file that was loaded, by table and file, with its months and sha256."""
    found: dict[tuple[str, str, str], list[Any]] = {}
    for snapshot in lake.snapshots():
        if snapshot.sha256 and snapshot.table not in KEYS:
            found.setdefault((snapshot.table, snapshot.file, snapshot.sha256), []).append(snapshot)
    return tuple(
        Source(Path(file).name, table, _months(table, held), sum(s.rows for s in held), sha256)
        for (table, file, sha256), held in found.items()
    )  # fmt: skip


def _months(table: str, held: list[Any]) -> str:
    """First and last month of a monthly table; '' for one that is not monthly, or an indicator of many months."""
    months = sorted(snapshot.key[:7] for snapshot in held)
    if table not in MONTHLY:
        return ""
    return months[0] if len(months) == 1 else f"{months[0]} to {months[-1]}"

"""Down to the rows: the published rows behind a saving, and the files that a lake rests on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..account import Trace
from ..errors import InputError
from ..lake import Lake
from ..measures import rows
from .chapter import Source


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


def sources(lake: Lake) -> tuple[Source, ...]:
    """Every published file that was loaded, by table and file, with its months and sha256."""
    found: dict[tuple[str, str, str], list[Any]] = {}
    for snapshot in lake.snapshots():
        if snapshot.sha256:
            found.setdefault((snapshot.table, snapshot.file, snapshot.sha256), []).append(snapshot)
    return tuple(
        Source(Path(file).name, table, _months([s.key for s in held]), sum(s.rows for s in held), sha256)
        for (table, file, sha256), held in found.items()
    )  # fmt: skip


def _months(keys: list[str]) -> str:
    months = sorted({part for key in keys for part in key.split("/") if len(part) == 7 and part[4] == "-"})
    if not months:
        return ""
    return months[0] if len(months) == 1 else f"{months[0]} to {months[-1]}"

"""Filling the lake: the demonstration's files are loaded by the same door as real ones, and its panels are built."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from .. import measures, sources
from ..errors import InputError
from ..lake import Lake
from .demonstration import Demonstration
from .panels import panels

# Written for practice in loading, and left out: the one says no more than the list sizes by age; the other knows the
# last month only, and would be believed over the register that dates who belongs to which PCN.
LEFT_OUT = ("gp-reg-pat-prac-all", "gp-reg-pat-prac-map")
TOGETHER = 6  # files in one transaction: enough to share its cost, few enough to lose little when cut short


@dataclass(frozen=True)
class Filled:
    """The lake, the rows loaded from each source, the months of panels built, and measures without numbers."""

    lake: Lake
    rows: dict[str, int]
    panels: tuple[str, ...]
    without: dict[str, str]


def fill(
    made: Demonstration, *, progress: Callable[[str, int, int], None] = lambda what, done, all: None
) -> Filled:
    """Load every published file into the lake in the demonstration's folder, and build its panels.

    Months without rows are drawn, counted and kept as panels alone.

    Files are taken a few at a time, whole or not at all; what was loaded before a run was cut short is left alone.

    Raises
    ------
    InputError
        If the folder holds a lake that is no demonstration.
    """
    lake = Lake.create(made.folder, demonstration=True)
    if not lake.demonstration:
        raise InputError(f"{made.folder}: holds a lake that is no demonstration; name a folder that is new or empty")
    files = [file for file in made.published if not file.name.startswith(LEFT_OUT)]
    rows: Counter[str] = Counter()
    for first in range(0, len(files), TOGETHER):
        for loaded in sources.load(lake, files[first : first + TOGETHER]):
            rows[loaded.source] += loaded.rows
        progress("files loaded", min(first + TOGETHER, len(files)), len(files))
    without = panels(made, lake, progress)
    with_rows = [str(month) for month in made.when.months[made.first_rows :]]
    built = measures.build(lake, months=with_rows, progress=_steps(progress, len(with_rows)))
    return Filled(lake, dict(rows), without + built.months + built.unchanged, built.refused)


def _steps(progress: Callable[[str, int, int], None], total: int) -> Callable[[str], None]:
    done = 0

    def step(_: str) -> None:
        nonlocal done
        done += 1
        progress("months of panels built", done, total)

    return step

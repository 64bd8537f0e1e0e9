"""Filling the lake: the demonstration's files are loaded by the same door as real ones, and its panels are built."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from .. import measures, sources
from ..errors import InputError
from ..lake import Lake
from .demonstration import Demonstration

LEFT_OUT = "gp-reg-pat-prac-all"  # says nothing that the list sizes by age do not say; kept for practice in loading


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

    Files are taken one by one, each whole or not at all; what was loaded before a run was cut short is left alone.

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
    for done, file in enumerate(files, 1):
        for loaded in sources.load(lake, file):
            rows[loaded.source] += loaded.rows
        progress("files loaded", done, len(files))
    built = measures.build(lake, progress=_steps(progress, len(made.when.months)))
    return Filled(lake, dict(rows), built.months + built.unchanged, built.refused)


def _steps(progress: Callable[[str, int, int], None], total: int) -> Callable[[str], None]:
    done = 0

    def step(_: str) -> None:
        nonlocal done
        done += 1
        progress("months of panels built", done, total)

    return step

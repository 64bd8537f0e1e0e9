"""The whole demonstration: everything planned in memory, then written as files, the same bytes for the same seed."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ..errors import InputError
from ..records import Scheme
from . import appointments, emergency
from . import waits as waiting
from .answers import answers
from .calendar import Calendar
from .campaigns import Campaign
from .clinicians import clinicians
from .engagement import engagement
from .opinions import votes
from .opportunity import opportunities
from .organisations import SMALL, Nation
from .people_files import people_files
from .plan import Plan
from .plan import plan as settle
from .published import write
from .published_appointments import appointments_file
from .published_emergency import emergency_file
from .published_lists import list_size_files
from .published_organisations import organisation_files
from .published_prescribing import prescribing_file
from .published_waits import waits_file
from .schemes import scheme_files, schemes
from .truth import truth_files

PRACTICES, MONTHS, SEED = 256, 30, 2010
SETTINGS = "demonstration.json"
FORMAT = 2  # of the demonstration: rises when the same seed would make other files
WORKERS = 2


@dataclass(frozen=True)
class Demonstration:
    """What was made, and where: published files in the order to load them. Months before the index `first_rows` are
    not published."""

    folder: Path
    plan: Plan
    schemes: tuple[Scheme, ...]
    published: tuple[Path, ...]
    first_rows: int = 0

    @property
    def world(self) -> Nation:
        """The organisations."""
        return self.plan.world

    @property
    def when(self) -> Calendar:
        """The months."""
        return self.plan.when

    @property
    def campaigns(self) -> tuple[Campaign, ...]:
        """The campaigns as carried out."""
        return self.plan.runs

    @property
    def seed(self) -> int:
        """What fixed chance."""
        return self.plan.seed


def make(
    folder: Path, *, practices: int = PRACTICES, months: int = MONTHS, seed: int = SEED,
    presentations: int | None = None, rows: int | None = None,
    progress: Callable[[str, int, int], None] = lambda what, done, all: None,
) -> Demonstration:  # fmt: skip
    """Write a synthetic NHS into `folder`: published/, people/, schemes/ and truth/.

    `presentations`: with a long tail behind the first few hundred (25,500 for a nation of more than 2,048 practices).
    `rows`: how many of the last months are published in rows; of those before, only panels will be kept (`fill`).
    The folder must be new, empty, or hold a demonstration of the same settings, which is then written again: files
    that are there are replaced by the same bytes, so that a run cut short may simply be run again.

    Raises
    ------
    InputError
        If the settings are out of range, or the folder holds anything else.
    """
    if seed < 0:
        raise InputError(f"--seed {seed}: expected a whole number from 0 upwards")
    if rows is not None and not 0 <= rows <= months:
        raise InputError(f"--rows {rows}: expected 0 to {months}, the months there are")
    plan = settle(practices, months, seed, presentations)
    more = {"presentations": presentations, "rows": rows}
    claim(folder, practices, months, seed, **{name: value for name, value in more.items() if value is not None})
    plans = schemes(plan.world, plan.when, plan.stock, plan.runs)
    first = 0 if rows is None else months - rows
    published = _published(folder / "published", plan, first, progress)
    _people_and_truth(folder, plan, plans)
    return Demonstration(folder, plan, plans, published, first)


def claim(folder: Path, practices: int, months: int, seed: int, **more: int) -> None:
    """Make the folder ours, or refuse it."""
    settings = {"format": FORMAT, "practices": practices, "months": months, "seed": seed, **more}
    note, there = folder / SETTINGS, {}
    if note.is_file():
        try:
            there = json.loads(note.read_text(encoding="utf-8"))
        except ValueError:
            raise InputError(f"{note}: not readable; name another folder, or remove this one") from None
        if there != settings:
            said = ", ".join(f"{key} {value}" for key, value in there.items())
            raise InputError(f"{folder}: holds a demonstration with {said}; name another folder, or remove this one")
        return
    if (folder / "lake.json").exists():
        raise InputError(f"{folder}: holds a lake that is no demonstration; name a folder that is new or empty")
    if folder.exists() and (not folder.is_dir() or any(not f.name.startswith(".") for f in folder.iterdir())):
        raise InputError(f"{folder}: is not empty; name a folder that is new or empty")
    try:
        write(note, (json.dumps(settings) + "\n").encode())
    except OSError as error:
        raise InputError(f"{folder}: cannot be written ({error.strerror})") from error


def _published(
    folder: Path, plan: Plan, first: int, progress: Callable[[str, int, int], None]
) -> tuple[Path, ...]:
    share = waiting.true_share(plan.world, plan.when, plan.runs, plan.seed)
    kind = "parquet" if len(plan.world.practices) > SMALL else "csv.gz"  # a national month is 5 GB of CSV
    world, when, seed = plan.world, plan.when, plan.seed

    def month(t: int) -> list[Path]:
        if t < first:
            return []
        waits = waiting.month(world, when, share, t, seed)
        seen = appointments.month(world, when, plan.books, t, seed)
        came = emergency.month(world, when, plan.departments, t, seed)
        return [
            prescribing_file(folder / "prescribing", plan, t, kind),
            *list_size_files(folder / "list_sizes", world, when, t),
            waits_file(folder / "waits", world, when, waits, t),
            appointments_file(folder / "appointments", world, when, seen, t, kind),
            emergency_file(folder / "emergency", world, when, came, t),
        ]  # fmt: skip

    files = organisation_files(folder / "organisations", plan.world, plan.when)
    total = len(plan.when.months)
    if first == total:  # pages ask how old patients are: the latest list sizes are always there
        files += list_size_files(folder / "list_sizes", plan.world, plan.when, total - 1)
    with ThreadPoolExecutor(WORKERS) as pool:
        for done, made in enumerate(pool.map(month, range(total)), 1):
            files += made
            progress("months written", done, total)
    return tuple(files)


def _people_and_truth(folder: Path, plan: Plan, plans: tuple[Scheme, ...]) -> None:
    people = clinicians(plan.world, plan.seed)
    cast = votes(people, plan.seed)
    events = tuple(engagement(run, people, plan.seed) for run in plan.runs)
    people_files(
        folder / "people", plan.world, plan.when, people, answers(people, plan.seed), cast, events, plans, plan.seed
    )
    scheme_files(folder / "schemes", plans, plan.runs)
    chances = opportunities(plan.world, plan.stock, plan.when, plan.choices, plan.usual)
    share = waiting.true_share(plan.world, plan.when, plan.runs, plan.seed)
    truth_files(
        folder / "truth", plan.world, plan.when, plan.runs, chances, share, people, cast, events, plan.seed
    )  # fmt: skip

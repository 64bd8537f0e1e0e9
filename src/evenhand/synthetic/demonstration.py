"""The whole demonstration: everything planned in memory, then written as files, the same bytes for the same seed."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from ..errors import InputError
from ..records import Scheme
from . import waits as waiting
from .answers import answers
from .calendar import Calendar, calendar
from .campaigns import Campaign, campaigns
from .clinicians import clinicians
from .decisions import Decision, decisions
from .engagement import engagement
from .medicines import Medicines, medicines
from .opinions import votes
from .opportunity import opportunities
from .organisations import Nation, nation
from .people_files import people_files
from .prescribing import Habits, blocks, habits
from .published import write
from .published_lists import list_size_files
from .published_organisations import organisation_files
from .published_prescribing import prescribing_file
from .published_waits import waits_file
from .schemes import scheme_files, schemes
from .truth import truth_files

PRACTICES, MONTHS, SEED = 256, 30, 2010
SETTINGS = "demonstration.json"
FORMAT = 1  # of the demonstration: rises when the same seed would make other files
WORKERS = 2


@dataclass(frozen=True)
class Demonstration:
    """What was made, and where: published files in the order to load them."""

    folder: Path
    world: Nation
    when: Calendar
    campaigns: tuple[Campaign, ...]
    schemes: tuple[Scheme, ...]
    published: tuple[Path, ...]
    seed: int


@dataclass(frozen=True)
class _Plan:
    """What is settled before the first file is written."""

    world: Nation
    when: Calendar
    stock: Medicines
    runs: tuple[Campaign, ...]
    choices: tuple[Decision, ...]
    usual: list[Habits]


def make(
    folder: Path, *, practices: int = PRACTICES, months: int = MONTHS, seed: int = SEED,
    progress: Callable[[str, int, int], None] = lambda what, done, all: None,
) -> Demonstration:  # fmt: skip
    """Write a synthetic NHS into `folder`: published/, people/, schemes/ and truth/.

    The folder must be new, empty, or hold a demonstration of the same settings, which is then written again: files
    that are there are replaced by the same bytes, so that a run cut short may simply be run again.

    Raises
    ------
    InputError
        If the settings are out of range, or the folder holds anything else.
    """
    if seed < 0:
        raise InputError(f"--seed {seed}: expected a whole number from 0 upwards")
    when = calendar(months)
    world = nation(practices, when, seed)
    claim(folder, practices, months, seed)
    stock = medicines(when.months, seed)
    runs = campaigns(world, seed)
    usual = [habits(world, stock, seed, block) for block in blocks(practices)]
    plan = _Plan(world, when, stock, runs, decisions(world, when, runs, seed), usual)
    plans = schemes(world, when, stock, runs)
    published = _published(folder / "published", plan, seed, progress)
    _people_and_truth(folder, plan, plans, seed)
    return Demonstration(folder, world, when, runs, plans, published, seed)


def claim(folder: Path, practices: int, months: int, seed: int) -> None:
    """Make the folder ours, or refuse it."""
    settings = {"format": FORMAT, "practices": practices, "months": months, "seed": seed}
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
    folder: Path, plan: _Plan, seed: int, progress: Callable[[str, int, int], None]
) -> tuple[Path, ...]:
    share = waiting.true_share(plan.world, plan.when, plan.runs, seed)

    def month(t: int) -> list[Path]:
        waits = waiting.month(plan.world, plan.when, share, t, seed)
        prescribing = folder / "prescribing"
        return [
            prescribing_file(prescribing, plan.world, plan.stock, plan.when, plan.choices, plan.usual, t, seed),
            *list_size_files(folder / "list_sizes", plan.world, plan.when, t),
            waits_file(folder / "waits", plan.world, plan.when, waits, t),
        ]  # fmt: skip

    files = organisation_files(folder / "organisations", plan.world, plan.when)
    total = len(plan.when.months)
    with ThreadPoolExecutor(WORKERS) as pool:
        for done, made in enumerate(pool.map(month, range(total)), 1):
            files += made
            progress("months written", done, total)
    return tuple(files)


def _people_and_truth(folder: Path, plan: _Plan, plans: tuple[Scheme, ...], seed: int) -> None:
    people = clinicians(plan.world, seed)
    cast = votes(people, seed)
    events = tuple(engagement(run, people, seed) for run in plan.runs)
    people_files(folder / "people", plan.world, plan.when, people, answers(people, seed), cast, events, plans, seed)
    scheme_files(folder / "schemes", plans, plan.runs)
    chances = opportunities(plan.world, plan.stock, plan.when, plan.choices, plan.usual)
    share = waiting.true_share(plan.world, plan.when, plan.runs, seed)
    truth_files(
        folder / "truth", plan.world, plan.when, plan.runs, chances, share, people, cast, events, seed
    )  # fmt: skip

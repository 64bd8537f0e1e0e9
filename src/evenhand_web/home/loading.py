"""Published files into the pages: into the lake, its organisations into the database, what pages show worked out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from django.utils import timezone

from evenhand import measures, sources
from evenhand.errors import EvenhandError
from evenhand.lake import Lake
from evenhand.sources import Loaded, Options, organisations
from evenhand.story import chemical_sights, sights
from evenhand_web.people.demo import take_organisations
from evenhand_web.site import keeping

from .models import JobRun

Tell = Callable[[str], None]


def load(
    folder: Path, paths: Sequence[Path], *, as_: str | None = None, options: Options | None = None,
    work_out: bool = True, tell: Tell | None = None,
) -> JobRun:  # fmt: skip
    """Take files into the lake and bring the pages up to date with them; keep what became of it, refusals too.

    work_out: also count the measures of what is new, and what pages show of them; else the desk says what waits.

    Raises
    ------
    InputError
        If a file is refused: the lake and the organisations are then as they were, and the refusal is kept.
    """
    began, asked = timezone.now(), ", ".join(path.name for path in paths)[:300]
    there = folder.exists()
    lake, new = sources.begin(folder)
    try:
        done = sources.load(lake, paths, as_, options=options, tell=tell)
        count = take_organisations(organisations.read(lake))
        panels, shown = _worked_out(lake, tell) if work_out else (0, 0)
    except EvenhandError as error:
        if new and not lake.snapshots():
            sources.abandon(folder, folder_was_there=there)
        JobRun.objects.create(job="load", asked=asked, state="refused", said=str(error), began_at=began)
        raise
    keeping.prepare()  # what is loaded stays loaded, whatever becomes of this
    said = f"{_files(done)}; {count:,} organisations, {panels:,} months counted, {shown:,} measures shown"
    return _keep(asked, said, done, began)


def _worked_out(lake: Lake, tell: Tell | None) -> tuple[int, int]:
    """How many months were counted, and how many measures worked out for pages."""
    built = measures.build(lake, progress=tell)
    shown = len(sights.build(lake, progress=tell).done)
    chemical_sights.build(lake)
    return len(built.months), shown


def _keep(asked: str, said: str, done: Sequence[Loaded], began: datetime) -> JobRun:
    facts = {
        "files": [
            {"file": one.file, "source": one.source, "state": one.state, "rows": one.rows, "months": list(one.months),
             "note": one.note, "revised": sorted(one.revisions)}
            for one in done
        ]
    }  # fmt: skip
    return JobRun.objects.create(job="load", asked=asked, state="done", said=said, facts=facts, began_at=began)


def _files(done: Sequence[Loaded]) -> str:
    """"2 loaded, 1 unchanged"."""
    states = [one.state for one in done]
    return ", ".join(f"{states.count(state)} {state}" for state in dict.fromkeys(states))

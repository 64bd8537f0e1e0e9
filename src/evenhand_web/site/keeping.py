"""Kept: what takes long to work out, made once and kept in the database under a hash of everything it rests on.

    found = kept("listen.results/awareness-1", (METHOD, *state(wave)), lambda: _results(wave))

Whoever asks says all that it rests on: an answer more, another definition, other data, and it is made anew; the old one
is gone. A step hands in a job that makes what its pages will ask for (`register`), so that no reader waits for it:
`python -m evenhand_web prepare` runs them once a day, and whatever loads data or starts a demonstration does.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import DatabaseError, transaction
from django.utils import timezone

from .models import Kept
from .written import as_text, from_text

Found = TypeVar("Found")
Job = Callable[[], None]
IN_MIND = 64  # answers that a process keeps beside, so that it reads each once
_mind: dict[tuple[str, str], Any] = {}
_jobs: list[Job] = []
_nothing = object()


def kept(name: str, rests_on: Iterable[Any], make: Callable[[], Found]) -> Found:
    """What `make` gives, made when nothing is kept under this name that rests on just this.

    rests_on: text and numbers, all that the answer depends on. Raises what `make` raises, and keeps nothing then.
    """
    key = hashlib.sha256(json.dumps([str(part) for part in rests_on]).encode()).hexdigest()
    held = _mind.get((name, key), _nothing)
    if held is _nothing:
        row = Kept.objects.filter(name=name, key=key).values_list("document", flat=True).first()
        held = make() if row is None else from_text(row)
        if row is None:
            _write(name, key, as_text(held))
        while len(_mind) >= IN_MIND:
            _mind.pop(next(iter(_mind)), None)
        _mind[name, key] = held
    answer: Found = held
    return answer


def forget() -> None:
    """Take everything out of the process's memory; what is in the database stays."""
    _mind.clear()


def register(job: Job) -> None:
    """Hand in, as the service starts, a job that asks for what pages will ask for."""
    if job not in _jobs:
        _jobs.append(job)


@dataclass(frozen=True)
class Prepared:
    """made: how many answers were not kept before; failed: the jobs that did not come to their end."""

    made: int
    failed: tuple[str, ...]


def prepare() -> Prepared:
    """Run every step's job. One that fails, whatever the fault, is told of in the log and keeps no other from running,
    nor what called this from its end: pages work out themselves what is not kept.

    Raises
    ------
    DatabaseError
        If the database has no tables yet, or cannot be read.
    """
    began, failed = timezone.now(), list[str]()
    for job in _jobs:
        try:
            job()
        except DatabaseError:
            raise
        except Exception:
            logging.getLogger(__name__).exception("not prepared: %s", job.__module__)
            failed.append(job.__module__)
    return Prepared(Kept.objects.filter(at__gte=began).count(), tuple(failed))


def _write(name: str, key: str, document: str) -> None:
    """Keep it; where the database is taken or may not be written, the answer holds all the same."""
    try:
        with transaction.atomic():
            Kept.objects.update_or_create(
                name=name, defaults={"key": key, "document": document, "at": timezone.now()}
            )
    except DatabaseError:
        return

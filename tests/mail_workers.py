"""Senders that are killed: a program of its own, with a database in a file, that makes them and kills them.

    python tests/mail_workers.py VAR PORT PEOPLE KILLS SEED [LOG]

Prints one JSON line: how many letters are in each state, and how many senders were killed.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

WORKERS = 2  # at once


def main(folder: Path, port: str, many: int, kills: int, seed: int, log: str) -> None:
    """Make a queue, kill senders at random moments, then let two of them end it."""
    os.environ.update(
        EVENHAND_DEMO="1", EVENHAND_VAR=str(folder), EVENHAND_DATABASE=f"sqlite:///{folder}/killed.sqlite3",
        EVENHAND_SECRET_KEY="tests only, and never anywhere else; long enough", EVENHAND_LAKE=str(folder / "no-lake"),
        EVENHAND_SMTP_URL=f"smtp://127.0.0.1:{port}", EVENHAND_SMTP_LOG=log, EVENHAND_SMTP_TIMEOUT="1",
        DJANGO_SETTINGS_MODULE="evenhand_web.settings",
    )  # fmt: skip
    from django.conf import settings

    settings.MIGRATION_MODULES = dict.fromkeys(settings.STEPS)  # tables as they are, in one step
    import django

    django.setup()
    _fill(many)
    from django.db import connections

    from evenhand_web.change import bulletins_queue as queue
    from evenhand_web.change import bulletins_sending  # noqa: F401  (before any sender begins, so that each begins at once)
    from mailing import WEEK

    rng, killed = random.Random(seed), 0
    while killed < kills and queue.counted(WEEK)["queued"]:
        connections.close_all()
        workers = [_start() for _ in range(WORKERS)]
        time.sleep(rng.uniform(0.0, 0.15))
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
            killed += os.WIFSIGNALED(os.waitpid(worker, 0)[1])
    for _ in range(40):
        connections.close_all()
        for worker in [_start() for _ in range(WORKERS)]:
            os.waitpid(worker, 0)
        left = queue.counted(WEEK)
        if not left["queued"] and (not log or not left["sending"]):
            break
        time.sleep(0.2)
    print(json.dumps({**queue.counted(WEEK), "killed": killed, "in_doubt": len(queue.in_doubt(WEEK)),
                      "reached": _reached()}))  # fmt: skip


def _fill(many: int) -> None:
    from django.core.management import call_command

    from evenhand_web.change import bulletins
    from evenhand_web.people.models import Identity, Organisation, Person, Post
    from mailing import WEEK, Always

    call_command("migrate", run_syncdb=True, verbosity=0)
    here = Organisation.objects.create(code="PRACTICE1", name="Practice One", level="practice")
    people = Person.objects.bulk_create(
        Person(key=f"p{n:04}", profession="GP", identity_level=2, organisation=here) for n in range(many)
    )
    Post.objects.bulk_create(Post(person=person, organisation=here, role="member") for person in people)
    Identity.objects.bulk_create(
        Identity(person=person, username=person.key, name="", email=f"{person.key}@nhs.example") for person in people
    )
    bulletins.register(lambda week: Always(week, content="diabetes_dpp4_choice"))
    bulletins._makers[:] = bulletins._makers[-1:]
    bulletins.make(WEEK)


def _start() -> int:
    """One sender in a process of its own."""
    if worker := os.fork():
        return worker
    try:
        from evenhand_web.change import bulletins_sending
        from mailing import WEEK

        bulletins_sending.send(WEEK)
    finally:
        os._exit(0)


def _reached() -> int:
    from evenhand_web.change.models import EngagementEvent

    return EngagementEvent.objects.filter(stage="reached").count()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]), "".join(sys.argv[6:]))

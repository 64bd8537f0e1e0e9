"""Queueing and sending bulletins: seconds of CPU and clock, to a mail server on loopback that only takes.

    python benchmarks/bulletins.py [LAKE] [--people 10000] [--json]

Makes a database of its own in a folder that is deleted afterwards: the organisations of LAKE (a demonstration), and
people spread over its practices. Without LAKE everybody of one practice gets the same letter, so that writing, keeping
and sending are measured alone. What is measured is this process, from gathering to the last letter taken; the mail
server runs in another. On a machine that does other work the CPU seconds tell more than the clock.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

WEEK = date(2026, 11, 16)
SERVER = """
import sys, time
from aiosmtpd.controller import Controller
class Takes:
    taken = 0
    async def handle_DATA(self, server, session, envelope):
        return "250 taken"
running = Controller(Takes(), hostname="127.0.0.1", port=int(sys.argv[1]), ready_timeout=60)
running.start()
print("ready", flush=True)
sys.stdin.read()
running.stop()
"""


def main() -> None:
    parser = argparse.ArgumentParser(description="Queueing and sending bulletins")
    parser.add_argument("lake", type=Path, nargs="?")
    parser.add_argument("--people", type=int, default=10_000)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
        probe.close()
        found = measure(Path(folder), options.lake, options.people, port)
    if options.json:
        print(json.dumps(found))
        return
    for what in ("queue", "again", "send"):
        part = found[what]
        print(f"{what:8}{part['letters']:>8,} letters{part['cpu']:>9.1f} s CPU{part['wall']:>9.1f} s clock"
              f"{1000 * part['cpu'] / max(found['people'], 1):>8.2f} ms CPU a person")  # fmt: skip


def measure(folder: Path, lake: Path | None, people: int, port: int) -> dict[str, Any]:
    """Seconds of making the queue, of making it again, and of sending it."""
    os.environ.update(
        EVENHAND_DEMO="1", EVENHAND_VAR=str(folder), EVENHAND_DATABASE=f"sqlite:///{folder}/bulletins.sqlite3",
        EVENHAND_LAKE=str(lake or folder / "none"), EVENHAND_SMTP_URL=f"smtp://127.0.0.1:{port}", EVENHAND_SMTP_LOG="",
        DJANGO_SETTINGS_MODULE="evenhand_web.settings",
    )  # fmt: skip
    import django
    from django.conf import settings

    settings.MIGRATION_MODULES = dict.fromkeys(settings.STEPS)  # tables as they are, in one step
    django.setup()
    _fill(lake, people)
    from evenhand_web.change import bulletins, bulletins_sending

    if lake is None:
        _same_for_all(bulletins)
    found: dict[str, Any] = {"people": people}
    found["queue"] = _timed(lambda: bulletins.make(WEEK).counts["queued"])
    found["again"] = _timed(lambda: bulletins.make(WEEK).counts["already"])
    with subprocess.Popen([sys.executable, "-c", SERVER, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                          text=True) as server:  # fmt: skip
        assert server.stdout is not None
        server.stdout.readline()
        found["send"] = _timed(lambda: bulletins_sending.send(WEEK).counts["taken"])
        server.communicate("")
    return found


def _timed(work: Callable[[], int]) -> dict[str, float]:
    def cpu() -> float:
        used = resource.getrusage(resource.RUSAGE_SELF)
        return used.ru_utime + used.ru_stime

    before, began = cpu(), time.perf_counter()
    letters = work()
    return {"letters": letters, "cpu": cpu() - before, "wall": time.perf_counter() - began}


def _same_for_all(bulletins: Any) -> None:
    """Something to say to everybody, without any data."""
    from evenhand.change.bulletin import Action

    class Same:
        def prepare(self, people: Any) -> None:
            pass

        def __call__(self, person: Any, told: Any, last: Any) -> Any:
            action = Action("promise", "Start the next new patient on the other choice.", "Promise")
            return bulletins.Offer(person.organisation, "single", None, action, "/", "", content="a_module",
                                   told=("promise",), subject="One thing to do")  # fmt: skip

    bulletins._makers[:] = [lambda week: Same()]


def _fill(lake: Path | None, people: int) -> None:
    from django.core.management import call_command

    from evenhand.lake import Lake
    from evenhand.sources import organisations
    from evenhand_web.people.demo import take_organisations
    from evenhand_web.people.models import Identity, Organisation, Person, Post

    call_command("migrate", run_syncdb=True, verbosity=0)
    if lake is None:
        Organisation.objects.create(code="PRACTICE1", name="Practice One", level="practice")
    else:
        take_organisations(organisations.read(Lake.open(lake)))
    practices = list(Organisation.objects.filter(level="practice"))
    made = Person.objects.bulk_create(
        Person(key=f"p{n:06}", profession="GP", identity_level=2, organisation=practices[n % len(practices)])
        for n in range(people)
    )
    Post.objects.bulk_create(Post(person=p, organisation=p.organisation, role="member") for p in made)
    Identity.objects.bulk_create(
        Identity(person=p, username=p.key, name="", email=f"{p.key}@nhs.example") for p in made
    )


if __name__ == "__main__":
    main()

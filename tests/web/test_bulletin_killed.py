"""Nobody twice and nobody skipped: senders killed again and again, two at a time, at moments that chance picks."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from pathlib import Path

from mailing import MailServer

TESTS = Path(__file__).resolve().parents[1]
PEOPLE, KILLS = 60, 12


def run(folder: Path, server: MailServer, seed: int, log: str = "") -> dict[str, int]:
    """What `mail_workers.py` says in the end."""
    rng = random.Random(seed)
    server.answer = lambda address: _slowly(server, rng)
    words = [str(folder), str(server.port), str(PEOPLE), str(KILLS), str(seed), log]
    done = subprocess.run([sys.executable, str(TESTS / "mail_workers.py"), *words], capture_output=True, text=True,
                          check=False, env=os.environ | {"PYTHONPATH": str(TESTS)})  # fmt: skip
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_with_the_mail_servers_log_everybody_gets_exactly_one_whoever_is_killed(tmp_path):
    log = tmp_path / "mail.log"
    log.touch()
    with MailServer(log) as server:
        told = run(tmp_path, server, seed=1, log=str(log))
    assert told["killed"] > 4
    assert (told["sent"], told["reached"]) == (PEOPLE, PEOPLE)
    assert len(server.to) == PEOPLE
    assert set(server.to.values()) == {1}


def test_without_a_log_nobody_gets_two_and_who_is_in_doubt_is_counted(tmp_path):
    with MailServer() as server:
        told = run(tmp_path, server, seed=2)
    assert told["killed"] > 4
    assert told["sent"] + told["in_doubt"] == PEOPLE
    assert told["in_doubt"] <= told["killed"]
    assert set(server.to.values()) == {1}
    assert PEOPLE - told["in_doubt"] <= len(server.to) <= PEOPLE


def _slowly(server: MailServer, rng: random.Random) -> str:
    """Taken, after a pause that is long enough for a sender to be killed in."""
    server.pause = rng.choice([0.0, 0.0, 0.002, 0.02])
    return "250 taken"

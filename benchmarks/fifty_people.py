"""Fifty people at once: signed in, each reading page after page from the server that `make serve` starts.

    EVENHAND_DEMO=1 EVENHAND_VAR=var EVENHAND_LAKE=LAKE python benchmarks/fifty_people.py [--people 50] [--pages 20]

The database must hold a demonstration's people; accounts are added, so give a copy of one that you want to keep.
Everybody begins at the same moment in an organisation of their own and waits for nobody: as soon as a page is there
the next is asked for (`--pause 2` is nearer to life). Each keeps one question too, so that all write. An error is an
answer of 500 or more, none within a minute, or "database is locked" anywhere. The bar: no error.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from pages import quantile

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evenhand_web.settings")
PATIENCE = 60  # seconds until a page that does not come is an error
LEVELS = ("practice",) * 6 + ("pcn", "sicbl", "icb", "nation")  # where people work


def main() -> int:
    parser = argparse.ArgumentParser(description="Errors and waiting of many people at once")
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--pages", type=int, default=20, help="that each reads [20]")
    parser.add_argument("--pause", type=float, default=0.0, help="seconds between pages [0]")
    parser.add_argument("--port", type=int, default=8199)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    import django

    django.setup()
    visits = planned(options.people, options.pages, options.seed)
    with tempfile.TemporaryFile("w+") as said:
        command = [sys.executable, "-m", "evenhand_web", "serve", "--port", str(options.port)]
        many = os.environ | {"EVENHAND_API_A_MINUTE": "1000000"}
        server = subprocess.Popen(command, stdout=said, stderr=said, env=many)
        try:
            await_server(options.port)
            begun = time.perf_counter()
            answers = read(visits, options.port, options.pause)
            seconds = time.perf_counter() - begun
            used = processor(server.pid)
        finally:
            server.terminate()
            server.wait(30)
        said.seek(0)
        text = said.read()
    found = judged(answers, text)
    print(json.dumps(found | {"people": options.people, "pages": len(answers), "seconds": round(seconds, 1), **used}))
    for bad in [a for a in answers if a["bad"]][:5]:
        print(f"{bad['status']} {bad['path']}: {bad['bad']}")
    print(f"{'PASS' if not found['errors'] else 'FAIL'}: {found['errors']} errors in {len(answers)} answers to "
          f"{options.people} people at once")  # fmt: skip
    return 1 if found["errors"] else 0


def planned(people: int, pages: int, seed: int) -> list[tuple[str, list[str]]]:
    """For each person a session and the pages of their organisation that they read, beginning at the front."""
    import random

    from addresses import drawn
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from evenhand.story import sights
    from evenhand_web.people.models import Identity, Person, Post
    from evenhand_web.site.lake import lake

    rng, held = random.Random(seed), lake()
    stored = [m.id for m in sights.stored(held)] if held else []
    plans = []
    for number in range(people):
        code = drawn(LEVELS[number % len(LEVELS)], 1, rng)[0]
        name = f"reader-{number}-of-{seed}"
        known = Identity.objects.filter(username=name).first()
        if known is None:
            person = Person.objects.create(profession="Pharmacist", organisation_id=code, identity_level=2)
            known = Identity.objects.create(person=person, username=name, name=f"Reader {number}")
            known.set_unusable_password()
            known.save()
            Post.objects.create(person=person, organisation_id=code, role="medicines_optimisation")
        code = known.person.organisation_id
        session = SessionStore()
        session[SESSION_KEY] = str(known.pk)
        session[BACKEND_SESSION_KEY] = "evenhand_web.people.backends.DemonstrationPassword"
        session[HASH_SESSION_KEY] = known.get_session_auth_hash()
        session.create()
        here = f"/organisations/{code}/"
        some = rng.sample(stored, min(8, len(stored)))
        paths = [here, f"{here}see/", f"{here}see/changed/", f"{here}listen/", f"{here}decide/", f"{here}change/",
                 f"{here}prove/", f"{here}account/", f"{here}pathways/diabetes/", "/me/", "/find/?q=surgery",
                 f"/api{here}measures", *(f"{here}measures/{name}/" for name in some)]
        rng.shuffle(paths)
        plans.append((str(session.session_key), [f"{here}see/explore/", *(paths * 9)[: pages - 1]]))
    return plans


def await_server(port: int) -> None:
    """Until the front page stands: the process is warm, its caches are empty."""
    for _ in range(600):
        try:
            if ask(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE), "GET", "/about/", "")[0] == 200:
                return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the server does not answer")


def read(plans: list[tuple[str, list[str]]], port: int, pause: float) -> list[dict[str, Any]]:
    """Everybody reads at once; what was answered, to each."""
    gate, answers = threading.Barrier(len(plans)), [[] for _ in plans]  # type: ignore[var-annotated]

    def person(number: int) -> None:
        session, paths = plans[number]
        gate.wait()
        token, ours = "", answers[number]
        for path in paths:
            ours.append(visit(port, "GET", path, session, token))
            if not token and (found := re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', ours[-1].pop("text"))):
                token = ours[-1]["cookie"]
                form = urlencode({"csrfmiddlewaretoken": found[1], "n": "0601", "d": "0601", "title": f"Mine {number}"})
                ours.append(visit(port, "POST", f"{path}keep/", session, token, form))
            time.sleep(pause)

    threads = [threading.Thread(target=person, args=(number,)) for number in range(len(plans))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [answer for each in answers for answer in each]


def visit(port: int, method: str, path: str, session: str, token: str, form: str = "") -> dict[str, Any]:
    """One page as a browser asks for it; `bad` says what was wrong, '' nothing."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
    begun = time.perf_counter()
    try:
        status, text, cookie = ask(connection, method, path, session, token, form)
        bad = "an error" if status >= 500 else "locked" if "database is locked" in text else ""
    except (OSError, http.client.HTTPException) as error:
        status, text, cookie, bad = 0, "", "", f"{type(error).__name__} {error}"
    finally:
        connection.close()
    return {"path": path, "status": status, "ms": 1000 * (time.perf_counter() - begun), "bad": bad, "text": text,
            "cookie": cookie}  # fmt: skip


def ask(
    connection: http.client.HTTPConnection, method: str, path: str, session: str, token: str = "", form: str = ""
) -> tuple[int, str, str]:
    """Status, text, and the value of the cookie against forgery, if one was set."""
    headers = {"Cookie": f"sessionid={session}" + (f"; csrftoken={token}" if token else "")}
    if form:
        headers |= {"Content-Type": "application/x-www-form-urlencoded"}
    connection.request(method, path, form or None, headers)
    answer = connection.getresponse()
    found = re.search(r"csrftoken=([^;]+)", answer.headers.get("Set-Cookie", ""))
    return answer.status, answer.read().decode("utf-8", "replace"), found[1] if found else token


def processor(pid: int) -> dict[str, float]:
    """What the server used: seconds of processor, and megabytes at most."""
    ticks = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    status = Path(f"/proc/{pid}/status").read_text()
    peak = int(re.search(r"VmHWM:\s+(\d+)", status)[1])  # type: ignore[index]
    return {"server_cpu_s": round((int(ticks[11]) + int(ticks[12])) / os.sysconf("SC_CLK_TCK"), 1),
            "server_peak_mb": round(peak / 1024)}  # fmt: skip


def judged(answers: list[dict[str, Any]], said: str) -> dict[str, Any]:
    """Errors, and how long people waited; what the server wrote of locks and faults counts too."""
    times = [answer["ms"] for answer in answers if not answer["bad"]]
    faults = said.count("database is locked") + said.count("Traceback")
    statuses: dict[str, int] = {}
    for answer in answers:
        statuses[str(answer["status"])] = statuses.get(str(answer["status"]), 0) + 1
    return {
        "errors": sum(bool(answer["bad"]) for answer in answers) + faults, "statuses": statuses,
        "p50_ms": round(quantile(times, 0.5)) if times else None,
        "p95_ms": round(quantile(times, 0.95)) if times else None, "faults_in_the_log": faults,
    }  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())

"""Server time and weight of every address that is read (GET), on a given lake and database, as a reader meets it.

    EVENHAND_DEMO=1 EVENHAND_VAR=var EVENHAND_LAKE=LAKE python benchmarks/pages.py [--visits 20] [--only see:] [--json]

The database must hold a demonstration's people (`python -m evenhand_web demo_people`); a few things are added to it
that pages need, so give a copy of one that you want to keep. The process is warm (one page of each kind was answered
before); every visit to an address of an organisation is the first that this process answers of that organisation.
Files that are downloaded (PDF, exports) are measured and left out of the verdict. Limits: p95 of a page at most
100 ms, and 300 kB as sent to a browser with everything that its first chart needs. On a machine that does other work
the CPU seconds (`cpu`) tell more than the clock (`wall`).
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evenhand_web.settings")
LIMIT_MS = 100.0  # issue B: every page's server time, p95
LIMIT_KB = 300.0  # issue E: a page with its first chart


@dataclass(frozen=True)
class Row:
    """One address at one level: milliseconds, kilobytes as sent (packed), and the slowest visit's address."""

    page: str
    level: str
    who: str
    visits: int
    cpu_p50: float
    cpu_p95: float
    wall_p50: float
    wall_p95: float
    kb: float
    slowest: str
    judged: bool

    @property
    def over(self) -> bool:
        """Whether it is later or heavier than it may be."""
        return self.judged and (self.cpu_p95 > LIMIT_MS or self.kb > LIMIT_KB)


def main() -> int:
    parser = argparse.ArgumentParser(description="Server time of every page")
    parser.add_argument("--visits", type=int, default=20, help="organisations a page is asked for [20]")
    parser.add_argument("--only", default="", help="addresses whose name begins so; several with commas")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    import logging

    import django

    django.setup()
    logging.getLogger("django.request").setLevel(logging.CRITICAL)  # of the pages that are not there
    from django.conf import settings

    settings.ALLOWED_HOSTS = ["*"]
    settings.EVENHAND_API_A_MINUTE = 10**9
    from evenhand_web.site.warming import warm

    warm()  # as every server does when it starts
    rows, unseen = measure(options.visits, random.Random(options.seed), options.only)
    if options.json:
        print(json.dumps({"pages": [asdict(row) for row in rows], "unseen": unseen}))
    else:
        tell(rows, unseen)
    return 1 if any(row.over for row in rows) or any(word.startswith("BROKEN") for word in unseen) else 0


def tell(rows: list[Row], unseen: list[str]) -> None:
    """A line for each address, and the verdict."""
    print(f"{'address':30}{'level':10}{'visits':>7}{'cpu p50':>9}{'cpu p95':>9}{'wall p50':>9}{'wall p95':>9}{'kB':>8}")
    for row in rows:
        print(line(row))
    judged = [row for row in rows if row.judged]
    within = [row for row in judged if not row.over]
    names = {row.page for row in judged}
    print(f"{len(within)} of {len(judged)} ({len(names)} addresses at their levels) within {LIMIT_MS:.0f} ms of CPU "
          f"at p95 and {LIMIT_KB:.0f} kB")  # fmt: skip
    if unseen:
        print("not seen: " + ", ".join(unseen))


def line(row: Row) -> str:
    """One address in a line; the slowest visit is named where it is over."""
    late = f"  over: {row.slowest}" if row.over else ""
    return (f"{row.page:30}{row.level:10}{row.visits:>7}{row.cpu_p50:>9.0f}{row.cpu_p95:>9.0f}"
            f"{row.wall_p50:>9.0f}{row.wall_p95:>9.0f}{row.kb:>8.0f}{late}")  # fmt: skip


def measure(visits: int, rng: random.Random, only: str = "") -> tuple[list[Row], list[str]]:
    """One row an address and level; and the addresses that nobody could open."""
    from addresses import FILES, addresses, readers

    clients = readers()
    groups, unseen = addresses(visits, rng)
    rows, tried, broken = [], set(), set()
    for group in groups:
        name = group[0].name
        if not name.startswith(tuple(only.split(","))):
            continue
        if name in FILES and group[0].level != "own":
            continue  # not judged: once is enough
        tried.add(name)
        who = _who(group, clients, broken)
        if who is None:
            continue
        times = []
        for address in group:
            wall, cpu = time.perf_counter(), time.process_time()
            answer = clients[who].get(address.url)
            body = b"".join(answer)
            times.append((1000 * (time.process_time() - cpu), 1000 * (time.perf_counter() - wall), len(body) / 1000,
                          address.url, answer.status_code))  # fmt: skip
        broken |= {t[3] for t in times if t[4] >= 500}
        kept = [t for t in times if t[4] in (200, 302)]
        if not kept:
            continue
        rows.append(Row(
            name, group[0].level, who, len(kept), *(quantile([t[i] for t in kept], q)
                                                    for i in (0, 1) for q in (0.5, 0.95)),
            max(t[2] for t in kept), max(kept)[3], name not in FILES,
        ))  # fmt: skip
        print(line(rows[-1]), file=sys.stderr, flush=True)
    seen = {row.page for row in rows}
    return rows, [*(f"BROKEN {url}" for url in sorted(broken)), *sorted(tried - seen - NO_PAGES),
                  *([] if only else unseen)]  # fmt: skip


# forms are sent to them, or they belong to somebody who is not signed in and leads elsewhere
NO_PAGES = frozenset({
    "account:confirm", "account:move", "api_not_there", "change:aside", "change:attach_result",
    "change:delete_reflection", "change:launch", "change:seal", "decide:comment", "decide:sign", "decide:weigh",
    "decide:withdraw", "people:agree", "people:end_sessions", "people:not_signed_in", "people:revoke_token",
    "people:sign_out", "prove:ask", "prove:register", "see:forget", "see:keep", "see:remove_group",
})  # fmt: skip


def _who(group: list[Any], clients: dict[str, Any], broken: set[str]) -> str | None:
    """The first reader who is let in somewhere in the group; the visit that asks it also warms the process."""
    for who, client in clients.items():
        said = set()
        for address in group[:2]:
            answer = client.get(address.url)
            said.add(answer.status_code)
            if answer.status_code >= 500:
                broken.add(address.url)
            if answer.status_code == 200 or (answer.status_code == 302 and "/sign-in/" not in answer["Location"]):
                return who
        if who and said <= {404, 405}:
            return None  # nothing there, or a form alone: of no matter who looks
    return None


def quantile(values: list[float], share: float) -> float:
    """The value that this share of values does not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


if __name__ == "__main__":
    sys.exit(main())

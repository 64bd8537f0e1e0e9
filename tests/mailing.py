"""A mail server of the tests' own on loopback, which takes letters, refuses them or falls silent as it is told."""

from __future__ import annotations

import asyncio
import email
import email.policy
import socket
from collections import Counter
from collections.abc import Callable
from datetime import date
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller

from evenhand.change.bulletin import Action, Sighting
from evenhand_web.change.bulletins import Offer
from evenhand_web.people.models import Organisation

WEEK = date(2026, 11, 16)
SEEN = Sighting(
    "diabetes_dpp4_cost", "Gliptins other than sitagliptin", "share of items", True, 0.614, 0.58, 0.647, 0.42,
    "the practices compared", True, "2026-09", "place", 4200.0, 2100.0, 40.0,
)  # fmt: skip
PROMISE = Action("promise:x", "Promise one change for your next patients; it is filled in.", "Promise one change")


class MailServer:
    """Takes letters on a free port. `answer(address)` says what it answers after the last byte: an SMTP reply, `drop`
    (take nothing and hang up), `keep and drop` (take it, and hang up before saying so) or `silence` (take it and say
    nothing for a while). `at_rcpt` does the same for an address. log: where it writes what it took, as servers do."""

    def __init__(self, log: Path | None = None) -> None:
        self.letters: list[tuple[str, EmailMessage]] = []
        self.raw: list[bytes] = []
        self.log = log
        self.answer: Callable[[str], str] = lambda address: "250 taken"
        self.at_rcpt: Callable[[str], str] = lambda address: "250 OK"
        self.pause = 0.0
        self.port = _free()
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, ready_timeout=20)

    def __enter__(self) -> MailServer:
        self._controller.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._controller.stop()

    @property
    def url(self) -> str:
        """As EVENHAND_SMTP_URL wants it."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def to(self) -> Counter[str]:
        """How many letters each address has had."""
        return Counter(address for address, _ in self.letters)

    async def handle_RCPT(self, server, session, envelope, address, options):
        """The reply to RCPT."""
        answer = self.at_rcpt(address)
        if answer == "drop":
            server.transport.abort()
            return "421 gone"
        if answer.startswith("2"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server, session, envelope):
        """The reply after the last byte."""
        address = envelope.rcpt_tos[0]
        answer = self.answer(address)
        if self.pause:
            await asyncio.sleep(self.pause)
        if answer.startswith("2") or answer in ("keep and drop", "silence"):
            self._take(address, envelope.content)
        if answer in ("drop", "keep and drop"):
            server.transport.abort()
            return "421 gone"
        if answer == "silence":
            await asyncio.sleep(1.0)
            return "250 taken, late"
        return answer

    def _take(self, address: str, content: bytes) -> None:
        letter = email.message_from_bytes(content, policy=email.policy.default)
        self.raw.append(content)
        self.letters.append((address, letter))
        if self.log is not None:
            with self.log.open("a") as log:
                log.write(f"took {letter['Message-ID']} for <{address}>\n")


def _free() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Always:
    """A gatherer with the same to say to everybody who has a post."""

    def __init__(self, week: date, *, content: str = "", campaign=None) -> None:
        self.week, self.content, self.campaign = week, content, campaign

    def prepare(self, people) -> None:
        """Nothing to read."""

    def __call__(self, person, told, last) -> Offer | None:
        post = person.posts.first()
        if post is None:
            return None
        here = Organisation.objects.get(pk=post.organisation_id)
        return Offer(here, "single", SEEN, PROMISE, f"/organisations/{here.code}/", "", content=self.content,
                     campaign=self.campaign, told=(f"{SEEN.measure}:{SEEN.month}",))  # fmt: skip

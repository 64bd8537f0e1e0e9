"""Sending the week's bulletins: one conversation with a mail server, letter by letter, until none may be tried now."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from evenhand.errors import InputError

from . import bulletins_queue as queue
from . import emails
from .bulletins_mailer import Mailer, Outcome, server
from .models import Bulletin

NO_ANSWER = 3  # times in a row that no server answers, or a connection is lost, before a run ends
ALL_REFUSED = 10  # letters refused from the first on before a run ends: then it is the server, not ten addresses
A_HANDFUL = 20  # letters claimed in one commit; what a run does not come to is given back


@dataclass
class Run:
    """What one run came to. stopped: why it ended before its time, '' if it did not."""

    counts: Counter[str] = field(default_factory=Counter)
    recovered: int = 0
    settled: Counter[str] = field(default_factory=Counter)
    stopped: str = ""

    def as_json(self) -> dict[str, Any]:
        """Plain values."""
        words = ("taken", "later", "refused", "doubt", "withheld")
        settled = {f"settled_{word}": self.settled[word] for word in ("sent", "again")}
        counts = {word: self.counts[word] for word in words}
        return {**counts, "recovered": self.recovered, **settled, "stopped": self.stopped}


def send(week: date, *, limit: int | None = None, progress: Callable[[Run], None] | None = None) -> Run:
    """Send what is queued for a week and may be tried now; letters that dead workers left are seen to first.

    limit: letters that the server takes at most in this run.

    Raises
    ------
    InputError
        If the settings of the mail server, the sender or the log are missing or wrong; nothing is sent.
    """
    to, _ = server(), emails.sender_header()
    run = Run(recovered=queue.recover(week))
    if settings.EVENHAND_SMTP_LOG:
        run.settled = queue.settle_by_log(week, Path(settings.EVENHAND_SMTP_LOG))
    with queue.worker() as name, Mailer(to) as mailer, Taken(name) as taken:
        silent = 0
        for letter in _claimed(week, name, run, limit):
            outcome = _one(letter, name, mailer, taken)
            run.counts[outcome.word] += 1
            silent = silent + 1 if outcome.lost or outcome.word == "down" else 0
            run.stopped = _stop(run, outcome, silent)
            if progress is not None:
                progress(run)
    return run


class Taken:
    """The letter that the server has just taken: kept together with the handing over of the next, in one commit.

    Until then it is `sending` with `handed_at`: of a sender that is killed here one letter is in doubt, never more.
    """

    def __init__(self, name: str) -> None:
        self._name, self._last = name, None  # type: tuple[str, tuple[Bulletin, datetime] | None]

    def __enter__(self) -> Taken:
        return self

    def __exit__(self, *_: object) -> None:
        self.keep()
        queue.release(self._name)

    def add(self, letter: Bulletin) -> None:
        """The server said yes, now."""
        self._last = letter, timezone.now()

    def keep(self) -> None:
        """Keep it now."""
        if self._last is not None:
            queue.sent(self._last[0], self._name, self._last[1])
            self._last = None

    def hand_over(self, letter: Bulletin, address: str) -> bool:
        """Keep it, and that the next letter's last byte goes out now; False if it must not."""
        with transaction.atomic():
            if self._last is not None:
                queue.sent(self._last[0], self._name, self._last[1])
            goes = queue.hand_over(letter, self._name, address)
        self._last = None
        return goes


def _claimed(week: date, name: str, run: Run, limit: int | None) -> Iterator[Bulletin]:
    """Letters in hand, one after another, as long as the run goes on; claimed by the handful."""
    while not run.stopped and (left := A_HANDFUL if limit is None else min(A_HANDFUL, limit - run.counts["taken"])) > 0:
        letters = queue.claim_some(week, name, left)
        if not letters:
            return
        for letter in letters:
            if run.stopped:
                return
            yield letter


def _one(letter: Bulletin, name: str, mailer: Mailer, taken: Taken) -> Outcome:
    """One claimed letter, to the state that its outcome gives it; of one that was taken that is kept with the next."""
    address, why = queue.address_of(letter)
    if why:
        queue.withhold(letter, name, why)
        return Outcome("withheld", why)
    row = {word: getattr(letter, word) for word in ("message_id", "queued_at", "subject", "text", "html", "token")}
    try:
        body = emails.as_bytes(row, address)
    except (InputError, ValueError, UnicodeError) as error:
        queue.fail(letter, name, str(error), address)
        return Outcome("refused", "the letter cannot be addressed")
    if not mailer.open:
        taken.keep()  # what a new connection waits for, nothing that is known should wait for
    outcome = mailer.send(address, body, lambda: taken.hand_over(letter, address))
    if outcome.word == "taken":
        taken.add(letter)
        return outcome
    taken.keep()
    if outcome.word == "refused":
        queue.fail(letter, name, outcome.said, address)
    elif outcome.word == "later":
        queue.back(letter, name, outcome.said, address)
    elif outcome.word == "doubt":
        queue.doubt(letter, name, outcome.said, address)
    elif outcome.word == "kept back":  # stopped or erased since it was claimed, or another worker has it now
        if why := queue.address_of(letter)[1]:
            queue.withhold(letter, name, why)
            return Outcome("withheld", why)
        queue.back(letter, name, "the address changed while it was sent", counts=False)
    else:
        queue.back(letter, name, outcome.said, address, counts=False)
    return outcome


def _stop(run: Run, outcome: Outcome, silent: int) -> str:
    """Why the run must end here; '' if it goes on."""
    if outcome.word == "closed":
        return f"the mail server takes nothing from this sender: {outcome.said}"
    if silent >= NO_ANSWER:
        return f"the mail server did not answer {silent} times in a row: {outcome.said}"
    if run.counts["refused"] >= ALL_REFUSED and not run.counts["taken"]:
        return f"the first {run.counts['refused']} letters were all refused; the last: {outcome.said}"
    return ""

"""The queue of bulletins: one state at a time, one worker at a time, and never a letter handed over twice.

queued -> sending (a worker has claimed it) -> sent, or failed, or withheld; back to queued when a mail server says
later. `handed_at` is kept, to the disk, before the last byte of a letter goes out: a letter in `sending` without it has
certainly not been taken and may be claimed again at once; one with it is in doubt until its worker, the mail server's
log or an operator says what became of it (docs/decisions/0110). Every step names its worker, so that a worker that was
given up for dead and wakes again changes nothing.
"""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.query import QuerySet
from django.utils import timezone

from evenhand.errors import InputError
from evenhand_web.people.models import Identity, Post

from .models import Bulletin, BulletinChoice, EngagementEvent

# minutes until a letter is tried again; after the last it has failed. RFC 5321 4.5.4.1 asks relays for half an hour
# and more, and four to five days in all; a bulletin is of one week, so it gives up after about two days
BACKOFF = (10, 30, 60, 120, 240, 480, 720, 1440)
# answers of a mail server that a claim on another machine may last before it is given up: a letter's own, those to the
# first lines of the next one (Taken), and as many to spare
LEASES = 8
_UNTRIED = Case(When(tries__gt=0, then=F("tries") - 1), default=Value(0))
LONGEST = 300  # characters of `trouble`
ERASED, STOPPED, LEFT, LATER = (
    "the account is gone or has no e-mail address", "stopped by the reader", "has no role any more",
    "a later week's letter has taken its place",
)  # fmt: skip
_ADDRESS = re.compile(r"\S+@\S+")
_POSTFIX = re.compile(r"\b([0-9A-Za-z]{6,}): message-id=<?([^>\s]+)>?")
_QUEUED = re.compile(r"\bqmgr\b.*?\b([0-9A-Za-z]{6,}): from=")


@contextmanager
def worker() -> Iterator[str]:
    """A name for one sender, and a lock that falls the moment its process ends, however it ends."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{socket.gethostname()[:20]}:{secrets.token_hex(8)}"
    path = folder / _file(name)
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _durable()
        try:
            yield name
        finally:
            path.unlink(missing_ok=True)


def claim(week: date, name: str) -> Bulletin | None:
    """Take the next letter that may be tried now; None if there is none. Of two workers one gets it."""
    return next(iter(claim_some(week, name, 1)), None)


def claim_some(week: date, name: str, most: int) -> list[Bulletin]:
    """Take up to so many letters that may be tried now, in one commit; [] if there is none. No letter is got by two."""
    waiting = Bulletin.objects.filter(week=week, state="queued", not_before__lte=timezone.now())
    while keys := list(waiting.order_by("not_before", "id").values_list("pk", flat=True)[:most]):
        now = timezone.now()
        taken = Bulletin.objects.filter(pk__in=keys, state="queued").update(
            state="sending", claim=name, claimed_at=now, handed_at=None, tries=F("tries") + 1
        )
        if taken:
            ours = Bulletin.objects.filter(pk__in=keys, state="sending", claim=name, handed_at=None)
            return list(ours.order_by("not_before", "id"))
    return []


def release(name: str) -> int:
    """Give back what a worker claimed and did not come to; how many letters."""
    rows = Bulletin.objects.filter(state="sending", claim=name, handed_at=None)
    return rows.update(state="queued", claim="", claimed_at=None, tries=_UNTRIED)


def address_of(letter: Bulletin) -> tuple[str, str]:
    """(address, '') of somebody who is to have the letter, or ('', why it is withheld)."""
    mine, today = {"person": OuterRef("person")}, timezone.localdate()
    later = Bulletin.objects.filter(week__gt=letter.week, **mine).exclude(state="withheld")
    identity = Identity.objects.filter(person=letter.person_id, is_active=True).annotate(
        wanted=Subquery(BulletinChoice.objects.filter(**mine).order_by("-id").values("wanted")[:1]),
        works=Exists(Post.objects.filter(Q(until=None) | Q(until__gte=today), **mine)), newer=Exists(later),
    ).first()  # fmt: skip
    if identity is None or not identity.email:
        return "", ERASED
    if identity.wanted is False:
        return "", STOPPED
    if not identity.works:
        return "", LEFT
    return ("", LATER) if identity.newer else (identity.email, "")


def hand_over(letter: Bulletin, name: str, address: str) -> bool:
    """Keep, to the disk, that the last byte goes out now; False if it must not: no longer ours, or no longer wanted."""
    with transaction.atomic():
        ours = Bulletin.objects.select_for_update().filter(pk=letter.pk, state="sending", claim=name).first()
        if ours is None or address_of(ours)[0] != address:
            return False
        ours.handed_at = ours.claimed_at = timezone.now()  # its time on another machine begins here
        ours.save(update_fields=["handed_at", "claimed_at"])
    return True


def sent(letter: Bulletin, name: str, when: datetime | None = None) -> bool:
    """The mail server has taken it: keep that, and that its reader was reached, in one piece."""
    return _took(_ours(letter, name), letter, when or timezone.now())


def back(letter: Bulletin, name: str, trouble: str, address: str = "", *, counts: bool = True) -> None:
    """The mail server says later: try again after a while; after the last while it has failed.

    counts: False where the trouble was not this letter's, as when no server answered at all.
    """
    said = _safe(trouble, address)
    if counts and letter.tries > len(BACKOFF):
        fail(letter, name, f"given up after {letter.tries} tries: {said}")
        return
    wait = BACKOFF[max(letter.tries - 1, 0)] if counts else 0
    _ours(letter, name).update(
        state="queued", claim="", claimed_at=None, handed_at=None, trouble=said,
        tries=F("tries") if counts else _UNTRIED,
        not_before=timezone.now() + timedelta(minutes=wait),
    )  # fmt: skip


def fail(letter: Bulletin, name: str, trouble: str, address: str = "") -> None:
    """It will never be taken."""
    _ours(letter, name).update(state="failed", claim="", trouble=_safe(trouble, address))


def withhold(letter: Bulletin, name: str, why: str) -> None:
    """It is not to be sent any more."""
    _ours(letter, name).update(state="withheld", claim="", handed_at=None, trouble=why)


def doubt(letter: Bulletin, name: str, trouble: str, address: str = "") -> None:
    """The connection went after the last byte: only the mail server knows. The letter stays in `sending`."""
    _ours(letter, name).update(claim="", trouble=_safe(trouble, address))


def recover(week: date) -> int:
    """Queue again what dead workers had claimed and certainly not handed over; how many letters."""
    stale = timezone.now() - timedelta(seconds=LEASES * settings.EVENHAND_SMTP_TIMEOUT)
    rows = Bulletin.objects.filter(week=week, state="sending", handed_at=None)
    gone = [(key, name) for key, name, at in rows.values_list("pk", "claim", "claimed_at") if _dead(name, at < stale)]
    again = {"state": "queued", "claim": "", "claimed_at": None, "trouble": "its sender ended", "tries": _UNTRIED}
    return sum(rows.filter(pk=key, claim=name).update(**again) for key, name in gone)


def in_doubt(week: date) -> list[Bulletin]:
    """Letters handed over whose worker is gone, or said itself that it cannot know."""
    stale = timezone.now() - timedelta(seconds=LEASES * settings.EVENHAND_SMTP_TIMEOUT)
    rows = Bulletin.objects.filter(week=week, state="sending").exclude(handed_at=None)
    return [row for row in rows if not row.claim or _dead(row.claim, row.claimed_at < stale)]


def settle_by_log(week: date, log: Path) -> Counter[str]:
    """Settle letters in doubt by the mail server's own log: in it is sent, not in it is queued again.

    A letter is only held for not taken when the server has had its time to answer; until then it stays in doubt.

    Raises
    ------
    InputError
        If the log cannot be read.
    """
    rows, done = in_doubt(week), Counter[str]()
    if not rows:
        return done
    answered = timezone.now() - timedelta(seconds=settings.EVENHAND_SMTP_TIMEOUT)
    old = {row.pk for row in rows if row.handed_at < answered}
    taken = accepted(log, {row.message_id.strip("<>") for row in rows})  # read after the clock, never before
    for row in rows:
        if row.message_id.strip("<>") in taken:
            done["sent"] += _settle(row, "sent")
        elif row.pk in old:
            done["again"] += _settle(row, "again")
    return done


def settle_by_word(week: date, word: str) -> int:
    """Settle letters in doubt by an operator's word, `sent` or `again`; how many."""
    return sum(_settle(row, word) for row in in_doubt(week))


def accepted(log: Path, wanted: set[str]) -> set[str]:
    """Which of these Message-IDs a mail server's log says it took.

    Any line that holds one counts, but for Postfix: there a line of `cleanup` only says that a letter began to come in,
    and its queue number must be seen again with `from=`, when the queue manager has it whole.
    """
    found: set[str] = set()
    begun: dict[str, str] = {}
    try:
        with log.open(encoding="utf-8", errors="replace") as lines:
            for line in lines:
                if match := _POSTFIX.search(line):
                    if match[2] in wanted:
                        begun[match[1]] = match[2]
                elif (match := _QUEUED.search(line)) and match[1] in begun:
                    found.add(begun[match[1]])
                elif "@" in line:
                    found |= wanted.intersection(re.split(r"[\s<>\"',;=]+", line))
    except OSError as error:
        raise InputError(f"{log}: the mail server's log cannot be read ({error.strerror}); nothing was done") from error
    return found


def counted(week: date) -> dict[str, int]:
    """How many letters of the week are in each state."""
    rows = Counter(Bulletin.objects.filter(week=week).values_list("state", flat=True))
    return {state: rows[state] for state in Bulletin.STATES}


def _took(rows: QuerySet[Bulletin], letter: Bulletin, when: datetime) -> bool:
    with transaction.atomic():
        if not rows.update(state="sent", claim="", sent_at=when, trouble=""):
            return False
        if content := letter.facts.get("content"):
            EngagementEvent.objects.get_or_create(
                person_id=letter.person_id, content=content, stage="reached",
                defaults={"campaign_id": letter.campaign_id, "at": when},
            )  # fmt: skip
    return True


def _settle(row: Bulletin, word: str) -> int:
    """One letter in doubt, settled once whoever is quicker; 1 if it was here."""
    same = Bulletin.objects.filter(pk=row.pk, state="sending", handed_at=row.handed_at, claim=row.claim)
    if word == "sent":
        return int(_took(same, row, row.handed_at))
    trouble = "the mail server did not take it"
    return same.update(state="queued", claim="", claimed_at=None, handed_at=None, trouble=trouble)


def _ours(letter: Bulletin, name: str) -> QuerySet[Bulletin]:
    return Bulletin.objects.filter(pk=letter.pk, state="sending", claim=name)


def _dead(name: str, stale: bool) -> bool:
    """Whether a worker is gone: on this machine its lock says so; on another its time is over."""
    if name.partition(":")[0] != socket.gethostname()[:20]:
        return stale
    try:
        with (_folder() / _file(name)).open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return True
    except BlockingIOError:
        return False
    with suppress(OSError):
        os.unlink(_folder() / _file(name))
    return True


def _durable() -> None:
    """On SQLite let every commit reach the disk: a power cut must not forget that a letter was handed over."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA synchronous=FULL")


def _safe(trouble: str, address: str) -> str:
    """What a mail server said, in one line and without any address: this table holds no identity."""
    said = re.sub(re.escape(address), "[address]", trouble, flags=re.IGNORECASE) if address else trouble
    return " ".join(_ADDRESS.sub("[address]", said).split())[:LONGEST]


def _folder() -> Path:
    return Path(settings.VAR) / "senders"


def _file(name: str) -> str:
    return f"{name.rpartition(':')[2]}.lock"

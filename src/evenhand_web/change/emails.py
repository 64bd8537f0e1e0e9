"""A bulletin as an e-mail: plain text, its HTML twin, and the headers by which anybody can stop it in one click."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr, parseaddr
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.template.loader import render_to_string
from django.urls import reverse

from evenhand.change.bulletin import Letter
from evenhand.errors import InputError

WIDE = 72  # characters: what a plain-text reader shows without a break of its own (RFC 3676: 78 at most)


@dataclass(frozen=True)
class Links:
    """Where a letter leads: its one action, and the ways to stop it and to choose. Each knows a token, nobody."""

    action: str
    stop: str
    choose: str


def links(token: str) -> Links:
    """The addresses of one letter."""
    base = settings.EVENHAND_ADDRESS.rstrip("/")
    return Links(*(base + reverse(f"letters:{name}", args=(token,)) for name in ("open", "stop", "back")))


def text_of(letter: Letter, to: Links) -> str:
    """The letter in plain text: every paragraph, the one link under its action, the way out at the end."""
    first = [letter.number, " ".join(part for part in (letter.comparison, letter.sure) if part), letter.where,
             letter.message]  # fmt: skip
    parts = [_wrapped(part) for part in first if part]
    parts += [f"{_wrapped(letter.action)}\n\n{letter.button}:\n{to.action}"]
    parts += [_wrapped(letter.became)] if letter.became else []
    parts += [f"-- \n{_wrapped(letter.why)}\nStop these e-mails: {to.stop}"]
    return "\n\n".join(parts) + "\n"


def html_of(letter: Letter, to: Links) -> str:
    """The same in HTML: nothing from outside, styles inline, readable at the width of a telephone."""
    return render_to_string("change/mail/bulletin.html", {"letter": letter, "to": to, "figure": split(letter)})


def split(letter: Letter) -> tuple[str, str, str] | None:
    """(what is measured, the value, its interval) of the number, to be set in type; None of a letter without one."""
    about, between, rest = letter.number.rpartition(": ")
    if not letter.comparison or not between:
        return None
    value, _, interval = rest.rstrip(".").partition(" ")
    return about, value, interval


def message(row: Mapping[str, Any], address: str) -> EmailMessage:
    """One queued letter, addressed: the same bytes however often it is made.

    row: message_id, queued_at, subject, text, html and token of the bulletin.

    Raises
    ------
    InputError
        If the address is none that a letter can be sent to; the message does not repeat it.
    """
    try:
        validate_email(address)
    except ValidationError as error:
        raise InputError("the address of this person is no e-mail address; correct it on the page of people") from error
    letter = EmailMessage(policy=SMTP)
    letter["From"] = sender_header()
    letter["To"] = address
    letter["Subject"] = row["subject"]
    letter["Date"] = _date(row["queued_at"])
    letter["Message-ID"] = row["message_id"]
    stop = links(row["token"]).stop
    letter["List-Unsubscribe"] = f"<{stop}>"  # RFC 2369
    letter["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"  # RFC 8058
    letter["List-Id"] = f"Evenhand bulletins <bulletins.{domain()}>"
    letter["Auto-Submitted"] = "auto-generated"  # RFC 3834: no absence notes back
    letter.set_content(row["text"], cte="quoted-printable")
    letter.add_alternative(row["html"], subtype="html", cte="quoted-printable")
    letter.set_boundary(f"evenhand-{row['message_id'].strip('<>').partition('@')[0]}")
    return letter


def as_bytes(row: Mapping[str, Any], address: str) -> bytes:
    """The same as it goes to a mail server. Its headers stand on one line each: some programs that offer to stop a
    list do not look for an address on a second one (RFC 5322 allows 998 characters)."""
    return message(row, address).as_bytes(policy=SMTP.clone(max_line_length=998))


def sender_header() -> str:
    """`Name <address>` as EVENHAND_FROM gives it.

    Raises
    ------
    InputError
        If the setting is missing or no address.
    """
    name, address = parseaddr(settings.EVENHAND_FROM)
    try:
        validate_email(address)
    except ValidationError as error:
        raise InputError(
            f"EVENHAND_FROM={settings.EVENHAND_FROM!r} is no address to send from; give Name <name@your.domain>"
        ) from error
    return formataddr((name, address))


def domain() -> str:
    """The part of EVENHAND_FROM after the @: what Message-IDs end with."""
    return parseaddr(sender_header())[1].rpartition("@")[2]


def _date(when: datetime) -> str:
    return format_datetime(when.replace(microsecond=0))


def _wrapped(part: str) -> str:
    lines = (textwrap.fill(line, WIDE, break_long_words=False, break_on_hyphens=False) for line in part.split("\n"))
    return "\n".join(lines)

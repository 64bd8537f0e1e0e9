"""One conversation with a mail server: where it is, and a letter handed to it line by line."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

from django.conf import settings

from evenhand.errors import InputError

from . import emails

A_CONNECTION = 100  # letters in one connection: many servers close longer ones
SCHEMES = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


@dataclass(frozen=True)
class Server:
    """Where letters are handed in."""

    scheme: str
    host: str
    port: int
    name: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class Outcome:
    """What became of one letter: taken, later, refused, doubt, kept back; or the server's own trouble: down, closed.
    lost: whether the connection went on the way."""

    word: str
    said: str = ""
    lost: bool = False


def server() -> Server:
    """The mail server of EVENHAND_SMTP_URL.

    Raises
    ------
    InputError
        If there is none, it cannot be read, or a password would travel in the open.
    """
    right = "smtp+starttls://NAME:PASSWORD@HOST:587, smtps://NAME:PASSWORD@HOST:465 or smtp://HOST:25"
    if not settings.EVENHAND_SMTP_URL:
        raise InputError(f"EVENHAND_SMTP_URL is missing, so nothing can be sent; give {right}")
    try:
        parts = urlsplit(settings.EVENHAND_SMTP_URL)
        port = parts.port
    except ValueError as error:
        raise InputError(f"EVENHAND_SMTP_URL cannot be read ({error}); give {right}") from error
    if parts.scheme not in SCHEMES or not parts.hostname or parts.path.strip("/") or parts.query:
        raise InputError(f"EVENHAND_SMTP_URL={parts.scheme}:... is no mail server; give {right}")
    if parts.username and parts.scheme == "smtp":
        raise InputError("EVENHAND_SMTP_URL has a password and no encryption; give smtp+starttls:// or smtps://")
    return Server(parts.scheme, parts.hostname, port or SCHEMES[parts.scheme], unquote(parts.username or ""),
                  unquote(parts.password or ""))  # fmt: skip


class Mailer:
    """A connection to a mail server, opened when first needed and again when it was lost."""

    def __init__(self, to: Server) -> None:
        self._to, self._smtp, self._letters = to, None, 0  # type: tuple[Server, smtplib.SMTP | None, int]
        self._sender = parseaddr(emails.sender_header())[1]

    def __enter__(self) -> Mailer:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._quit()
        self._close()  # in the middle of a letter nothing may follow: the server drops what it has

    @property
    def open(self) -> bool:
        """Whether there is a connection: the next letter need not wait for one."""
        return self._smtp is not None

    def send(self, address: str, body: bytes, hand_over: Callable[[], bool]) -> Outcome:
        """Give one letter to the server. All but its last line goes out first; `hand_over` is asked before that line,
        and what fails before it was certainly not taken (RFC 5321 4.1.1.4)."""
        begun = handed = False
        try:
            smtp = self._connected()
            begun = True
            if outcome := self._envelope(smtp, address):
                return outcome
            assert smtp.sock is not None
            smtp.sock.sendall(_dotted(body))
            if not hand_over():
                self._close()  # without the last line: the server drops what it has
                return Outcome("kept back")
            handed = True
            smtp.sock.sendall(b".\r\n")
            code, said = smtp.getreply()
        except smtplib.SMTPAuthenticationError as error:
            self._close()
            word = "closed" if 500 <= error.smtp_code < 600 else "down"
            return Outcome(word, _words(error.smtp_code, error.smtp_error))
        except (smtplib.SMTPException, OSError) as error:
            fresh = self._letters == 0
            self._close()
            # lost on a fresh connection it may be this very letter: it waits, and does not stop those behind it
            return Outcome("doubt" if handed else "later" if begun and fresh else "down", _reason(error), lost=True)
        self._letters += 1
        return self._after(code, _words(code, said))

    def _after(self, code: int, said: str) -> Outcome:
        if code == 421 or self._letters >= A_CONNECTION:
            self._quit()
            self._close()
        if 200 <= code < 300:
            return Outcome("taken", said)
        return Outcome("later" if 400 <= code < 500 else "refused", said)

    def _envelope(self, smtp: smtplib.SMTP, address: str) -> Outcome | None:
        """MAIL, RCPT and DATA; None if the letter may follow."""
        options = []
        if not address.isascii():
            if not smtp.has_extn("smtputf8"):
                return Outcome("refused", "the mail server takes no address with letters outside ASCII")
            options = ["SMTPUTF8"]
            smtp.command_encoding = "utf-8"
        code, said = smtp.mail(self._sender, options)
        if code >= 400:
            self._reset(smtp)
            return Outcome("down" if code < 500 else "closed", _words(code, said))
        code, said = smtp.rcpt(address)
        if code not in (250, 251):
            self._reset(smtp)
            return Outcome("down" if code == 421 else "later" if code < 500 else "refused", _words(code, said))
        code, said = smtp.docmd("DATA")
        if code != 354:
            self._reset(smtp)
            return Outcome("later" if code < 500 else "refused", _words(code, said))
        return None

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is not None:
            return self._smtp
        to, timeout = self._to, settings.EVENHAND_SMTP_TIMEOUT
        context = ssl.create_default_context()
        smtp: smtplib.SMTP
        if to.scheme == "smtps":
            smtp = smtplib.SMTP_SSL(to.host, to.port, emails.domain(), timeout=timeout, context=context)
        else:
            smtp = smtplib.SMTP(to.host, to.port, emails.domain(), timeout=timeout)
        self._smtp, self._letters = smtp, 0
        smtp.ehlo_or_helo_if_needed()
        if to.scheme == "smtp+starttls":
            smtp.starttls(context=context)
            smtp.ehlo()
        if to.name:
            smtp.login(to.name, to.password)
        if smtp.sock is not None:  # the last line is small, and must not wait for the one before to be answered
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return smtp

    def _reset(self, smtp: smtplib.SMTP) -> None:
        try:
            smtp.rset()
        except (smtplib.SMTPException, OSError):
            self._close()

    def _quit(self) -> None:
        if self._smtp is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._smtp.quit()

    def _close(self) -> None:
        if self._smtp is not None:
            self._smtp.close()
        self._smtp = None


def _dotted(body: bytes) -> bytes:
    """The letter as DATA wants it: CRLF at every end of line, a dot doubled where it begins one."""
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", body)
    doubled = re.sub(rb"(?m)^\.", b"..", lines)
    return doubled if doubled.endswith(b"\r\n") else doubled + b"\r\n"


def _words(code: int, said: bytes | str) -> str:
    return f"{code} {said.decode('utf-8', 'replace') if isinstance(said, bytes) else said}"


def _reason(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"

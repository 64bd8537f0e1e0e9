"""Web: one polite reader of the publishers' sites: it asks one thing at a time, says who asks, and waits when told to.

The standard library alone: what is asked here is a page, a JSON answer, or a file from some byte on.
"""

from __future__ import annotations

import email.utils
import http.client
import json
import random
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from typing import IO, Any

from .. import __version__
from ..errors import InputError
from .addresses import Addresses, shown

TRIES = 6  # our rule: waits of about 1, 2, 4, 8 and 16 seconds between them
MOST_WAIT = 900  # seconds; a server that asks for more is asked again another day
_BUSY = frozenset({408, 425, 429, 500, 502, 503, 504})
_EXPIRED = frozenset({401, 403, 410})  # what a short-lived address answers when its time is over
_PAGE = 30 << 20  # bytes of a page or a JSON answer; NHSBSA's longest list is below 1 MB
DROPPED = (urllib.error.URLError, http.client.HTTPException, TimeoutError, ConnectionError, OSError)


class Expired(InputError):
    """An address that no longer answers, or not to us: a fresh one may."""


@dataclass(frozen=True)
class Page:
    """What an address answered in words. address: where it ended, after redirections."""

    address: str
    text: str


class Web:
    """Asks addresses one at a time.

    base_url: a mirror; contact: who asks, for the publisher's log; pause: seconds between two questions (default 1;
    none to a mirror on this machine); seed: of the jitter in waits; sleep: how to wait.
    """

    def __init__(
        self, *, base_url: str | None = None, contact: str = "", pause: float | None = None, seed: int = 0,
        timeout: float = 60, sleep: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        self.addresses = Addresses(base_url)
        self._unit = 0.05 if self.addresses.near else 1.0
        self._pause = pause if pause is not None else (0.0 if self.addresses.near else 1.0)
        self._jitter = random.Random(seed)
        self._timeout = timeout
        self._sleep = sleep
        self._asked = False
        who = "".join(c for c in contact if " " <= c <= "~")[:200]
        self._agent = f"evenhand/{__version__} (reads open NHS publications; {who or 'no contact given'})"
        self._opener = urllib.request.OpenerDirector()
        for handler in (
            urllib.request.ProxyHandler(), urllib.request.HTTPHandler(), urllib.request.HTTPSHandler(),
            urllib.request.HTTPDefaultErrorHandler(), _Redirects(self.addresses),
            urllib.request.HTTPErrorProcessor(), urllib.request.UnknownHandler(),
        ):  # fmt: skip
            self._opener.add_handler(handler)

    def page(self, address: str) -> Page:
        """An address's answer as text; InputError if there is none.

        Raises
        ------
        Expired
            If it answers 401, 403 or 410.
        """
        for attempt in range(TRIES):
            with self.ask(address) as answer:
                try:
                    raw = answer.read(_PAGE + 1)
                    short = int(answer.headers.get("Content-Length") or len(raw)) > len(raw)
                except (*DROPPED, ValueError):
                    raw, short = b"", True
                if len(raw) > _PAGE:
                    raise InputError(f"{shown(address)}: answers with more than {_PAGE:,} bytes; expected a page")
                if not short:
                    return Page(answer.url, raw.decode("utf-8", errors="replace"))
            self.wait(attempt)
        raise InputError(f"{shown(address)}: the connection was dropped {TRIES} times")

    def json(self, address: str) -> Any:
        """An address's answer as JSON."""
        page = self.page(address)
        try:
            return json.loads(page.text)
        except ValueError:
            start = " ".join(page.text[:60].split())
            raise InputError(f"{shown(address)}: expected a JSON answer, found {start!r}") from None

    def ask(self, address: str, headers: Mapping[str, str] | None = None) -> Answer:
        """An open answer; a busy server is asked again after the wait it names, or a growing one.

        Raises
        ------
        Expired
            If it answers 401, 403 or 410.
        InputError
            If it answers that there is nothing, stays busy, or cannot be reached.
        """
        where = self.addresses.of(address)
        sent = {"User-Agent": self._agent, "Accept-Encoding": "identity", "Accept": "*/*", **(headers or {})}
        why = ""
        for attempt in range(TRIES):
            if self._asked and self._pause:
                self._sleep(self._pause)
            self._asked = True
            try:
                request = urllib.request.Request(where, headers=sent)
                return Answer(self._opener.open(request, timeout=self._timeout), where)
            except urllib.error.HTTPError as error:
                error.close()
                why = self._answered(error, where, attempt)
            except ValueError as error:
                raise InputError(f"{shown(where)}: sends us to what is no address ({error})") from error
            except DROPPED as error:
                why = f"cannot be reached ({getattr(error, 'reason', None) or error or type(error).__name__})"
                self.wait(attempt)
        raise InputError(f"{shown(where)}: {why}, asked {TRIES} times".replace("\n", " "))

    def wait(self, attempt: int, least: float = 0) -> None:
        """Wait longer each time, with jitter, so that not all who wait come back at once."""
        self._sleep(max(least, min(60, 2**attempt) * self._unit * (0.75 + 0.5 * self._jitter.random())))

    def _answered(self, error: urllib.error.HTTPError, where: str, attempt: int) -> str:
        if error.code in _EXPIRED:
            raise Expired(f"{shown(where)}: answered {error.code}; the address has expired or is closed to us")
        if error.code not in _BUSY and error.code != 416:
            raise InputError(f"{shown(where)}: answered {error.code} ({error.reason}); there is nothing to fetch")
        if error.code == 416:
            raise BeyondEnd(f"{shown(where)}: holds no more than was fetched")
        least = _told_to_wait(error.headers)
        if least > MOST_WAIT:
            raise InputError(f"{shown(where)}: answered {error.code} and asks to come again in {least:,.0f} seconds")
        if attempt < TRIES - 1:
            self.wait(attempt, least)
        return f"answered {error.code} ({error.reason})"


class BeyondEnd(InputError):
    """A file that ends before the byte that was asked for."""


class Answer:
    """An open answer: status, headers, and its bytes. Use as a context manager."""

    def __init__(self, opened: Any, asked: str) -> None:
        self._opened: IO[bytes] = opened
        self.status: int = opened.status
        self.headers: Mapping[str, str] = opened.headers
        self.url: str = opened.url or asked

    def __enter__(self) -> Answer:
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def read(self, most: int) -> bytes:
        """Up to so many bytes; empty at the end, or where the connection was cut."""
        return self._opened.read(most)


class _Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a redirection only where an address may be asked, and never from https to http."""

    max_redirections = 5

    def __init__(self, addresses: Addresses) -> None:
        self._addresses = addresses

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        where = self._addresses.of(newurl)
        if req.full_url.startswith("https:") and where.startswith("http:"):
            raise InputError(f"{shown(req.full_url)}: sends us from https to {shown(where)}; it is not asked")
        return super().redirect_request(req, fp, code, msg, headers, where)


def _told_to_wait(headers: Message) -> float:
    """Seconds that `Retry-After` names, as a number or as a time set against the answer's own `Date`."""
    said = (headers.get("Retry-After") or "").strip()
    if said.isdigit():
        return float(said)
    try:
        until, now = (email.utils.parsedate_to_datetime(word) for word in (said, headers.get("Date") or ""))
        return max(0.0, (until - now).total_seconds())
    except (TypeError, ValueError):
        return 0.0

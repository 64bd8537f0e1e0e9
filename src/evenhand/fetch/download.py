"""Download: one file, whole: resumed from the byte where it was dropped, under a fresh address when one expires."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from urllib.parse import unquote, urlsplit

from ..errors import InputError
from .addresses import shown
from .offer import Offer
from .shelf import PartFile
from .web import DROPPED, TRIES, Answer, BeyondEnd, Expired, Web

_BLOCK = 1 << 18
_MOST = 20 << 30  # bytes; the largest published file is below 2 GB packed, 7 GB plain
_FRESH = 3  # our rule: times that a fresh address is asked for
_RANGE = re.compile(r"bytes (\d+)-(\d+)/(\d+|\*)")


def download(web: Web, offer: Offer, part: PartFile, tell: Callable[[str], None] | None = None) -> str:
    """Fetch a file into its part until it is whole; returns the address that gave it.

    Raises
    ------
    InputError
        If what comes is a web page, ends short again and again, has no room, or the address stays closed.
    """
    address, fresh, stalled = offer.address(), 0, 0
    while True:
        before = part.size
        try:
            if _into(web, address, part, offer.name, tell):
                return address
            why = f"{part.size:,} of {part.total:,} bytes came" if part.total else "the connection was dropped"
        except BeyondEnd:
            if part.total is not None and part.size == part.total:
                return address
            part.forget()
            why = "its length changed while it was fetched"
        except Expired:
            fresh += 1
            if fresh > _FRESH:
                raise
            web.wait(fresh)
            address = offer.address()
            continue
        stalled = 0 if part.size > before else stalled + 1
        if stalled >= TRIES:
            raise InputError(f"{shown(address)}: {why}, asked {TRIES} times; ask again later to resume")
        web.wait(stalled)


def ending(address: str) -> str:
    """The ending of the file at an address, for a file that the publisher names without one."""
    name = unquote(urlsplit(address).path.rpartition("/")[2])
    dot = re.search(r"\.(csv\.gz|[A-Za-z0-9]{2,7})$", name)
    return f".{dot[1].lower()}" if dot else ""


def _into(web: Web, address: str, part: PartFile, name: str, tell: Callable[[str], None] | None) -> bool:
    """Add to the part what one answer brings; whether it is whole."""
    have = part.size
    if have and part.total == have:
        return True
    headers = {}
    if have:
        headers["Range"] = f"bytes={have}-"
        if part.mark:
            headers["If-Range"] = part.mark
    with web.ask(address, headers) as answer:
        _refuse_page(answer, address)
        _place(answer, part, have)
        if part.total is not None and part.total - part.size > shutil.disk_usage(part.path.parent).free:
            raise InputError(f"{shown(address)}: has {part.total:,} bytes, for which the disk has no room")
        whole = _pour(answer, part, address)
    if tell is not None and part.total:
        tell(f"{name}: {part.size / 1e6:,.0f} of {part.total / 1e6:,.0f} MB")
    return part.size == part.total if part.total is not None else whole


def _place(answer: Answer, part: PartFile, have: int) -> None:
    """Make the part ready for what comes: to be added to, or from the first byte on."""
    mark = answer.headers.get("ETag") or answer.headers.get("Last-Modified") or ""
    mark = "" if mark.startswith("W/") else mark  # a weak mark does not promise the same bytes
    said = _RANGE.fullmatch((answer.headers.get("Content-Range") or "").strip())
    total = None if said is None or said[3] == "*" else int(said[3])
    if answer.status == 206:
        same = said is not None and int(said[1]) == have and (part.total is None or total in (None, part.total))
        if not have or not same or (part.mark and mark and mark != part.mark):
            part.forget()
            raise BeyondEnd("the file changed while it was fetched")
        part.total = part.total if part.total is not None else total
        return
    length = answer.headers.get("Content-Length")
    part.begin(int(length) if length is not None and length.isdigit() else None, mark)


def _pour(answer: Answer, part: PartFile, address: str) -> bool:
    """Write what comes; whether the answer itself came to an end that it knows to be its end."""
    try:
        with part.path.open("ab") as out:
            size = out.tell()
            while block := answer.read(_BLOCK):
                if size == 0 and _is_page(block):
                    raise InputError(f"{shown(address)}: answered with a web page, not the file")
                out.write(block)
                size += len(block)
                if size > (_MOST if part.total is None else part.total):
                    part.forget()
                    raise InputError(f"{shown(address)}: sends more than it announced; it is not kept")
    except InputError:
        part.forget()
        raise
    except DROPPED:
        return False
    return size > 0


def _refuse_page(answer: Answer, address: str) -> None:
    kind = (answer.headers.get("Content-Type") or "").partition(";")[0].strip().lower()
    if kind in ("text/html", "application/xhtml+xml"):
        raise InputError(f"{shown(address)}: answered with a web page ({kind}), not the file")
    if kind == "application/json" or kind.startswith(("image/", "video/")):
        raise InputError(f"{shown(address)}: answered with {kind}, not the file")


def _is_page(start: bytes) -> bool:
    return start[:500].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith((b"<!doctype html", b"<html"))

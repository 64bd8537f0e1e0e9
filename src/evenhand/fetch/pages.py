"""Pages: publishers whose files stand behind links on a page, under addresses that nobody can foresee.

NHS England's statistics, NHS England Digital's publications, the Drug Tariff; METHODS D.2, D.3, D.5, D.7, D.8.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import unquote, urljoin, urlsplit

from ..errors import InputError
from ..sources import month_in
from .offer import Offer
from .web import Page, Web

_WORDS = re.compile(r"[a-z]{3,9}-20\d\d", re.IGNORECASE)
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True)
class Site:
    """A page, the pages that it leads to, and the files that those link.

    start: the first page; onward: a pattern of the addresses of pages to read, newest first; file: a pattern of a
    file's name, or of its link's words.
    """

    start: str
    file: str
    onward: str = ""

    def offers(self, web: Web) -> Iterator[list[Offer]]:
        """Every file that is linked, newest first; a page is read only when it is come to.

        Raises
        ------
        InputError
            If no page links such a file: the site has changed.
        """
        first = web.page(self.start)
        links = _links(first)
        pages = {address for address, _ in links if self.onward and re.search(self.onward, urlsplit(address).path)}
        seen: set[str] = set()
        yield self._on(first, links, seen)
        for address in sorted(pages, key=_age, reverse=True):
            page = web.page(address)
            yield self._on(page, _links(page), seen)
        if not seen:
            further = (
                "nor do the pages that it leads to" if pages else f"and leads to no page like {self.onward or '-'}"
            )
            raise InputError(f"{self.start}: links no file like {self.file}, {further}; the site has changed")

    def _on(self, page: Page, links: list[tuple[str, str]], seen: set[str]) -> list[Offer]:
        offers = []
        for address, words in links:
            name = unquote(urlsplit(address).path.rpartition("/")[2])
            if address in seen or not (re.search(self.file, name) or re.search(self.file, words)):
                continue
            seen.add(address)
            tail = page.address.rstrip("/").rpartition("/")[2]
            month = month_in(name) or month_in(words) or (month_in(tail) if _WORDS.search(tail) else None)
            offers.append(Offer(name, month, address, lambda address=address: address))  # type: ignore[misc]
        return sorted(offers, key=lambda offer: offer.month or "", reverse=True)


def _links(page: Page) -> list[tuple[str, str]]:
    reader = _Links()
    reader.feed(page.text)
    found = []
    for href, words in reader.found:
        try:
            address = urljoin(page.address, href.strip())
            if urlsplit(address).scheme in ("http", "https"):
                found.append((address.partition("#")[0], " ".join(words.split())))
        except ValueError:
            continue  # a link that is no address
    return found


def _age(address: str) -> tuple[str, str]:
    """A page's year and month, as its address says them."""
    tail = urlsplit(address).path.rstrip("/").rpartition("/")[2]
    years = _YEAR.findall(tail)
    month = (month_in(tail) if _WORDS.search(tail) else None) or (f"{years[0]}-00" if years else "")
    return month, tail


class _Links(HTMLParser):
    """Collects every link's address and words."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._open = True
            self.found.append((dict(attrs).get("href") or "", ""))

    def handle_data(self, data: str) -> None:
        if self._open:
            href, words = self.found[-1]
            self.found[-1] = href, words + data

    def handle_endtag(self, tag: str) -> None:
        if tag == "a":
            self._open = False

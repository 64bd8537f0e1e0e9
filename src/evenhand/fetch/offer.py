"""Offer: one file that a publisher offers; a feed is how to find a publication's offers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ..sources import month_in
from .web import Web


@dataclass(frozen=True)
class Offer:
    """One file to fetch.

    name: the publisher's file name; month: YYYY-MM if it is of one; revision: changes when the file does ("" if the
    publisher does not say); address: asks for one, which may be short-lived; sha256: if it is published.
    """

    name: str
    month: str | None
    revision: str
    address: Callable[[], str]
    sha256: str | None = None

    @property
    def label(self) -> str:
        """The name, with the month in front where the name does not say it: no two months share a label."""
        return self.name if self.month in (None, month_in(self.name)) else f"{self.month}_{self.name}"


@dataclass(frozen=True)
class Feed:
    """A publication that can be fetched.

    name: the word on the command line; gives: the sources that its files are; offers(web): the files, newest first, as
    many together as are found at once;
    every: months between two of its files, 0 if there is only the latest.
    """

    name: str
    title: str
    gives: tuple[str, ...]
    offers: Callable[[Web], Iterator[list[Offer]]]
    every: int = 1

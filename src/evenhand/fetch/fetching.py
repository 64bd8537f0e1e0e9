"""Fetching: the latest months of a publication: found, fetched, proved to be the file, and taken into the lake."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ..errors import InputError
from ..lake import Lake
from ..records import Record
from ..sources import load
from .addresses import shown
from .download import download, ending
from .feeds import feed
from .offer import Feed, Offer
from .proof import prove, sha256_of
from .shelf import Held, Shelf
from .web import Web

Tell = Callable[[str], None]
_ENDINGS = (".csv", ".zip", ".gz", ".xlsx", ".xls", ".parquet", ".txt")


@dataclass(frozen=True, eq=False)
class Fetched(Record):
    """What became of one file.

    state: held (it was here already), loaded, replaced, unchanged (other bytes, the same content), skipped, or
    refused; bytes: its length; rows: of the source, as loaded; note: why it was refused.
    """

    source: str
    file: str
    month: str | None
    state: str
    bytes: int = 0
    sha256: str = ""
    rows: int = 0
    note: str = ""


def fetch(
    lake: Lake, names: Sequence[str], *, months: int = 24, shelf: Shelf, web: Web, discard: bool = False,
    when: datetime | None = None, tell: Tell | None = None,
) -> tuple[Fetched, ...]:  # fmt: skip
    """Bring the latest `months` months of each publication into the lake, oldest first.

    A file is loaded on its own, all of it or nothing; one that cannot be had or is refused does not keep the others
    from loading. What an interrupted run left is taken up by the next. discard: delete files once they are loaded.

    Raises
    ------
    InputError
        If a name is no feed's or months is below 1, before anything is asked.
    """
    if months < 1:
        raise InputError(f"--months {months}: expected a whole number of months, at least 1")
    at = (when or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")
    feeds = list(dict.fromkeys(feed(name) for name in names))
    done: list[Fetched] = []
    for one in feeds:
        try:
            offers = list(_latest(one, months, web))
        except InputError as error:
            done.append(Fetched(one.name, "", None, "refused", note=str(error)))
            continue
        for number, offer in enumerate(reversed(offers), start=1):
            if tell is not None:
                tell(f"{one.name}: {offer.name} ({number} of {len(offers)})")
            try:
                done += _one(lake, one, offer, shelf, web, discard, at, tell)
            except InputError as error:
                done.append(Fetched(one.name, offer.name, offer.month, "refused", note=str(error)))
    return tuple(done)


def _latest(one: Feed, months: int, web: Web) -> Iterator[Offer]:
    """Offers, newest first, until they cover so many months; of a file without a month, as many as it takes."""
    wanted = 1 if one.every == 0 else -(-months // one.every)
    seen: set[str] = set()
    for found in one.offers(web):
        for offer in found:
            seen.add(offer.month or offer.name)
            if len(seen) > wanted:
                return
            yield offer
        if len(seen) == wanted:
            return


def _one(
    lake: Lake, one: Feed, offer: Offer, shelf: Shelf, web: Web, discard: bool, at: str, tell: Tell | None
) -> list[Fetched]:
    before = shelf.held(one.name, offer.label)
    if before is not None and before.revision == offer.revision and offer.revision and before.state != "refused":
        if before.state == "loaded" and any(s.sha256 == before.sha256 for s in lake.snapshots()):
            return [Fetched(one.name, before.file, offer.month, "held", before.bytes, before.sha256)]
        there = shelf.path(before)
        if there is not None and sha256_of(there) == before.sha256:
            return _load(lake, one, before, there, shelf, discard)
    part = shelf.part(one.name, offer.label, offer.revision)
    address = download(web, offer, part, tell)
    try:
        digest = prove(part.path, offer.name, one.gives, offer.sha256)
    except InputError:
        part.forget()
        raise
    held = Held(
        one.name, offer.label, offer.month, offer.revision, shown(address),
        shelf.file(one.name, _named(offer.label, address)), part.size, digest, at,
    )  # fmt: skip
    shelf.keep(held, part)
    return _load(lake, one, held, shelf.folder / held.file, shelf, discard)


def _load(lake: Lake, one: Feed, held: Held, path: Path, shelf: Shelf, discard: bool) -> list[Fetched]:
    """Into the lake, all of it or nothing; a file that is refused is not kept."""
    try:
        done = load(lake, path)
    except InputError as error:
        note = str(error).replace(str(path), held.name)
        shelf.settle(held, "refused", note)
        return [Fetched(one.name, held.file, held.month, "refused", held.bytes, held.sha256, note=note)]
    shelf.settle(held, "loaded", discard=discard)
    return [
        Fetched(one.name, f"{one.name}/{loaded.file}", held.month or (loaded.months or (None,))[-1], loaded.state,
                held.bytes, held.sha256, loaded.rows, loaded.note)
        for loaded in done
    ]  # fmt: skip


def _named(label: str, address: str) -> str:
    """A file's name with an ending, for a publisher that names it without one."""
    return label if label.lower().endswith(_ENDINGS) else f"{label}{ending(address)}"

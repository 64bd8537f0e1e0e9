"""Shelf: the folder of fetched files, beside the lake and never in it: whole files, parts of files, and a manifest.

`fetched.json` says of every file where it came from, when, its length and sha256. A file gets its name only when it is
whole and was recognised; until then it is a `.part` with a `.part.json` that says what it is a part of.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ..errors import InputError

MANIFEST = "fetched.json"


@dataclass(frozen=True)
class Held:
    """One fetched file. file: its place in the folder; state: fetched, loaded or refused; note: why it was refused."""

    feed: str
    name: str
    month: str | None
    revision: str
    address: str
    file: str
    bytes: int
    sha256: str
    fetched_at: str
    state: str = "fetched"
    note: str = ""


class Shelf:
    """A folder of fetched files; made when the first is begun."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._held: dict[tuple[str, str], Held] | None = None

    def held(self, feed: str, name: str) -> Held | None:
        """What is known of a file that was fetched before."""
        return self._read().get((feed, name))

    def path(self, held: Held) -> Path | None:
        """Where a fetched file lies, if it is still there with its length."""
        place = self.folder / held.file
        return place if place.is_file() and place.stat().st_size == held.bytes else None

    def file(self, feed: str, name: str) -> str:
        """The place in the folder that a file of this name gets."""
        return f"{feed}/{plain(name)}"

    def part(self, feed: str, name: str, revision: str) -> PartFile:
        """The part of a file, with whatever an earlier attempt left of the same revision."""
        place = self.folder / f"{self.file(feed, name)}.part"
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{place.parent}: cannot be made ({error.strerror})") from error
        return PartFile(place, revision)

    def keep(self, held: Held, part: PartFile | None = None) -> Held:
        """Give a whole part its name, and write it into the manifest."""
        if part is not None:
            os.replace(part.path, self.folder / held.file)
            part.forget()
        self._write({**self._read(), (held.feed, held.name): held})
        return held

    def settle(self, held: Held, state: str, note: str = "", *, discard: bool = False) -> None:
        """Say what became of a file; a refused one, or one not to be kept, is deleted."""
        if discard or state == "refused":
            (self.folder / held.file).unlink(missing_ok=True)
        self.keep(replace(held, state=state, note=note))

    def _read(self) -> dict[tuple[str, str], Held]:
        if self._held is None:
            try:
                rows: Any = json.loads((self.folder / MANIFEST).read_text(encoding="utf-8"))
                self._held = {(row["feed"], row["name"]): Held(**row) for row in rows}
            except FileNotFoundError:
                self._held = {}
            except (ValueError, TypeError, KeyError, OSError) as error:
                raise InputError(
                    f"{self.folder / MANIFEST}: cannot be read ({type(error).__name__}); delete it to fetch afresh"
                ) from error
        return self._held

    def _write(self, held: dict[tuple[str, str], Held]) -> None:
        self._held = held
        target, beside = self.folder / MANIFEST, self.folder / f".{MANIFEST}"
        rows = [asdict(one) for _, one in sorted(held.items())]
        beside.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        os.replace(beside, target)


class PartFile:
    """A file that is being fetched, and what is known of the whole: its length and the server's mark for it."""

    def __init__(self, path: Path, revision: str) -> None:
        self.path = path
        self._said = path.with_name(f"{path.name}.json")
        self.total: int | None = None
        self.mark = ""
        known: Any = {}
        with suppress(OSError, ValueError):
            known = json.loads(self._said.read_text(encoding="utf-8"))
        if isinstance(known, dict) and known.get("revision") == revision and revision and path.exists():
            total = known.get("total")
            self.total = total if isinstance(total, int) else None
            self.mark = str(known.get("mark") or "")
        else:
            self.forget()
        self._revision = revision

    @property
    def size(self) -> int:
        """Bytes there so far."""
        return self.path.stat().st_size if self.path.exists() else 0

    def begin(self, total: int | None, mark: str) -> None:
        """Start from the first byte, of a whole of this length."""
        self.path.unlink(missing_ok=True)
        self.total, self.mark = total, mark
        said = {"revision": self._revision, "total": total, "mark": mark}
        self._said.write_text(json.dumps(said), encoding="utf-8")
        self.path.touch()

    def forget(self) -> None:
        """Nothing is left of it."""
        self.path.unlink(missing_ok=True)
        self._said.unlink(missing_ok=True)


def plain(name: str) -> str:
    """A file name without anything that a folder or a shell could take amiss.

    >>> plain("../Part VIIIA Sept 20251.csv")
    'Part_VIIIA_Sept_20251.csv'
    """
    return re.sub(r"[^A-Za-z0-9.-]+", "_", name).strip("._-")[-120:].lstrip("._-") or "file"

"""Lake: one folder of immutable Parquet snapshots with a manifest; the store of what happened."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import ibis.expr.types as ir
import pyarrow as pa
from ibis.backends.duckdb import Backend

from ..errors import InputError, did_you_mean
from . import views
from .files import locked, write_whole
from .footers import greatest
from .snapshot import Origin, Snapshot, file_name, from_json
from .tables import TABLES
from .transaction import Transaction

FORMAT = 1  # of the folder's layout; see docs/reference/lake.md
Answer = TypeVar("Answer")


class Lake:
    """A lake on disk. Open one with `Lake.open`, begin one with `Lake.create`.

    An open lake sees what others load meanwhile. It is not for two threads at once: open one in each.
    """

    def __init__(self, path: Path, demonstration: bool) -> None:
        self.path = path
        self.demonstration = demonstration
        self._snapshots: dict[tuple[str, str], Snapshot] = {}
        self._seen: object = None
        self._shown: dict[str, object] = {}
        self._memory: dict[str, Any] = {}

    @classmethod
    def open(cls, path: str | Path) -> Lake:
        """The lake in this folder; InputError if there is none."""
        folder = Path(path)
        try:
            content = json.loads((folder / "lake.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise InputError(f"{folder}: no lake here; `evenhand load` or `evenhand demo` begins one") from None
        except (OSError, ValueError) as error:
            raise InputError(f"{folder}: lake.json cannot be read ({error})") from error
        if not isinstance(content, dict):
            raise InputError(f"{folder}: lake.json cannot be read (expected a record, found {str(content)[:40]!r})")
        if content.get("format") != FORMAT:
            raise InputError(f"{folder}: lake format {content.get('format')!r}; this version reads {FORMAT}")
        return cls(folder, bool(content.get("demonstration", False)))

    @classmethod
    def create(cls, path: str | Path, demonstration: bool = False) -> Lake:
        """Begin a lake in this folder, which may hold other files; a lake that is there already is opened."""
        folder = Path(path)
        if (folder / "lake.json").exists():
            return cls.open(folder)
        content = json.dumps({"format": FORMAT, "demonstration": demonstration}, sort_keys=True) + "\n"
        try:
            write_whole(folder / "lake.json", content.encode())
        except OSError as error:
            raise InputError(f"{folder}: a lake cannot be begun here ({error.strerror})") from error
        return cls.open(folder)

    @cached_property
    def connection(self) -> Backend:
        """The query engine, as an Ibis backend."""
        return views.connect()

    def table(self, name: str) -> ir.Table:
        """One table for Ibis; empty, with the right columns, if nothing is loaded."""
        if name not in TABLES:
            raise KeyError(f"no table {name!r}{did_you_mean(name, TABLES)}; there are: {', '.join(TABLES)}")
        self._look()
        if name not in self._shown:
            files, contested = self._files(name)
            views.show(self.connection, name, files, contested)
            self._shown[name] = True
        return views.table_of(self.connection, name)

    def snapshots(self, table: str | None = None) -> tuple[Snapshot, ...]:
        """What the lake holds, or what it holds for one table, by table and key."""
        self._look()
        held = self._snapshots.values()
        return tuple(s for s in held if table is None or s.table == table or s.part(table) is not None)

    def snapshot(self, table: str, key: str) -> Snapshot | None:
        """The snapshot of this table and key, or None."""
        self._look()
        return self._snapshots.get((table, key))

    def greatest(self, table: str, column: str) -> int | None:
        """The greatest whole number in a column of a table, from the footers of its files; None if there is none."""
        parts = [part for s in self.snapshots() if (part := s.part(table)) is not None]
        found = [most for part in parts if (most := greatest(self.path / part.path, column)) is not None]
        return max(found, default=None)

    def write(
        self, table: str, key: str, content: pa.Table, *, source: str | Origin, when: datetime | None = None
    ) -> Snapshot:
        """Write one snapshot of one table, whole or not at all; writing the same content again changes nothing."""
        origin = source if isinstance(source, Origin) else Origin(file=source, rows=content.num_rows)
        with self.transaction(when) as transaction:
            return transaction.stage(table, key, {table: content}, origin)

    @contextmanager
    def transaction(self, when: datetime | None = None) -> Iterator[Transaction]:
        """Stage several snapshots and take them all at the end; after an error none of them."""
        try:
            with locked(self.path / "lake.json"):
                self.forget()
                self._sweep()
                transaction = Transaction(self, when)
                try:
                    yield transaction
                    transaction.commit()
                finally:
                    transaction.close()
        except OSError as error:
            raise InputError(f"{error.filename or self.path}: cannot be written ({error.strerror})") from error

    def remember(self, name: str, find: Callable[[], Answer]) -> Answer:
        """An answer that holds as long as nothing is loaded: found once, then kept."""
        self._look()
        if name not in self._memory:
            self._memory[name] = find()
        answer: Answer = self._memory[name]
        return answer

    def learn(self, other: Lake) -> None:
        """Begin with what another open lake on the same folder keeps in mind; each then keeps its own."""
        if other.path != self.path:
            return
        seen, memory, snapshots = other._seen, other._memory, other._snapshots
        self._memory = {name: dict(kept) if type(kept) is dict else kept for name, kept in memory.copy().items()}
        self._snapshots, self._seen = snapshots, seen

    def forget(self) -> None:
        """Look at the manifest again at the next question."""
        self._seen = None

    def manifest_file(self, table: str, key: str) -> Path:
        """Where the manifest of a snapshot lies."""
        return self.path / "snapshots" / table / f"{file_name(key)}.json"

    def whole(self, snapshot: Snapshot) -> bool:
        """Whether every file of a snapshot is there."""
        return all((self.path / part.path).is_file() for part in snapshot.parts)

    def _look(self) -> None:
        """Read the manifest if it has changed since it was last read."""
        root = self.path / "snapshots"
        try:  # asked thousands of times a minute: no Path objects here
            with os.scandir(root) as entries:
                seen = sorted((e.name, e.stat().st_mtime_ns) for e in entries if e.is_dir())
        except FileNotFoundError:
            seen = []
        if seen == self._seen:
            return
        read = [from_json(file) for name, _ in seen for file in sorted((root / name).glob("[!.]*.json"))]
        self._snapshots = {(s.table, s.key): s for s in sorted(read, key=lambda s: (s.table, s.key))}
        self._shown, self._memory = {}, {}
        self._seen = seen  # last: whoever learns from this lake meanwhile looks again

    def _files(self, table: str) -> tuple[list[Path], list[Path]]:
        """The Parquet files of a table; apart, those of months that two publications of list sizes count."""
        held = [(s.key, part) for s in self.snapshots() if (part := s.part(table)) is not None]
        if table != "list_size":
            return [self.path / part.path for _, part in held], []
        months = [key.split("/")[0] for key, _ in held]
        files: tuple[list[Path], list[Path]] = ([], [])
        for month, (_, part) in zip(months, held, strict=True):
            files[months.count(month) > 1].append(self.path / part.path)
        return files

    def _sweep(self) -> None:
        """Remove what a crash left: the building site, and files that no manifest names."""
        shutil.rmtree(self.path / "building", ignore_errors=True)
        named = {part.path for s in self.snapshots() for part in s.parts}
        named |= {path for s in self.snapshots() for former in s.superseded for path in former["paths"]}
        for file in (self.path / "tables").glob("*/*"):
            if file.relative_to(self.path).as_posix() not in named:
                file.unlink()
        for file in (self.path / "snapshots").glob("*/.*.new"):
            file.unlink()

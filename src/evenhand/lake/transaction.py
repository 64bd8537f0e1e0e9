"""Transaction: everything one command loads, staged beside the lake and swapped in at the end, or not at all.

Order of a commit, so that a crash at any moment loses and doubles nothing: data files are flushed and renamed
to names of their own (no reader knows them yet); key tables come first, for ids never change and an unused one
harms nobody; then one small manifest file a snapshot is renamed into place, and that rename is the load.
Whatever a crash leaves behind is named by no manifest and is swept by the next writer.
"""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.parquet as pq

from ..errors import InputError
from . import runs
from .files import flush, sha256_of, write_whole
from .revision import CODES, change
from .snapshot import Origin, Part, Snapshot, file_name, to_json
from .tables import DERIVED, TABLES

ROW_GROUP = 122_880  # rows: for the query engine, smaller groups and larger ones were slower on 24 national months
PICKED_GROUP = 16_384  # rows of a file that is read by the ends of its groups (picking): 5% more bytes
_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]*(/[A-Za-z0-9][A-Za-z0-9._+-]*)*")


class Held(Protocol):
    """What a transaction asks of the lake that it writes to (`Lake`, which knows this file and not the reverse)."""

    path: Path

    def snapshot(self, table: str, key: str) -> Snapshot | None: ...
    def snapshots(self, table: str | None = None) -> tuple[Snapshot, ...]: ...
    def table(self, name: str) -> ir.Table: ...
    def manifest_file(self, table: str, key: str) -> Path: ...
    def whole(self, snapshot: Snapshot) -> bool: ...
    def forget(self) -> None: ...


class Transaction:
    """Collects snapshots; `commit` makes them the lake's. Made by `Lake.transaction`, which holds the lock."""

    def __init__(self, lake: Held, when: datetime | None = None) -> None:
        self.lake = lake
        self.building = lake.path / "building"
        self._when = (when or datetime.now(UTC)).astimezone(UTC).isoformat(timespec="seconds")
        self._staged: dict[tuple[str, str], Snapshot] = {}
        self._keys: dict[str, list[pa.Table]] = {}
        self._count = 0

    def beside(self, name: str) -> Path:
        """A path for a file under construction."""
        self.building.mkdir(exist_ok=True)
        self._count += 1
        return self.building / f"{self._count:06d}-{name}"

    def stage(
        self,
        table: str,
        key: str,
        parts: Mapping[str, pa.Table | Path],
        origin: Origin,
    ) -> Snapshot:
        """Build one snapshot: a Parquet file for each table in `parts` (an Arrow table, or a file built beside), and
        files of runs built beside, which say of a table again what it holds.

        Returns the snapshot as it will stand: the one already held, if the content is the same.
        """
        if not _KEY.fullmatch(key) or len(key) > 150:
            raise InputError(f"{key!r} cannot name a snapshot; use letters, digits and . _ + - (150 at most)")
        held = self.lake.snapshot(table, key)
        built = tuple(self._part(name, key, content) for name, content in parts.items())
        snapshot = Snapshot(
            table, key, origin.file, origin.sha256, origin.rows, dict(origin.totals), origin.fingerprint, self._when,
            origin.source, origin.note, 1, built,
        )  # fmt: skip
        other = self._staged.get((table, key))
        if other is not None and not other.same_content(snapshot):
            raise InputError(f"{origin.file}: {table} {key} is also in {other.file}; load one of them")
        if other is not None:
            return other
        if held is not None and held.same_content(snapshot) and self.lake.whole(held):
            self._staged[table, key] = held
            return held
        if held is not None and table not in DERIVED and not held.same_content(snapshot):
            snapshot = replace(snapshot, superseded=(*held.superseded, self._former(held, snapshot)))
        self._staged[table, key] = snapshot
        return snapshot

    def stage_keys(self, table: str, new: pa.Table, origin: Origin) -> None:
        """Append numbered codes to a key table; its snapshots are named for their first number."""
        self._keys.setdefault(table, []).append(new)
        self.stage(table, f"{new.column(0)[0].as_py():08d}", {table: new}, origin)

    def keys(self, table: str) -> pa.Table:
        """A key table with everything appended to it so far."""
        held = self.lake.table(table).to_pyarrow()
        return pa.concat_tables([held, *(new.cast(held.schema) for new in self._keys.get(table, ()))])

    def known(self, table: str) -> tuple[Snapshot, ...]:
        """The snapshots of a table that are held or staged, by key."""
        held = {s.key: s for s in self.lake.snapshots(table) if s.table == table}
        staged = {key: s for (name, key), s in self._staged.items() if name == table}
        return tuple(snapshot for _, snapshot in sorted({**held, **staged}.items()))

    def read(self, snapshot: Snapshot, table: str) -> pa.Table:
        """The rows of one table of a snapshot that is held or staged."""
        part = snapshot.part(table)
        assert part is not None, f"{snapshot.key} has no {table}"
        built = self.building / part.sha256
        return pq.ParquetFile(built if built.exists() else self.lake.path / part.path).read()

    def commit(self) -> tuple[Snapshot, ...]:
        """Make everything staged the lake's, each snapshot whole; returns those that are new."""
        of_file = Counter(s.sha256 for s in self._staged.values() if s.table not in self._keys)
        new = [
            replace(s, of_file=of_file[s.sha256])
            for s in self._staged.values() if self.lake.snapshot(s.table, s.key) is not s
        ]  # fmt: skip
        if new:
            self._move([part for snapshot in new for part in snapshot.parts])
            for snapshot in sorted(new, key=lambda s: s.table not in self._keys):
                write_whole(self.lake.manifest_file(snapshot.table, snapshot.key), to_json(snapshot))
            for folder in {self.lake.manifest_file(s.table, s.key).parent for s in new}:
                flush(folder)
            flush(self.lake.path / "snapshots")
        self.close()
        self.lake.forget()
        return tuple(new)

    def close(self) -> None:
        """Remove what was built and not taken."""
        shutil.rmtree(self.building, ignore_errors=True)
        self._staged.clear()

    def _part(self, table: str, key: str, content: pa.Table | Path) -> Part:
        file = content if isinstance(content, Path) else self._write(table, content)
        flush(file)
        digest = sha256_of(file)
        ending = runs.ENDING if file.suffix == runs.ENDING else ".parquet"
        rows = runs.count(file) if ending == runs.ENDING else pq.read_metadata(file).num_rows
        path = f"tables/{table}/{file_name(key)}.{digest[:16]}{ending}"
        if not (self.building / digest).exists():
            os.replace(file, self.building / digest)
        return Part(table, path, rows, digest)

    def _former(self, held: Snapshot, new: Snapshot) -> dict[str, object]:
        """What the manifest keeps of a release that a newer one replaces, and what the newer one changed."""
        files = {
            part.table: (self.lake.path / before.path, self.building / part.sha256)
            for part in new.parts if (before := held.part(part.table)) is not None and before.sha256 != part.sha256
            and part.table in TABLES
        }  # fmt: skip
        there = {table: pair for table, pair in files.items() if pair[0].is_file()}
        named = {name for table in there for name in TABLES[table].names}
        keys = {table: self.keys(table) for column, (table, _) in CODES.items() if column in named}
        return {
            "file": held.file, "sha256": held.sha256, "rows": held.rows, "totals": held.totals,
            "loaded_at": held.loaded_at, "paths": [part.path for part in held.parts],
            "change": change(held, new, there, keys, self.building),
        }  # fmt: skip

    def _write(self, table: str, content: pa.Table) -> Path:
        schema = TABLES[table]
        file = self.beside(table)
        pq.write_table(
            content.select(schema.names).cast(schema), file, compression="zstd", row_group_size=ROW_GROUP,
            store_schema=False,
        )  # fmt: skip
        return file

    def _move(self, parts: list[Part]) -> None:
        folders = set()
        for part in parts:
            target = self.lake.path / part.path
            built = self.building / part.sha256
            target.parent.mkdir(parents=True, exist_ok=True)
            if built.exists():
                if sum(p.sha256 == part.sha256 for p in parts) > 1:
                    shutil.copyfile(built, target)  # two tables or keys may hold the same bytes
                    flush(target)
                else:
                    os.replace(built, target)
            folders.add(target.parent)
        for folder in folders:
            flush(folder)
        flush(self.lake.path / "tables")

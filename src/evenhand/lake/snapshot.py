"""Snapshot: what the manifest says about one immutable load, and how it is written and read."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ..errors import EvenhandError
from .tables import TABLES


@dataclass(frozen=True)
class Origin:
    """Where a snapshot came from: the published file, its sha256 and what it was counted to hold.

    rows, totals: counted in the source itself; fingerprint: the layout that was recognised.
    """

    file: str
    sha256: str = ""
    rows: int = 0
    totals: dict[str, Any] = field(default_factory=dict)
    fingerprint: str = ""
    source: str = ""
    note: str = ""


@dataclass(frozen=True)
class Part:
    """One file of a snapshot: the table it belongs to (or `ITEMS`, which says again what one holds), its path in the
    lake, its rows and sha256."""

    table: str
    path: str
    rows: int
    sha256: str


@dataclass(frozen=True)
class Snapshot:
    """One immutable load.

    table, key: what it is; file, sha256: the source file it came from; rows, totals: of the source, reconciled
    with what is kept; fingerprint: the layout; loaded_at: UTC; of_file: how many snapshots the file gave in all, so
    that a half-finished load is finished and not skipped; superseded: the sha256 of earlier releases of the
    same key, oldest first, whose Parquet files are still kept.
    """

    table: str
    key: str
    file: str
    sha256: str
    rows: int
    totals: dict[str, Any]
    fingerprint: str
    loaded_at: str
    source: str = ""
    note: str = ""
    of_file: int = 1
    parts: tuple[Part, ...] = ()
    superseded: tuple[dict[str, Any], ...] = ()

    def part(self, table: str) -> Part | None:
        """The snapshot's file for one table, or None."""
        return next((part for part in self.parts if part.table == table), None)

    def same_content(self, other: Snapshot) -> bool:
        """Whether both hold the same bytes in the same tables."""
        ours, theirs = ({(p.table, p.sha256) for p in s.parts if p.table in TABLES} for s in (self, other))
        return ours == theirs


def to_json(snapshot: Snapshot) -> bytes:
    """The manifest file of a snapshot: stable bytes."""
    return (json.dumps(asdict(snapshot), indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode()


def from_json(path: Path) -> Snapshot:
    """Read a manifest file; EvenhandError if it is damaged, because then the lake is."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        parts = tuple(Part(**part) for part in content.pop("parts"))
        superseded = tuple(content.pop("superseded"))
        return Snapshot(**content, parts=parts, superseded=superseded)
    except (ValueError, TypeError, KeyError) as error:
        raise EvenhandError(f"{path}: the manifest is damaged ({error}); load its source file again") from error


def file_name(key: str) -> str:
    """A key as a file name: `/` becomes `~`.

    >>> file_name("saba/2023/sicbl")
    'saba~2023~sicbl'
    """
    return key.replace("/", "~")

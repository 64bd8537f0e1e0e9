"""Backups of the database: made whole or not at all, read back before they count, and put back when needed.

The lake is not in them: it can be loaded again. What people said and promised cannot.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
from collections.abc import Iterable
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection

from evenhand.errors import InputError
from evenhand_web.site.models import AppendOnly

OLD = timedelta(hours=26)  # our rule: one a day, and two hours for a slow night
_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class Backup:
    """One backup as its own notes say. at: UTC; rows: of each table (SQLite only)."""

    file: str
    at: str
    bytes: int
    sha256: str
    rows: dict[str, int]

    @property
    def when(self) -> datetime:
        """When it was made."""
        return datetime.strptime(self.at, _STAMP).replace(tzinfo=UTC)


def make(folder: Path, when: datetime, *, keep: int = 14) -> Backup:
    """Copy the database into `folder` as it stands now, read the copy back, then let it count; keep the latest `keep`.

    Raises
    ------
    InputError
        If the folder cannot be written, the copy cannot be made, or what is read back is not what was there. An
        earlier backup is never touched before the new one stands.
    """
    at = when.astimezone(UTC).strftime(_STAMP)
    vendor = "sqlite3" if connection.vendor == "sqlite" else "pgdump"
    final = folder / f"evenhand-{at}.{vendor}"
    beside = folder / f".{final.name}.new"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        beside.unlink(missing_ok=True)
        beside.touch(mode=0o600)  # it holds names
        rows = _sqlite(beside) if vendor == "sqlite3" else _postgresql(beside)
        _to_disk(beside)
        made = Backup(final.name, at, beside.stat().st_size, _sha256(beside), rows)
        os.replace(beside, final)
        note = folder / f".{final.name}.json.new"
        note.write_text(json.dumps(asdict(made), indent=1, sort_keys=True) + "\n", encoding="utf-8")
        _to_disk(note)
        os.replace(note, folder / f"{final.name}.json")
    except OSError as error:
        raise InputError(f"{folder}: a backup cannot be written here ({error.strerror})") from error
    finally:
        if beside.exists():
            beside.unlink()
    for old in kept(folder)[max(1, keep):]:
        (folder / f"{old.file}.json").unlink(missing_ok=True)
        (folder / old.file).unlink(missing_ok=True)
    return made


def kept(folder: Path) -> list[Backup]:
    """The backups in a folder whose file is there with the size that was noted, newest first."""
    found = []
    for note in folder.glob("evenhand-*.json") if folder.is_dir() else ():
        try:
            one = Backup(**json.loads(note.read_text(encoding="utf-8")))
            if (folder / one.file).stat().st_size == one.bytes and one.when:
                found.append(one)
        except (OSError, ValueError, TypeError):
            continue  # damaged notes are no backup
    return sorted(found, key=lambda one: one.at, reverse=True)


def read_back(file: Path) -> dict[str, int]:
    """Whether a SQLite backup can be relied on: its sha256 as noted, sound inside; rows of each table.

    Raises
    ------
    InputError
        If it is missing, changed since it was made, or damaged.
    """
    if not file.is_file():
        raise InputError(f"{file}: no such backup")
    note = file.with_name(f"{file.name}.json")
    if note.is_file() and (noted := json.loads(note.read_text(encoding="utf-8"))["sha256"]) != _sha256(file):
        raise InputError(f"{file}: changed since it was made (sha256 was {noted[:12]}...); use another backup")
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True)) as copy:
            sound = copy.execute("PRAGMA integrity_check").fetchone()[0]
            loose = copy.execute("PRAGMA foreign_key_check").fetchone()
            rows = _counts(copy)
    except sqlite3.DatabaseError as error:
        raise InputError(f"{file}: is no sound SQLite database ({error}); use another backup") from error
    if sound != "ok" or loose is not None:
        raise InputError(f"{file}: is damaged ({sound if sound != 'ok' else f'a row of {loose[0]} points nowhere'})")
    return rows


def put_back(file: Path, database: Path, *, replace: bool = False) -> dict[str, int]:
    """Make a SQLite backup the database, in one step, after it was read back; rows of each table.

    Raises
    ------
    InputError
        If the backup cannot be relied on, is not Evenhand's, or a database with people stands there and `replace`
        was not said.
    """
    rows = read_back(file)
    if "django_migrations" not in rows or "people_person" not in rows:
        raise InputError(f"{file}: is no backup of Evenhand's database; it has no table people_person")
    if database.exists() and not replace:
        with closing(sqlite3.connect(database)) as there:
            people = _counts(there).get("people_person", 0)
        if people:
            raise InputError(f"{database}: holds {people:,} people already; say --replace to put it in their place")
    beside = database.with_name(f".{database.name}.new")
    beside.unlink(missing_ok=True)
    with closing(sqlite3.connect(file)) as source, closing(sqlite3.connect(beside)) as target:
        source.backup(target)
    beside.chmod(0o600)
    _to_disk(beside)
    for leftover in ("-wal", "-shm"):
        database.with_name(database.name + leftover).unlink(missing_ok=True)
    os.replace(beside, database)
    return rows


def _sqlite(beside: Path) -> dict[str, int]:
    """One consistent copy, whoever writes meanwhile; rows of each table as read back."""
    if connection.in_atomic_block:
        raise AssertionError("a copy made inside a transaction would wait for it for ever")
    connection.ensure_connection()
    before = _counts(connection.connection)
    with closing(sqlite3.connect(beside)) as copy:
        connection.connection.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a log beside it
    rows = read_back(beside)
    lost = [table for table in _logs() if rows.get(table, 0) < before.get(table, 0)]
    if set(rows) != set(before) or lost:
        raise InputError(f"the copy lacks rows of {', '.join(lost) or 'a table'}; nothing was kept, try again")
    return rows


def _postgresql(beside: Path) -> dict[str, int]:
    """pg_dump in its own format; the password goes by the environment, never by an argument."""
    known = connection.settings_dict
    named = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD", "PGDATABASE": "NAME"}
    where = {name: str(known[key]) for name, key in named.items() if known.get(key)}
    dump = ["pg_dump", "--format=custom", "--no-owner", f"--file={beside}"]
    for words in (dump, ["pg_restore", "--list", str(beside)]):
        try:
            done = subprocess.run(words, env=os.environ | where, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            raise InputError(f"{words[0]}: not on this machine; install PostgreSQL's client programs") from None
        said = done.stderr.strip().splitlines()
        if done.returncode:
            raise InputError(f"{words[0]} failed: {said[-1] if said else f'exit code {done.returncode}'}")
    if "people_person" not in done.stdout:
        raise InputError("pg_restore --list shows no table people_person in the backup; nothing was kept")
    return {}


def _counts(database: Any) -> dict[str, int]:
    tables = "SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite_%' ORDER BY name"
    names = [name for (name,) in database.execute(tables).fetchall()]
    return {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}


def _logs() -> Iterable[str]:
    return (model._meta.db_table for model in apps.get_models() if issubclass(model, AppendOnly))


def _to_disk(file: Path) -> None:
    with file.open("rb") as opened:
        os.fsync(opened.fileno())


def _sha256(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()

"""Backups: whole or not there, read back before they count, put back in one step, never over people unasked."""

from __future__ import annotations

import json
import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

import cast
from evenhand.errors import InputError
from evenhand_web.home import backups
from evenhand_web.people.models import Person

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def people(transactional_db):
    """The cast, in a database without an open transaction: a copy would wait for it."""
    cast.organisations()
    return cast.people()


@pytest.fixture
def folder(people, tmp_path):
    """A folder with one backup of the cast's database."""
    backups.make(tmp_path / "kept", NOON)
    return tmp_path / "kept"


def test_a_backup_holds_every_row_and_says_how_old_it_is(folder):
    (one,) = backups.kept(folder)
    rows = backups.read_back(folder / one.file)
    assert rows == one.rows
    assert rows["people_person"] == Person.objects.count() == len(cast.CAST)
    assert (one.when, (NOON + timedelta(hours=27)) - one.when > backups.OLD) == (NOON, True)


def test_a_backup_is_one_file_that_only_its_owner_reads(folder):
    (one,) = backups.kept(folder)
    assert sorted(p.name for p in folder.iterdir()) == [one.file, f"{one.file}.json"]
    assert stat.S_IMODE((folder / one.file).stat().st_mode) == 0o600


def test_only_the_latest_are_kept(folder):
    for day in range(1, 5):
        backups.make(folder, NOON + timedelta(days=day), keep=2)
    assert [one.when.day for one in backups.kept(folder)] == [26, 25]
    assert len(list(folder.iterdir())) == 4


def test_a_copy_that_fails_leaves_the_former_backup_and_nothing_else(folder, monkeypatch):
    before = sorted(p.name for p in folder.iterdir())
    monkeypatch.setattr(backups, "read_back", lambda file: {"people_person": 0})
    with pytest.raises(InputError, match="the copy lacks rows of"):
        backups.make(folder, NOON + timedelta(days=1))
    assert sorted(p.name for p in folder.iterdir()) == before


def test_a_changed_backup_is_no_backup_any_more(folder):
    (one,) = backups.kept(folder)
    file = folder / one.file
    body = bytearray(file.read_bytes())
    body[5000] ^= 1
    file.write_bytes(body)
    with pytest.raises(InputError, match="changed since it was made"):
        backups.read_back(file)
    file.write_bytes(body[:-100])
    assert backups.kept(folder) == []


def test_what_is_no_database_is_refused(tmp_path):
    (tmp_path / "x.sqlite3").write_text("a letter, not a database" * 50)
    with pytest.raises(InputError, match="is no sound SQLite database"):
        backups.put_back(tmp_path / "x.sqlite3", tmp_path / "db.sqlite3")
    sqlite3.connect(tmp_path / "y.sqlite3").close()
    with pytest.raises(InputError, match="no backup of Evenhand's database"):
        backups.put_back(tmp_path / "y.sqlite3", tmp_path / "db.sqlite3")
    assert not (tmp_path / "db.sqlite3").exists()


def test_a_backup_put_back_is_the_database_again(folder, tmp_path):
    (one,) = backups.kept(folder)
    target = tmp_path / "db.sqlite3"
    assert backups.put_back(folder / one.file, target) == one.rows
    with closing(sqlite3.connect(target)) as database:
        database.execute("DELETE FROM people_post")
        database.commit()
    (tmp_path / "db.sqlite3-wal").write_bytes(b"left over")
    with pytest.raises(InputError, match=r"holds 7 people already; say --replace"):
        backups.put_back(folder / one.file, target)
    backups.put_back(folder / one.file, target, replace=True)
    with closing(sqlite3.connect(target)) as database:
        assert database.execute("SELECT count(*) FROM people_post").fetchone()[0] == one.rows["people_post"]
    assert sorted(p.name for p in tmp_path.glob("*db.sqlite3*")) == ["db.sqlite3"]


def test_the_command_says_what_it_made_and_refuses_in_one_line(people, tmp_path, capsys):
    call_command("backup", "--to", str(tmp_path / "kept"))
    assert "read back and sound" in capsys.readouterr().out
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CommandError, match="a backup cannot be written here") as refused:
        call_command("backup", "--to", str(tmp_path / "file"))
    assert refused.value.returncode == 2
    with pytest.raises(CommandError, match="expected 1 or more"):
        call_command("backup", "--to", str(tmp_path), "--keep", "0")
    with pytest.raises(CommandError, match="no such backup"):
        call_command("restore", str(tmp_path / "nowhere.sqlite3"))


PG_DUMP = """#!/bin/sh
for word in "$@"; do
  case "$word" in --file=*) echo "dump of $PGDATABASE by $PGPASSWORD" > "${word#--file=}";; esac
done
echo "$@" > "$SAID"
"""


def test_postgresql_is_dumped_without_its_password_in_sight(tmp_path, monkeypatch):
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "pg_dump").write_text(PG_DUMP)
    (programs / "pg_restore").write_text('#!/bin/sh\necho "TABLE DATA public people_person owner"\n')
    for program in programs.iterdir():
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(programs), prepend=":")
    monkeypatch.setenv("SAID", str(tmp_path / "said"))
    known = {"NAME": "evenhand", "USER": "e", "PASSWORD": "secret-word", "HOST": "db", "PORT": "5432"}
    monkeypatch.setattr(backups, "connection", SimpleNamespace(vendor="postgresql", settings_dict=known))
    made = backups.make(tmp_path / "kept", NOON)
    assert (tmp_path / "kept" / made.file).read_text() == "dump of evenhand by secret-word\n"
    assert "secret-word" not in (tmp_path / "said").read_text()
    assert json.loads((tmp_path / "kept" / f"{made.file}.json").read_text())["rows"] == {}
    (programs / "pg_dump").unlink()
    monkeypatch.setenv("PATH", str(programs))
    with pytest.raises(InputError, match="pg_dump: not on this machine"):
        backups.make(tmp_path / "kept", NOON + timedelta(days=1))
    assert len(backups.kept(tmp_path / "kept")) == 1

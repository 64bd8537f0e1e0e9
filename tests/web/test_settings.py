"""Settings: described, safe by default, and ready for production."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.test import override_settings

from evenhand_web import settings
from evenhand_web.people.models import Identity

ROOT = Path(__file__).resolve().parents[2]
SECRET = "a secret of a test, long enough and with many different letters: 0123456789 qwertz"


def run(*words: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess:
    """One management command in a fresh process, with this environment and no other setting."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("EVENHAND_", "DJANGO_"))}
    return subprocess.run(
        [sys.executable, "-m", "evenhand_web", *words],
        cwd=cwd, env=clean | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_every_setting_is_described():
    used = set(re.findall(r'"(EVENHAND_[A-Z0-9_]+)"', (ROOT / "src/evenhand_web/settings.py").read_text()))
    described = set()
    for line in re.findall(r"^\| (`EVENHAND_[^|]+)\|", (ROOT / "docs/reference/settings.md").read_text(), re.M):
        described |= set(re.findall(r"`(EVENHAND_[A-Z0-9_]+)`", line))
    assert used - {"EVENHAND_SCREENSHOTS"} == described - {"EVENHAND_SCREENSHOTS"}


def test_without_a_secret_production_refuses_to_start(monkeypatch, tmp_path):
    monkeypatch.delenv("EVENHAND_SECRET_KEY")
    monkeypatch.setattr(settings, "OPEN", False)
    monkeypatch.setattr(settings, "VAR", tmp_path)
    with pytest.raises(ImproperlyConfigured, match="EVENHAND_SECRET_KEY is missing"):
        settings._secret()
    assert not list(tmp_path.iterdir())


def test_production_settings_pass_djangos_own_inspection(tmp_path):
    for package in ("nhsuk", "vega"):
        (tmp_path / "var" / package).mkdir(parents=True)
    done = run("check", "--deploy", "--fail-level", "WARNING", cwd=tmp_path, EVENHAND_SECRET_KEY=SECRET,
               EVENHAND_HOSTS="evenhand.example")  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_the_demonstrations_secret_is_made_once_and_read_by_its_owner_alone(monkeypatch, tmp_path):
    monkeypatch.delenv("EVENHAND_SECRET_KEY")
    monkeypatch.setattr(settings, "VAR", tmp_path)
    first, second = settings._secret(), settings._secret()
    assert first == second
    assert len(first) > 50
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_accounts_with_passwords_are_made_in_the_demonstration_only(db):
    with override_settings(EVENHAND_DEMO=False), pytest.raises(CommandError, match="needs EVENHAND_DEMO=1"):
        call_command("demo_people")
    assert not Identity.objects.exists()


@pytest.mark.parametrize(("url", "name"), [
    ("sqlite:///here.sqlite3", "here.sqlite3"), ("sqlite:////srv/there.sqlite3", "/srv/there.sqlite3"),
    ("sqlite:///:memory:", ":memory:"), ("postgresql://u:p%40ss@db.example:5433/evenhand", "evenhand"),
])  # fmt: skip
def test_a_database_is_named_by_its_address(url, name):
    assert settings._database(url)["NAME"] == name


def test_a_password_in_a_database_address_may_hold_any_sign():
    found = settings._database("postgresql://u:p%40ss@db.example:5433/evenhand")
    assert (found["USER"], found["PASSWORD"], found["HOST"], found["PORT"]) == ("u", "p@ss", "db.example", "5433")


def test_a_database_that_is_not_known_is_refused():
    with pytest.raises(ImproperlyConfigured, match="expected sqlite:///FILE or postgresql"):
        settings._database("mysql://u@h/n")

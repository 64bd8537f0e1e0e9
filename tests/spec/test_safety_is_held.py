"""The safety papers say what is true: every control names a test that is there, every table with people is listed."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models
from django.test import Client

ROOT = Path(__file__).resolve().parents[2]
SAFETY = ROOT / "docs" / "safety"
PAPERS = sorted(SAFETY.glob("*.md"))
LOG = (SAFETY / "hazard-log.md").read_text(encoding="utf-8")
DPIA = (SAFETY / "dpia.md").read_text(encoding="utf-8")
SEVERITIES = ("minor", "significant", "considerable", "major", "catastrophic")
KEEPERS = {"people.Person", "people.Identity"}
# hold something of a person without a key to one: a random key, an address, a hash, a session
WITHOUT_KEY = {"listen.AnswerEvent", "people.TrailRow", "people.RegisterRow", "site.Attempts", "sessions.Session"}


@cache
def names_in(file: Path) -> frozenset[str]:
    """The names of the tests in a file."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def named(text: str) -> list[tuple[str, str]]:
    """(file, test) of everything in backticks that is a test; the test is '' where a whole file is meant."""
    return re.findall(r"`([a-z]+/test_\w+\.py)(?:::(\w+))?`", text)


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper.stem)
def test_every_test_that_a_paper_names_is_there(paper):
    wrong = [
        f"{file}::{test}" for file, test in named(paper.read_text(encoding="utf-8"))
        if not (ROOT / "tests" / file).is_file() or (test and test not in names_in(ROOT / "tests" / file))
    ]  # fmt: skip
    assert wrong == []


def hazards() -> dict[str, str]:
    """Each hazard's heading and text."""
    parts = re.split(r"^## (H\d+\. .+)$", LOG, flags=re.M)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


@pytest.mark.parametrize("heading", hazards())
def test_every_hazard_has_its_controls_and_risks_by_the_matrix(heading):
    text = hazards()[heading]
    for word in ("Hazard", "Cause", "Effect", "Initial risk", "Controls", "Residual risk"):
        assert f"**{word}**" in text, word
    controls = [line for line in text.splitlines() if line.startswith("  * ")]
    assert len(controls) >= 2
    assert all(named(line) for line in controls), "a control without its test"
    rated = re.findall(r"\*\*(?:Initial|Residual) risk\*\* (\w+) x ([\w ]+) = (\d)", text)
    assert len(rated) == 2
    assert [int(risk) for *_, risk in rated] == [matrix()[likely][severity] for severity, likely, _ in rated]
    assert int(rated[1][2]) <= int(rated[0][2])
    assert int(rated[1][2]) < 3 or "**Why it may stand**" in text


def matrix() -> dict[str, dict[str, int]]:
    """Likelihood -> severity -> risk, as the log draws it."""
    rows = re.findall(r"^\| ([a-z ]+) \| (\d) \| (\d) \| (\d) \| (\d) \| (\d) \|$", LOG, flags=re.M)
    return {likely: dict(zip(SEVERITIES, map(int, risks), strict=True)) for likely, *risks in rows}


def test_risk_never_falls_with_severity_or_likelihood():
    table = matrix()
    order = ("very low", "low", "medium", "high", "very high")
    assert set(table) == set(order)
    for likely in order:
        risks = [table[likely][severity] for severity in SEVERITIES]
        assert risks == sorted(risks)
    for severity in SEVERITIES:
        risks = [table[likely][severity] for likely in order]
        assert risks == sorted(risks)


def test_nobody_is_said_to_have_signed():
    for paper in PAPERS:
        text = paper.read_text(encoding="utf-8")
        assert re.search(r"not yet signed|Not signed", text, flags=re.I), paper.name


def listed() -> dict[str, str]:
    """Table -> what becomes of it on erasure, as the assessment says."""
    return dict(re.findall(r"^\| `(\w+\.\w+)` \| .+ \| (.+) \|$", DPIA, flags=re.M))


def with_people() -> set[str]:
    """Every table that holds something of a person."""
    keyed = {
        model._meta.label for model in apps.get_models() for field in model._meta.get_fields()
        if isinstance(field, models.ForeignKey) and field.related_model._meta.label in KEEPERS
    }  # fmt: skip
    return KEEPERS | keyed | WITHOUT_KEY


def test_every_table_with_something_of_a_person_is_in_the_assessment_and_no_other():
    assert set(listed()) == with_people()


def test_what_goes_with_an_identity_is_said_to_be_deleted():
    for model in apps.get_models():
        told = listed().get(model._meta.label, "")
        gone = {
            field.name for field in model._meta.get_fields() if isinstance(field, models.ForeignKey)
            and field.related_model._meta.label == "people.Identity"
            and field.remote_field.on_delete is models.CASCADE
        }  # fmt: skip
        assert not gone or told.startswith("deleted"), model._meta.label


@pytest.mark.django_db
def test_the_pages_say_that_they_are_not_for_one_patient():
    assert "They are not for deciding about one patient" in Client().get("/about/").content.decode()

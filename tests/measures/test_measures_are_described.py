"""The reference describes every key that the language knows, and the recipe for a newcomer works as it stands."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from evenhand.cli.main import main
from evenhand.measures import Decision, Guidance, Measure, Pathway, Replacement, Search, Waits
from evenhand.measures.example import check
from evenhand.measures.library import load_all, read_files
from evenhand.measures.model import Example
from evenhand.measures.publications import Appointments, Diagnostics, Emergency, Qof
from evenhand.measures.side import Counted, Times

DOCS = Path(__file__).resolve().parents[2] / "docs"
REFERENCE = (DOCS / "reference" / "measures.md").read_text(encoding="utf-8")
RECIPE = (DOCS / "how-to" / "add-a-measure.md").read_text(encoding="utf-8")


MODELS = [Measure, Counted, Times, Replacement, Waits, Qof, Appointments, Emergency, Diagnostics, Guidance, Search,
          Example, Pathway, Decision]  # fmt: skip


@pytest.mark.parametrize("model", MODELS)
def test_every_key_is_described(model: type) -> None:
    keys = {field.alias or name for name, field in model.model_fields.items()}  # type: ignore[attr-defined]
    words = set(re.findall(r"`([a-z_]+)", REFERENCE))
    assert keys - words == set()


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    file = tmp_path / "aspirin_enteric.yaml"
    file.write_text(re.findall(r"```yaml\n(.*?)```", RECIPE, re.S)[0], encoding="utf-8")
    return file


def test_the_recipes_measure_is_whole_and_works(recipe: Path, capsys: pytest.CaptureFixture[str]) -> None:
    measure = read_files([recipe])["aspirin_enteric"]
    assert check(measure, load_all([recipe]))[0].value == 0.25
    assert main(["measures", "check", str(recipe), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["measures"][0]["measure"] == recipe.stem


def test_one_file_and_nothing_else_makes_a_measure(recipe: Path) -> None:
    assert set(load_all([recipe])) - set(load_all()) == {"aspirin_enteric"}


@pytest.mark.parametrize("line", re.findall(r"^evenhand .*$", REFERENCE + RECIPE, re.M))
def test_every_command_in_the_text_is_one_the_program_knows(line: str) -> None:
    import argparse

    from evenhand.cli import measures

    steps = argparse.ArgumentParser().add_subparsers()
    measures.register(steps)
    words = line.split("#")[0].split()[1:]
    assert steps.choices[words[0]].parse_args(words[1:]).run is not None

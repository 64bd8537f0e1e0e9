"""The pages on surveys and votes name every command and option, and every key of an instrument."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from evenhand.cli import decide, listen
from evenhand.listen import Instrument, Question

DOCS = Path(__file__).resolve().parents[2] / "docs" / "reference"
SHARED = {"--help", "--json", "--out"}  # described once for all commands


@pytest.mark.parametrize(("step", "page"), [(listen, "surveys.md"), (decide, "votes.md")])
def test_every_option_is_described(step, page):
    steps = argparse.ArgumentParser().add_subparsers()
    step.register(steps)
    (parser,) = steps.choices.values()
    text = (DOCS / page).read_text()
    commands = next(a for a in parser._actions if isinstance(a, argparse._SubParsersAction)).choices
    for name, command in commands.items():
        assert f"evenhand {step.__name__.rsplit('.', 1)[-1]} {name}" in text
        for option in command._option_string_actions:
            if option.startswith("--") and option not in SHARED:
                assert option in text, f"{name} {option}"


@pytest.mark.parametrize("model", [Instrument, Question])
def test_every_key_of_an_instrument_is_described(model):
    text = (DOCS / "surveys.md").read_text()
    assert [key for key in model.model_fields if f"`{key}`" not in text] == []

"""The door for YAML: strict, and it says where."""

from __future__ import annotations

import pytest
from pydantic import BaseModel, ConfigDict

from evenhand.definition import load, loads, parse, problems
from evenhand.errors import InputError


class Inner(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    list_size: int


class Outer(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    title: str
    codes: tuple[str, ...] = ()
    denominator: Inner | None = None


def refusal(text: str) -> str:
    with pytest.raises(InputError) as caught:
        loads(text, Outer, where="m.yaml")
    return str(caught.value)


def test_codes_and_words_are_text_never_numbers_or_booleans():
    content, _ = parse("codes: [0304, 1e3, NO, 2024-01-01]")
    assert content == {"codes": ["0304", "1e3", "NO", "2024-01-01"]}


def test_an_unknown_key_is_refused_with_its_line_and_the_nearest_word():
    message = refusal("title: x\ndenominator:\n  list_sise: 3\n")
    assert message == "m.yaml:3: unknown key 'denominator.list_sise'; did you mean 'list_size'?"


def test_a_missing_key_names_the_mapping_that_lacks_it():
    assert refusal("title: x\ndenominator: {}\n") == "m.yaml:2: 'denominator.list_size' is missing"


def test_a_wrong_value_shows_what_was_found():
    message = refusal("title: x\ndenominator:\n  list_size: many\n")
    assert message.startswith("m.yaml:3: denominator.list_size:")
    assert "'many'" in message


def test_a_key_given_twice_is_refused():
    assert refusal("title: x\ntitle: y\n") == "m.yaml:2: 'title' is given twice"


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just words", "title: [unclosed"])
def test_what_is_not_a_mapping_is_refused_with_a_line(text):
    assert refusal(text).startswith("m.yaml:")


@pytest.mark.parametrize(
    "text",
    [
        "title: &a [*a]",
        "title: " + "[" * 5000 + "]" * 5000,
        "title: " + "{a: " * 400 + "}" * 400,
        "a: &a [x, x, x, x, x, x, x, x, x]\n"
        + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefghi", "bcdefghij", strict=True)),
    ],
    ids=["itself", "lists", "mappings", "aliases of aliases"],
)
def test_what_is_nested_without_end_is_refused_in_one_line(text):
    message = refusal(text)
    assert message.startswith("m.yaml:")
    assert "than anything that a person writes" in message
    assert "\n" not in message


def test_a_file_that_is_not_utf8_is_refused(tmp_path):
    path = tmp_path / "m.yaml"
    path.write_bytes(b"title: caf\xe9\n")
    with pytest.raises(InputError, match="not UTF-8 text at byte 10"):
        load(path, Outer)


def test_all_problems_are_told_at_once_in_the_order_of_their_lines():
    text = "codes: x\ntitel: x\ndenominator:\n  list_size: many\n"
    told = problems(text, Outer, where="m.yaml")
    assert [message.split(":")[1] for message in told] == ["1", "1", "2", "4"]
    assert "m.yaml:1: 'title' is missing" in told


@pytest.mark.parametrize(("text", "count"), [("title: x", 0), ("title: x\ntitle: y", 1), ("- a", 1)])
def test_a_text_that_can_be_read_has_no_problem_and_one_that_is_no_mapping_has_one(text, count):
    assert len(problems(text, Outer)) == count

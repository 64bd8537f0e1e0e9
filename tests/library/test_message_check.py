"""The fifteen suggestions: what a machine finds is said with its reason, what it cannot see is left to a person."""

from __future__ import annotations

import io
import json

import pytest

from evenhand.change import Sending, check_message, filled_in, read_message
from evenhand.change.message_words import read
from evenhand.cli.main import main
from evenhand.errors import InputError

GOOD = """{organisation}: {value} of your gliptin items are not sitagliptin.
Best quarter of practices like yours: {benchmark}.

From Monday, start new patients on sitagliptin unless the notes say why not.

Some of the difference may be right for your patients: tell us if you disagree. Data: NHSBSA, to August 2026.
Why, and a promise in two clicks: {module}"""
AROUND = Sending(
    sender="the clinical lead for diabetes", times=3, picture=True, data_to="2026-08", sent="2026-11", level="practice",
    goal="the signed scheme “Sitagliptin first”",
)  # fmt: skip
BAD = "Prescribing in our area is poor! It must improve. The average is 30%."


def states(text: str, sending: Sending | None = None) -> dict[int, str]:
    return {one.number: one.state for one in check_message(text, sending).suggestions}


def test_a_message_that_follows_the_paper_meets_all_that_a_machine_can_see() -> None:
    found = states(GOOD, AROUND)
    assert {number for number, state in found.items() if state != "met"} == {2}  # whose decision it is: for a person
    assert found[2] == "for_a_person"


def test_a_message_of_blame_meets_little() -> None:
    found = states(BAD)
    assert [found[n] for n in (3, 6, 7, 13, 14, 15)] == ["not_met"] * 6


def test_what_is_not_said_about_the_sending_is_left_to_a_person_never_counted_as_met() -> None:
    bare = states(GOOD)
    assert {bare[n] for n in (1, 2, 4, 5, 8)} == {"for_a_person"}


def test_every_suggestion_has_a_reason_and_what_would_be_right_unless_it_is_met() -> None:
    for text in (GOOD, BAD):
        for one in check_message(text).suggestions:
            assert one.why
            assert (one.right == "Nothing.") == (one.state == "met")


def test_counts_add_up_to_fifteen() -> None:
    found = check_message(BAD)
    assert found.met + found.not_met + found.for_a_person == len(found.suggestions) == 15


@pytest.mark.parametrize(
    ("sending", "number", "state"),
    [
        ({"times": 1}, 4, "not_met"),
        ({"times": 4}, 4, "met"),
        ({"data_to": "2025-11", "sent": "2026-11"}, 5, "not_met"),
        ({"data_to": "2026-11", "sent": "2026-08"}, 5, "not_met"),
        ({"level": "area"}, 6, "not_met"),
        ({"picture": False}, 8, "not_met"),
        ({"picture": False}, 9, "not_met"),
        ({"baseline": 0.2, "benchmark": 0.3, "better": "lower"}, 2, "not_met"),
        ({"baseline": 0.4, "benchmark": 0.3, "better": "lower"}, 2, "for_a_person"),
        ({"barriers": "the formulary default is changed for you"}, 11, "met"),
    ],
)
def test_what_stands_around_a_message_is_judged_too(sending: dict, number: int, state: str) -> None:
    assert states(GOOD, Sending(**sending))[number] == state


@pytest.mark.parametrize(
    ("text", "number", "state"),
    [
        ("Your practice: 31%. Consider prescribing less.", 3, "not_met"),
        ("Your practice: 31%. Stop two of them by Friday.", 3, "met"),
        ("Your practice: 31%. The average is 20%.", 7, "not_met"),
        ("Your practice: 31%. 80% of practices prescribe less.", 7, "met"),
        ("Your practice: 31%. Practices like yours: 20%.", 7, "for_a_person"),
        ("Patients with heart failure: look at yours.", 14, "for_a_person"),
        ("You failed your patients.", 14, "not_met"),
        ("word " * 151, 10, "not_met"),
        ("Numbers: 1, 2, 3, 4, 5 and 6.", 10, "not_met"),
    ],
)
def test_words_decide_as_they_would_be_read(text: str, number: int, state: str) -> None:
    assert states(text)[number] == state


def test_dates_list_numbers_and_addresses_are_no_numbers_to_carry() -> None:
    text = "1. Start on 3 March 2026.\n2. See https://example.org/12/34\n31% and £1,200"
    assert read(text).numbers == ("31%", "£1,200")


def test_a_reader_sees_their_own_figures_and_a_gap_says_what_is_missing() -> None:
    assert filled_in("{organisation}: {value}", {"organisation": "Mill Road"}) == "Mill Road: [its own figure]"


def test_a_file_may_say_what_stands_around() -> None:
    body, sending = read_message("---\ntimes: 3\npicture: true\n---\n\nYour practice: 31%.\n")
    assert (body, sending.times, sending.picture) == ("Your practice: 31%.", 3, True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "the message is empty"),
        ("---\ntimes: 2\n---\n  \n", "the message is empty"),
        ("---\ntimes: 2\n", "expected a second line of ---"),
        ("---\ntime: 2\n---\nx", "did you mean 'times'"),
        ("---\ntimes: none\n---\nx", "times"),
        ("---\nsent: 2026-13\n---\nx", "sent"),
        ("Your practise {valeu}", "did you mean 'value'"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_one_line(tmp_path, capsys, text: str, said: str) -> None:
    file = tmp_path / "message.md"
    file.write_text(text)
    code, error = main(["change", "message", str(file)]), capsys.readouterr().err
    assert (code, error.count("\n")) == (2, 1)
    assert said in error
    assert "message.md" in error


def test_a_file_that_is_not_there_or_not_text_is_refused(tmp_path, capsys) -> None:
    (tmp_path / "latin.md").write_bytes(b"caf\xe9")
    assert [main(["change", "message", str(tmp_path / name)]) for name in ("none.md", "latin.md")] == [2, 2]
    assert capsys.readouterr().err.count("\n") == 2


def test_the_command_gives_the_librarys_answer_also_from_standard_input(monkeypatch, capsys) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(BAD))
    assert main(["change", "message", "-", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == check_message(BAD).as_json()


def test_a_message_can_be_checked_twice_with_one_answer() -> None:
    with pytest.raises(InputError):
        check_message(" ")
    assert check_message(GOOD, AROUND) == check_message(GOOD, AROUND)

"""What is kept comes back to the last bit, and is never an answer to another question."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError
from django.utils import timezone

from evenhand.listen import load_instrument
from evenhand.records import Effect
from evenhand_web.site import keeping
from evenhand_web.site.models import Kept
from evenhand_web.site.written import as_text, from_text


@dataclass(frozen=True)
class Foreign:
    """A class that is none of Evenhand's."""

    number: int


@pytest.fixture(autouse=True)
def _fresh():
    keeping.forget()


def test_records_come_back_to_the_last_bit():
    question = load_instrument("qipp_awareness_2010").questions[0]
    months = np.array(["2026-01", "NaT"], dtype="datetime64[M]")
    effect = Effect("b", 0.1 + 0.2, float("nan"), -0.0, float("inf"), 1e-300, 3.0, "randomised", True, 0.95)
    value = {"é": (effect, [question, question], np.array([[1.5, np.nan]]), months, np.float64(1 / 3), np.bool_(True)),
             3: date(2026, 11, 22), "none": None, "list": [True, 1, "1"]}  # fmt: skip
    found = from_text(as_text(value))
    assert list(found) == list(value)
    back = found["é"]
    assert (back[0], back[1]) == (effect, [question, question])
    assert back[1][0] is back[1][1]
    assert np.array_equal(back[2], value["é"][2], equal_nan=True)
    assert (back[3].dtype, str(back[3][1])) == (months.dtype, "NaT")
    assert (back[4], type(back[4])) == (1 / 3, np.float64)
    assert str(back[0].low) == "-0.0"
    assert (found[3], found["list"], type(back)) == (date(2026, 11, 22), [True, 1, "1"], tuple)


@pytest.mark.parametrize("value", [object(), {1, 2}, Foreign(3), np.array([object()])])
def test_what_would_not_come_back_as_it_was_is_refused(value):
    with pytest.raises(TypeError):
        as_text(value)


@pytest.mark.parametrize("name", ["os:system", "subprocess:Popen", "evenhand.lake:Lake", "evenhand.errors:InputError"])
def test_reading_makes_no_class_but_records_of_evenhand(name):
    with pytest.raises(TypeError, match="none of Evenhand's"):
        from_text(f'[[], {{"c": "{name}", "v": []}}]')


def test_what_is_kept_is_made_once_even_by_another_process(db):
    made = []
    for _ in range(2):
        assert keeping.kept("a", (1, "x"), lambda: made.append(1) or (1.5, None)) == (1.5, None)
    keeping.forget()  # as a process that has just begun
    assert keeping.kept("a", (1, "x"), lambda: pytest.fail("made again")) == (1.5, None)
    assert made == [1]


def test_another_question_is_never_answered_with_what_was_kept_and_the_old_is_gone(db):
    asked = [("a", (1, "x")), ("a", (2, "x")), ("a", ("1", "x", "")), ("b", (1, "x"))]
    for i, (name, rests_on) in enumerate(asked):
        assert keeping.kept(name, rests_on, lambda i=i: i) == i
    assert sorted(Kept.objects.values_list("name", "document")) == [("a", "[[],2]"), ("b", "[[],3]")]
    assert keeping.kept("a", (1, "x"), lambda: 9) == 0  # still in this process's mind, and still what it was made of
    keeping.forget()
    assert keeping.kept("a", (1, "x"), lambda: 9) == 9


def test_what_fails_is_not_kept_and_fails_again(db):
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            keeping.kept("a", (), lambda: 1 / 0)
    assert not Kept.objects.exists()


def test_jobs_make_what_is_not_kept_and_say_how_much(db, monkeypatch):
    monkeypatch.setattr(keeping, "_jobs", [])
    day = timezone.localdate().isoformat()
    keeping.register(lambda: keeping.kept("a", (day,), lambda: 1))
    assert [keeping.prepare().made, keeping.prepare().made] == [1, 0]


def test_a_job_that_fails_is_told_and_keeps_no_other_from_running(db, monkeypatch, caplog, capsys):
    done = []

    def broken():
        raise KeyError("a measure that is gone")

    monkeypatch.setattr(keeping, "_jobs", [broken, lambda: done.append(True)])
    found = keeping.prepare()
    assert (found.made, found.failed, done) == (0, (__name__,), [True])
    assert "a measure that is gone" in caplog.text
    with pytest.raises(CommandError, match="not to its end") as told:
        call_command("prepare")
    assert told.value.returncode == 1


def test_without_tables_the_job_says_what_to_run_first(db, monkeypatch):
    def no_tables():
        raise OperationalError("no such table: decide_plan")

    monkeypatch.setattr(keeping, "_jobs", [no_tables])
    with pytest.raises(CommandError, match="run `migrate` first") as told:
        call_command("prepare")
    assert told.value.returncode == 2

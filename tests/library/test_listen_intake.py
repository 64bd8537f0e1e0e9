"""Taking a survey in: which events count, which answers are kept, and every one that is not with its reason."""

from __future__ import annotations

import csv
import json

import pytest

from evenhand.cli.main import main

SURVEY = """id: s
title: T
purpose: P
who_asks: A
who_sees: B
anonymity: C
written_by: D
questions:
  - {id: heard, text: Heard, type: single, options: {yes: 'Yes', no: 'No'}}
  - {id: helps, text: Helps, type: scale, low: 1, high: 5, asked_if: {heard: yes}}
  - {id: why, text: Why, type: text, asked_if: {helps: ['1', '2']}}
"""
INVITED = "token,profession\n" + "".join(f"t{i},gp\n" for i in range(1, 9))
HEAD = "event,token,time,status,heard,helps,why\n"


@pytest.fixture
def run(tmp_path, capsys):
    def call(events, *words, close="2026-03-31", invited=INVITED):
        for name, text in (("e.csv", events), ("i.csv", invited), ("s.yaml", SURVEY)):
            (tmp_path / name).write_text(text)
        given = [str(tmp_path / w) if w.endswith(".out.csv") else w for w in words]
        code = main(["listen", "intake", f"{tmp_path}/e.csv", "--invited", f"{tmp_path}/i.csv", "--instrument",
                     f"{tmp_path}/s.yaml", "--close", close, *given, "--json"])  # fmt: skip
        out, err = capsys.readouterr()
        return json.loads(out) if code == 0 else (code, err)

    return call


def table(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


EVENTS = HEAD + (
    "1,t1,2026-03-01T10:00,submitted,yes,4,\n"
    "2,t1,2026-03-02T10:00,submitted,yes,2,too slow\n"      # supersedes event 1
    "3,t1,2026-03-03T10:00,partial,no,,\n"                  # after a submission: changes nothing
    "4,t2,2026-03-01T10:00,partial,yes,,\n"
    "5,t3,2026-03-01T10:00,submitted,no,5,\n"               # helps was skipped
    "6,t4,2026-03-01T10:00,submitted,maybe,3,because\n"     # maybe is no answer, so both others are skipped
    "7,t5,2026-04-01T00:00,submitted,yes,5,\n"              # after the close
    "8,zz,2026-03-01T10:00,submitted,yes,5,\n"              # not invited
    "9,t6,2026-03-01T10:00,submitted,yes,9,none\n"          # 9 is out of range, so why is skipped
    "9,t6,2026-03-01T10:01,submitted,yes,1,again\n"         # the same event a second time
    "10,t7,2026-03-01T10:01,draft,yes,1,again\n"            # no such status
    "11,t8,2026-03-31T23:59,submitted,yes,,\n"              # the last minute
)  # fmt: skip


def test_every_event_and_answer_is_counted_once(run, tmp_path):
    found = run(EVENTS, "--out", "clean.out.csv", "--audit", "audit.out.csv")
    assert found == {
        "invited": 8, "completed": 5, "partial_only": 1, "no_response": 2,
        "rejected_events": {"unknown_token": 1, "unknown_status": 1, "after_close": 1, "duplicate_event": 1},
        "superseded_submissions": 1, "skip_logic_answers_dropped": 4, "out_of_range_set_missing": 2,
        "completion_rate": 0.625,
    }  # fmt: skip
    clean = {row["token"]: (row["heard"], row["helps"], row["why"]) for row in table(tmp_path / "clean.out.csv")}
    assert clean == {"t1": ("yes", "2", "too slow"), "t3": ("no", "", ""), "t4": ("", "", ""),
                     "t6": ("yes", "", ""), "t8": ("yes", "", "")}  # fmt: skip
    audit = table(tmp_path / "audit.out.csv")
    assert len(audit) == 4 + 1 + 4 + 2 + 2  # rejected, superseded, skipped, out of range, partial saves
    assert {"event": "6", "token": "t4", "reason": "out_of_range", "question": "heard", "found": "maybe"} in audit


def test_the_order_of_rows_does_not_matter(run):
    head, *lines = EVENTS.splitlines()
    assert run("\n".join([head, *lines]) + "\n") == run("\n".join([head, *reversed(lines)]) + "\n")


def test_everyone_is_somewhere(run):
    found = run(EVENTS)
    assert found["completed"] + found["partial_only"] + found["no_response"] == found["invited"]


def test_a_close_to_the_minute_is_to_the_minute(run):
    assert run(EVENTS, close="2026-03-31T23:58")["rejected_events"]["after_close"] == 2


def test_the_clean_frame_is_what_estimate_reads(run, tmp_path, capsys):
    run(EVENTS, "--out", "frame.out.csv", "--all-invited")
    path = str(tmp_path / "frame.out.csv")
    assert main(["listen", "estimate", path, "--question", "heard", "--value", "yes", "--responded", "responded",
                 "--rake", "profession", "--json"]) == 0  # fmt: skip
    found = json.loads(capsys.readouterr().out)
    assert (found["n"], found["population"], found["response_rate"]) == (5, 8, 0.625)
    assert found["estimates"][0]["n"] == 4


@pytest.mark.parametrize(
    ("events", "options", "said"),
    [
        (HEAD.replace(",why", "") + "1,t1,2026-03-01,submitted,yes,1\n", {}, "no column 'why'"),
        (HEAD.replace("why", "why,wy") + "1,t1,2026-03-01,submitted,yes,1,x,y\n", {}, "column 'wy' is not a question"),
        (HEAD + "1,t1,soon,submitted,yes,1,\n", {}, "row 2, column 'time'"),
        (HEAD + "1,t1,03/04/2026,submitted,yes,1,\n", {}, "read one way"),
        (EVENTS, {"close": "soon"}, "--close: expected a date"),
        (EVENTS, {"invited": "token\nt1\nt1\n"}, "already given"),
        (EVENTS, {"invited": "name\nt1\n"}, "no column 'token'"),
    ],
)
def test_a_fault_is_refused_in_one_line_that_says_where(run, events, options, said):
    code, message = run(events, **options)
    assert code == 2
    assert message.count("\n") == 1
    assert said in message

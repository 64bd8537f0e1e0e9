"""`evenhand account ledger check`, `trace` and `progress`, as scripts call them."""

from __future__ import annotations

import gzip
import json

import pytest

from evenhand.cli.main import main
from savings import confirmed, rewritten


@pytest.fixture
def ledger(tmp_path):
    path = tmp_path / "ledger.jsonl"
    path.write_text("".join(entry.line() + "\n" for entry in confirmed().entries))
    return path


def run(capsys, *words):
    code = main([str(word) for word in words])
    out, err = capsys.readouterr()
    return code, out, err


def test_a_whole_ledger_says_so_with_its_head(ledger, capsys):
    code, out, _ = run(capsys, "account", "ledger", "check", ledger, "--head", confirmed().head, "--json")
    assert (code, json.loads(out)) == (0, {"entries": 6, "head": confirmed().head, "broken": []})


def test_what_is_broken_is_named_by_entry_and_invariant(ledger, capsys):
    forged = rewritten(confirmed(), 6, saving_class="scope_reduction")
    ledger.write_text("".join(entry.line() + "\n" for entry in forged))
    code, out, _ = run(capsys, "account", "ledger", "check", ledger, "--json")
    (broken,) = json.loads(out)["broken"]
    assert (code, broken["entry"], broken["invariant"]) == (0, 6, "scope reduction booked")
    assert run(capsys, "account", "ledger", "check", ledger)[0] == 1


def test_a_zipped_ledger_is_read_and_half_a_one_is_refused(ledger, capsys):
    zipped = ledger.with_suffix(".gz")
    zipped.write_bytes(gzip.compress(ledger.read_bytes()))
    assert json.loads(run(capsys, "account", "ledger", "check", zipped, "--json")[1])["entries"] == 6
    zipped.write_bytes(gzip.compress(ledger.read_bytes())[:-40])
    code, out, err = run(capsys, "account", "ledger", "check", zipped, "--json")
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_a_trail_is_given_in_order(ledger, capsys):
    code, out, _ = run(capsys, "account", "trace", "6", "--ledger", ledger, "--json")
    found = json.loads(out)
    assert (code, found["state"], found["pence"], found["whole"]) == (0, "confirmed", 4_200_000, True)
    assert [step["step"] for step in found["trail"]][:3] == ["rows", "measure", "votes"]


def test_progress_counts_what_is_confirmed_and_nothing_else(ledger, capsys):
    _, out, _ = run(capsys, "account", "progress", "--ledger", ledger, "--target", "100000", "--json")
    found = json.loads(out)
    assert (found["confirmed_pence"], found["gap_pence"], found["share"]) == (4_200_000, 5_800_000, 0.42)
    assert found["by_origin"]["clinical_decision"] == 4_200_000


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["trace", "6"], "which ledger"),
        (["progress", "--target", "0", "--ledger", "x"], "an amount above 0"),
        (["ledger", "check", "nowhere.jsonl"], "cannot be read"),
        (["reach", "--draws", "5"], "--draws 5"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(capsys, words, why):
    code, out, err = run(capsys, "account", *words, "--json")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert why in err

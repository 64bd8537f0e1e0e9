"""`evenhand account ledger check`, `trace` and `progress`, as scripts call them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from evenhand import account
from evenhand.account import balance, position, states
from evenhand.cli.main import main
from evenhand.errors import InputError
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


def test_where_no_ledger_is_named_it_is_that_of_the_lake_that_one_works_with(ledger, tmp_path, capsys, monkeypatch):
    lake = tmp_path / "lake"
    (lake / "people").mkdir(parents=True)
    (lake / "people" / "ledger.jsonl").write_bytes(Path(ledger).read_bytes())
    (lake / "lake.json").write_text('{"format": 1}')
    monkeypatch.setenv("EVENHAND_LAKE", str(lake))
    code, out, _ = run(capsys, "account", "trace", "6", "--json")
    assert (code, json.loads(out)["state"]) == (0, "confirmed")
    assert {"rows", "files"} <= json.loads(out).keys()
    monkeypatch.delenv("EVENHAND_LAKE")
    monkeypatch.chdir(lake)
    assert json.loads(run(capsys, "account", "trace", "gliptins", "--json")[1])["entry"] == 6


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
def test_a_mistake_is_one_line_and_exit_code_2(capsys, words, why, monkeypatch):
    monkeypatch.delenv("EVENHAND_LAKE", raising=False)
    code, out, err = run(capsys, "account", *words, "--json")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert why in err


EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "examples" / "ledger.jsonl"


def test_the_example_of_the_reference_is_whole_and_its_last_seal_is_the_one_printed_there(capsys):
    code, out, _ = run(capsys, "account", "ledger", "check", EXAMPLE, "--json")
    found = json.loads(out)
    assert (code, found["entries"], found["broken"]) == (0, 6, [])
    assert found["head"] in (EXAMPLE.parents[1] / "reference" / "ledger.md").read_text()


def test_every_invariant_there_is_is_told_in_the_reference():
    page = (EXAMPLE.parents[1] / "reference" / "ledger.md").read_text()
    told = {row.split("|")[1].strip(" `") for row in page.partition("| invariant |")[2].splitlines()[2:] if "|" in row}
    known = {
        position.CHAIN, position.ORDER, position.TERMS_CHANGED, balance.DOUBLE_ENTRY, position.TWICE,
        position.BREACH, balance.REVERSAL, states.NO_PROOF, states.MISSING_SIGNATURES, states.SCOPE_REDUCTION,
        states.REPORTED, states.OVER,
    }  # fmt: skip
    assert told == known


def test_a_long_file_is_read_beside_and_says_the_same(ledger, monkeypatch):
    from evenhand.account import reading

    monkeypatch.setattr(reading, "BLOCK", 2000)
    alone, beside = (account.check_file(ledger, processes=many) for many in (1, 2))
    assert alone == beside == account.check(confirmed().entries)
    # an amount that 64 bits cannot hold
    beyond = rewritten(confirmed(), 2, lines=[{"account": "spend", "pence": 10**25, "patients": 0}])
    ledger.write_text("".join(entry.line() + "\n" for entry in beyond))
    alone, beside = (account.check_file(ledger, processes=many).as_json() for many in (1, 2))
    assert alone == beside == account.check(beyond).as_json()
    assert f"its lines sum to {10**25} pence" in str(alone)
    ledger.write_text("".join(entry.line() + "\n" for entry in confirmed().entries))
    ledger.write_text(ledger.read_text() + "{}\n")
    for many in (1, 2):
        with pytest.raises(InputError, match=r"ledger.jsonl:7: 'entry' is missing"):
            account.check_file(ledger, processes=many)


@pytest.mark.parametrize(
    ("line", "why"),
    [
        (b"{", "not an entry in JSON"),
        (b"\xff", "not UTF-8"),
        (b"[" * 100_000, "not an entry in JSON"),
        (b'{"entry":1,"entry":2}', "the key 'entry' is given twice"),
        (b'{"entry":NaN}', "JSON has no such number"),
        (b'{"reason":"\\ud800"}', "not an entry in JSON"),
    ],
)
def test_a_malformed_line_is_refused_by_its_number(ledger, capsys, line, why):
    ledger.write_bytes(b"\xef\xbb\xbf" + ledger.read_bytes() + b"\r\n" + line + b"\n")
    code, out, err = run(capsys, "account", "ledger", "check", ledger, "--json")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "ledger.jsonl:8: " in err
    assert why in err


def test_a_word_that_is_unknown_is_refused_where_it_was_sealed_and_listed_where_it_was_changed(ledger, capsys):
    text = ledger.read_text()
    ledger.write_text(text.replace('"kind":"move"', '"kind":"mave"', 1))
    found = json.loads(run(capsys, "account", "ledger", "check", ledger, "--json")[1])
    assert {b["invariant"] for b in found["broken"] if b["entry"] == 1} >= {"broken chain"}
    document = confirmed().entries[0].as_json() | {"kind": "mave"}
    document["hash"] = account.seal(document)
    ledger.write_text(account.canonical(document) + "\n")
    code, _, err = run(capsys, "account", "ledger", "check", ledger, "--json")
    assert (code, "did you mean 'move'" in err) == (2, True)

"""Gain share (METHODS C.5): only what is confirmed, behind gates, under a cap, to the penny."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand import account, definition
from evenhand.account import Claimant, GainShareScheme
from evenhand.cli.main import main

SCHEME = """
id: share_2026
title: Sharing what was saved on low-priority items
year: 2026-27
published: on the ICB's website, seen by the local medical committee
spend_on: services for patients of the practice
share: 0.5
cap_pounds_per_patient: 0.95
threshold_pounds: 1000
gates:
  - column: access
    question: did appointments within 14 days hold?
  - column: qia
    question: is the quality impact assessment live?
    opens: [live]
    waits: [draft]
    closes: [withdrawn]
quality:
  - {column: reviews, what: medication reviews, available: 20}
  - {column: audits, what: audits, available: 10}
"""
FILE = """practice,list_size,confirmed,access,qia,reviews,audits,budget,outturn
01,4000,9000.55,pass,live,20,10,700000,680000
02,4000,9000.55,pass,live,10,5,,
03,1000,9000.55,pass,live,20,10,,
04,4000,9000.55,inconclusive,live,20,10,,
05,4000,9000.55,breach,live,20,10,,
06,4000,9000.55,,live,20,10,,
07,4000,900,pass,live,20,10,700000,600000
08,4000,-50,pass,live,20,10,,
09,4000,9000.55,pass,draft,20,10,,
"""


@pytest.fixture
def files(tmp_path):
    scheme, file = tmp_path / "scheme.yaml", tmp_path / "p.csv"
    scheme.write_text(SCHEME)
    file.write_text(FILE)
    return scheme, file


def run(capsys, file, scheme, *words):
    code = main(["account", "gainshare", str(file), "--scheme", str(scheme), *map(str, words)])
    out, err = capsys.readouterr()
    return code, out, err


def test_nine_practices_worked_by_hand(files, capsys):
    scheme, file = files
    code, out, _ = run(capsys, file, scheme, "--json")
    found = json.loads(out)
    by = {row["practice"]: row for row in found["rows"]}
    # half of (9,000.55 - 1,000) is 4,000.275; the cap is 95p a patient: £3,800 for 4,000, £950 for 1,000
    assert (code, by["01"]["pay"], by["01"]["limited_by"]) == (0, 3800.0, "cap")
    assert (by["02"]["pay"], by["02"]["quality"]) == (1900.0, 0.5)
    assert (by["03"]["pay"], by["04"]["pay"], by["05"]["pay"], by["06"]["pay"]) == (950.0, 0.0, 0.0, 0.0)
    assert [by[p]["gate"] for p in ("04", "05", "06", "09")] == ["waits", "closed", "waits", "waits"]
    assert (by["07"]["pay"], by["08"]["pay"]) == (0.0, 0.0)
    assert (found["paid"], found["waiting"], found["closed"]) == (6650.0, 11_400.0, 3800.0)


def test_an_underspend_that_nothing_confirmed_earns_nothing(files, capsys):
    scheme, file = files
    row = json.loads(run(capsys, file, scheme, "--json")[1])["rows"][6]
    assert (row["underspend"], row["underspend_not_earned"], row["pay"]) == (100_000.0, 99_100.0, 0.0)


def test_a_share_below_the_cap_is_paid_to_the_nearest_penny(files, capsys):
    scheme, file = files
    file.write_text("practice,list_size,confirmed,access,qia,reviews,audits\n1,90000,9000.55,pass,live,20,10\n")
    row = json.loads(run(capsys, file, scheme, "--json")[1])["rows"][0]
    assert (row["pay_pence"], row["limited_by"]) == (400_028, None)  # 4,000.275: half a penny up
    assert row["why"] == "50% of £8,000.55 confirmed above the threshold, times 100% of the quality points"


def test_a_pot_is_never_overdrawn_and_its_last_pence_are_paid(files, capsys):
    scheme, file = files
    scheme.write_text(SCHEME + "pot_pounds: 1000.01\n")
    found = json.loads(run(capsys, file, scheme, "--json")[1])
    assert sum(row["pay_pence"] for row in found["rows"]) == 100_001
    assert found["rows"][0]["limited_by"] == "pot"


amounts = st.decimals(-10_000, 10**7, places=2)


@given(st.lists(st.tuples(amounts, st.integers(0, 50_000), st.sampled_from(["open", "waits", "closed"]),
                          st.decimals(0, 20, places=1), st.decimals(0, 10, places=1)), min_size=1, max_size=8),
       st.one_of(st.none(), st.decimals(1, 100_000, places=2)))  # fmt: skip
def test_nobody_is_paid_above_cap_share_or_pot_nor_through_a_shut_gate(drawn, pot):
    scheme = definition.loads(SCHEME, GainShareScheme).model_copy(update={"pot_pounds": pot})
    practices = [Claimant(str(i), Decimal(list_size), confirmed, (gate, "open"), (a, b))
                 for i, (confirmed, list_size, gate, a, b) in enumerate(drawn)]  # fmt: skip
    found = account.gainshare(scheme, practices)
    for one, payment in zip(practices, found, strict=True):
        assert 0 <= payment.pay_pence <= scheme.cap_pounds_per_patient * one.patients * 100
        assert payment.pay_pence <= max(Decimal(0), one.confirmed * 100) * scheme.share + Decimal("0.5")
        assert payment.gate == "open" or payment.pay_pence == 0
    assert pot is None or sum(p.pay_pence for p in found) <= pot * 100


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("share: 0.5", "share: 1.5", "share:"),
        ("share: 0.5", "shares: 0.5", "unknown key 'shares'; did you mean 'share'?"),
        ("spend_on: services for patients of the practice\n", "", "'spend_on' is missing"),
        ("published: on the ICB's website, seen by the local medical committee\n", "", "'published' is missing"),
        ("waits: [draft]", "waits: [Live]", "stands in two lists"),
        ("available: 10", "available: 0", "greater than 0"),
    ],
)
def test_a_scheme_that_says_it_wrong_is_refused_by_line(files, capsys, old, new, why):
    scheme, file = files
    scheme.write_text(SCHEME.replace(old, new))
    code, out, err = run(capsys, file, scheme, "--json")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert f"{scheme}:" in err
    assert why in err


@pytest.mark.parametrize(
    ("old", "new", "why"),
    [
        ("01,4000,9000.55,pass", "01,4000,9000.55,maybe", "row 2, column 'access'"),
        ("01,4000,9000.55", "01,4000,", "row 2, column 'confirmed'"),
        ("01,4000", "01,-4", "a list of -4"),
        ("live,20,10", "live,21,10", "21.0 points for 'medication reviews'; expected 0 to 20"),
        ("02,", "01,", "already given in row 2"),
        ("01,4000,9000.55", "01,4000,1e40", "£1e+40 confirmed; expected at most"),
        ("01,4000", "01,1e40", "expected 0 or more"),
        ("access,qia", "access,gia", "no column 'qia'; did you mean 'gia'?"),
        (FILE, "", "empty"),
    ],
)
def test_a_mistake_in_the_file_is_one_line_and_exit_code_2(files, capsys, old, new, why):
    scheme, file = files
    file.write_text(FILE.replace(old, new, 1))
    code, out, err = run(capsys, file, scheme, "--json")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert why in err


def test_the_example_of_the_docs_pays_what_the_docs_say(tmp_path, capsys):
    docs = Path(__file__).resolve().parents[2] / "docs" / "reference" / "money-and-story.md"
    scheme = tmp_path / "scheme.yaml"
    scheme.write_text(docs.read_text().split("```yaml\n")[1].split("```")[0])
    file = tmp_path / "p.csv"
    file.write_text("practice,list_size,confirmed,access,qia,reviews\nA,4000,9000.55,pass,live,15\n")
    row = json.loads(run(capsys, file, scheme, "--json")[1])["rows"][0]
    assert (row["pay"], "times 15/20: £2,850.00" in docs.read_text()) == (2850.0, True)

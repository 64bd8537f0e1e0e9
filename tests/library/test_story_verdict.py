"""From published rows to the ledger: a planted change is found and confirmed, nothing else is."""

from __future__ import annotations

import json

import planted
import pytest

from evenhand import account, flow
from evenhand.cli.main import main
from evenhand.errors import InputError
from evenhand.story import book, judge

EFFECT = -0.06
SEEDS = (1, 2, 3)


def judged(folder, **planting):
    """The verdict after the design was registered on the ledger."""
    lake = planted.lake(folder, **planting)
    entries = book(lake)
    return lake, entries, flow.verdict(lake, folder / "schemes" / "gliptins.yaml")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_planted_campaign_is_recovered_within_its_interval_and_confirmed(tmp_path, seed):
    lake, entries, found = judged(tmp_path, effect=EFFECT, seed=seed)
    assert found.effect.low <= EFFECT <= found.effect.high
    assert (found.evidenced, found.countable, entries[-1].state) == (True, True, "confirmed")
    booked = account.progress(entries, 2_000_000).confirmed_pence
    assert 0 < booked <= 100 * found.saving_pounds.value
    assert account.check(entries).broken == ()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_campaign_that_did_nothing_is_not_confirmed(tmp_path, seed):
    _, entries, found = judged(tmp_path, effect=0.0, seed=seed)
    assert not found.evidenced
    assert (entries[-1].kind, entries[-1].state) == ("verdict", "in_flight")
    assert account.progress(entries, 1).confirmed_pence == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_a_breach_of_twice_the_margin_blocks_a_campaign_that_worked(tmp_path, seed):
    _, entries, found = judged(tmp_path, effect=EFFECT, waits=-0.02, seed=seed)
    assert found.guardrails[0].verdict == "breach"
    assert not found.countable
    assert account.progress(entries, 1).confirmed_pence == 0
    assert account.check(entries).broken == ()


def test_the_saving_is_the_effect_times_volume_times_the_price_less_the_cost(tmp_path):
    lake, _, found = judged(tmp_path, effect=EFFECT, seed=1)
    scheme = judge.read_scheme(tmp_path / "schemes" / "gliptins.yaml")
    saved = flow.saving(lake, scheme)
    # 24 practices x 6 months x 120 items, six in a hundred moved, £26 each: about £27,000, less £500
    assert saved.gross.value == pytest.approx(27_000, rel=0.35)
    assert saved.net.value == pytest.approx(saved.gross.value - 500)
    assert saved.bookable_pence == int(100 * found.lower80_pounds)


def test_a_design_that_nobody_registered_is_no_evidence(tmp_path):
    lake = planted.lake(tmp_path, effect=EFFECT, seed=1)
    found = flow.verdict(lake, tmp_path / "schemes" / "gliptins.yaml")
    assert not found.evidenced
    assert "registered" in found.reasons[0]


def test_a_practice_moved_between_arms_after_registration_is_found_out(tmp_path):
    lake, _, _ = judged(tmp_path, effect=EFFECT, seed=1)
    file = tmp_path / "schemes" / "gliptins_allocation.csv"
    text = file.read_text()
    file.write_text(text.replace("P00,N00,intervention", "P00,N00,control") if "P00,N00,intervention" in text
                    else text.replace("P00,N00,control", "P00,N00,intervention"))  # fmt: skip
    assert not flow.verdict(lake, tmp_path / "schemes" / "gliptins.yaml").evidenced


def test_a_month_of_waits_that_is_missing_is_not_assessed_and_not_counted(tmp_path):
    lake, _, _ = judged(tmp_path, effect=EFFECT, seed=1)
    for file in (tmp_path / "snapshots" / "rtt").glob("2025-12*"):
        file.unlink()
    for file in (tmp_path / "snapshots" / "rtt_total").glob("2025-12*"):
        file.unlink()
    found = flow.verdict(tmp_path, tmp_path / "schemes" / "gliptins.yaml")
    assert (found.guardrails[0].verdict, found.countable) == ("not_assessed", False)


def test_a_real_lake_gets_no_invented_signatures(tmp_path):
    lake = planted.lake(tmp_path, effect=EFFECT, seed=1, demonstration=False)
    with pytest.raises(InputError, match="is no demonstration"):
        book(lake)
    assert not (tmp_path / "people" / "ledger.jsonl").exists()


def test_booking_twice_changes_nothing(tmp_path):
    lake, entries, _ = judged(tmp_path, effect=EFFECT, seed=1)
    before = (tmp_path / "people" / "ledger.jsonl").read_bytes()
    assert [entry.hash for entry in book(lake)] == [entry.hash for entry in entries]
    assert (tmp_path / "people" / "ledger.jsonl").read_bytes() == before


def test_a_confirmed_pound_is_followed_to_the_published_rows(tmp_path, capsys):
    judged(tmp_path, effect=EFFECT, seed=1)
    assert main(["account", "trace", "gliptins", "--lake", str(tmp_path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["state"], found["whole"]) == ("confirmed", True)
    assert {row["bnf_code"] for row in found["rows"]} == {planted.COSTLY, planted.CHEAP}
    assert sum(row["items"] for row in found["rows"] if row["in_denominator"]) == pytest.approx(
        planted.PRACTICES * planted.ITEMS, rel=0.1
    )


def test_the_command_says_what_was_saved_net_with_its_interval(tmp_path, capsys):
    judged(tmp_path, effect=EFFECT, seed=1)
    scheme = str(tmp_path / "schemes" / "gliptins.yaml")
    assert main(["account", "saving", "--scheme", scheme, "--lake", str(tmp_path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["net"]["low"] < found["net"]["value"] < found["net"]["high"]
    assert (found["level"], found["basis"], found["countable"]) == (0.9, "lower80", True)

"""From published rows to the ledger: a planted change is found and confirmed, nothing else is."""

from __future__ import annotations

import json
import shutil

import pytest

import planted
from evenhand import account, flow, prove
from evenhand.cli.main import main
from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand.story import People, judge
from evenhand.story.book import claim
from evenhand.table import read
from savings import CLINICAL, FINANCE

EFFECT = -0.06
SEEDS = (1, 3)  # one null in twenty is evidenced by chance (P > 0.95), and seed 2 is one: chance is not promised away


def judged(folder, **planting):
    """The lake, the ledger that was booked on it, and the verdict that the ledger's design was registered for."""
    lake = planted.lake(folder, **planting)
    entries = flow.book(lake)
    return lake, entries, flow.verdict(lake, folder / "schemes" / "gliptins.yaml")


@pytest.fixture(scope="module")
def effective(tmp_path_factory):
    """One lake with a campaign that worked, booked; read only."""
    folder = tmp_path_factory.mktemp("effective")
    return folder, *judged(folder, effect=EFFECT, seed=SEEDS[0])


@pytest.fixture
def mine(effective, tmp_path):
    """A copy of it to spoil."""
    return shutil.copytree(effective[0], tmp_path / "mine")


@pytest.mark.parametrize("seed", SEEDS)
def test_a_planted_campaign_is_recovered_within_its_interval_and_confirmed(effective, tmp_path, seed):
    _, entries, found = effective[1:] if seed == SEEDS[0] else judged(tmp_path, effect=EFFECT, seed=seed)
    assert found.effect.low <= EFFECT <= found.effect.high
    assert (found.evidenced, found.countable, entries[-1].state) == (True, True, "confirmed")
    assert 0 < account.progress(entries, 2_000_000).confirmed_pence <= 100 * found.saving_pounds.value
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
    assert (found.guardrails[0].verdict, found.countable) == ("breach", False)
    assert account.progress(entries, 1).confirmed_pence == 0
    assert account.check(entries).broken == ()


@pytest.mark.parametrize(("after", "lasts"), [(EFFECT, True), (0.0, False)])
def test_a_later_year_is_judged_on_its_own_months_and_kept_only_if_the_change_lasted(tmp_path, after, lasts):
    lake, entries, first = judged(tmp_path, effect=EFFECT, seed=SEEDS[1], after=after)
    scheme = judge.read_scheme(tmp_path / "schemes" / "gliptins.yaml")
    again = prove.later_year(scheme, published=scheme.follow_up.last)  # registered before the year could be read
    design = prove.register(again, seal=judge.seal(tmp_path / "schemes" / scheme.allocation))
    ledger = account.Ledger(entries)
    by = {"booked": "2026-07-01", "signatures": [FINANCE, CLINICAL]}
    ledger.restate("gliptins", next_design=design, **by)
    found = judge.verdict(lake, again, design=design, sealed=judge.seal(tmp_path / "schemes" / scheme.allocation),
                          allocation=read(tmp_path / "schemes" / scheme.allocation))  # fmt: skip
    assert (found.window, found.evidenced) == (("2027-01", "2027-03"), lasts)
    assert found.effect.low <= after <= found.effect.high
    ledger.record("gliptins", account.verdict_proof(found, again), booked="2027-06-01")
    if lasts:
        ledger.persist("gliptins", cells=claim(lake, People.of(lake), again), **by | {"booked": "2027-06-08"})
        moved = sum(line["pence"] for line in ledger.entries[-1]["lines"] if line["account"] == "confirmed")
        assert moved == int(100 * found.lower80_pounds) - int(100 * first.lower80_pounds)
    assert ledger.state("gliptins") == ("confirmed" if lasts else "reversed")
    assert account.check(ledger.entries).broken == ()


def test_the_saving_is_the_effect_times_volume_times_the_price_less_the_cost(effective):
    folder, lake, _, found = effective
    saved = flow.saving(lake, folder / "schemes" / "gliptins.yaml")
    # 24 practices x 3 months x 240 items, six in a hundred moved, £26 each: about £27,000, then £500 is taken off
    assert saved.gross.value == pytest.approx(27_000, rel=0.3)
    assert saved.net.value == pytest.approx(saved.gross.value - 500)
    assert saved.bookable_pence == int(100 * found.lower80_pounds)


def test_a_design_that_nobody_registered_is_no_evidence(mine):
    (mine / "people" / "ledger.jsonl").unlink()
    found = flow.verdict(mine, mine / "schemes" / "gliptins.yaml")
    assert not found.evidenced
    assert "registered" in found.reasons[0]


def test_a_practice_moved_between_arms_after_registration_is_found_out(mine):
    file = mine / "schemes" / "gliptins_allocation.csv"
    header, first, *rest = file.read_text().splitlines()
    unit, cluster, arm = first.split(",")
    other = "control" if arm == "intervention" else "intervention"
    file.write_text("\n".join([header, f"{unit},{cluster},{other}", *rest]) + "\n")
    found = flow.verdict(mine, mine / "schemes" / "gliptins.yaml")
    assert (found.evidenced, "registered" in found.reasons[0]) == (False, True)


def test_a_month_of_waits_that_is_missing_is_not_assessed_and_not_counted(mine):
    for table in ("rtt", "rtt_total"):
        for file in (mine / "snapshots" / table).glob(f"{planted.MONTHS[-2]}*"):
            file.unlink()
    guard = judge.guardrail(Lake.open(mine), *_rule(mine))
    assert guard.verdict == "not_assessed"


def test_a_lake_without_waits_leaves_the_guardrail_not_assessed(mine):
    for table in ("rtt", "rtt_total"):
        shutil.rmtree(mine / "snapshots" / table)
    found = judge.guardrail(Lake.open(mine), *_rule(mine))
    assert found.verdict == "not_assessed"
    assert "no month of waits" in found.reason


def test_every_guardrail_of_a_scheme_shows_its_power_before_launch_and_what_it_says(effective, capsys):
    folder, *_, found = effective
    words = ["--scheme", str(folder / "schemes" / "gliptins.yaml"), "--lake", str(folder), "--json"]
    assert main(["prove", "guardrails", *words]) == 0
    guard, = json.loads(capsys.readouterr().out)["guardrails"]
    assert guard["says"] == found.guardrails[0].as_json()
    assert guard["blocks"]
    assert guard["power"]["follow_up_months"] == 3
    assert guard["power"]["reason"]


def _rule(folder):
    scheme = judge.read_scheme(folder / "schemes" / "gliptins.yaml")
    return scheme, scheme.guardrails[0]


def test_a_real_lake_gets_no_invented_signatures(tmp_path):
    lake = planted.lake(tmp_path, effect=EFFECT, seed=1, demonstration=False)
    with pytest.raises(InputError, match="is no demonstration"):
        flow.book(lake)
    assert not (tmp_path / "people" / "ledger.jsonl").exists()


def test_booking_twice_changes_nothing(effective):
    folder, lake, entries, _ = effective
    before = (folder / "people" / "ledger.jsonl").read_bytes()
    assert [entry.hash for entry in flow.book(lake)] == [entry.hash for entry in entries]
    assert (folder / "people" / "ledger.jsonl").read_bytes() == before


def test_the_ledger_names_nobody(effective):
    people = {s["person"] for entry in effective[2] for s in entry["signatures"]}
    assert len(people) == 3  # a clinical lead, a manager, a finance lead
    assert all(person.startswith("demo-") for person in people)


def test_what_is_claimed_is_every_treated_practice_and_every_costlier_presentation(effective):
    folder, _, entries, _ = effective
    treated = [line.split(",")[0] for line in (folder / "schemes" / "gliptins_allocation.csv").read_text().splitlines()
               if line.endswith("intervention")]  # fmt: skip
    cells = entries[-1]["cells"]
    assert (cells["organisations"], cells["codes"]) == (treated, [planted.COSTLY])
    assert cells["months"] == list(planted.MONTHS[planted.WINDOW:])


def test_a_confirmed_pound_is_followed_to_the_published_rows(effective, capsys):
    assert main(["account", "trace", "gliptins", "--lake", str(effective[0]), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["state"], found["whole"]) == ("confirmed", True)
    assert {row["bnf_code"] for row in found["rows"]} == {planted.COSTLY, planted.CHEAP}
    assert sum(row["items"] for row in found["rows"]) == pytest.approx(planted.PRACTICES * planted.ITEMS, rel=0.1)


def test_the_command_says_what_was_saved_net_with_its_interval(effective, capsys):
    scheme = str(effective[0] / "schemes" / "gliptins.yaml")
    assert main(["account", "saving", "--scheme", scheme, "--lake", str(effective[0]), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["net"]["low"] < found["net"]["value"] < found["net"]["high"]
    assert (found["level"], found["basis"], found["countable"]) == (0.9, "lower80", True)

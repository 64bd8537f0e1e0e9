"""Guardrails that a scheme does not name: judged from the rows all the same, told, and never in anybody's way."""

from __future__ import annotations

import json
import math
import shutil

import numpy as np
import pytest

import planted
from evenhand import flow, prove, table
from evenhand.cli.main import main
from evenhand.definition import loads
from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand.measures import load_all
from evenhand.measures.guardrails import LibraryGuardrail, library, wait_of
from evenhand.records import Guardrail, GuardrailRule
from evenhand.story import People, Place, judge, watch_words, watching
from evenhand.story.guarding import guardrail
from evenhand.story.wait_weeks import wait_weeks
from evenhand.story.watching import titles, watch

EFFECT = -0.06


FEW = ("wait_within_18_weeks", "wait_median_weeks", "wait_over_52_weeks", "ae_within_four_hours", "safety_nsaids")


@pytest.fixture(autouse=True, scope="module")
def _few():
    """Only some of the library: each measure takes its time in a lake without a store."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(watching, "library", lambda: tuple(one for one in library() if one.measure in FEW))
        yield


def scheme_of(folder):
    return judge.read_scheme(folder / "schemes" / "gliptins.yaml")


def verdicts(found):
    return {one.measure: one.says.verdict for one in found.guardrails}


@pytest.fixture(scope="module")
def harmless(tmp_path_factory):
    """A campaign that worked and harmed nothing, booked; read only."""
    folder = tmp_path_factory.mktemp("harmless")
    lake = planted.lake(folder, effect=EFFECT, seed=1, nsaids=0.0)
    return folder, lake, flow.book(lake), watch(lake, scheme_of(folder))


@pytest.fixture(scope="module")
def harmful(tmp_path_factory):
    """A campaign that worked, with harm in what it does not name: waits over a year, and anti-inflammatories."""
    folder = tmp_path_factory.mktemp("harmful")
    lake = planted.lake(folder, effect=EFFECT, seed=1, nsaids=0.06, year_waits=0.02)
    return folder, lake, flow.book(lake), watch(lake, scheme_of(folder))


@pytest.fixture
def mine(harmless, tmp_path):
    """A copy of the harmless one to spoil."""
    return shutil.copytree(harmless[0], tmp_path / "mine")


# --- planted from rows ------------------------------------------------------------------------------------------------


def test_harm_planted_where_the_scheme_names_nothing_is_told_as_a_breach_and_blocks_nothing(harmful):
    folder, lake, entries, found = harmful
    assert verdicts(found)["wait_over_52_weeks"] == verdicts(found)["safety_nsaids"] == "breach"
    said = {one.measure: one.says for one in found.guardrails}
    assert said["wait_over_52_weeks"].effect == pytest.approx(0.02, abs=1e-6)
    assert said["safety_nsaids"].effect == pytest.approx(0.06, abs=0.02)
    verdict = flow.verdict(lake, folder / "schemes" / "gliptins.yaml")
    assert (verdict.evidenced, verdict.countable, verdict.reasons) == (True, True, ())
    assert (entries[-1].state, [g.measure for g in verdict.guardrails]) == ("confirmed", ["wait_within_18_weeks"])


def test_with_nothing_planted_nothing_is_at_risk(harmless):
    found = harmless[3]
    assert set(verdicts(found).values()) <= {"pass", "inconclusive"}
    assert verdicts(found)["wait_over_52_weeks"] == "pass"


def test_those_who_were_drawn_are_compared_by_what_was_drawn_and_waits_where_the_scheme_names_places(harmless):
    by = {one.measure: (one.by, one.level, one.treated, one.controls) for one in harmless[3].guardrails}
    assert by["safety_nsaids"] == ("drawn", "practice", 6, 6)  # networks of four practices, drawn together
    assert by["wait_over_52_weeks"] == by["wait_median_weeks"] == ("named", "sicbl", 4, 4)


def test_what_a_scheme_names_is_not_watched_again_and_what_the_lake_lacks_is_said(harmless):
    found = harmless[3]
    assert "wait_within_18_weeks" not in verdicts(found)
    assert [one.measure for one in found.without] == ["ae_within_four_hours"]
    assert all(one.says.verdict == "not_assessed" and one.says.reason for one in found.without)


@pytest.mark.parametrize("month", [planted.MONTHS[-2], planted.MONTHS[-1]])
def test_a_missing_month_is_not_assessed_also_if_it_is_the_last(mine, month):
    for name in ("rtt", "rtt_total"):
        for file in (mine / "snapshots" / name).glob(f"{month}*"):
            file.unlink()
    found = watch(Lake.open(mine), scheme_of(mine))
    for measure in ("wait_over_52_weeks", "wait_median_weeks"):
        says = next(one.says for one in found.guardrails if one.measure == measure)
        assert says.verdict == "not_assessed"
        assert month in says.reason
    assert verdicts(found)["safety_nsaids"] != "not_assessed"
    named = judge.verdict(Lake.open(mine), scheme_of(mine))
    assert [(one.measure, one.verdict) for one in named.guardrails] == [("wait_within_18_weeks", "not_assessed")]
    assert month in named.guardrails[0].reason
    assert not named.countable


def test_a_unit_that_lacks_a_month_is_left_out_and_said_and_many_are_not_assessed(harmless):
    folder, lake, *_ = harmless
    rows = table.read(folder / "schemes" / "gliptins_allocation.csv")
    units, arms = [*rows.text("unit")], [*rows.text("arm")]
    alone = scheme_of(folder).model_copy(update={"cluster": "unit"})

    def drawn(gone):
        also = [f"GONE{i}" for i in range(gone)]
        given = table.Table("allocation", {"unit": units + also, "arm": arms + ["control"] * gone})
        return next(one for one in watch(lake, alone, given).guardrails if one.measure == "safety_nsaids")

    few, many = drawn(2), drawn(20)
    assert (few.left_out, few.treated + few.controls, few.says.verdict) == (2, 48, drawn(0).says.verdict)
    assert (many.left_out, many.says.verdict) == (0, "not_assessed")
    assert "GONE0" in many.says.reason


def test_where_no_named_place_fits_areas_with_the_scheme_meet_their_nearest_without(harmless):
    folder, lake, *_ = harmless
    scheme = scheme_of(folder)
    rule = scheme.guardrails[0].model_copy(update={"level": "provider", "treated": ("X",), "controls": ("Y", "Z")})
    found = watch(lake, scheme.model_copy(update={"guardrails": (rule,)}))
    over = next(one for one in found.guardrails if one.measure == "wait_over_52_weeks")
    assert (over.by, over.level, over.says.verdict) == ("matched", "sicbl", "pass")
    assert 2 <= over.treated <= 4 == over.controls  # those with a network in the treated arm; all four without any


def test_those_whom_chance_did_not_choose_are_matched(harmless):
    folder, lake, *_ = harmless
    found = watch(lake, scheme_of(folder).model_copy(update={"why_not_randomised": "volunteers"}))
    assert {one.measure: one.by for one in found.guardrails}["safety_nsaids"] == "chosen"


def test_an_allocation_with_a_unit_twice_is_refused(mine, capsys):
    file = mine / "schemes" / "gliptins_allocation.csv"
    file.write_text(file.read_text() + file.read_text().splitlines()[1] + "\n")
    words = ["--scheme", str(mine / "schemes" / "gliptins.yaml"), "--lake", str(mine)]
    assert main(["prove", "guardrails", *words]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_without_an_allocation_only_places_are_looked_at(mine):
    (mine / "schemes" / "gliptins_allocation.csv").unlink()
    found = watch(Lake.open(mine), scheme_of(mine))
    assert "safety_nsaids" in {one.measure for one in found.without}
    assert verdicts(found)["wait_over_52_weeks"] == "pass"


# --- words ------------------------------------------------------------------------------------------------------------


def test_the_story_tells_a_line_a_scheme_with_what_chance_would_give_and_asks_the_leads(harmful):
    told = flow.prove(harmful[1], Place.find(harmful[1], None), People.of(harmful[1])).says
    *says, chance = told[2:]  # after the verdict, and how many are evidenced
    assert len(says) == 1
    assert says[0].startswith("Sitagliptin first: watched besides, blocking nothing: of ")
    assert "2 at risk (" in says[0]
    assert "is it to be named from now on?" in says[0]
    found = harmful[3]
    assert f"about {found.not_held_by_chance:.1f} of the {len(found.assessed)} that were assessed" in chance
    assert f"one in ten, {0.1 * len(found.assessed):.1f}" in chance


def test_the_command_shows_them_below_those_that_block(harmful, capsys):
    words = ["--scheme", str(harmful[0] / "schemes" / "gliptins.yaml"), "--lake", str(harmful[0])]
    assert main(["prove", "guardrails", *words, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [one["measure"] for one in document["guardrails"]] == ["wait_within_18_weeks"]
    assert {one["measure"]: one["says"]["verdict"] for one in document["watched"]["guardrails"]} == verdicts(harmful[3])
    assert 0 < document["watched"]["not_held_by_chance"] < len(harmful[3].assessed)
    assert main(["prove", "guardrails", *words]) == 0
    assert "Watched besides, blocking nothing" in " ".join(capsys.readouterr().out.split())


def test_the_verdict_tells_them_apart_from_those_that_block(harmful, capsys):
    words = ["--scheme", str(harmful[0] / "schemes" / "gliptins.yaml"), "--lake", str(harmful[0])]
    assert main(["prove", "guardrails", *words, "--json"]) == 0
    apart = json.loads(capsys.readouterr().out)["watched"]
    assert main(["prove", "verdict", *words, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    watched = document.pop("watched")
    assert watched == apart
    assert document == flow.verdict(harmful[1], harmful[0] / "schemes" / "gliptins.yaml").as_json()
    assert [one["measure"] for one in document["guardrails"]] == ["wait_within_18_weeks"]
    assert main(["prove", "verdict", *words]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert said.count("Watched besides, blocking nothing: of ") == 1
    assert "2 at risk (" in said


def test_nothing_is_said_of_a_lake_that_holds_none_of_them(harmless):
    empty = watch(harmless[1], scheme_of(harmless[0]))
    nothing = type(empty)(empty.scheme, empty.window, (), empty.without)
    assert watch_words.of_all([nothing], ["A scheme"]) == ()


# --- chance -----------------------------------------------------------------------------------------------------------


def test_by_chance_is_what_the_guardrail_does_where_nothing_goes_on():
    """Means of 5 against 15 changes with sd 1, margin 0.8: how often it is not held, and a breach, over 400 draws."""
    rng, months = np.random.default_rng(5), np.array(["2025-03", "2025-04"], dtype="datetime64[M]")
    units, treated = [f"U{i}" for i in range(20) for _ in range(2)], [i < 5 for i in range(20) for _ in range(2)]
    seen, said = np.zeros(2), np.zeros(2)
    for _ in range(400):
        values = np.column_stack([np.zeros(20), rng.normal(0, 1, 20)]).ravel()
        found = prove.guardrail(units, np.tile(months, 20), values, treated, margin=0.8, harm="up",
                                start=np.datetime64("2025-04-01"))  # fmt: skip
        seen += [found.verdict != "pass", found.verdict == "breach"]
        said += prove.by_chance(found)
    assert said / 400 == pytest.approx(seen / 400, abs=0.06)  # three Monte-Carlo errors: 0.5 x 3 / sqrt(400) = 0.07
    assert said[1] / 400 < 0.1


def test_what_was_not_assessed_has_no_chance():
    nan = float("nan")
    assert all(map(math.isnan, prove.by_chance(Guardrail("m", "not_assessed", nan, nan, nan, 1.0, "up"))))
    assert prove.by_chance(Guardrail("m", "pass", 0.0, 0.0, 0.0, 1.0, "up")) == (0.0, 0.0)


# --- the library, and waits in weeks ----------------------------------------------------------------------------------


def test_every_guardrail_of_the_library_is_a_measure_or_a_wait_in_weeks_with_one_margin():
    known, found = load_all(), library()
    assert all(one.measure in known or one.percent for one in found)
    assert len({one.measure for one in found}) == len(found)
    with pytest.raises(InputError, match="either margin or margin_share"):
        loads("measure: m\nharm: up\n", LibraryGuardrail)
    with pytest.raises(InputError, match="needs a title and a unit"):
        loads("measure: m\nharm: up\nmargin: 1\npercent: 50\n", LibraryGuardrail)


def test_waits_in_weeks_are_those_of_the_published_bands(harmless):
    months, weeks = wait_weeks(harmless[1], 50, "sicbl", ["T1", "NOBODY"], last=planted.MONTHS[-1])
    assert [str(month) for month in months] == list(planted.MONTHS)
    # about 12,000 of 20,000 wait 4 to 5 weeks: the 10,000th of them is at 10/12 of that week
    assert weeks[0] == pytest.approx(np.full(6, 4 + 10 / 12), abs=0.03)
    assert np.isnan(weeks[1]).all()
    both, = wait_weeks(harmless[1], 50, "icb", ["ICB1"], last=planted.MONTHS[-1])[1]
    assert both == pytest.approx(weeks[0], abs=0.03)
    with pytest.raises(InputError, match="not by practice"):
        wait_weeks(harmless[1], 50, "practice", ["P00"], last=planted.MONTHS[-1])
    with pytest.raises(InputError, match="no month of waits"):
        wait_weeks(harmless[1], 50, "sicbl", ["T1"], last="2020-01")


def test_a_scheme_may_name_a_wait_in_weeks_and_then_it_blocks(harmless):
    folder, lake, *_ = harmless
    assert wait_of("wait_median_weeks") == 50
    rule = GuardrailRule(measure="wait_median_weeks", level="sicbl", margin=1, harm="up", treated=planted.SICBLS,
                         controls=planted.OTHERS)  # fmt: skip
    scheme = scheme_of(folder).model_copy(update={"guardrails": (rule,)})
    assert guardrail(lake, scheme, rule).verdict == "pass"
    assert "Median wait for treatment" not in titles(lake, scheme)
    assert "Waiting no longer than 18 weeks" in titles(lake, scheme)

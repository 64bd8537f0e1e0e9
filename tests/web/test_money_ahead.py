"""Money looks ahead: the split by origin, the chance of the target, plan and actual; what guardrails can see."""

from __future__ import annotations

import pytest

import cast
import proving
from evenhand_web.account import book, gathering
from evenhand_web.account.models import Target
from evenhand_web.people.models import Organisation

MONEY = f"{proving.HERE}/account/"
AHEAD = f"{MONEY}?download=forecast.json"


@pytest.fixture(autouse=True)
def _lake(settings, demo, demo_lake):
    settings.EVENHAND_LAKE = demo_lake


def page(client, address: str = MONEY) -> str:
    return client.get(address).content.decode()


def test_the_bar_splits_every_state_by_where_it_comes_from(as_demo):
    rows = as_demo(cast.BOARD_MEMBER).get(f"{MONEY}?download=target-bar.json").json()
    origins = [key for key in rows[0] if key.startswith("£ from ")]
    assert len(origins) == 4
    assert all(row["£"] == pytest.approx(sum(row[key] for key in origins)) for row in rows)


def test_the_chance_of_the_target_stands_in_words_and_figures(as_demo):
    said = page(as_demo(cast.GP))
    assert "Will we reach it?" in said
    assert "unlikely to be reached" in said
    assert {row["saving"] for row in as_demo(cast.GP).get(AHEAD).json()} == {"Sitagliptin first among the gliptins"}


def test_without_a_target_nothing_is_forecast(as_demo):
    Target.objects.update(organisation="DEMO-I2")  # out of sight from here
    assert "Will we reach it?" not in page(as_demo(cast.GP))


def test_a_plan_waits_for_its_verdict_and_takes_no_report_as_actual(as_demo):
    assert "what is reported is not an actual" in page(as_demo(cast.GP))


def test_plan_and_actual_have_a_computed_colour_in_words(as_demo, demo):
    proving.launched(demo)
    client = as_demo(cast.PHARMACIST)
    for _ in range(3):
        client.post(f"{MONEY}savings/{proving.KEY}/move/")
    proving.judged(demo)
    client.post(f"{MONEY}savings/{proving.KEY}/move/")
    rows = client.get(f"{MONEY}?download={proving.KEY}-plan.json").json()
    assert sum(row["actual £"] or 0 for row in rows) == pytest.approx(2000.0)
    assert {row["confirmed £"] for row in rows if row["actual £"] is not None} == {0.0}
    assert "red: act" in page(client)
    assert "of plan to date" in page(client)


@pytest.mark.parametrize("who", [cast.OUTSIDER])
def test_an_outsider_downloads_no_forecast(as_demo, who):
    assert as_demo(who).get(AHEAD).status_code == 403


def test_a_guardrail_says_at_planning_what_harm_it_could_see(as_demo):
    said = page(as_demo(cast.GP), f"{proving.HERE}/prove/{proving.KEY}/")
    assert "(it blocks)" in said
    assert "is seen four times in five" in said


def test_a_verdict_says_what_would_change_our_mind(as_demo, demo):
    proving.launched(demo)
    proving.judged(demo)
    said = page(as_demo(cast.GP), f"{proving.HERE}/prove/{proving.KEY}/")
    assert "An effect whose interval reaches nothing at all" in said
    assert "It blocks:" in said


def test_an_entry_says_where_it_comes_from_and_which_files_are_still_held(as_demo):
    number = next(e.number for e in book.read() if e.saving == proving.KEY)
    said = page(as_demo(cast.GP), f"{MONEY}entries/{number}/")
    assert "Clinical decisions; cash releasing, year after year" in said
    assert "</span> held" in said


def test_the_board_report_is_handed_the_target_with_its_last_day(demo, db):
    area = Organisation.objects.get(code=proving.AREA)
    told = gathering.people(demo, area)
    assert (told.target_pence, told.target_by) == (gathering.aim(area).pence, Target.objects.get(organisation=area).end)

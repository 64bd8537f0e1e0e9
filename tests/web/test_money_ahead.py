"""Money looks ahead: the split by origin, the chance of the target, plan and actual; what guardrails can see."""

from __future__ import annotations

import json

import pytest
import yaml

import cast
import proving
from evenhand.cli.main import main
from evenhand_web.account import ahead, book, gathering
from evenhand_web.account.models import Target
from evenhand_web.decide.models import Plan, SchemeVersion
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


def test_an_indicator_of_a_scheme_stands_by_month_as_the_command_compares_it(as_demo, tmp_path, capsys):
    plan = Plan.objects.get(key=proving.KEY)
    version, known = plan.latest(), "diabetes_dpp4_cost"
    text = yaml.safe_load(version.yaml)
    text["delivery"] = (text.get("delivery") or {}) | {"kpis": [
        {"measure": known, "baseline": 0.6, "trajectory": [{"month": "2025-04", "value": 0.58},
                                                           {"month": "2026-03", "value": 0.40}]},
        {"measure": "visits_made", "baseline": 0, "trajectory": [{"month": "2025-04", "value": 10}]},
    ]}  # fmt: skip
    scheme = yaml.safe_dump(text, allow_unicode=True)
    SchemeVersion.objects.create(plan=plan, number=version.number + 1, text=version.text, measure=version.measure,
                                 yaml=scheme, sha256="0" * 64)  # fmt: skip
    client = as_demo(cast.FINANCE_DIRECTOR)
    shown = page(client)
    assert "Visits made: nothing is published of it here" in shown
    rows = client.get(f"{MONEY}?download={proving.KEY}-{known}.json".replace("_", "-")).json()
    (tmp_path / "scheme.yaml").write_text(scheme)
    (tmp_path / "actuals.csv").write_text(f"month,actual\n{text['finance']['year'][:4]}-10,1\n")
    (tmp_path / "kpis.csv").write_text("measure,month,value\n" + "".join(
        f"{known},{row['month']},{row['actual']!r}\n" for row in rows if row["actual"] is not None))
    words = {"--scheme": "scheme.yaml", "--actuals": "actuals.csv", "--kpis": "kpis.csv"}
    assert main(["account", "plan", *(str(w) for k, f in words.items() for w in (k, tmp_path / f)), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)["kpis"][0]
    last = next(row for row in reversed(rows) if row["actual"] is not None)
    assert (told["month"], told["planned"], told["actual"]) == (last["month"], last["planned"], last["actual"])
    assert {"on_track": "on track", "behind": "behind its plan", "far_behind": "far behind"}[told["status"]] in shown


def test_a_forecast_drawn_at_the_start_is_the_one_a_page_shows_until_its_numbers_change(as_demo, monkeypatch):
    drawn = []
    draw = ahead.forecasting.of
    monkeypatch.setattr(ahead.forecasting, "of", lambda *known, **asked: drawn.append(asked) or draw(*known, **asked))
    ahead.cache.clear()
    ahead.draw_first()
    first = len(drawn)
    lead = as_demo(cast.FINANCE_DIRECTOR)
    before = page(lead)
    assert first > 0
    assert len(drawn) == first, "the page found it"

    Target.objects.filter(organisation=proving.AREA).update(pence=123_456_700)
    after = page(lead)

    assert len(drawn) == first + 1, "another target is another forecast"
    assert before != after

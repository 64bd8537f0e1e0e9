"""Forecasts are kept as they were made, follow the live funnel, and are scored once it is known what came."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

import pytest

import cast
import proving
from evenhand.account import archive
from evenhand.cli.main import main
from evenhand.story import came
from evenhand_web.account import ahead, book, gathering, keeping
from evenhand_web.account.models import ForecastKept, Target
from evenhand_web.change.models import AllocationRow, Campaign, EngagementEvent
from evenhand_web.people.models import Organisation, Person

MONEY = f"{proving.HERE}/account/"
LATER = date(2026, 11, 1)


@pytest.fixture(autouse=True)
def _lake(settings, demo, demo_lake):
    settings.EVENHAND_LAKE = demo_lake


def aim():
    return gathering.aim(Organisation.objects.get(code=proving.AREA))


def forecast():
    lines = gathering.lines(Organisation.objects.get(code=proving.AREA), book.read())
    return ahead.ahead(book.read(), aim(), lines, {}).found


def test_a_forecast_is_kept_each_time_the_ledger_moves_and_never_mended(as_demo, demo):
    Target.objects.filter(organisation=proving.AREA).update(end=date.today() + timedelta(days=200))
    proving.launched(demo)
    before = ForecastKept.objects.count()
    as_demo(cast.PHARMACIST).post(f"{MONEY}savings/{proving.KEY}/move/")
    assert ForecastKept.objects.count() == before + 1
    lines = [row.line for row in ForecastKept.objects.all()]
    assert len(archive.read(lines, where="database")) == before + 1  # every seal, and the chain
    assert json.loads(lines[-1])["probability"] == pytest.approx(forecast().probability, abs=0.05)


def test_what_came_and_the_scores_stand_beside_the_forecast(as_demo):
    Target.objects.filter(organisation=proving.AREA).update(end=date(2026, 3, 31))
    target = Target.objects.get(organisation=proving.AREA)
    keeping.archived(target, book.read(), datetime(2025, 2, 1, tzinfo=UTC))
    shown = as_demo(cast.GP).get(MONEY).content.decode()
    assert "What was forecast before" in shown
    rows = as_demo(cast.GP).get(f"{MONEY}?download=forecasts.json").json()
    truth = came.came(book.read(), target.end, today=LATER, organisations={proving.AREA})
    scored = came.scores([json.loads(row.line) for row in target.forecasts.all()], truth)
    assert truth == 0.0  # an opportunity alone has saved nothing by its date
    assert [row["crps"] for row in rows] == pytest.approx([one.crps for one in scored.forecasts])
    assert "was not reached" in shown


def test_the_command_scores_the_file_that_the_page_hands_out_as_the_page_does(as_demo, tmp_path, capsys):
    Target.objects.filter(organisation=proving.AREA).update(end=date(2026, 3, 31))
    keeping.archived(Target.objects.get(organisation=proving.AREA), book.read(), datetime(2025, 2, 1, tzinfo=UTC))
    client, file = as_demo(cast.GP), tmp_path / "forecasts.csv"
    assert "?download=forecasts.parquet" in client.get(MONEY).content.decode()
    file.write_bytes(client.get(f"{MONEY}?download=forecasts.csv").content)
    words = [str(file) if word == "forecasts.csv" else word for word in keeping.COMMAND.split()[1:]]
    assert main(words) == 0
    told = json.loads(capsys.readouterr().out)
    shown = client.get(f"{MONEY}?download=forecasts.json").json()
    assert len(told["forecasts"]) == len(shown) > 1
    for ours, theirs in zip(told["forecasts"], shown, strict=True):
        for name in ("forecast", "truth", "median", "low_90", "high_90", "crps", "brier"):
            assert ours[name] == theirs[name], name  # to the last digit


def test_nothing_is_scored_while_a_saving_may_still_be_confirmed(demo, as_demo):
    proving.launched(demo)
    client = as_demo(cast.PHARMACIST)
    for _ in range(3):
        client.post(f"{MONEY}savings/{proving.KEY}/move/")
    entries, places = book.read(), {proving.AREA}
    assert came.came(entries, date(2026, 3, 31), today=LATER, organisations=places) is None
    assert came.came(entries, date(2026, 3, 31), today=date(2027, 5, 1), organisations=places) == 0.0
    assert came.came(entries, date(2026, 3, 31), today=date(2026, 3, 31), organisations=places) is None


def test_the_more_practices_promise_the_more_is_forecast(demo, as_demo):
    proving.launched(demo)
    client = as_demo(cast.PHARMACIST)
    client.post(f"{MONEY}savings/{proving.KEY}/move/")
    Target.objects.filter(organisation=proving.AREA).update(end=date(2027, 3, 31))
    few = forecast()
    campaign = Campaign.objects.get(key=proving.KEY)
    invited = AllocationRow.objects.filter(campaign=campaign, wave__gt=0).exclude(arm=campaign.control)
    there = set(invited.values_list("unit", flat=True))
    seen: set[str] = set()
    for person in Person.objects.filter(organisation__in=there).order_by("key"):
        if person.organisation_id not in seen and not EngagementEvent.objects.filter(
            person=person, content=campaign.content, stage="intends"
        ).exists():  # fmt: skip
            EngagementEvent.objects.create(person=person, content=campaign.content, stage="intends", campaign=campaign)
            seen.add(person.organisation_id)
    assert len(seen) > len(there) / 2
    many = forecast()
    assert many.mean > 1.2 * few.mean

"""PROVE's pages: a design before its outcome, a verdict when it is due, who may ask for either; what is watched."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

import cast
import proving
from evenhand import flow
from evenhand.definition import loads
from evenhand.prove import register
from evenhand.records import Scheme
from evenhand.story import Place
from evenhand.story import watching as library
from evenhand_web.account import gathering
from evenhand_web.change.models import Campaign
from evenhand_web.decide.models import Plan
from evenhand_web.people.models import Organisation
from evenhand_web.prove import judging, preparing, telling, watching
from evenhand_web.prove.models import GuardrailRecord, RegisteredDesign, VerdictRecord
from evenhand_web.prove.record import verdict_of
from evenhand_web.site import keeping

INDEX, SCHEME = f"{proving.HERE}/prove/", f"{proving.HERE}/prove/{proving.KEY}/"
API = f"/api{proving.HERE}/verdicts/{proving.KEY}"
REGISTER, ASK = f"{SCHEME}register/", f"{SCHEME}ask/"


@pytest.fixture(autouse=True)
def _lake(settings, demo, demo_lake):
    settings.EVENHAND_LAKE = demo_lake


def words(client, address: str) -> str:
    return client.get(address).content.decode()


def kept(model: type) -> int:
    return model.objects.filter(**{
        RegisteredDesign: {"version__plan__key": proving.KEY},
        VerdictRecord: {"design__version__plan__key": proving.KEY},
    }[model]).count()  # fmt: skip


# ---- who


@pytest.mark.parametrize("page", [INDEX, SCHEME])
def test_the_organisation_reads_and_an_outsider_does_not(as_demo, page):
    assert as_demo(cast.BOARD_MEMBER).get(page).status_code == 200
    assert as_demo(cast.OUTSIDER).get(page).status_code == 403


def test_a_scheme_of_another_board_is_not_found(as_demo):
    assert as_demo(cast.GP).get(f"{proving.HERE}/prove/harmful/").status_code == 404


@pytest.mark.parametrize("who", [cast.GP, cast.CLINICAL_LEAD, cast.FINANCE_DIRECTOR, cast.BOARD_MEMBER, cast.OUTSIDER])
def test_only_medicines_optimisation_registers_and_asks(as_demo, who):
    proving.sealed()
    client = as_demo(who)
    assert [client.post(address).status_code for address in (REGISTER, ASK)] == [403, 403]
    assert kept(RegisteredDesign) == 0


# ---- the design


def test_nothing_is_registered_before_the_allocation_is_sealed(as_demo):
    client = as_demo(cast.PHARMACIST)
    assert "once the allocation is drawn and sealed" in client.post(REGISTER, follow=True).content.decode()
    assert kept(RegisteredDesign) == 0


def test_a_design_binds_the_scheme_to_the_sealed_draw(as_demo):
    plan = proving.sealed()
    as_demo(cast.PHARMACIST).post(REGISTER)
    design = RegisteredDesign.objects.get(version__plan=plan)
    scheme, campaign = loads(plan.latest().yaml, Scheme), Campaign.objects.get(key=proving.KEY)
    assert design.sha256 == register(scheme, seal=campaign.allocation_sha256)
    assert design.sha256 in words(as_demo(cast.GP), SCHEME)


def test_a_design_is_registered_once(as_demo):
    proving.sealed()
    client = as_demo(cast.PHARMACIST)
    client.post(REGISTER)
    assert "Nothing was registered again" in client.post(REGISTER, follow=True).content.decode()
    assert kept(RegisteredDesign) == 1


def test_in_a_real_lake_a_design_comes_before_the_outcome_is_published(demo, db, monkeypatch):
    plan = proving.sealed()
    monkeypatch.setattr(demo, "demonstration", False)
    assert "published already" in judging.why_not_register(judging.case(plan), demo)


# ---- the verdict


def test_there_is_no_verdict_without_a_registered_design(as_demo):
    proving.sealed()
    answer = as_demo(cast.PHARMACIST).post(ASK, follow=True).content.decode()
    assert "No design is registered" in answer
    assert kept(VerdictRecord) == 0


def test_there_is_no_verdict_before_the_day_it_is_due(as_demo, demo):
    proving.launched(demo)
    Campaign.objects.filter(key=proving.KEY).update(verdict_due=timezone.localdate() + timedelta(days=1))
    assert "Nobody looks at the outcome before" in as_demo(cast.PHARMACIST).post(ASK, follow=True).content.decode()
    assert kept(VerdictRecord) == 0


def test_a_verdict_waits_for_the_last_month_to_be_published(as_demo, demo, monkeypatch):
    proving.launched(demo)
    monkeypatch.setattr(judging, "_published", lambda lake: "2025-12")
    assert "what is loaded ends in 2025-12" in as_demo(cast.PHARMACIST).post(ASK, follow=True).content.decode()
    assert kept(VerdictRecord) == 0


def test_the_verdict_is_the_librarys_with_what_it_rests_on(as_demo, demo):
    proving.launched(demo)
    as_demo(cast.PHARMACIST).post(ASK)
    record = VerdictRecord.objects.get(design__version__plan__key=proving.KEY)
    judged = verdict_of(record)
    assert judged.registered == record.design.sha256
    assert not any("registered" in reason for reason in judged.reasons)
    assert judged.as_json() == record.verdict
    assert record.snapshots
    assert GuardrailRecord.objects.filter(verdict_record=record).count() == 1
    page = words(as_demo(cast.GP), SCHEME)
    assert record.sentence in page
    assert "<del>" in page
    assert record.snapshots[0]["sha256"] in page


def test_the_effect_downloads_in_full_with_the_planned_one_beside_it(as_demo, demo):
    proving.launched(demo)
    record = proving.judged(demo)
    row = as_demo(cast.GP).get(f"{SCHEME}?download={proving.KEY}-effect.json").json()[0]
    assert row["effect"] == record.verdict["effect"]["effect"]
    assert row["planned"] == loads(record.design.version.yaml, Scheme).planned_effect


def test_a_moved_allocation_judges_nothing(as_demo, demo):
    proving.launched(demo)
    campaign = Campaign.objects.get(key=proving.KEY)
    campaign.allocation.create(unit="DEMO-NEW", cluster="DEMO-NEW", arm="control", stratum="x")
    assert "not the one that was sealed" in as_demo(cast.PHARMACIST).post(ASK, follow=True).content.decode()
    assert kept(VerdictRecord) == 0


def test_a_second_verdict_stands_beside_the_first(as_demo, demo):
    proving.launched(demo)
    client = as_demo(cast.PHARMACIST)
    for _ in range(2):
        client.post(ASK)
    first = VerdictRecord.objects.filter(design__version__plan__key=proving.KEY).last()
    earlier = f"{SCHEME}verdicts/{first.pk}/"
    assert earlier in words(client, SCHEME)
    assert "This is an earlier verdict" in words(client, earlier)


def test_a_finished_scheme_can_be_judged_again_with_the_design_it_had(demo, db):
    again = judging.ask(Plan.objects.get(key="harmful"), demo, proving.person("pharmacist"))
    assert not any("registered" in reason for reason in again.verdict["reasons"])


def test_the_schemes_page_says_what_was_found(as_demo, demo):
    proving.launched(demo)
    record = proving.judged(demo)
    assert record.sentence in words(as_demo(cast.GP), f"{proving.HERE}/decide/schemes/{proving.KEY}/")


def test_a_wait_in_weeks_that_a_scheme_names_is_told_by_its_title_in_weeks(demo, db):
    case = judging.case(Plan.objects.get(key=proving.KEY))
    rule = case.scheme.guardrails[0].model_copy(update={"measure": "wait_median_weeks", "margin": 1.0, "harm": "up"})
    told = telling.design(replace(case, scheme=case.scheme.model_copy(update={"guardrails": (rule,)})), demo)
    (held,) = told.guardrails
    assert (held.title, held.margin, held.share) == ("Median wait for treatment", "1.0 weeks higher", False)
    assert re.search(r"harm of \d\.\d weeks or more is seen four times in five", held.could_see)


# ---- what a scheme does not name: told beneath what blocks, and stopping nothing


def read(client) -> str:
    return " ".join(words(client, SCHEME).split())


@pytest.fixture
def judged(as_demo, demo):
    """A scheme with a verdict that counts."""
    keeping.forget()
    proving.launched(demo)
    return proving.judged(demo)


@pytest.fixture
def breached(judged, monkeypatch):
    """The same, with one of those that are watched at risk and one not assessed."""
    watch = library.watch

    def harmed(*asked):
        found = watch(*asked)
        first, second, *others = found.guardrails
        says = (replace(first.says, verdict="breach", effect=1.5, bound=1.9),
                replace(second.says, verdict="not_assessed", reason="DEMO-S01 has no value for 2026-03"))  # fmt: skip
        return replace(found, guardrails=(replace(first, says=says[0]), replace(second, says=says[1]), *others))

    monkeypatch.setattr(library, "watch", harmed)
    yield judged
    keeping.forget()  # the process would remember the harm in the tests after this one


def test_nothing_is_looked_at_before_the_verdict_and_the_page_says_what_will_be(as_demo, demo):
    proving.launched(demo)
    case = judging.case(Plan.objects.get(key=proving.KEY))
    assert watching.watch(case, demo) is None
    page = read(as_demo(cast.GP))
    assert "Watched besides" in page
    assert "Median wait for treatment; " in page
    assert "Watched, and blocking nothing" not in page


def test_what_is_watched_stands_below_what_blocks_with_what_chance_would_give(as_demo, judged):
    page = read(as_demo(cast.BOARD_MEMBER))
    blocking, beside = page.index("<strong>It blocks:</strong>"), page.index("Watched, and blocking nothing")
    assert blocking < beside < page.index("Patients</h3>")
    assert "Waiting no longer than 18 weeks" not in page[beside:page.index("Patients</h3>")]
    assert "By chance alone, with nothing going on" in page
    assert "whole networks together: " in page
    assert "Nothing that is loaded tells of: " not in page
    for title in ("Appointments within two weeks", "A&amp;E: four hours or less"):
        assert title in page[beside:page.index("Patients</h3>")]
    assert "is it to be named from now on?" not in page


def test_what_nothing_loaded_tells_of_is_said_by_title(as_demo, judged, monkeypatch):
    watch = library.watch

    def poorer(*asked):
        found = watch(*asked)
        return replace(found, guardrails=found.guardrails[1:], without=found.guardrails[:1])

    monkeypatch.setattr(library, "watch", poorer)
    try:
        assert "Nothing that is loaded tells of: Median wait for treatment." in read(as_demo(cast.BOARD_MEMBER))
    finally:
        keeping.forget()


def test_a_watched_breach_is_told_asks_the_leads_and_stops_nothing(as_demo, demo, breached):
    page = read(as_demo(cast.BOARD_MEMBER))
    beside = page[page.index("Watched, and blocking nothing"):]
    assert "1 at risk (Median wait for treatment)" in beside
    assert "is it to be named from now on?" in beside
    assert "It could not be looked at: DEMO-S01 has no value for 2026-03." in beside
    assert f"{proving.HERE}/decide/schemes/{proving.KEY}/" in beside
    assert "blocking nothing: Median wait for treatment got worse" in words(as_demo(cast.BOARD_MEMBER), INDEX)
    case = judging.case(Plan.objects.get(key=proving.KEY))
    assert (case.state, breached.countable) == ("proved", True)
    assert [row.measure for row in breached.guardrails.all()] == ["wait_within_18_weeks"]


def test_the_api_has_the_same_number_for_number(as_demo, demo, breached):
    found = as_demo(cast.BOARD_MEMBER).get(API).json()
    kept = watching.watch(judging.case(Plan.objects.get(key=proving.KEY)), demo)
    rows = {row["measure"]: row for row in found["watched"]["guardrails"]}
    assert list(rows) == [one.measure for one in kept.guardrails]
    assert [row["verdict"] for row in rows.values()][:2] == ["breach", "not_assessed"]
    assert not any(row["blocks"] for row in rows.values())
    last = kept.guardrails[-1]
    assert (rows[last.measure]["effect"], rows[last.measure]["bound"]) == (last.says.effect, last.says.bound)
    assert found["watched"]["not_held_by_chance"] == kept.not_held_by_chance
    assert {one["measure"] for one in found["guardrails"]} == {"wait_within_18_weeks"}


def test_it_is_made_beforehand_and_read_by_the_page(as_demo, judged, monkeypatch):
    preparing.prepare()
    keeping.forget()
    monkeypatch.setattr(library, "watch", None)  # whoever would work it out now fails
    assert "Watched, and blocking nothing" in read(as_demo(cast.GP))


def test_the_report_has_a_line_on_it(demo, db, judged):
    people = gathering.people(demo, Organisation.objects.get(code="DEMO-I1"))
    assert list(people.watched) == [proving.KEY]
    says = flow.prove(demo, Place.find(demo, "DEMO-I1"), people).says
    assert sum("watched besides, blocking nothing" in text for text in says) == 1

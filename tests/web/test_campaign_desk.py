"""The campaign desk: designed on one screen, drawn concealed, sealed for good; no outcome before its day."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime, timedelta

import pytest
from django.utils import timezone

import cast
from evenhand.cli.main import main
from evenhand.synthetic.awareness import WAVES
from evenhand_web.change import desk, outcomes, spreading
from evenhand_web.change.demo_campaigns import PLANTED, ask, planted
from evenhand_web.change.models import AllocationRow, Campaign, EngagementEvent, SpreadKept
from evenhand_web.listen.models import AnswerEvent, SurveyWave
from evenhand_web.people import trail
from evenhand_web.people.models import Membership, Organisation, Person, TrailRow
from evenhand_web.site.models import AppendOnlyError

DESK = "/organisations/ICB1/change/"
NEW, AWARENESS = f"{DESK}campaigns/new/practice/", f"{DESK}campaigns/new/awareness/"
MESSAGE = "{organisation}: {value}. Best quarter: {benchmark}. From Monday, start with sitagliptin. Why: {module}"
ASKED = {
    "title": "Sitagliptin first", "scheme": "", "measure": "diabetes_dpp4_cost", "choose": "all",
    "content": "diabetes_dpp4_choice", "message": MESSAGE, "message_b": "", "sender": "The clinical lead",
    "randomise": "yes", "why": "", "ratio": "1:1", "cluster": "pcn", "strata": ["sicbl"], "first_day": "07/12/2026",
    "waves": "2", "weeks": "4", "least_effect": "-0.05", "follow_up": "6", "do": "keep",
}  # fmt: skip
NETWORKS = 16
WHY = {"why": "A pilot: we try this very wording first."}


@pytest.fixture
def tree(people):
    """Icb One with sixteen networks of two practices each, over two places."""
    Organisation.objects.create(code="PLACE9", name="Place Nine", level="sicbl")
    Membership.objects.create(child_id="PLACE9", parent_id="ICB1")
    for i in range(10, 10 + NETWORKS - 1):
        Organisation.objects.create(code=f"PCN{i}", name=f"Network {i}", level="pcn")
        Membership.objects.create(child_id=f"PCN{i}", parent_id="PLACE9" if i % 2 else "PLACE1")
        for letter in "AB":
            Organisation.objects.create(code=f"P{i}{letter}", name=f"Practice {i}{letter}", level="practice")
            Membership.objects.create(child_id=f"P{i}{letter}", parent_id=f"PCN{i}")


@pytest.fixture
def pharmacist(tree, as_):
    return as_(cast.PHARMACIST)


def kept(client, **more) -> Campaign:
    """A campaign that the desk has kept."""
    response = client.post(NEW, ASKED | more)
    assert response.status_code == 302, response.context["form"].errors
    return Campaign.objects.get(key=response.url.rstrip("/").rpartition("/")[2])


def page(campaign: Campaign, what: str = "") -> str:
    return f"{DESK}campaigns/{campaign.key}/{what}"


def test_a_campaign_is_designed_on_one_screen_and_kept_as_a_draft(pharmacist) -> None:
    made = kept(pharmacist, message_b="{organisation}: ask your network's pharmacist this week. {module}")
    assert (made.area.code, made.arms, made.ratio) == ("ICB1", ["message_a", "message_b", "control"], [1, 1, 1])
    assert made.waves == ["2026-12-07", "2027-01-04"]
    assert (made.seed, made.sealed_at, AllocationRow.objects.count()) == (None, None, 0)


def test_looking_at_power_and_messages_keeps_nothing(pharmacist) -> None:
    text = pharmacist.post(NEW, ASKED | {"do": "look"}).content.decode()
    assert "would read it" in text
    assert "The fifteen, one by one" in text
    assert not Campaign.objects.exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"randomise": "no", "why": ""}, "Say in a sentence why chance may not decide."),
        ({"randomise": "no", "why": "no time"}, "Say in a sentence why chance may not decide."),
        ({"randomise": "no", "why": "The old drug is withdrawn next week.", "message_b": "x"}, "where chance decides"),
        ({"message": "{organistion}: look"}, "did you mean &#x27;organisation&#x27;?"),
        ({"least_effect": "0"}, "Name an effect other than nought"),
        ({"choose": "benchmark"}, "not known: the measure is not published"),
        ({"strata": ["size"]}, "Sizes are not known"),
        ({"first_day": "13/13/2026"}, "There is a problem"),
        ({"measure": "none"}, "There is a problem"),
        ({"waves": "7"}, "There is a problem"),
    ],
)
def test_a_design_that_cannot_stand_is_refused_and_nothing_is_kept(pharmacist, change, said) -> None:
    response = pharmacist.post(NEW, ASKED | change)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not Campaign.objects.exists()


def test_without_chance_the_reason_stands_and_nobody_is_told_an_effect(pharmacist) -> None:
    made = kept(pharmacist, randomise="no", why="The dearer drug is withdrawn next week.")
    pharmacist.post(page(made, "seal/"), WHY)
    pharmacist.post(page(made, "launch/"))
    made.refresh_from_db()
    assert set(made.allocation.values_list("arm", "wave")) == {("intervention", 1)}
    assert desk.unmoved(made)
    assert "The dearer drug is withdrawn next week." in pharmacist.get(page(made)).content.decode()
    assert "not drawn by chance" in pharmacist.get(page(made, "outcome/")).content.decode()


def test_nobody_can_know_the_arms_before_the_seal(pharmacist) -> None:
    made = kept(pharmacist)
    assert made.seed is None  # nothing is there that an arm could be worked out from
    assert pharmacist.get(f"{page(made)}?download={made.key}-allocation.csv").status_code == 404
    pharmacist.post(page(made, "seal/"), WHY)
    made.refresh_from_db()
    assert made.seed is not None
    assert made.allocation_sha256 in pharmacist.get(page(made)).content.decode()


def test_two_draws_of_one_design_differ_for_chance_chose_their_seeds(pharmacist) -> None:
    one, two = kept(pharmacist), kept(pharmacist)
    for made in (one, two):
        pharmacist.post(page(made, "seal/"), WHY)
        made.refresh_from_db()
    assert one.key != two.key
    assert one.seed != two.seed


def test_the_sealed_draw_is_balanced_and_the_hold_out_waits(pharmacist) -> None:
    made = kept(pharmacist)
    pharmacist.post(page(made, "seal/"), WHY)
    rows = set(made.allocation.values_list("cluster", "arm", "wave", "stratum"))
    assert len(rows) == NETWORKS  # whole networks
    assert sorted(w for _, arm, w, _ in rows if arm == "control") == [0] * 8
    assert sorted(w for _, arm, w, _ in rows if arm == "intervention") == [1] * 4 + [2] * 4
    for place in ("PLACE1", "PLACE9"):
        own = [arm for _, arm, _, stratum in rows if stratum == place]
        assert abs(own.count("control") - len(own) / 2) < 1


@pytest.mark.parametrize("waves", ["1", "2"])
def test_the_seal_can_be_had_again_by_the_command_on_the_page(pharmacist, tmp_path, capsys, waves) -> None:
    made = kept(pharmacist, waves=waves)
    pharmacist.post(page(made, "seal/"), WHY)
    made.refresh_from_db()
    name = f"{made.key}-allocation"
    file = tmp_path / f"{name}.csv"
    file.write_bytes(pharmacist.get(f"{page(made)}?download={name}.csv").content)
    command = pharmacist.get(page(made)).context["drawn"].command.split()[1:]
    given = [str(file) if word == file.name else str(tmp_path / word) if word == "again.csv" else word
             for word in command]  # fmt: skip
    assert main(given) == 0
    assert json.loads(capsys.readouterr().out)["seal"] == made.allocation_sha256
    again = list(csv.DictReader(io.StringIO((tmp_path / "again.csv").read_text())))
    assert [row["arm"] for row in again] == list(made.allocation.values_list("arm", flat=True))


def test_a_moved_practice_breaks_the_seal(pharmacist) -> None:
    made = kept(pharmacist)
    pharmacist.post(page(made, "seal/"), WHY)
    made.refresh_from_db()
    assert desk.unmoved(made)
    row = made.allocation.filter(arm="control").first()
    type(row).objects.filter(pk=row.pk).model._base_manager.filter(pk=row.pk)._raw_delete("default")
    assert not desk.unmoved(made)


def test_what_is_sealed_cannot_be_designed_anew(pharmacist) -> None:
    made = kept(pharmacist)
    pharmacist.post(page(made, "seal/"), WHY)
    assert pharmacist.post(page(made, "design/"), ASKED | {"title": "Other"}).status_code == 302
    made.refresh_from_db()
    assert made.title == "Sitagliptin first"


def test_a_draft_is_changed_on_the_screen_it_was_made_on(pharmacist) -> None:
    made = kept(pharmacist)
    form = pharmacist.get(page(made, "design/")).context["form"]
    assert (form.initial["waves"], form.initial["weeks"], form.initial["ratio"]) == (2, 4, "1:1")
    pharmacist.post(page(made, "design/"), ASKED | {"title": "Another name", "waves": "1"})
    made.refresh_from_db()
    assert (made.title, made.waves) == ("Another name", ["2026-12-07"])


@pytest.mark.parametrize("who", [cast.GP, cast.PRACTICE_MANAGER, cast.CLINICAL_LEAD, cast.BOARD_MEMBER, cast.OUTSIDER])
def test_only_who_runs_campaigns_designs_them_and_sees_who_was_drawn(tree, pharmacist, as_, who) -> None:
    made = kept(pharmacist)
    pharmacist.post(page(made, "seal/"), WHY)
    other = as_(who)
    assert [other.post(NEW, ASKED).status_code, other.get(AWARENESS).status_code] == [403, 403]
    assert other.post(page(made, "design/"), ASKED).status_code == 403
    there = "PRACTICE1" if who in (cast.GP, cast.PRACTICE_MANAGER) else "ICB1"
    seen = other.get(f"/organisations/{there}/change/campaigns/{made.key}/?download={made.key}-allocation.csv")
    assert seen.status_code in (403, 404)


def test_engagement_is_shown_by_arm_and_what_the_data_shows_waits(pharmacist) -> None:
    made = kept(pharmacist, message_b="{organisation}: ask your pharmacist this week. {module}", waves="1")
    pharmacist.post(page(made, "seal/"), WHY)
    pharmacist.post(page(made, "launch/"))
    for unit in made.allocation.exclude(arm="control").values_list("unit", flat=True):
        person = Person.objects.create(profession="GP", organisation_id=unit)
        for stage in EngagementEvent.STAGES:
            EngagementEvent.objects.create(campaign=made, person=person, content=made.content, stage=stage)
    response = pharmacist.get(page(made))
    assert "Arm by arm" in response.content.decode()
    for name in (f"{made.key}-engagement", f"{made.key}-arms"):
        rows = pharmacist.get(f"{page(made)}?download={name}.csv").content.decode()
        assert "reported" in rows
        assert "verified" not in rows  # that is the outcome
    assert "verdict is due" in response.content.decode()
    told = pharmacist.get(f"/api/organisations/ICB1/campaigns/{made.key}").json()
    assert (told["verified"], told["self_report_gap"], "verified" in json.dumps(told["funnel"])) == (None, None, False)


def test_an_outcome_is_behind_one_door_and_it_is_shut_until_the_day(pharmacist) -> None:
    made = kept(pharmacist)
    pharmacist.post(page(made, "seal/"), WHY)
    pharmacist.post(page(made, "launch/"))
    made.refresh_from_db()
    assert made.verdict_due == date(2027, 10, 1)  # six months after January, and two until they are published
    text = pharmacist.get(page(made, "outcome/")).content.decode()
    assert "The verdict is due on 1 October 2027." in text
    assert pharmacist.get(f"{page(made, 'outcome/')}?download={made.key}-outcome.csv").status_code == 404
    with pytest.raises(Exception, match="The verdict is due on 1 October 2027"):
        outcomes.told(made, None)


def asked_before() -> SurveyWave:
    """The first wave of a survey, closed, with a planted share who knew."""
    units = [o.code for o in Organisation.objects.filter(level="practice")]
    opens = timezone.now() - timedelta(days=90)
    answers = planted(dict.fromkeys(units, desk.HELD), desk.HELD)
    return ask(Organisation.objects.get(code="ICB1"), "before", "Before", opens, answers, WAVES[0])


def asked_after(campaign: Campaign, opens: datetime) -> SurveyWave:
    """The second wave, with what the campaign did planted in its answers."""
    arm_of = dict(campaign.allocation.values_list("unit", "arm"))
    units = [o.code for o in Organisation.objects.filter(level="practice")]
    answers = planted({unit: arm_of[unit] for unit in units}, desk.HELD)
    return ask(campaign.area, "after", "After", opens, answers, WAVES[1], SurveyWave.objects.get(key="before"))


def for_awareness(client) -> Campaign:
    """A campaign for awareness, kept by the desk."""
    asked_before()
    response = client.post(AWARENESS, {
        "title": "What we are trying to do", "question": "before|heard_of_qipp|yes", "content": "diabetes_dpp4_choice",
        "message": "{organisation}: two minutes on what we are trying to do: {module}", "message_b": "",
        "sender": "The clinical lead", "randomise": "yes", "why": "", "ratio": "1:1", "cluster": "pcn",
        "strata": ["sicbl"], "first_day": timezone.localdate().strftime("%d/%m/%Y"), "least_effect": "15", "do": "keep",
    })  # fmt: skip
    assert response.status_code == 302, response.context["form"].errors
    return Campaign.objects.get()


def test_the_planted_effect_of_an_awareness_campaign_is_recovered_once_the_second_wave_has_closed(
    pharmacist, monkeypatch
) -> None:
    monkeypatch.setattr(desk.secrets, "randbelow", lambda _: 7)
    made = for_awareness(pharmacist)
    pharmacist.post(page(made, "seal/"), WHY)
    pharmacist.post(page(made, "launch/"))
    assert "not planned yet" in pharmacist.get(page(made, "outcome/")).content.decode()
    asked_after(made, timezone.now() - timedelta(days=40))
    response = pharmacist.get(page(made, "outcome/"))
    made.refresh_from_db()
    effect = outcomes.measured(made).effects[0]
    assert effect.low <= PLANTED <= effect.high
    assert effect.effect > 0
    assert "points" in response.context["told"].sentence
    assert pharmacist.get(f"{page(made, 'outcome/')}?download={made.key}-outcome.csv").status_code == 200
    by_person = response.context["told"].by_person
    assert "answered both times" in by_person.columns
    rows = pharmacist.get(f"{page(made, 'outcome/')}?download={made.key}-by-person.json").json()
    treated = next(row for row in rows if row["effect"] is not None)
    assert treated["low"] <= PLANTED <= treated["high"]
    assert 10 <= treated["answered both times"] <= treated["answered"]
    last = SurveyWave.objects.get(key="after").answers.exclude(answers__heard_of_qipp="yes").last()
    AnswerEvent.objects.create(wave=last.wave, respondent=last.respondent, status="submitted", at=last.at,
                               answers={"heard_of_qipp": "yes"})  # fmt: skip
    assert outcomes.measured(made).effects[0].effect != effect.effect, "kept, and never of other answers"


def test_while_the_second_wave_is_open_nobody_is_told(pharmacist) -> None:
    made = for_awareness(pharmacist)
    pharmacist.post(page(made, "seal/"), WHY)
    pharmacist.post(page(made, "launch/"))
    asked_after(made, timezone.now() - timedelta(days=2))
    response = pharmacist.get(page(made, "outcome/"))
    assert response.context["told"] is None
    assert "Nobody looks at the outcome before" in response.content.decode()
    assert pharmacist.get(f"{page(made, 'outcome/')}?download={made.key}-outcome.csv").status_code == 404


def test_the_power_of_an_awareness_campaign_is_known_from_the_first_wave(pharmacist) -> None:
    made = for_awareness(pharmacist)
    power = pharmacist.get(page(made)).context["look"].power
    assert power.clusters == NETWORKS
    assert 0.05 < power.power <= 1


def test_an_awareness_message_cannot_promise_a_figure_that_nobody_has(pharmacist) -> None:
    asked_before()
    response = pharmacist.post(AWARENESS, {"message": "{value}", "title": "x"})
    assert response.status_code == 422
    assert "leave out {value}" in response.content.decode()


def test_who_gets_it_when_is_taken_along_as_sealed(pharmacist) -> None:
    made = kept(pharmacist)
    table = f"{made.key}-balance"
    assert pharmacist.get(f"{page(made)}?download={table}.csv").status_code == 404  # nothing is drawn
    pharmacist.post(page(made, "seal/"), WHY)
    rows = pharmacist.get(f"{page(made)}?download={table}.json").json()
    assert sum(row["practices"] for row in rows) == made.allocation.count()
    assert {row["arm"] for row in rows if row["waits for the verdict"]} == {"control"}


def test_a_message_that_no_letter_could_carry_is_shown_and_cannot_be_sealed(pharmacist) -> None:
    made = kept(pharmacist, message="{organisation}: you do badly! See https://example.org now. " + "So it is. " * 60)
    text = pharmacist.get(page(made)).content.decode()
    for why in ("149 is the most", "exclamation mark", "&#x27;badly&#x27;", "carries an address"):
        assert why in text
    assert "Draw at random" not in text
    said = pharmacist.post(page(made, "seal/"), WHY, follow=True).content.decode()
    assert "The message cannot go out: it has" in said
    assert not AllocationRow.objects.exists()


def test_what_is_not_followed_needs_a_reason_that_stands_for_good(pharmacist) -> None:
    made = kept(pharmacist)
    text = pharmacist.get(page(made)).content.decode()
    assert "Why does it go out like this?" in text
    assert "It asks for no answer and no talk." in text
    for why in ("", "no time"):
        said = pharmacist.post(page(made, "seal/"), {"why": why}, follow=True).content.decode()
        assert "of fifteen suggestions for feedback: mend it, or say in a sentence why" in said
    assert not AllocationRow.objects.exists()
    pharmacist.post(page(made, "seal/"), WHY)
    made.refresh_from_db()
    assert (made.why_unmet, 15 in {one["number"] for one in made.unmet}) == (WHY["why"], True)
    assert WHY["why"] in pharmacist.get(page(made)).content.decode()
    made.why_unmet = "Another one."
    with pytest.raises(AppendOnlyError, match="why_unmet"):
        made.save()


def test_designing_sealing_and_launching_stand_in_the_chained_trail(pharmacist) -> None:
    drawn, all_at_once = kept(pharmacist), kept(pharmacist, randomise="no", why="Dr Smith's drug is withdrawn soon.")
    for made in (drawn, all_at_once):
        pharmacist.post(page(made, "seal/"), WHY)
        pharmacist.post(page(made, "launch/"))
    rows = {(row.act, row.what): row for row in TrailRow.objects.all()}
    for made, sealed in ((drawn, "campaign sealed"), (all_at_once, "campaign sealed without chance")):
        made.refresh_from_db()
        for act in ("campaign designed", sealed, "campaign launched"):
            assert rows[act, f"campaign {made.key}"].organisation == "ICB1"
        assert rows[sealed, f"campaign {made.key}"].facts["seal"] == made.allocation_sha256
    assert not any("Smith" in str(row.facts) for row in rows.values())  # reasons stand with the campaign
    assert trail.check().broken == ()


def test_a_seal_that_is_refused_leaves_no_row(pharmacist) -> None:
    made = kept(pharmacist)
    pharmacist.post(page(made, "seal/"))
    assert not TrailRow.objects.filter(act__startswith="campaign sealed").exists()


def test_no_reader_of_a_spread_waits_for_its_fit_and_an_older_one_says_its_day(pharmacist, monkeypatch) -> None:
    made = kept(pharmacist, randomise="no", why="The dearer drug is withdrawn next week.")
    pharmacist.post(page(made, "seal/"), WHY)
    pharmacist.post(page(made, "launch/"))
    Campaign.objects.filter(pk=made.pk).update(launched_at=timezone.now() - timedelta(days=300))
    for i, unit in enumerate(made.allocation.values_list("unit", flat=True)[:14]):
        person = Person.objects.create(profession="GP", identity_level=2, organisation_id=unit)
        at = timezone.now() - timedelta(days=290 - 20 * i)
        EngagementEvent.objects.create(person=person, content=made.content, stage="reported", campaign=made, at=at)
    address = page(made, "spread/")
    assert spreading.WAITS in pharmacist.get(address).content.decode()
    assert (spreading.prepare(), spreading.prepare()) == (1, 0)  # the second time nothing has changed
    monkeypatch.setattr(spreading, "spread", None)  # whoever fits or draws from here on fails
    monkeypatch.setattr("evenhand.charts.render", None)
    answer = pharmacist.get(address)
    assert answer.context["shown"].as_of is None
    assert answer.content.count(b"<svg") >= 2
    SpreadKept.objects.update(counts="other", at=timezone.now() - timedelta(days=3))
    later = pharmacist.get(address).content.decode()
    assert "The forecast is of" in later
    assert later.count("<svg") >= 2

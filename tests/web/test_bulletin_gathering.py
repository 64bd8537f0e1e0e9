"""What a bulletin says to whom: the arm's own message, nothing to the held out, a digest above practices."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from evenhand_web.change import bulletins
from evenhand_web.change.demo import MESSAGE
from evenhand_web.change.models import AllocationRow, Bulletin, Campaign, Commitment, EngagementEvent
from evenhand_web.decide.models import Plan
from evenhand_web.home.bulletins import Gatherer
from evenhand_web.people.models import Identity, Organisation, Person, Post

WEEK = date(2026, 11, 16)
CONTENT = "diabetes_dpp4_choice"


@pytest.fixture
def practice(demo, db, settings) -> Organisation:
    """The practice where the demonstration's accounts work."""
    settings.EVENHAND_LAKE = demo.path
    return Identity.objects.get(username="gp").person.organisation


@pytest.fixture
def campaign(practice) -> Campaign:
    """A campaign of two arms and a hold-out in the practice's area: it runs, and nobody is drawn yet."""
    version = Plan.objects.get(key="diabetes_dpp4").latest()
    return Campaign.objects.create(
        key="bulletin-test", title="Sitagliptin first", version=version, measure="diabetes_dpp4_cost", content=CONTENT,
        message="The plain words.", variants={"norm": "Two in three colleagues did this already."}, level="practice",
        arms=["plain", "norm", "control"], ratio=[1, 1, 1], strata=[], seed=1, sender="Your clinical lead",
        waves=["2026-11-02", "2026-11-18", "2026-11-23"], sealed_at=timezone.now(), launched_at=timezone.now(),
        verdict_due=date(2027, 6, 1),
    )  # fmt: skip


def gp(practice: Organisation, profession: str = "GP", level: int = 2) -> Person:
    person = Person.objects.create(profession=profession, identity_level=level, organisation=practice)
    Post.objects.create(person=person, organisation=practice, role="member")
    return person


def draw(campaign: Campaign, practice: Organisation, arm: str, wave: int = 1) -> None:
    AllocationRow.objects.create(campaign=campaign, unit=practice.code, arm=arm, wave=wave)


def said(person: Person, week: date = WEEK, told: tuple[str, ...] = ()):
    return Gatherer(week)(person, set(told), None)


def test_a_clinician_gets_their_own_practices_largest_honest_difference_and_a_promise(practice):
    offer = said(gp(practice))
    letter = bulletins.letter_of(offer)
    assert (offer.kind, offer.organisation, offer.sighting.honest) == ("single", practice, True)
    assert offer.action.button == "Promise one change"
    assert letter.words < 150


@pytest.mark.parametrize(("arm", "words"), [("plain", "The plain words."),
                                            ("norm", "Two in three colleagues did this already.")])  # fmt: skip
def test_each_arm_gets_its_own_message_word_for_word(practice, campaign, arm, words):
    draw(campaign, practice, arm)
    offer = said(gp(practice))
    assert (offer.campaign, offer.arm, offer.content) == (campaign, arm, CONTENT)
    assert bulletins.letter_of(offer).message == f"{words}\nYour clinical lead"
    assert offer.path.endswith(f"/change/modules/{CONTENT}/promise/")


@pytest.mark.parametrize(("arm", "wave"), [("control", 1), ("control", 0), ("plain", 3), ("plain", 0), ("plain", 9)])
def test_nothing_of_a_campaign_goes_to_the_held_out_or_before_its_wave(practice, campaign, arm, wave):
    draw(campaign, practice, arm, wave)
    offer = said(gp(practice))
    assert offer is None or offer.campaign is None
    assert offer is None or offer.content != CONTENT
    assert offer is None or offer.sighting is None or offer.sighting.measure != campaign.measure


def test_a_wave_that_begins_within_the_week_waits_for_its_day(practice, campaign):
    draw(campaign, practice, "plain", wave=2)
    offer = said(gp(practice))
    assert offer.begins == date(2026, 11, 18)
    begins = timezone.localtime(bulletins.written(WEEK, gp(practice), offer).not_before)
    assert begins.date() == max(offer.begins, timezone.localdate())


def test_who_is_nobodys_unit_hears_nothing_of_a_campaign_in_their_area(practice, campaign):
    offer = said(gp(practice))
    assert offer is None or (offer.campaign is None and offer.sighting.measure != campaign.measure)


def test_a_sealed_campaign_is_kept_quiet_before_it_is_launched(practice, campaign):
    Campaign.objects.filter(pk=campaign.pk).update(launched_at=None)
    draw(campaign, practice, "plain")
    offer = said(gp(practice))
    assert offer is None or (offer.campaign is None and offer.sighting.measure != campaign.measure)


def test_after_the_verdict_the_measure_is_spoken_of_again(practice, campaign):
    draw(campaign, practice, "control")
    held = said(gp(practice))
    after = said(
        gp(practice), campaign.verdict_due - timedelta(days=campaign.verdict_due.weekday()) + timedelta(days=7)
    )
    assert after.sighting.worth >= (held.sighting.worth if held else 0)


def test_who_has_promised_is_not_asked_again(practice, campaign):
    draw(campaign, practice, "plain")
    person = gp(practice)
    EngagementEvent.objects.create(person=person, content=CONTENT, stage="intends")
    offer = said(person)
    assert offer is None or offer.campaign is None


def test_a_message_that_gives_the_number_itself_gives_it_alone_with_its_interval(practice, campaign):
    Campaign.objects.filter(pk=campaign.pk).update(
        message="{organisation} is at {value}; the middle is {peers}.", variants={}
    )
    draw(campaign, practice, "plain")
    letter = bulletins.letter_of(said(gp(practice)))
    assert letter.number == ""
    assert letter.message.startswith(f"{practice.name} is at ")
    assert " to " in letter.message
    assert "{" not in letter.message


def test_a_campaigns_message_that_is_too_long_is_named_and_everybody_else_gets_theirs(practice, campaign):
    Campaign.objects.filter(pk=campaign.pk).update(message=" ".join(["word"] * 140), variants={})
    draw(campaign, practice, "plain")
    other = Organisation.objects.filter(level="practice").exclude(pk=practice.pk).first()
    for number, place in enumerate((practice, other)):
        Identity.objects.create(person=gp(place), username=f"b{number}", name="", email=f"b{number}@nhs.example")
    made = bulletins.make(WEEK)
    reason = next(iter(made.refused))
    assert made.counts["refused"] >= 1
    assert reason.startswith("campaign bulletin-test: it has ")
    assert "shorten it to" in reason
    assert Bulletin.objects.filter(week=WEEK, organisation=other).exists()


def test_above_practices_it_is_a_digest_that_says_where(practice):
    offer = said(Identity.objects.get(username="pharmacist").person)
    assert (offer.kind, offer.organisation.level) == ("digest", "icb")
    assert offer.sighting.kind in ("within", "together", "signal")
    assert bulletins.letter_of(offer).words < 150


def test_who_works_at_many_practices_gets_a_digest_of_the_one_with_most(practice):
    person = gp(practice)
    for other in Organisation.objects.filter(level="practice")[:4]:
        Post.objects.get_or_create(person=person, organisation=other, role="member")
    gather = Gatherer(WEEK)
    offer = gather(person, set(), None)
    here = set(person.posts.values_list("organisation", flat=True))
    assert offer.kind == "digest"
    assert offer.organisation.code in here
    assert gather.sights.worth(offer.organisation) == max(
        gather.sights.worth(o) for o in Organisation.objects.filter(code__in=here)
    )


def test_who_has_nothing_to_do_gets_nothing(practice):
    unchecked = gp(practice, level=0)
    nobody = Person.objects.create(profession="GP", identity_level=2, organisation=practice)
    assert said(unchecked) is None
    assert said(nobody) is None


def test_a_promise_whose_day_has_come_is_asked_for_first_and_once(practice):
    person = gp(practice)
    promise = Commitment.objects.create(person=person, organisation=practice, measure="diabetes_dpp4_cost",
                                        what="Sitagliptin first!", by=date(2026, 11, 1))  # fmt: skip
    offer = said(person)
    assert offer.path.endswith(f"/change/promises/{promise.pk}/report/")
    assert offer.action.words == "You promised by 1 November: Sitagliptin first."
    again = said(person, told=offer.told)
    assert again is None or again.path != offer.path


def test_what_was_told_is_never_told_again(practice):
    person, told, seen = gp(practice), set(), []
    for _ in range(12):
        offer = Gatherer(WEEK)(person, told, None)
        if offer is None:
            break
        seen.append((offer.sighting.measure, offer.sighting.month) if offer.sighting else offer.path)
        told |= set(offer.told)
    assert len(seen) > 2
    assert len(seen) == len(set(seen))


def test_what_became_of_last_time_is_in_the_second_letter(practice):
    person = gp(practice)
    first = said(person)
    row = bulletins.written(WEEK, person, first)
    row.state = "sent"
    row.save()
    second = Gatherer(WEEK + timedelta(days=7))(
        person, *bulletins.history([person.pk], WEEK + timedelta(days=7))[person.pk]
    )
    assert bulletins.letter_of(second).became != ""
    assert "first bulletin" not in second.became
    assert set(first.told).isdisjoint(second.told)


def test_many_are_told_the_same_as_each_alone(practice):
    people = [gp(practice), gp(practice, "Nurse"), gp(practice, "Manager", 1)]
    people += [identity.person for identity in Identity.objects.all()]
    together = Gatherer(WEEK)
    together.prepare(people)
    alone = [said(person) for person in people]
    assert [together(person, set(), None) for person in people] == alone


def test_the_demonstration_holds_last_weeks_letters(practice):
    gps = Bulletin.objects.get(person__identity__username="gp")
    assert (gps.state, gps.organisation) == ("sent", practice)
    assert gps.week.weekday() == 0
    assert MESSAGE not in gps.text  # its campaign waits to be launched

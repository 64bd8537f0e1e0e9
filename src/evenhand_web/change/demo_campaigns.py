"""The demonstration's other campaigns: one for awareness that is over, its effect planted, and a draft on the desk."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import numpy as np
from django.utils import timezone

from evenhand.synthetic.awareness import WAVES, AskedTwice, asked_twice
from evenhand_web.listen.models import AnswerEvent, Invitation, SurveyWave
from evenhand_web.people.models import Identity, Organisation, Person

from . import desk
from .audiences import practices
from .models import Campaign, EngagementEvent
from .reading import modules

INSTRUMENT, QUESTION, KNEW = "qipp_awareness_2010", "heard_of_qipp", {1.0: "yes", 0.0: "no"}
AWARENESS, DRAFT = "what-we-are-trying-to-do", "strips-two-messages"
PLANTED, PEOPLE, RESPOND = 0.2, 10, 0.55  # of the share who knew; people in a practice, half of whom answer
SEED = 2010
DAYS_OPEN, MONTHS_BETWEEN = 21, 4
READ = (("reached", 1.0), ("viewed", 0.55), ("completed", 0.35))  # invented shares of those written to
MESSAGE = (
    "{organisation}: two minutes on what we are trying to do here, for which patients, and how it is going.\n\n"
    "Read it before your next practice meeting and talk about it there: {module}\n\n"
    "Tell us what stands in the way.\n{sender}"
)
STRIPS = (
    "{organisation}: {value} of your test strips are of the dearer kind. Best quarter of practices: {benchmark}.\n\n"
    "At the next planned review, offer a meter of the formulary unless the notes say why not.\n\n"
    "Some of the difference may be right for your patients: tell us if you disagree. Data: {source}, to {month}.\n"
    "Why, and a promise in two clicks: {module}\n{sender}"
)
STRIPS_B = (
    "{organisation}: {value} of your test strips are of the dearer kind; practices like yours: {peers}.\n\n"
    "Change the formulary default this week: your network's pharmacist does it with you.\n\n"
    "Data: {source}, to {month}. Some of it may be right. Why: {module}\n{sender}"
)


def take_campaigns(area: Organisation, author: Person) -> None:
    """A campaign for awareness, over before the demonstration's first survey, and a draft; once only."""
    first = SurveyWave.objects.order_by("opens").first()
    if not Campaign.objects.filter(key=AWARENESS).exists():
        _awareness(area, first.opens if first else timezone.now(), author)
    if not Campaign.objects.filter(key=DRAFT).exists():
        _draft(area, author)


def ask(
    area: Organisation, key: str, title: str, opens: datetime, asked: AskedTwice, label: str,
    previous: SurveyWave | None = None,
) -> SurveyWave:  # fmt: skip
    """A wave of the survey, closed, with the answers that were planted for it. Its clusters are codes of practices."""
    wave = SurveyWave.objects.create(
        key=key, title=title, instrument=INSTRUMENT, organisation=area, previous=previous,
        asked_by=f"{area.name}, with its clinical leads", opens=opens, closes=opens + timedelta(days=DAYS_OPEN),
        who_will_see="Everybody sees the results for groups of ten or more; nobody sees a single answer.",
        what_became="Demonstration: a campaign for awareness began from these answers.",
    )  # fmt: skip
    rows = [i for i, name in enumerate(asked.wave) if name == label]
    Invitation.objects.bulk_create(
        Invitation(wave=wave, respondent=asked.person[i], organisation_id=asked.cluster[i], profession="GP")
        for i in rows
    )
    AnswerEvent.objects.bulk_create(
        AnswerEvent(wave=wave, respondent=asked.person[i], status="submitted", at=opens + timedelta(days=1),
                    answers={QUESTION: KNEW[float(asked.answer[i])]})
        for i in rows if np.isfinite(asked.answer[i])
    )  # fmt: skip
    return wave


def planted(arm_of: Mapping[str, str], control: str, *, seed: int = SEED, effect: float = PLANTED) -> AskedTwice:
    """What the people of some practices answer twice; the first answers are the same whatever the arms will be."""
    return asked_twice(arm_of, np.random.default_rng(seed), control=control, effect=effect, people=PEOPLE,
                       respond=RESPOND)  # fmt: skip


def _awareness(area: Organisation, before: datetime, author: Person) -> None:
    after_opens = before - timedelta(days=DAYS_OPEN + 60)
    opens = after_opens - timedelta(days=30 * MONTHS_BETWEEN)
    units = practices(area).units
    first = ask(area, f"{AWARENESS}-before", "Have you heard of it?", opens,
                planted(dict.fromkeys(units, desk.HELD), desk.HELD), WAVES[0])  # fmt: skip
    launched = first.closes + timedelta(days=14)
    campaign = Campaign.objects.create(
        key=AWARENESS, title="What we are trying to do", kind="awareness", organisation=area, author=author,
        content=_module("what_we_are_trying_to_do"), message=MESSAGE, sender="The clinical lead", level="practice",
        arms=["intervention", desk.HELD], holdout=desk.HELD, ratio=[1, 1], strata=["sicbl"], seed=SEED,
        cluster="practice",
        waves=[launched.date().isoformat()], least_effect=0.15, at=first.closes,
        outcome={"wave": first.key, "instrument": INSTRUMENT, "question": QUESTION, "value": "yes"},
    )  # fmt: skip
    desk.seal(campaign)
    campaign.refresh_from_db()
    arm_of = dict(campaign.allocation.values_list("unit", "arm"))
    ask(area, f"{AWARENESS}-after", "Have you heard of it by now?", after_opens,
        planted({unit: arm_of[unit] for unit in units}, desk.HELD), WAVES[1], previous=first)  # fmt: skip
    campaign.launched_at, campaign.verdict_due = launched, desk.due(campaign)
    campaign.save()
    _reading(campaign, arm_of, launched)


def _reading(campaign: Campaign, arm_of: Mapping[str, str], launched: datetime) -> None:
    """What those who were written to did with it; the accounts' own people are left to do it themselves."""
    rng, own = np.random.default_rng(SEED), set(Identity.objects.values_list("person", flat=True))
    codes = [unit for unit, arm in arm_of.items() if arm != campaign.control]
    people = Person.objects.filter(organisation__in=codes).exclude(pk__in=own).order_by("pk")
    events = []
    for person in people:
        luck = rng.random()
        events += [EngagementEvent(campaign=campaign, person=person, content=campaign.content, stage=stage, at=launched)
                   for stage, share in READ if luck < share]  # fmt: skip
    EngagementEvent.objects.bulk_create(events, ignore_conflicts=True)


def _draft(area: Organisation, author: Person) -> None:
    first = timezone.localdate() + timedelta(days=14)
    Campaign.objects.create(
        key=DRAFT, title="Two messages on test strips", organisation=area, measure="diabetes_test_strips",
        content=_module("diabetes_meter_and_strips"), message=STRIPS, variants={"message_b": STRIPS_B},
        arms=["message_a", "message_b", desk.HELD], holdout=desk.HELD, ratio=[1, 1, 1], strata=["sicbl", "size"],
        waves=[first.isoformat(), (first + timedelta(weeks=4)).isoformat()], least_effect=-0.03, author=author,
        audience={"choose": "benchmark"}, window={"baseline": 6, "follow_up": 6}, level="practice", cluster="practice",
        sender="The clinical lead for diabetes",
    )  # fmt: skip


def _module(wanted: str) -> str:
    """A module by its id; where it was taken away, any other."""
    return wanted if wanted in modules() else next(iter(modules()))

"""A small world for the authorisation matrix: the cast, those beside it, and one thing of every kind."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from types import SimpleNamespace

from django.utils import timezone

import cast
import deciding
import savings
from evenhand_web.account import book
from evenhand_web.change.models import Bulletin, Campaign, Commitment, Cycle, Reflection
from evenhand_web.decide.models import Blocker, Explanation, KeyDecision
from evenhand_web.listen.models import AnswerEvent, Invitation, SurveyWave
from evenhand_web.people import addresses, tokens
from evenhand_web.people.models import OneTimeLink
from evenhand_web.prove.models import RegisteredDesign, VerdictRecord
from evenhand_web.see.models import Group, SavedSearch

# beside tests/cast.py: somebody with the same right who is not the owner, every role next door, and the rest
COLLEAGUE = cast.Character("colleague", "Demo colleague", "GP", 2, (("member", "PRACTICE1"),))
NEIGHBOUR = cast.Character("neighbour", "Demo neighbour", "GP", 3, tuple(
    (role, "ICB2") for role in ("member", "clinical_lead", "manager", "medicines_optimisation", "finance_lead",
                                "board_member", "analyst", "administrator")
))  # fmt: skip
ADMINISTRATOR = cast.Character("administrator", "Demo administrator", "Manager", 1, (("administrator", "ICB1"),))
ANALYST = cast.Character("analyst", "Demo analyst", "Analyst", 1, (("analyst", "ICB1"),))
ROLES = (*cast.CAST, COLLEAGUE, NEIGHBOUR, ADMINISTRATOR, ANALYST)
PLACES = ("PRACTICE1", "ICB1", "ICB2")  # the GP's own, the area above it, the neighbour's


def world() -> SimpleNamespace:
    """The cast, those beside it, and one thing of every kind: Icb One's, and the GP's own."""
    cast.organisations()
    people = cast.people(ROLES)
    now, gp = timezone.now(), people["gp"].person
    round_ = deciding.a_round("Sitagliptin should be the first gliptin.")
    plan = deciding.a_scheme(people["pharmacist"].person, statements=tuple(round_.statements.all()))
    version = plan.latest()
    wave = SurveyWave.objects.create(
        key="wave", title="What we know", instrument="qipp_awareness_2010", organisation_id="ICB1", asked_by="Icb One",
        who_will_see="Nobody sees yours.", opens=now - timedelta(days=1), closes=now + timedelta(days=9),
    )  # fmt: skip
    asked = Invitation.objects.create(wave=wave, person=gp, organisation_id="PRACTICE1", profession="GP")
    AnswerEvent.objects.create(wave=wave, respondent=asked.respondent, status="partial", answers={})
    campaign = Campaign.objects.create(
        key="campaign", title="Gliptins", version=version, content="diabetes_dpp4_choice", message="Look.",
        level="practice", arms=["intervention", "control"], ratio=[1, 1], strata=[], seed=7,
    )  # fmt: skip
    design = RegisteredDesign.objects.create(version=version, campaign=campaign, sha256="d" * 64, design={}, person=gp)
    found = savings.verdict(scheme=plan.key)
    verdict = VerdictRecord.objects.create(
        design=design, sentence=found.sentence, evidenced=True, countable=True, verdict=found.as_json(), person=gp
    )
    with book.opened() as ledger:
        ledger.open(plan.key, booked="2025-07-01", pence=9_000_000, patients=200, measure="diabetes_dpp4_cost",
                    organisation="ICB1", level="icb", price_year="2025-26", origin="clinical_decision",
                    recurrent=True, saving_class="cash_releasing", sources=["prescribing:2025-06:abc"])  # fmt: skip
    decision = KeyDecision.objects.create(
        question="Which first?", options=["a", "b"], by=now.date(), organisation_id="ICB1", pounds=1, patients=1,
        person=gp,
    )  # fmt: skip
    search = SavedSearch.objects.create(owner=gp, organisation_id="PRACTICE1", title="Mine", question="n=1&d=2")
    promise = Commitment.objects.create(person=gp, organisation_id="PRACTICE1", measure="diabetes_dpp4_cost",
                                        what="Ask first", by=now.date())  # fmt: skip
    cycle = Cycle.objects.create(
        organisation_id="PRACTICE1", measure="diabetes_dpp4_cost", idea="A note", prediction="Fewer", person=gp,
        starts=now.date() - timedelta(days=90), ends=now.date() - timedelta(days=1), at=now - timedelta(days=99),
    )  # fmt: skip
    letter = Bulletin.objects.create(
        person=gp, organisation_id="PRACTICE1", week=now.date(), facts={"letter": {}, "path": "/"},
        subject="One number", text="One number", html="<p>One number</p>", message_id="<one@example>", state="sent",
    )  # fmt: skip
    OneTimeLink.objects.create(
        sha256=hashlib.sha256(b"new").hexdigest(), purpose=addresses.PURPOSE, email="gp.new@nhs.uk",
        identity=people["gp"], until=now + timedelta(hours=2),
    )  # fmt: skip
    return SimpleNamespace(
        new_address="new", cycle=cycle.pk, letter=letter.pk, letter_token=letter.token, md="md",
        reflection=Reflection.objects.create(person=gp, organisation_id="PRACTICE1", title="What I learnt").pk,
        colleague=people["colleague"].person.pk, post=gp.posts.get().pk,
        people=people, round=round_.key, statement="s01", scheme=plan.key, wave=wave.key, campaign=campaign.key,
        one=1, verdict=verdict.pk, decision=decision.pk, search=search.key, promise=promise.pk,
        measure="diabetes_dpp4_cost", pathway="diabetes", content="diabetes_dpp4_choice", html="html", rest="nothing",
        group=Group.objects.create(owner=gp, name="Mine", codes=["PRACTICE1", "PRACTICE2"]).key,
        explanation=Explanation.objects.create(measure="diabetes_dpp4_cost", organisation_id="PRACTICE1",
                                               text="A care home.", person=gp).pk,
        blocker=Blocker.objects.create(question="Why?", organisation_id="PRACTICE1", raised_to_id="ICB1",
                                       due=now.date(), person=gp).pk,
        token=tokens.make(people["gp"], "A notebook", 30)[0].pk,
    )  # fmt: skip

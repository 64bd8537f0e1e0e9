"""What My organisation gathers from all steps: one thing to look at, one to do, what became of what we did."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from evenhand.definition import loads
from evenhand.errors import InputError
from evenhand.records import Scheme
from evenhand_web.account.models import Target
from evenhand_web.change.promising import promises_due
from evenhand_web.decide.models import Plan, Round, Signature, VoteEvent
from evenhand_web.listen.models import AnswerEvent, SurveyWave
from evenhand_web.people import rights
from evenhand_web.people.models import Organisation, Person
from evenhand_web.people.rights import Actor
from evenhand_web.people.tree import around, place, upward
from evenhand_web.prove.models import VerdictRecord

TWELVE = 12  # ENGAGEMENT F1: twelve statements and done


@dataclass(frozen=True)
class ToDo:
    """One thing to do now. url is '' where the page is not for this reader."""

    title: str
    words: str
    url: str
    button: str


@dataclass(frozen=True)
class Latest:
    """What became of what we did: the latest verdict that touches the organisation."""

    title: str
    sentence: str
    evidenced: bool
    url: str


def to_do(actor: Actor, person: Person | None, organisation: Organisation) -> ToDo | None:
    """The first thing that waits for this reader here: answer, vote, say what became of a promise, sign."""
    if person is None:
        return None
    for find in (_answer, _vote, _report, _sign):
        if found := find(actor, person, organisation):
            return found
    return None


def latest(organisation: Organisation) -> Latest | None:
    """The latest verdict on a scheme whose area is the organisation, lies above it or below it."""
    record = (
        VerdictRecord.objects.filter(design__version__plan__organisation__in=around(organisation, Plan))
        .select_related("design__version__plan").first()
    )  # fmt: skip
    if record is None:
        return None
    plan = record.design.version.plan
    return Latest(plan.title, record.sentence, record.evidenced, _url("decide:scheme", organisation.code, plan.key))


def plans(organisation: Organisation) -> list[Plan]:
    """Schemes whose area is the organisation, lies above it or below it."""
    return list(Plan.objects.filter(organisation__in=around(organisation, Plan)).select_related("organisation"))


def target(organisation: Organisation) -> Target | None:
    """The latest target of the organisation, or of the nearest one above it."""
    for where in upward(organisation):
        if found := Target.objects.filter(organisation=where).first():
            return found
    return None


def _answer(actor: Actor, person: Person, organisation: Organisation) -> ToDo | None:
    for wave in SurveyWave.objects.filter(organisation__in=upward(organisation)):
        asked = wave.invitations.filter(person=person).first()
        if not asked or not wave.is_open() or not rights.may(actor, "answer", place(organisation)):
            continue
        if not AnswerEvent.objects.filter(wave=wave, respondent=asked.respondent, status="submitted").exists():
            return ToDo("Answer a survey", f"{wave.title}: at most three minutes, open until {wave.closes:%-d %B}.",
                        _url("listen:answer", organisation.code, wave.key), "Answer")  # fmt: skip
    return None


def _vote(actor: Actor, person: Person, organisation: Organisation) -> ToDo | None:
    if not rights.may(actor, "vote", place(organisation)):
        return None
    for round_ in Round.objects.filter(organisation__in=upward(organisation)):
        if not round_.is_open():
            continue
        given = VoteEvent.objects.filter(person=person, statement__round=round_).values("statement").distinct().count()
        there = round_.statements.filter(moderation="accepted").count()
        if given < min(TWELVE, there):
            left = min(TWELVE, there) - given
            waiting = "one statement waits" if left == 1 else f"{left} statements wait"
            return ToDo("Vote on statements", f"{waiting.capitalize()} for you: “{round_.title}”",
                        _url("decide:vote", organisation.code, round_.key), "Vote")  # fmt: skip
    return None


def _report(actor: Actor, person: Person, organisation: Organisation) -> ToDo | None:
    due = promises_due(person, timezone.localdate())
    if not due:
        return None
    first = due[0]
    return ToDo("Say what became of a promise", f"“{first.what}”: you promised it by {first.by:%-d %B %Y}.",
                _url("change:report", organisation.code, first.pk), "Say what became of it")  # fmt: skip


def _sign(actor: Actor, person: Person, organisation: Organisation) -> ToDo | None:
    roles = {"clinical_lead": "sign_clinical_lead", "manager": "sign_manager"}
    for plan in plans(organisation):
        version = plan.latest()
        if version is None:
            continue
        for signer in plan.signers.all():
            for role, action in roles.items():
                if not rights.may(actor, action, place(signer)):
                    continue
                signed = Signature.objects.filter(version=version, organisation=signer, role=role)
                if not any(not signature.withdrawn for signature in signed):
                    return ToDo("Sign a scheme", f"{plan.title} needs a signature for {signer.name}.",
                                _url("decide:scheme", organisation.code, plan.key), "Read and sign")  # fmt: skip
    return None


def _url(name: str, *args: str | int) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def start_of(plan: Plan) -> str:
    """The month in which a scheme begins, as its latest version says; '' if it cannot be read."""
    version = plan.latest()
    try:
        return loads(version.yaml, Scheme).start if version else ""
    except InputError:
        return ""

"""The demonstration's decision register: invented decisions, one against the advice, one without clinicians."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from evenhand_web.people import leads
from evenhand_web.people.models import Organisation, Person
from evenhand_web.people.tree import ancestors

from . import commenting, recording
from .models import Blocker, BlockerAnswer, KeyDecision, Plan, PriorityChoice, Round

FIRST, LATER = "sitagliptin for new patients", "leave it to each prescriber"


def take_register(
    area: Organisation, practice: Organisation, round_: Round, plan: Plan, lead: Person, board: Person, gp: Person
) -> None:
    """Three decisions of the area, two blockers of the practice, one lead. Doing it twice changes nothing."""
    if KeyDecision.objects.filter(organisation=area).exists():
        return
    today = timezone.localdate()
    statements = {statement.key: statement for statement in round_.statements.all()}
    gliptin = recording.record(
        area, lead, [], question="Which gliptin comes first?", options=[FIRST, LATER], by=today + timedelta(days=45),
        pounds=310_000, patients=2_400, pathway="diabetes", plan=plan, signal=today - timedelta(days=120),
    )  # fmt: skip
    recording.advise(gliptin, statements["s01"], FIRST, lead)
    reviews = recording.record(
        area, lead, [("Manager", 4, 6)], question="How are people whose medicine changes told?",
        options=["a letter and a call from the practice", "a letter"], by=today - timedelta(days=20), pounds=45_000,
        patients=2_400, pathway="diabetes", signal=today - timedelta(days=120),
    )  # fmt: skip
    recording.advise(reviews, statements["s03"], "a letter and a call from the practice", lead)
    recording.take(
        reviews, "a letter", "the board's prescribing committee", today - timedelta(days=24),
        "Practices have no hours for the calls before the summer. It is looked at again in September.", board,
    )  # fmt: skip
    portal = recording.record(
        area, board, [("Manager", 5, 6), ("Finance", 2, 2)], question="Is the referral portal kept for another year?",
        options=["keep it", "let the contract end"], by=today - timedelta(days=60), pounds=120_000, patients=9_000,
    )  # fmt: skip
    recording.take(portal, "keep it", "the board's executive", today - timedelta(days=62), "", board)
    _blockers(area, practice, gliptin, gp, board)
    leads.appoint(area, "diabetes", lead, board)
    latest = plan.latest()
    if latest is not None:
        commenting.say(latest, "question", "What about people whose kidneys fail? Their dose would have to change.", gp)
        said = commenting.say(latest, "comment", "A note in the template would remind us at the right moment.", gp)
        commenting.answer(plan, said.pk, "The template has it from next month.", lead)


def take_priorities(area: Organisation, people: list[Person], measures: list[str]) -> None:
    """What clinicians would take on first: a made-up order of each, most of them with the first measures first."""
    if PriorityChoice.objects.filter(organisation=area).exists():
        return
    PriorityChoice.objects.bulk_create(
        PriorityChoice(organisation=area, person=person, ranking=_order(measures, number))
        for number, person in enumerate(people)
    )


def _order(measures: list[str], number: int) -> list[str]:
    """Every third order begins with the second, every fifth with the last."""
    order = list(measures)
    if number % 3 == 0:
        order[0], order[1] = order[1], order[0]
    if number % 5 == 0:
        order = [order[-1], *order[:-1]]
    return order


def _blockers(area: Organisation, practice: Organisation, decision: KeyDecision, gp: Person, board: Person) -> None:
    today = timezone.localdate()
    Blocker.objects.create(
        organisation=practice, raised_to=area, raised=today - timedelta(days=40), due=today - timedelta(days=5),
        question="We cannot see which of our patients had a gliptin started in hospital.", person=gp, decision=decision,
    )  # fmt: skip
    asked = Blocker.objects.create(
        organisation=practice, raised_to=area, raised=today - timedelta(days=70), due=today - timedelta(days=40),
        question="The template still offers the dearer gliptin first.", person=gp,
    )  # fmt: skip
    BlockerAnswer.objects.create(
        blocker=asked, text="The template was changed for every practice of the area.", on=today - timedelta(days=48),
        person=board,
    )  # fmt: skip
    above = ancestors(area)
    if above:
        Blocker.objects.create(
            organisation=area, raised_to=above[0], raised=today - timedelta(days=10), due=today + timedelta(days=20),
            question="May the four areas share one list of preferred medicines?", person=board,
        )  # fmt: skip

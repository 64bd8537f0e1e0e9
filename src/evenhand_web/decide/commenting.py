"""Questions and comments on a draft, and their answers: each stands, under the version that it was about."""

from __future__ import annotations

from dataclasses import dataclass

from evenhand.errors import InputError
from evenhand_web.people.models import Person

from .models import Plan, SchemeComment, SchemeVersion


@dataclass(frozen=True)
class Thread:
    """One question or comment with its answers, oldest first."""

    said: SchemeComment
    answers: tuple[SchemeComment, ...]

    @property
    def waits(self) -> bool:
        """Whether it is a question that nobody has answered."""
        return self.said.kind == "question" and not self.answers


def threads(plan: Plan) -> list[Thread]:
    """All that was said on a scheme, whatever its version: questions that wait first, then the newest; one question."""
    rows = list(SchemeComment.objects.filter(version__plan=plan).select_related("person", "version"))
    answers: dict[int, list[SchemeComment]] = {}
    for row in rows:
        if row.replies_to_id:
            answers.setdefault(row.replies_to_id, []).append(row)
    found = [Thread(row, tuple(answers.get(row.pk, ()))) for row in reversed(rows) if not row.replies_to_id]
    return sorted(found, key=lambda thread: not thread.waits)


def say(version: SchemeVersion, kind: str, text: str, person: Person) -> SchemeComment:
    """Keep a question or a comment on a version."""
    return SchemeComment.objects.create(version=version, kind=kind, text=text, person=person)


def answer(plan: Plan, pk: int, text: str, person: Person) -> SchemeComment:
    """Keep an answer to a question or a comment on this scheme, under the latest version.

    Raises
    ------
    InputError
        If there is no such question or comment.
    """
    said = SchemeComment.objects.filter(pk=pk, version__plan=plan, replies_to=None).first()
    latest = plan.latest()
    if said is None or latest is None:
        raise InputError("This question is not here any more. Nothing was saved.")
    return SchemeComment.objects.create(version=latest, kind="answer", text=text, replies_to=said, person=person)

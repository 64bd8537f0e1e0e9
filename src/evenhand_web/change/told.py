"""Figures that stand in a module's text, filled in for the organisation of whoever reads it.

CHANGE knows no later step: ACCOUNT and PROVE hand in what they know when they start, `told.register(say)` in
`AppConfig.ready`, with `say(organisation, content) -> {figure: words}`. What nobody says is "not known yet".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.db.models import Count, Q

from evenhand.change import Content, fill_content
from evenhand_web.listen import moving, results
from evenhand_web.listen.models import SurveyWave
from evenhand_web.people.models import Organisation
from evenhand_web.people.tree import codes_around, upward

from .models import Commitment

Say = Callable[[Organisation, Content], Mapping[str, str | None]]
_said: list[Say] = []


def register(say: Say) -> None:
    """Let a later step fill in figures; one that two steps know is filled in by the first."""
    if say not in _said:
        _said.append(say)


def filled(content: Content, organisation: Organisation) -> Content:
    """The module as its reader sees it: every figure filled in, or said to be not known yet."""
    if not content.figures:
        return content
    known: dict[str, str | None] = {}
    for say in (asked, promises, *_said):
        known = {**say(organisation, content), **known}
    return fill_content(content, known)


def asked(organisation: Organisation, content: Content) -> dict[str, str | None]:
    """What the latest closed wave that asked the module's question here, or above, found; empty without one."""
    facts = content.facts
    waves = SurveyWave.objects.filter(instrument=facts.instrument, organisation__in=upward(organisation))
    wave = next((each for each in waves.order_by("-closes") if not each.is_open()), None)
    found = results.results(wave) if wave else None
    if wave is None or found is None:
        return {}
    shares = (a.everybody for a in found.answers if (a.question.id, a.answer) == (facts.question, facts.value))
    share = next(shares, None)
    if share is None or share.estimates[0].suppressed:
        return {}
    one = share.estimates[0]
    ends = f" ({one.low:.0%} to {one.high:.0%})" if share.has_frame else " of those who answered"
    return {"asked_when": f"{wave.closes:%B %Y}", "share_value": f"{one.estimate:.0%}{ends}",
            "share_change": _moved(wave, content)}  # fmt: skip


def promises(organisation: Organisation, content: Content) -> dict[str, str | None]:
    """How many promises were made here, above and below, and how many of them somebody says were kept."""
    made = Commitment.objects.filter(organisation__in=codes_around(organisation, Commitment))
    found = made.aggregate(
        every=Count("pk", distinct=True), kept=Count("pk", distinct=True, filter=Q(reports__said="done"))
    )
    return {"promised": f"{found['every']:,}", "reported": f"{found['kept']:,}"}


def _moved(wave: SurveyWave, content: Content) -> str | None:
    """Percentage points between this wave and the one before, with their interval."""
    facts = content.facts
    for row in moving.moved(wave):
        words = dict(results.answers_of(row.question)).get(facts.value)
        if row.question.id == facts.question and row.words == words:
            change, low, high = (100 * end for end in (row.change.change, row.change.low, row.change.high))
            return f"{change:+.0f} points ({low:+.0f} to {high:+.0f})"
    return None

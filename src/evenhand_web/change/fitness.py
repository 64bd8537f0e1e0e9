"""Whether messages may go out: a bulletin's rules, which none may break, and suggestions, left with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Length

from evenhand.change import Allocation, Suggestion, filled_in, places
from evenhand.change.bulletin import Action, Sighting, write
from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand_web.people.models import Organisation

from . import desk
from .campaign_forms import REASON
from .designing import Look, look, reader_values
from .models import Campaign
from .reading import modules

INTERVAL = "{} ({} to {})"  # as a letter fills in {value}: counted as so many words


@dataclass(frozen=True)
class Fit:
    """What a machine finds against the messages. broken: why a letter with them could not be sent, one sentence an arm;
    unmet: the suggestions for feedback that they do not follow, (arm, suggestion)."""

    broken: tuple[str, ...]
    unmet: tuple[tuple[str, Suggestion], ...]

    def as_json(self) -> list[dict[str, Any]]:
        """What was not followed when it was sealed, arm by arm."""
        return [{"arm": arm, "number": one.number, "suggestion": one.suggestion, "why": one.why}
                for arm, one in self.unmet]  # fmt: skip


def fitness(campaign: Campaign, seen: Look) -> Fit:
    """Hold every message of a campaign against a bulletin's rules, as the reader with the longest name gets it.

    An awareness campaign sends no feedback: nothing is asked there of suggestions for feedback.
    """
    feedback = campaign.kind == "practice"
    unmet = [(m.arm, one) for m in seen.messages for one in m.check.suggestions if one.state == "not_met" and feedback]
    broken = [why for m in seen.messages if (why := _refused(campaign, seen, m.arm))]
    return Fit(tuple(dict.fromkeys(broken)), tuple(unmet))


def seal(campaign: Campaign, lake: Lake | None, why: str) -> Allocation:
    """Draw and seal a campaign whose messages may go out; `why`: why they do, where suggestions are not followed.

    Raises
    ------
    InputError
        If a letter with a message could not be sent, suggestions are not followed and nobody says why, or as
        `desk.seal`.
    """
    desk.may_be_drawn(campaign)
    seen = look(campaign, lake)
    found = fitness(campaign, seen)
    if found.broken:
        raise InputError(f"The message cannot go out: {'; '.join(found.broken)}. Nothing was drawn.")
    if found.unmet and len(why.strip()) < REASON:
        raise InputError(
            f"The message does not follow {_many(found)} of fifteen suggestions for feedback: mend it, or say in a "
            "sentence why it goes out like this. Nothing was drawn."
        )
    campaign.power = seen.power.as_json() if seen.power else {}
    campaign.unmet, campaign.why_unmet = found.as_json(), why.strip() if found.unmet else ""
    return desk.seal(campaign, lake)


def _many(found: Fit) -> int:
    return len({one.number for _, one in found.unmet})


def _refused(campaign: Campaign, seen: Look, arm: str) -> str:
    """Why a letter with an arm's message could not be sent; '' if it could."""
    text = campaign.variants.get(arm) or campaign.message
    reader = _longest(campaign, seen)
    module = modules().get(campaign.content)
    values = reader_values(campaign, seen.audience, reader)
    values |= {"module": module.facts.title if module else campaign.title}
    values |= {"value": INTERVAL.format(*[values["value"]] * 3)} if "value" in values else {}
    words = f"Read “{module.facts.title.rstrip('.!')}”: {module.facts.minutes} minutes." if module else campaign.title
    try:
        write(reader.name, None if "value" in places(text) else _number(seen, reader), Action("read", words, "Read it"),
              "", message=filled_in(text, values), sender="" if "sender" in places(text) else campaign.sender,
              subject=campaign.title)  # fmt: skip
    except InputError as error:
        return str(error).partition(": ")[2] or str(error)
    return ""


def _longest(campaign: Campaign, seen: Look) -> Organisation:
    """The reader with the longest name: whose letter has most words."""
    units = seen.audience.units if seen.audience else ()
    there: QuerySet[Organisation] = Organisation.objects.filter(code__in=units)
    return there.order_by(Length("name").desc(), "code").first() or campaign.area


def _number(seen: Look, reader: Organisation) -> Sighting | None:
    """A number as the letter would give beside the message; None where the measure is not published.

    Its figures are examples: only the letter's words are counted, and every reader's number has as many."""
    here = seen.audience.ground if seen.audience else None
    if here is None:
        return None
    m = here.measure
    return Sighting(m.id, m.title, m.unit, m.is_share, 0.4, 0.3, 0.5, 0.3, "practices like it", None, here.last)

"""A bulletin's words: one number about an organisation, one comparison, one action, what became of last time."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from ..errors import InputError
from ..records import Record
from .bulletin_rules import LONGEST_SUBJECT, WORDS, broken, count

SURE = {
    True: "You are different here: more than chance would give.",
    False: "That may be chance: we cannot tell yet.",
    None: "We cannot tell yet whether that is more than chance.",
}
WITHIN = "The practices within it differ from one another by more than chance would give."
TOGETHER = ("together", "within")
NOTHING = "Nothing published here differs from others by more than chance. We cannot tell yet what is worth a look."
FIRST = "This is your first bulletin; the next one says here what became of it."


@dataclass(frozen=True, eq=False)
class Sighting(Record):
    """One measure that a bulletin could be about, as its organisation stands on it.

    kind: `place` compares the organisation with others over twelve months, `low` to `high` is the 95% interval of its
    own value and `middle` that of the others; `signal` compares its latest month with its own past, `low` to `high`
    are the limits of its chance and `middle` is its own mean; `together` is a place of many practices, and `worth`
    is what they could gain together; `within` says of the same place in what share of its practices there is more to
    gain than chance would give, and `middle` is that share everywhere.
    beyond: whether the difference is more than chance, None if nobody can tell. worth, worth_low: pounds a year to
    gain and the low end of their interval, NaN where a measure has no price. room: patients or items that could be
    otherwise, NaN if not known. month: the latest, YYYY-MM. concern: whether a signal is worth a look (a signal that
    is good news is no opportunity).
    """

    measure: str
    title: str
    unit: str
    share: bool
    value: float
    low: float
    high: float
    middle: float
    others: str
    beyond: bool | None
    month: str
    kind: str = "place"
    worth: float = math.nan
    worth_low: float = math.nan
    room: float = math.nan
    concern: bool = False

    @property
    def honest(self) -> bool:
        """Whether there is a value, with its interval around it or its limits, and something to compare it with."""
        known = all(math.isfinite(x) for x in (self.value, self.low, self.high, self.middle))
        return known and self.low <= self.high and (self.kind == "signal" or self.low <= self.value <= self.high)


@dataclass(frozen=True, eq=False)
class Action(Record):
    """One thing to do, in two clicks: what, and the words on its button. key: what it is, so that it comes once."""

    key: str
    words: str
    button: str


@dataclass(frozen=True, eq=False)
class Letter(Record):
    """What the reader gets, one part a paragraph; an empty part is left out. Addresses of links are no part of it."""

    subject: str
    number: str
    comparison: str
    sure: str
    message: str
    action: str
    button: str
    where: str
    became: str
    why: str

    @property
    def words(self) -> int:
        """How many words the reader gets under the subject."""
        return count(" ".join(getattr(self, part) for part in PARTS))


PARTS = ("number", "comparison", "sure", "where", "message", "action", "button", "became", "why")


def choose(sightings: Sequence[Sighting], told: Collection[str] = ()) -> Sighting | None:
    """Pick the one thing that a bulletin is about; None if nothing is more than chance.

    First the largest opportunity in pounds whose difference is beyond chance and whose interval lies above nothing;
    then one beyond chance without a price; then a signal of concern in an organisation's own course. Of equals the
    first in the order given. What `told` holds (`measure:month`) was told before and is never told again.

    >>> def seen(name, worth, low, sure):
    ...     return Sighting(name, name, "share", True, 0.5, 0.4, 0.6, 0.3, "", sure, "2026-09", "place", worth, low, 9)
    >>> choose([seen("a", 900.0, -5.0, True), seen("b", 400.0, 90.0, True), seen("c", 999.0, 1.0, False)]).measure
    'b'
    """
    open_ = [s for s in sightings if s.honest and told_as(s) not in told]
    placed = [s for s in open_ if s.kind in TOGETHER or (s.kind == "place" and s.beyond)]
    if priced := [s for s in placed if s.worth > 0 and s.worth_low > 0]:
        return max(priced, key=lambda s: s.worth)
    if others := [s for s in placed if s.kind == "place" and not math.isfinite(s.worth) and s.room > 0]:
        return others[0]
    return next((s for s in open_ if s.kind == "signal" and s.concern), None)


def told_as(sighting: Sighting) -> str:
    """The name under which a number counts as told: with a new month it is a new number."""
    return f"{sighting.measure}:{sighting.month}"


def write(
    name: str,
    sighting: Sighting | None,
    action: Action,
    became: str,
    *,
    message: str = "",
    sender: str = "",
    where: str = "",
    subject: str = "",
    nothing: bool = False,
) -> Letter:
    """Write a bulletin to somebody who works at `name`.

    Parameters
    ----------
    sighting
        What `choose` picked; None for a letter without a number.
    became
        What became of last time; '' for a first bulletin. Left out where the letter would be too long.
    message, sender
        A campaign's message, word for word, and by whose name it is signed.
    nothing
        Without a sighting: say that nothing published here differs by more than chance.
    where
        In a digest: where most of it lies, in one sentence.

    Raises
    ------
    InputError
        If a rule of `bulletin_rules.broken` is broken: the letter is too long, a number has no interval, the words
        are not those of a question.

    Source: PAGES "Bulletin" and "The words that everything hangs on"; Brehaut et al. (2016), M15-2248.
    """
    if not name.strip():
        raise InputError("a bulletin needs the name of the organisation that it is about; got none")
    if sighting is not None and not sighting.honest:
        raise InputError(
            f"{sighting.measure}: a number in a bulletin needs a value inside its interval and something to compare "
            f"it with; got {sighting.value} ({sighting.low} to {sighting.high}) beside {sighting.middle}"
        )
    said = "\n".join(line.strip() for line in message.strip().splitlines())  # a form sends its lines with CR LF
    said += f"\n{sender.strip()}" if said and sender.strip() else ""
    letter = Letter(
        subject=_subject(subject or (sighting.title if sighting else action.words.rstrip(".")), name),
        number=NOTHING if nothing and sighting is None else _number(name, sighting),
        comparison=_comparison(sighting), sure=_sure(sighting), message=said,
        action=action.words, button=action.button, where=where, became=became.strip() or FIRST,
        why=f"You get this because you work at {name}; at most one a week.",
    )  # fmt: skip
    if letter.words >= WORDS:
        letter = replace(letter, became="")
    if wrong := broken(letter):
        raise InputError(f"bulletin to {name}: {'; '.join(wrong)}")
    return letter


def moved(before: Sighting, now: Sighting | None) -> str:
    """What became of last time's number, in one line; of the same measure, with a later month or without one."""
    if now is None or not now.honest or now.month <= before.month:
        return f"Last time: {_short(before.title)}. The months since are not published; we cannot tell yet."
    far = not now.low <= before.value <= now.high
    then, after = _as_text(before.value, before.share), _as_text(now.value, now.share)
    how = "more than chance would give" if far else "which may be chance"
    return f"Last time: {_short(before.title)}, {then} then and {after} now, {how}."


def _subject(words: str, name: str) -> str:
    whole = f"{words}: {name}"
    return whole if len(whole) <= LONGEST_SUBJECT else f"{words[: LONGEST_SUBJECT - 1].rstrip()}…"


def _number(name: str, sighting: Sighting | None) -> str:
    if sighting is None:
        return ""
    value, low, high = (_as_text(x, sighting.share) for x in (sighting.value, sighting.low, sighting.high))
    unit = "" if sighting.share else f" ({sighting.unit})"
    if sighting.kind == "signal":
        return f"{sighting.title}{unit}, {name}, latest month: {value} (chance alone gives {low} to {high})."
    if sighting.kind == "within":
        return (f"{sighting.title}. Practices of {name} with more to gain than chance gives: "
                f"{value} (95% interval {low} to {high}).")  # fmt: skip
    return f"{sighting.title}{unit}, {name}: {value} (95% interval {low} to {high})."


def _comparison(sighting: Sighting | None) -> str:
    if sighting is None:
        return ""
    middle = _as_text(sighting.middle, sighting.share)
    if sighting.kind == "signal":
        return f"Its own months before lie around {middle}."
    if sighting.kind == "within":
        return f"Of all practices compared it is {middle}."
    return f"The middle of {sighting.others} is {middle}."


def _sure(sighting: Sighting | None) -> str:
    if sighting is None:
        return ""
    return WITHIN if sighting.kind in TOGETHER else SURE[True if sighting.kind == "signal" else sighting.beyond]


def _as_text(value: float, share: bool) -> str:
    if share:
        return f"{100 * value:.1f}%"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _short(title: str) -> str:
    return title[0].lower() + title[1:] if len(title) > 1 and title[1].islower() else title

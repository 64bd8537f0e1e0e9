"""The guardrails that a scheme does not name: watched, kept, and told apart from those that block."""

from __future__ import annotations

from dataclasses import dataclass

from evenhand.charts.words import number
from evenhand.lake import Lake
from evenhand.story import watch_words, watching
from evenhand.story.watched_places import MATCHED
from evenhand.story.watching import Watch, Watched
from evenhand_web.site.keeping import kept
from evenhand_web.site.templatetags.evenhand import level_words, uncapfirst

from .judging import Case, allocation

ORDER = ("breach", "inconclusive", "not_assessed", "pass")  # what asks for something comes first
POINT = 0.01  # a share whose margin is less is told with one decimal more


@dataclass(frozen=True)
class Row:
    """One watched guardrail as its line on the page says it."""

    title: str
    verdict: str
    unit: str
    effect: str
    bound: str
    margin: str
    reason: str
    where: str


@dataclass(frozen=True)
class Shown:
    """What is watched beside a scheme: how many, how they stand, what chance would give, what a breach asks.

    open: those that did not hold, what asks for something first; held: the others; without: what nothing loaded tells.
    """

    many: int
    counts: str
    chance: str
    ask: str
    open: tuple[Row, ...]
    held: tuple[Row, ...]
    without: tuple[str, ...]


def watch(case: Case, lake: Lake | None) -> Watch | None:
    """How those that a judged scheme does not name stand on the data of today, over the months of its design.

    None before its verdict, as nobody looks at an outcome before; and without a lake. Worked out once for a state of
    the lake.
    """
    if lake is None or case.verdict is None or case.campaign is None:
        return None
    rests_on = (*watching.rests_on(lake, case.scheme), case.campaign.allocation_sha256)
    return kept(f"prove.watched/{case.plan.key}/{case.scheme.follow_up.last}", rests_on,
                lambda: watching.watch(lake, case.scheme, allocation(case)))  # fmt: skip


def shown(case: Case, found: Watch | None) -> Shown | None:
    """It in words; None where there is nothing to show."""
    if found is None or not (found.guardrails or found.without):
        return None
    rows = sorted(found.guardrails, key=lambda one: ORDER.index(one.says.verdict))
    together = case.scheme.cluster != "unit"
    told = [(one.says.verdict == "pass", _row(one, together)) for one in rows]
    return Shown(
        len(rows), watch_words.counts(found), watch_words.chance([found]), watch_words.ask(found),
        tuple(row for held, row in told if not held), tuple(row for held, row in told if held),
        tuple(one.title for one in found.without),
    )  # fmt: skip


def at_risk(case: Case, lake: Lake | None) -> tuple[str, ...]:
    """Those that are watched beside a judged scheme and are at risk, by title."""
    found = watch(case, lake)
    return () if found is None else tuple(one.title for one in found.breaches)


def besides(case: Case, lake: Lake | None) -> tuple[str, ...]:
    """What is watched besides what the scheme names, by title; no outcome is looked at for it."""
    return watching.titles(lake, case.scheme)


def _row(one: Watched, together: bool) -> Row:
    says, worse = one.says, "higher" if one.says.harm == "up" else "lower"
    return Row(
        one.title, says.verdict, "" if one.share or one.unit == "weeks" else one.unit, _apart(says.effect, one),
        _apart(says.bound, one), f"{_size(says.margin, one)} {worse}", says.reason, _where(one, together),
    )  # fmt: skip


def _apart(difference: float, one: Watched) -> str:
    return f"{_size(difference, one)} {'lower' if difference < 0 else 'higher'}"


def _size(size: float, one: Watched) -> str:
    if one.share:
        return f"{100 * abs(size):.{1 if one.says.margin >= POINT else 2}f} points"
    return f"{abs(size):.1f} weeks" if one.unit == "weeks" else number(abs(size))


def _where(one: Watched, together: bool) -> str:
    if one.by == "drawn":
        lost = f" {one.left_out} more lack a month, and are left out." if one.left_out else ""
        whole = ", whole networks together" if together else ""
        return f"Those who were drawn{whole}: {one.treated} with the scheme, {one.controls} without it.{lost}"
    if one.by == "chosen":
        return f"Those who take part: {one.treated}, each against the {MATCHED} nearest of {one.controls} others."
    level = uncapfirst(level_words(one.level))
    if one.by == "named":
        return f"By {level}: {one.treated} with the scheme against {one.controls} without it, as the scheme names them."
    return f"By {level}: {one.treated} with it, each against the {MATCHED} nearest of {one.controls} without it."

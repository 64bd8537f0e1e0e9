"""The outcome of a campaign by arm, once its verdict is due: of a measure, or of a survey's repeated question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from evenhand import charts
from evenhand.charts import effect_sketches
from evenhand.charts.words import number
from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand.listen import hits
from evenhand.records import Effect
from evenhand.story import sight_keys, sights
from evenhand.story.awareness import Awareness, awareness
from evenhand.story.campaigning import outcome
from evenhand_web.listen.answering import instrument
from evenhand_web.listen.models import SurveyWave
from evenhand_web.listen.results import gathered, state
from evenhand_web.site.figures import Figure
from evenhand_web.site.keeping import kept

from . import desk
from .audiences import first_wave, measure_of
from .gap import FEWEST
from .models import Campaign

FIRST, LAST = "1", "2"
METHOD = 1  # rises when the same answers or months would give another outcome


@dataclass(frozen=True)
class Told:
    """The verdict in a sentence, what before and after would have claimed, and every effect with its interval.

    by_person: of an awareness campaign, the same adjusted for what each person had said themselves; None where too few
    answered both times, or nobody can tell who did."""

    sentence: str
    naive: str
    figure: Figure
    by_person: Figure | None = None


def waits(campaign: Campaign) -> str:
    """Why nobody is told the outcome now, in a sentence; '' once the verdict is due.

    Every door to an outcome asks this first.
    """
    if campaign.launched_at is None:
        return "The campaign has not been launched, so there is nothing to judge."
    if campaign.why_not_randomised:
        return "It was not drawn by chance, so nobody can tell what it did from what happened anyway."
    if not desk.is_due(campaign):
        day = desk.due(campaign)
        if day is None:
            return "The next wave of the survey is not planned yet. The verdict is due when it has closed."
        return f"The verdict is due on {day:%-d %B %Y}. Nobody looks at the outcome before, not by arm and not in part."
    if campaign.version is not None:
        return "It serves a scheme: its verdict is asked for where the scheme is proved."
    return "" if desk.unmoved(campaign) else "The allocation is not the one that was sealed, so it can judge nothing."


def told(campaign: Campaign, lake: Lake | None) -> Told:
    """What a campaign did, arm by arm.

    Raises
    ------
    InputError
        If it is too early, or the data cannot judge it.
    """
    if reason := waits(campaign):
        raise InputError(reason)
    if campaign.kind == "awareness":
        return _awareness(campaign)
    if lake is None:
        raise InputError("no published data is loaded")
    return _practice(campaign, lake)


def _practice(campaign: Campaign, lake: Lake) -> Told:
    rows = list(campaign.allocation.all())
    first, last = desk.follow_up(campaign)
    before, after = desk.baseline(campaign), (f"{first:%Y-%m}", f"{last:%Y-%m}")
    every = sights.known(lake)
    measure = every[measure_of(campaign)]
    rests_on = (METHOD, campaign.allocation_sha256, campaign.control, *before, *after, measure.definition(every),
                sight_keys.key(lake, measure))  # fmt: skip
    found = kept(f"change.outcome/{campaign.key}", rests_on, lambda: outcome(
        lake, measure.id, [r.unit for r in rows], [r.arm for r in rows], [r.cluster for r in rows],
        control=campaign.control, baseline=before, follow_up=after,
    ))  # fmt: skip
    share = measure.is_share
    table = [
        (_name(campaign, a.arm), a.n, a.baseline_mean, a.outcome_mean, *_beside(found.effects, a.arm))
        for a in found.arms
    ]
    columns = ("arm", "practices", "before", "after", "effect", "low", "high")
    drawn_as = "network" if campaign.cluster == "pcn" else "practice"
    return Told(
        _sentence(campaign, found.effects, measure.title, share),
        f"Before and after alone would have claimed {_signed(found.naive_change, share)}: that is no evidence.",
        _figure(campaign, found.effects, table, columns, share, (
            f"Each arm against those held out, over {after[0]} to {after[1]}, adjusted for {before[0]} to {before[1]} "
            "(analysis of covariance, by intention to treat); practices count by their volume.",
            f"Errors are by {drawn_as} (CR3), as they were drawn; 95% intervals.",
        )),
    )  # fmt: skip


def _awareness(campaign: Campaign) -> Told:
    found, own = _both(campaign)
    asked = next(q for q in instrument(first_wave(campaign)).questions if q.id == campaign.outcome["question"])
    words = f"“{asked.options.get(campaign.outcome['value'], campaign.outcome['value'])}” to “{asked.text}”"
    table = [
        (_name(campaign, a.arm), a.asked_last, a.answered_last, a.share_first, a.share_last,
         *_beside(found.effects, a.arm)) for a in found.arms
    ]  # fmt: skip
    columns = ("arm", "asked", "answered", "before", "after", "effect", "low", "high")
    return Told(
        _sentence(campaign, found.effects, f"those who said {words}", True),
        f"Among those who got it the share moved by {_signed(found.change, True)} from wave to wave; that alone is no "
        "evidence, for those who waited heard of it elsewhere too.",
        _figure(campaign, found.effects, table, columns, True, (
            "The answers of the second wave, each arm against those held out, adjusted for what their network said in "
            "the first wave, by intention to treat.",
            "Errors are by what was drawn as one (CR2, Satterthwaite's degrees of freedom); 95% intervals.",
        )),
        _by_person(campaign, own),
    )  # fmt: skip


def _both(campaign: Campaign) -> tuple[Awareness, Awareness]:
    """The outcome of an awareness campaign, and the same with each person's own first answer. Kept: it rests on two
    surveys that have closed, the question asked of them, and the allocation as it was sealed.

    Raises
    ------
    InputError
        If the second wave is not there, or too few answered: that is kept as well.
    """
    second = desk.second_wave(campaign)
    if second is None:
        raise InputError("the second wave is not there")
    rests_on = (METHOD, campaign.allocation_sha256, campaign.outcome["question"], campaign.outcome["value"],
                campaign.control, *state(first_wave(campaign)), *state(second))  # fmt: skip
    found = kept(f"change.awareness/{campaign.key}", rests_on, lambda: _worked_out(campaign, second))
    if isinstance(found, str):
        raise InputError(found)
    return found


def _worked_out(campaign: Campaign, second: SurveyWave) -> tuple[Awareness, Awareness] | str:
    try:
        given = _answers(campaign, second)
        return awareness(**given), awareness(**given, own=True)
    except InputError as error:
        return str(error)


def _by_person(campaign: Campaign, found: Awareness) -> Figure | None:
    """The effect with each person's own first answer beside it; None if in some arm fewer than ten answered twice."""
    if min(found.paired.values(), default=0) < FEWEST:
        return None
    said = [f"{_name(campaign, e.arm)} {_signed(e.effect, True)} ({_signed(e.low, True)} to {_signed(e.high, True)})"
            for e in found.effects]  # fmt: skip
    many = sum(found.paired.values())
    return Figure(
        name=f"{campaign.key}-by-person",
        sentence=f"By person: {many:,} of those who answered had answered the first time too. With what each of them "
        f"said then taken into account: {'; '.join(said)}.",
        columns=("arm", "answered", "answered both times", "effect", "low", "high"),
        rows=[(_name(campaign, a.arm), a.answered_last, found.paired[a.arm], *_beside(found.effects, a.arm))
              for a in found.arms],
        how=("As above, adjusted for each person's own first answer as well, where they gave one. The random key of a "
             "place in the survey says that two answers are one person's, and not whose. Who was drawn were practices "
             "or networks, so errors are by those (CR2).",
             "The estimate above is the one that was planned; this one should not differ by more than chance."),
        command="evenhand change awareness FILE --question COL --value V --control ARM --cluster COL --person COL "
        "--own-answer --json",
    )  # fmt: skip


def measured(campaign: Campaign) -> Awareness:
    """The repeated question of an awareness campaign by arm. Ask `waits` first: this one does not.

    Raises
    ------
    InputError
        If the second wave is not there, or too few answered.
    """
    return _both(campaign)[0]


def _answers(campaign: Campaign, second: SurveyWave) -> dict[str, Any]:
    """Both waves row by row, as `awareness` takes them."""
    rows = {row.unit: row for row in campaign.allocation.all()}
    answer, wave, arm, cluster, stratum, person = [], [], [], [], [], []
    for label, asked in ((FIRST, first_wave(campaign)), (LAST, second)):
        there = gathered(asked)
        home = dict(asked.invitations.values_list("respondent", "organisation_id"))
        answer.append(hits(there.cells[campaign.outcome["question"]], campaign.outcome["value"]))
        for token in there.who:
            row = rows.get(home[token])
            person.append(token)
            wave.append(label)
            arm.append(row.arm if row else "")
            cluster.append(row.cluster if row else "")
            stratum.append(row.stratum if row else "")
    return {
        "answer": np.concatenate(answer), "wave": wave, "arm": arm, "control": campaign.control, "clusters": cluster,
        "person": person, "strata": stratum, "first": FIRST, "last": LAST,
    }  # fmt: skip


def _figure(
    campaign: Campaign, effects: tuple[Effect, ...], rows: list, columns: tuple[str, ...], share: bool,
    how: tuple[str, ...],
) -> Figure:  # fmt: skip
    names = [_name(campaign, e.arm) for e in effects]
    found = [np.array([getattr(e, name) for e in effects]) for name in ("effect", "low", "high")]
    matters = np.full(len(effects), np.nan if campaign.least_effect is None else campaign.least_effect)

    def draw(width: int) -> object:
        return charts.forest(names, *found, matters=matters, share=share, title="Effect against those held out",
                             width=width)  # fmt: skip

    command = ("evenhand change awareness FILE --question COL --value V --control ARM --cluster COL --json"
               if campaign.kind == "awareness" else
               "evenhand prove trial FILE --control ARM --clusters COL --json")  # fmt: skip
    return Figure(
        name=f"{campaign.key}-outcome", sentence="Each arm against those held out until the verdict.", draw=draw,
        sketch=lambda width: effect_sketches.forest(names, *found, matters=matters, share=share, width=width),
        columns=columns, rows=rows, command=command,
        how=(*how, "The orange mark is the least effect that was said to matter before the launch."),
    )  # fmt: skip


def _sentence(campaign: Campaign, effects: tuple[Effect, ...], what: str, share: bool) -> str:
    said = []
    for effect in effects:
        name = f"{_name(campaign, effect.arm)}: " if len(effects) > 1 else ""
        span = f"{_signed(effect.effect, share)} ({_signed(effect.low, share)} to {_signed(effect.high, share)})"
        sure = effect.low > 0 or effect.high < 0
        said.append(f"{name}{what}: {span}" + ("." if sure else "; no effect can be told from chance."))
    return " ".join(s[0].upper() + s[1:] for s in said)


def _beside(effects: tuple[Effect, ...], arm: str) -> tuple[float | None, float | None, float | None]:
    own = next((e for e in effects if e.arm == arm), None)
    return (None, None, None) if own is None else (own.effect, own.low, own.high)


def _name(campaign: Campaign, arm: str) -> str:
    return "held out" if arm == campaign.control else arm.replace("_", " ")


def _signed(value: float, share: bool) -> str:
    sign = "+" if value > 0 else "−" if value < 0 else ""
    return f"{sign}{100 * abs(value):.1f} points" if share else f"{sign}{number(abs(value))}"

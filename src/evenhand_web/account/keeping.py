"""Forecasts kept as they were made, and scored once it is known what came."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from evenhand import account
from evenhand.account import archive
from evenhand.account.forecast import Forecast
from evenhand.account.scoring import Scores
from evenhand.story import came, forecast_words, forecasting
from evenhand_web.people.models import Organisation
from evenhand_web.people.tree import around
from evenhand_web.site.figures import Figure

from . import adopting, book, gathering
from .models import ForecastKept, Target

COLUMNS = ("forecast", "made", "by", "target", "probability", "median", "low_50", "high_50", "low_90", "high_90")
COMMAND = "evenhand account score forecasts.csv --truth forecasts.csv --json"


@dataclass(frozen=True)
class Made:
    """One forecast as the page says it; crps and inside are None until it is known what came."""

    at: datetime
    chance: str
    words: str
    median: float
    low: float
    high: float
    crps: float | None
    inside: bool | None


@dataclass(frozen=True)
class Kept:
    """The forecasts of a target, the latest first, and what became of them. truth: pounds, None until it is known."""

    made: tuple[Made, ...]
    truth: float | None
    scores: Scores | None
    figure: Figure


def kept(entries: Sequence[account.Entry], aim: gathering.Aim) -> Kept | None:
    """What was forecast of the target in sight, and how good it was; None where nothing was kept."""
    if len(aim.targets) != 1:
        return None
    target = aim.targets[0]
    lines = [json.loads(row.line) for row in ForecastKept.objects.filter(target=target)]
    if not lines:
        return None
    places = gathering.of(aim.place, entries)
    truth = came.came(entries, target.end, today=timezone.localdate(), organisations=places)
    found = None if truth is None else came.scores(lines, truth)
    scored = [None] * len(lines) if found is None else list(found.forecasts)
    made = tuple(
        Made(datetime.fromisoformat(line["made"]), forecast_words.in_figures(line["probability"]),
             forecast_words.in_words(line["probability"]), line["median"], line["low_90"], line["high_90"],
             one.crps if one else None, one.inside_90 if one else None)
        for line, one in zip(lines, scored, strict=True)
    )  # fmt: skip
    return Kept(made[::-1], truth, found, _figure(lines, truth, found))


def keep(organisation: Organisation) -> None:
    """Keep a forecast of every target about this organisation that is still ahead, as it looks now."""
    today = timezone.localdate()
    for target in Target.objects.filter(organisation__in=around(organisation, Target), end__gte=today):
        if gathering.aim(target.organisation).targets == (target,):
            archived(target, book.read(), timezone.now())


@transaction.atomic
def archived(target: Target, entries: Sequence[account.Entry], at: datetime, live: bool = True) -> ForecastKept | None:
    """Add a forecast of a target to the archive, made at a moment from the entries there were; None without a saving.

    live: whether the funnel is asked, which knows only what is promised by now.
    """
    place = target.organisation
    lines = gathering.lines(place, entries)
    schemes = [line.standing.scheme for line in lines]
    promised = adopting.promised([line.standing.plan for line in lines]) if live else {}
    places = gathering.of(place, entries)
    wanted: dict[str, Any] = {"organisations": places, "promised": promised}
    found = forecasting.ahead(entries, schemes, target=target.pence / 100, by=target.end, **wanted)
    if found is None:
        return None
    inputs = [one.as_json() for one in forecasting.outlooks(entries, schemes, **wanted)]
    return _write(target, found, inputs, at)


def _write(target: Target, found: Forecast, inputs: Sequence[Mapping[str, Any]], at: datetime) -> ForecastKept:
    last = ForecastKept.objects.order_by("-number").first()
    number = last.number + 1 if last else 1
    made = timezone.localtime(at).replace(microsecond=0, tzinfo=None).isoformat()
    line = archive.line(
        found, name=f"{target.organisation_id} by {target.end}, no {number}", made=made, inputs=inputs,
        previous=last.hash if last else archive.GENESIS,
    )  # fmt: skip
    text = json.dumps(line, ensure_ascii=False, allow_nan=False)
    return ForecastKept.objects.create(number=number, target=target, line=text, hash=line["hash"], at=at)


def _figure(lines: Sequence[Mapping[str, Any]], truth: float | None, found: Scores | None) -> Figure:
    scored = [(None, None)] * len(lines) if found is None else [(one.crps, one.brier) for one in found.forecasts]
    rows = [(*(line[name] for name in COLUMNS), truth, *both, ";".join(map(repr, line["quantiles"])))
            for line, both in zip(lines, scored, strict=True)]  # fmt: skip
    return Figure(
        name="forecasts", columns=(*COLUMNS, "truth", "crps", "brier", "quantiles"), rows=rows, command=COMMAND,
        sentence=_sentence(lines, truth, found),
        how=("A forecast is kept each time the ledger moves, sealed in a chain, and never mended afterwards. What came "
             "is the pounds that two people confirmed for months up to the target's day, once no saving there can "
             "still be confirmed for them; at the latest twelve months after it.",
             "The mean miss is the continuous ranked probability score (CRPS), in pounds; 0 is perfect. The Brier "
             "score is the square of how far each probability lay from what happened; 0 is perfect, 0.25 is what "
             "always saying 50% scores.",
             "The download as CSV holds all that is scored, with the truth beside it: the command gives the same "
             "scores from that file alone."),
    )  # fmt: skip


def _sentence(lines: Sequence[Mapping[str, Any]], truth: float | None, found: Scores | None) -> str:
    many = f"{len(lines)} forecast{'s' if len(lines) != 1 else ''} of this target"
    by = f"{date.fromisoformat(lines[0]['by']):%-d %B %Y}"
    if truth is None or found is None:
        return f"{many} {'are' if len(lines) != 1 else 'is'} kept, to be held against what came by {by}."
    inside = sum(one.inside_90 for one in found.forecasts)
    reached = "was reached" if truth >= lines[0]["target"] else "was not reached"
    return (f"£{truth:,.0f} came by {by}, and the target {reached}. Of {many}, {inside} held it within 90%; they "
            f"missed it by £{found.crps:,.0f} on average (CRPS), and their probabilities score {found.brier:.2f} "
            "(Brier; 0 is perfect).")  # fmt: skip

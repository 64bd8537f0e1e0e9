"""Looking ahead on the Money page: how likely the target is, what it hangs on, and each plan against what came."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.core.cache import cache

from evenhand import account, charts
from evenhand.account.forecast import Forecast
from evenhand.account.outlook import Outlook
from evenhand.account.plan import PlanAgainstActual
from evenhand.charts import account_sketches, sketches
from evenhand.story import forecast_words, forecasting, tracking
from evenhand_web.people.models import Organisation
from evenhand_web.people.tree import upward
from evenhand_web.site.figures import Figure

from . import adopting, book, gathering
from .gathering import Aim, Line, of
from .models import Target

TARGETS = 20  # drawn when a server starts: some 20 ms each
HOW = (
    "Every saving on the ledger is followed to its end some thousand times: confirmed or not, by the state it stands "
    "in and by its latest verdict; then as much as its verdict estimates, or its plan, as far as it falls before the "
    "date. What is confirmed counts as it is; pounds that two schemes would save are counted once.",
    "Until a verdict says how much came, what comes of a plan follows the campaign's own funnel: in how many of the "
    "practices that were written to somebody has promised, against the share that the plan counts on.",
    "A saving whose guardrail is at risk is never confirmed in the forecast; one that its verdict does not prove is "
    "no likelier than an idea. Nothing is forecast beyond the year of a plan or the months of a verdict.",
)


@dataclass(frozen=True)
class Ahead:
    """The forecast of a target. moves: what it hangs on, in sentences."""

    found: Forecast
    words: str
    chance: str
    moves: tuple[str, ...]
    figure: Figure


@dataclass(frozen=True)
class Tracked:
    """A scheme's finance plan; `found` is None while no month of it is known."""

    title: str
    key: str
    year: str
    planned: float
    proved: bool
    found: PlanAgainstActual | None
    figure: Figure | None


def ahead(entries: Sequence[account.Entry], aim: Aim, lines: Sequence[Line], titles: Mapping[str, str]) -> Ahead | None:
    """The forecast of the target in sight; None without a target or a saving."""
    if not aim.targets:
        return None
    schemes = [line.standing.scheme for line in lines]
    places = of(aim.place, entries)
    known = forecasting.outlooks(
        entries, schemes, organisations=places, promised=adopting.promised([line.standing.plan for line in lines])
    )
    found = _drawn(known, aim.pence / 100, aim.end)
    if found is None:
        return None
    return Ahead(found, forecast_words.in_words(found.probability),
                 forecast_words.in_figures(found.probability), forecast_words.drivers(found, titles),
                 _chances(found, titles))  # fmt: skip


def _drawn(known: Sequence[Outlook], target: float, by: date) -> Forecast | None:
    """The forecast; twenty thousand draws are kept under all that they are made of."""
    key = f"forecast-{hashlib.sha256(repr((known, target, by)).encode()).hexdigest()}"
    found: Forecast | None = cache.get(key)
    if found is None and (found := forecasting.of(known, target=target, by=by)) is not None:
        cache.set(key, found, None)  # other numbers have another key; what is not asked for makes room
    return found


def draw_first() -> None:
    """Draw the forecasts of the latest targets, and of the places above, before a page asks."""
    entries = book.read()
    places: dict[str, Organisation] = {}
    for target in Target.objects.select_related("organisation").order_by("-pk")[:TARGETS]:
        places |= {place.code: place for place in upward(target.organisation)}
    for place in places.values():
        ahead(entries, gathering.aim(place), gathering.lines(place, entries), {})


def plans(entries: Sequence[account.Entry], lines: Sequence[Line]) -> list[Tracked]:
    """Each scheme that has a finance plan, against what its verdict found and what is confirmed."""
    shown = []
    for line in lines:
        scheme, title = line.standing.scheme, line.standing.plan.title
        if scheme.finance is None:
            continue
        found = tracking.tracked(scheme, entries)
        figure = _course(found, line.standing.plan.key, title) if found else None
        shown.append(Tracked(title, scheme.id, scheme.finance.year, scheme.finance.pye_pounds,
                             line.standing.state in ("evidenced", "confirmed"), found, figure))  # fmt: skip
    return shown


def _chances(found: Forecast, titles: Mapping[str, str]) -> Figure:
    rows = [
        (titles.get(one.scheme, one.scheme), one.state.replace("_", " "), one.planned, one.confirmed, one.probability,
         one.mean, one.low_90, one.high_90, one.variance_share)
        for one in found.by_scheme
    ]  # fmt: skip
    return Figure(
        name="forecast", sentence=forecast_words.says(found), draw=lambda width: forecast_words.chart(found, width),
        sketch=lambda width: account_sketches.chances(found.quantiles, found.target, width=width),
        rows=rows, how=HOW, command="evenhand flow --lake LAKE --json",
        columns=("saving", "state", "£ planned or found", "£ confirmed", "chance of being confirmed", "£ forecast",
                 "from £", "to £", "share of what is uncertain"),
    )  # fmt: skip


def _course(found: PlanAgainstActual, key: str, title: str) -> Figure:
    months, sides = tracking.course(found)

    def draw(width: int) -> object:
        return charts.lines(sides, months, title=f"{title}: pounds so far", unit="£", width=width)

    return Figure(
        name=f"{key}-plan", draw=draw, rows=tracking.rows(found),
        sketch=lambda width: sketches.lines(sides, months, unit="£", width=width),
        sentence=f"{title}: £{found.ytd_actual:,.0f} of £{found.ytd_plan:,.0f} planned to date in {found.year}; "
                 f"£{found.ytd_confirmed:,.0f} of it is confirmed. The year is forecast to end at "
                 f"£{found.forecast_outturn:,.0f} of £{found.pye:,.0f}.",
        columns=("month", "plan £", "actual £", "confirmed £", "difference £", "plan so far £", "actual so far £"),
        how=("Actual is what the latest verdict found against controls, net, the same in each month that it judged; "
             "what is only reported is never an actual. Confirmed is what two people signed for.",
             "The colour is worked out, never typed in: green from 95% of plan to date, amber from 80%, red below; "
             "milestones late by up to 30 days are amber; a guardrail at risk is red. The worst of the three stands."),
        command="evenhand account plan --scheme SCHEME.yaml --actuals ACTUALS.csv --json",
    )  # fmt: skip

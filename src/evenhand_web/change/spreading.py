"""How a campaign spreads from organisation to organisation, and how far it may go."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.core.cache import cache
from django.utils import timezone

from evenhand import charts
from evenhand.change import Spread, spread
from evenhand.errors import InputError
from evenhand_web.site.figures import Figure

from .gap import FEWEST
from .models import Campaign

AHEAD = 12  # months that are looked ahead (our rule)
WEEK = 7 * 24 * 3600  # seconds: counts that have not changed give the same forecast


@dataclass(frozen=True)
class Spreading:
    """Adoption month by month and its forecast; `why` says why there is none. told: the counts say where it ends."""

    adopters: int
    population: int
    found: Spread | None
    why: str

    @property
    def told(self) -> bool:
        """Whether where it ends can be known yet."""
        return self.found is not None and self.found.told["ceiling"] == "told"


def spreading(campaign: Campaign) -> Spreading:
    """An organisation adopts when somebody there first reports that they changed something. It is what they say."""
    events = campaign.events.filter(stage="reported", person__organisation__isnull=False)
    rows = list(events.values_list("person_id", "person__organisation_id", "at"))
    first: dict[str, np.datetime64] = {}
    for _, place, at in rows:
        month = np.datetime64(timezone.localdate(at), "M")
        first[place] = min(first.get(place, month), month)
    written = campaign.allocation.exclude(arm=campaign.holdout or campaign.arms[-1]).count()
    population = max(written, len(first))
    if campaign.launched_at is None:
        return Spreading(0, population, None, "It has not been launched.")
    if len({person for person, _, _ in rows}) < FEWEST:
        return Spreading(len(first), population, None,
                         f"Fewer than {FEWEST} people report a change, so nothing is shown of them.")  # fmt: skip
    start = np.datetime64(timezone.localdate(campaign.launched_at), "M")
    now = np.datetime64(timezone.localdate(), "M")
    months = np.arange(start, max(now, start) + 1)
    taken = np.array(list(first.values()))
    counts = np.array([(taken < month).sum() for month in months], dtype=np.int64)
    try:
        return Spreading(len(first), population, _fitted(months, counts, population), "")
    except InputError as error:
        return Spreading(len(first), population, None, f"{str(error)[:1].upper()}{str(error)[1:]}.")


def figure(campaign: Campaign, shown: Spreading) -> Figure | None:
    """Counted and forecast, with the interval."""
    found = shown.found
    if found is None:
        return None

    def draw(width: int) -> Any:
        return charts.fan(
            found.dates, found.adopters.astype(np.float64), found.ahead, found.median, found.low_90, found.high_90,
            title="Organisations where somebody reports a change", unit="organisations", line=float(shown.population),
            line_words=f"{shown.population:,} were written to", width=width,
        )  # fmt: skip

    counted = [(str(d)[:7], "counted", int(n), None, None) for d, n in zip(found.dates, found.adopters, strict=True)]
    ahead = [(str(d)[:7], "forecast", float(m), float(a), float(b))
             for d, m, a, b in zip(found.ahead, found.median, found.low_90, found.high_90, strict=True)]  # fmt: skip
    return Figure(
        name=f"{campaign.key}-spread", sentence=_sentence(shown, found), draw=draw, rows=[*counted, *ahead],
        columns=("month", "what", "organisations", "low (90%)", "high (90%)"),
        how=("An organisation counts from the month after somebody there first reported a change. The chance that one "
             "more does follows from those who have (Bass 1969); all that is not known is drawn from its posterior, so "
             "an early forecast is as wide as it should be.",
             "It is what people report. What the data shows is beside it, and never added."),
        command="evenhand change spread FILE --population N --json   # FILE: month, adopters so far",
    )  # fmt: skip


def _sentence(shown: Spreading, found: Spread) -> str:
    end = found.ahead[-1].astype("datetime64[M]").item()
    return (f"Somebody reports a change in {shown.adopters:,} of {shown.population:,} organisations. By {end:%B %Y} it "
            f"may be {found.median[-1]:,.0f} ({found.low_90[-1]:,.0f} to {found.high_90[-1]:,.0f}, 90%).")  # fmt: skip


def _fitted(months: np.ndarray, counts: np.ndarray, population: int) -> Spread:
    """The fit, kept while the counts stay as they are: it takes a third of a second."""
    name = hashlib.sha256(f"spread {months[0]} {counts.tolist()} {population}".encode()).hexdigest()
    found: Spread | None = cache.get(name)
    if found is None:
        ahead = (months[-1] + 1 + np.arange(AHEAD)).astype("datetime64[D]")
        found = spread(months.astype("datetime64[D]"), counts, ahead, population=float(population))
        cache.set(name, found, WEEK)
    return found

"""How a campaign spreads from organisation to organisation, and how far it may go.

The fit takes half a second, so a job makes it (`prepare`, by `python -m evenhand_web spreads`, and whenever data is
loaded or bulletins are made). A page shows what was kept: with its date, where people have reported more since.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from django.utils import timezone

from evenhand import charts
from evenhand.change import spread
from evenhand.charts import render
from evenhand.errors import InputError
from evenhand_web.site.figures import NARROW, WIDE, Figure

from .gap import FEWEST
from .models import Campaign, SpreadKept

AHEAD = 12  # months that are looked ahead (our rule)
WAITS = "It is worked out once a day, and has not been yet since people began to report."


@dataclass(frozen=True)
class Forecast:
    """A fit as it was kept. adopters (T,) on dates; low_90, median, high_90 (F,) on ahead; told: what the counts say of
    each parameter; drawn: its pictures by width."""

    dates: np.ndarray
    adopters: np.ndarray
    ahead: np.ndarray
    median: np.ndarray
    low_90: np.ndarray
    high_90: np.ndarray
    told: dict[str, str]
    sentence: str
    drawn: dict[int, str]


@dataclass(frozen=True)
class Spreading:
    """Adoption so far and its forecast; `why` says why there is none. told: the counts say where it ends. as_of: the
    day of the forecast, where people have reported since and it is still to be made anew."""

    adopters: int
    population: int
    found: Forecast | None
    why: str
    as_of: date | None = None

    @property
    def told(self) -> bool:
        """Whether where it ends can be known yet."""
        return self.found is not None and self.found.told["ceiling"] == "told"


@dataclass(frozen=True)
class Counted:
    """Who reported, month by month. adopters: organisations by now; counts (T,): by the first day of each month."""

    people: int
    adopters: int
    population: int
    months: np.ndarray
    counts: np.ndarray

    @property
    def key(self) -> str:
        """A name for these very counts."""
        text = f"spread 2 {self.months[0]} {self.counts.tolist()} {self.population}"
        return hashlib.sha256(text.encode()).hexdigest()


def spreading(campaign: Campaign) -> Spreading:
    """An organisation adopts when somebody there first reports that they changed something. It is what they say."""
    now = counted(campaign)
    if campaign.launched_at is None:
        return Spreading(0, now.population, None, "It has not been launched.")
    if now.people < FEWEST:
        return Spreading(now.adopters, now.population, None,
                         f"Fewer than {FEWEST} people report a change, so nothing is shown of them.")  # fmt: skip
    kept = SpreadKept.objects.filter(campaign=campaign).first()
    if kept is None:
        return Spreading(now.adopters, now.population, None, WAITS)
    if why := kept.document.get("why"):
        return Spreading(now.adopters, now.population, None, why)
    old = None if kept.counts == now.key else timezone.localdate(kept.at)
    return Spreading(now.adopters, now.population, _read(kept.document), "", old)


def prepare() -> int:
    """Work out and draw every spread whose counts have changed since it was kept; how many."""
    done = 0
    for campaign in Campaign.objects.filter(launched_at__isnull=False):
        now = counted(campaign)
        if now.people < FEWEST or SpreadKept.objects.filter(campaign=campaign, counts=now.key).exists():
            continue
        document = _worked_out(campaign, now)
        SpreadKept.objects.update_or_create(
            campaign=campaign, defaults={"counts": now.key, "document": document, "at": timezone.now()}
        )
        done += 1
    return done


def counted(campaign: Campaign) -> Counted:
    """How many organisations had somebody who reported a change, month by month from the launch on."""
    events = campaign.events.filter(stage="reported", person__organisation__isnull=False)
    rows = list(events.values_list("person_id", "person__organisation_id", "at"))
    first: dict[str, np.datetime64] = {}
    for _, place, at in rows:
        month = np.datetime64(timezone.localdate(at), "M")
        first[place] = min(first.get(place, month), month)
    written = campaign.allocation.exclude(arm=campaign.control).count()  # without a control, "": everybody
    now = np.datetime64(timezone.localdate(), "M")
    start = np.datetime64(timezone.localdate(campaign.launched_at), "M") if campaign.launched_at else now
    months = np.arange(start, max(now, start) + 1)
    taken = np.array(list(first.values()), dtype="datetime64[M]")
    counts = np.array([(taken < month).sum() for month in months], dtype=np.int64)
    return Counted(len({row[0] for row in rows}), len(first), max(written, len(first)), months, counts)


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

    months = [(str(d)[:7], "counted", int(n), None, None) for d, n in zip(found.dates, found.adopters, strict=True)]
    ahead = [(str(d)[:7], "forecast", float(m), float(a), float(b))
             for d, m, a, b in zip(found.ahead, found.median, found.low_90, found.high_90, strict=True)]  # fmt: skip
    return Figure(
        name=f"{campaign.key}-spread", sentence=_sentence(shown, found), draw=draw, rows=[*months, *ahead],
        columns=("month", "what", "organisations", "low (90%)", "high (90%)"), drawn=found.drawn,
        how=("An organisation counts from the month after somebody there first reported a change. The chance that one "
             "more does follows from those who have (Bass 1969); all that is not known is drawn from its posterior, so "
             "an early forecast is as wide as it should be.",
             "It is what people report. What the data shows is beside it, and never added."),
        command="evenhand change spread FILE --population N --json   # FILE: month, adopters so far",
    )  # fmt: skip


def _sentence(shown: Spreading, found: Forecast) -> str:
    end = found.ahead[-1].astype("datetime64[M]").item()
    return (f"Somebody reports a change in {shown.adopters:,} of {shown.population:,} organisations. By {end:%B %Y} it "
            f"may be {found.median[-1]:,.0f} ({found.low_90[-1]:,.0f} to {found.high_90[-1]:,.0f}, 90%).")  # fmt: skip


def _worked_out(campaign: Campaign, now: Counted) -> dict[str, Any]:
    ahead = (now.months[-1] + 1 + np.arange(AHEAD)).astype("datetime64[D]")
    try:
        fit = spread(now.months.astype("datetime64[D]"), now.counts, ahead, population=float(now.population))
    except InputError as error:
        return {"why": f"{str(error)[:1].upper()}{str(error)[1:]}."}
    document = {
        "dates": [str(day) for day in fit.dates], "adopters": fit.adopters.tolist(),
        "ahead": [str(day) for day in fit.ahead], "told": fit.told, "sentence": fit.sentence,
        **{name: getattr(fit, name).tolist() for name in ("median", "low_90", "high_90")},
    }  # fmt: skip
    picture = figure(campaign, Spreading(now.adopters, now.population, _read(document), ""))
    assert picture is not None
    assert picture.draw is not None
    drawn = {str(width): render(picture.draw(width).to_dict(), "svg").decode() for width in (WIDE, NARROW)}
    return document | {"drawn": drawn}


def _read(document: dict[str, Any]) -> Forecast:
    return Forecast(
        np.array(document["dates"], dtype="datetime64[D]"), np.array(document["adopters"], dtype=np.int64),
        np.array(document["ahead"], dtype="datetime64[D]"),
        *(np.array(document[name], dtype=np.float64) for name in ("median", "low_90", "high_90")),
        document["told"], document["sentence"],
        {int(width): text for width, text in document.get("drawn", {}).items()},
    )  # fmt: skip

"""A forecast in words, a table and a picture: how likely, of what, and what it hangs on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from ..account.forecast import Forecast
from ..charts.chances import chances
from ..charts.words import pounds
from .chapter import Figure

LEAST = 0.05  # of the variance: a driver that is worth a reader's time


def in_words(probability: float) -> str:
    """How likely, for people.

    Source: the words of the IPCC, Guidance Note on Consistent Treatment of Uncertainties (2010), Table 1.

    >>> in_words(0.05), in_words(0.5), in_words(0.97)
    ('very unlikely', 'about as likely as not', 'very likely')
    """
    for least, words in ((0.99, "virtually certain"), (0.90, "very likely"), (0.66, "likely"),
                         (1 / 3, "about as likely as not"), (0.10, "unlikely"), (0.01, "very unlikely")):  # fmt: skip
        if probability >= least:
            return words
    return "exceptionally unlikely"


def in_figures(probability: float) -> str:
    """How likely, as a percentage that never claims to be certain.

    >>> in_figures(0.0), in_figures(0.104), in_figures(0.998)
    ('less than 1%', '10%', 'more than 99%')
    """
    if 0.01 <= probability <= 0.99:
        return f"{probability:.0%}"
    return "less than 1%" if probability < 0.5 else "more than 99%"


def says(found: Forecast) -> str:
    """The forecast in one sentence: words, probability, amount with interval, and what counts already."""
    return (
        f"The target of {pounds(found.target)} by {date.fromisoformat(found.by):%-d %B %Y} is "
        f"{in_words(found.probability)} to be reached ({in_figures(found.probability)}). The forecast is "
        f"{pounds(found.median)} (90% between {pounds(found.low_90)} and {pounds(found.high_90)}), of "
        f"which {pounds(found.confirmed)} is confirmed already."
    )


def drivers(found: Forecast, titles: Mapping[str, str] | None = None) -> tuple[str, ...]:
    """What the uncertainty comes from, and what one step of one scheme would add: the largest first, three of each."""
    named = titles or {}
    lines = []
    large = [one for one in found.drivers[:3] if one.variance_share >= LEAST]
    if large:
        parts = "; ".join(f"{_named(one.driver, named)} ({one.variance_share:.0%})" for one in large)
        lines.append(f"Most of what is not known yet comes from: {parts}.")
    steps = [one for one in found.by_scheme if one.one_step_better and one.probability > 0 and one.adds_mean > 0]
    for one in sorted(steps, key=lambda one: -one.adds_mean)[:3]:
        points = round(100 * one.adds_probability)
        lines.append(
            f"{named.get(one.scheme, one.scheme.replace('_', ' '))}: one state further "
            f"({str(one.one_step_better).replace('_', ' ')}) would add {pounds(one.adds_mean)} on average"
            + (f", and {points} points to the probability." if points else ".")
        )
    return tuple(lines)


def chart(found: Forecast, width: int) -> Any:
    """How likely each amount is, and how much of it lies beyond the target."""
    return chances(
        found.quantiles, found.target, found.probability, title="What may be saved and confirmed in the end",
        subtitle=f"By {date.fromisoformat(found.by):%-d %B %Y}; {pounds(found.confirmed)} is confirmed already",
        width=width,
    )  # fmt: skip


def figures(found: Forecast, titles: Mapping[str, str] | None = None) -> tuple[Figure, ...]:
    """The distribution with the target, and what each scheme brings to it, by its title where one is known."""
    named = titles or {}
    columns = ("saving", "state", "£ confirmed", "£ forecast", "from £", "to £", "chance of being confirmed",
               "share of the uncertainty")  # fmt: skip
    rows = tuple(
        (named.get(one.scheme, one.scheme.replace("_", " ")), one.state.replace("_", " "), one.confirmed, one.mean,
         one.low_90, one.high_90, one.probability, one.variance_share)
        for one in found.by_scheme
    )  # fmt: skip
    kinds = ("text", "text", "pounds", "pounds", "pounds", "pounds", "share", "share")
    return (Figure("forecast", says(found), columns, rows, kinds, draw=lambda width: chart(found, width)),)


def _named(driver: str, named: Mapping[str, str]) -> str:
    scheme, _, rest = driver.partition(": ")
    return f"{named.get(scheme, scheme.replace('_', ' '))}: {rest}" if rest else driver

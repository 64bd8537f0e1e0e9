"""The low-priority programme, for real: a ledger of December 2022, its forecast for 2024, and what came of both.

Two extracts of the same series: the first ends in January 2023, the second in December 2024. What this shows is told
in docs/explanation/a-forecast-and-what-came.md, with these figures.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from evenhand import account, see, table
from evenhand.account import archive
from evenhand.account.forecast import forecast
from evenhand.account.outlook import Outlook
from evenhand.account.scoring import Guess, score
from evenhand.story.worth import standard_error
from shared import DATA, needs_data

pytestmark = needs_data

FIRST, SECOND = "2018-01_to_2023-01", "2019-12_to_2024-12"
TARGET = 5_000_000.0  # pounds in 2024: a third of the opportunity, as a programme might set itself
Z90, Z50 = 1.6449, 0.6745


@cache
def extract(version: str) -> tuple[tuple[str, ...], dict[int, np.ndarray], dict[int, np.ndarray]]:
    """Codes, and for each whole year pounds and patients/1,000 by month: (106, 12)."""
    given = table.read(DATA / "01_sicbl_measures" / version / "lpzomnibus.csv.gz")
    months, codes = given.dates("month").astype("datetime64[M]"), np.array(given.text("code"))
    names, times = np.unique(codes), np.unique(months)
    sides = []
    for column in ("numerator", "denominator"):
        side = np.full((len(names), len(times)), np.nan)
        side[np.searchsorted(names, codes), np.searchsorted(times, months)] = given.numbers(column)
        sides.append(side)
    years = times.astype("datetime64[Y]").astype(int) + 1970
    whole = [int(y) for y in np.unique(years) if (years == y).sum() == 12]
    return tuple(str(n) for n in names), *({y: side[:, years == y] for y in whole} for side in sides)


def rate(version: str, year: int) -> np.ndarray:
    """£ per 1,000 patients and month, by sub-ICB location."""
    _, top, bottom = extract(version)
    return top[year].sum(axis=1) / bottom[year].sum(axis=1)


@cache
def opportunity(version: str):
    """What 2022 would have cost less, had none been dearer than the best quarter: £ a year."""
    codes, top, bottom = extract(version)
    return see.opportunity(
        list(codes), top[2022].sum(axis=1), bottom[2022].sum(axis=1), better="lower", rng=np.random.default_rng(1),
        seed=1, standard_error=standard_error(top[2022] / bottom[2022]),
    )  # fmt: skip


@cache
def ledger() -> account.Ledger:
    """Every location with something to gain, put on the ledger as an opportunity at the end of 2022."""
    found, book = opportunity(FIRST), account.Ledger()
    for code, pounds in zip(found.units, found.pounds, strict=True):
        if pounds >= 1:
            book.open(
                f"low-priority-{code}", booked="2022-12-31", pence=int(100 * pounds), measure="lpzomnibus",
                organisation=str(code), level="sicbl", price_year="2022-23", origin="clinical_decision",
                recurrent=True, saving_class="cash_releasing", sources=[f"lpzomnibus, extract {FIRST}"],
            )  # fmt: skip
    return book


def outlooks() -> list[Outlook]:
    found = opportunity(FIRST)
    return [Outlook(str(code), "opportunity", float(pounds), origin="clinical_decision")
            for code, pounds in zip(found.units, found.pounds, strict=True) if pounds >= 1]  # fmt: skip


def test_the_ledger_of_december_2022_is_whole_and_counts_nothing():
    book = ledger()
    assert len(book.entries) == pytest.approx(85, abs=2)  # of 106: the others lie in the best quarter
    assert account.check(book.entries).broken == ()
    progress = account.progress(book.entries, round(100 * TARGET))
    assert progress.confirmed_pence == 0
    held = {row.state: row.pence for row in progress.states}
    assert held["opportunity"] / 100 == pytest.approx(14.45e6, rel=0.01)


def test_what_a_before_and_after_tool_would_have_booked_and_how_much_of_it_was_revision():
    _, _, bottom = extract(SECOND)
    listed = bottom[2024].sum(axis=1)
    claimed = float(((rate(FIRST, 2022) - rate(SECOND, 2024)) * listed).sum())
    within = float(((rate(SECOND, 2022) - rate(SECOND, 2024)) * listed).sum())
    assert claimed == pytest.approx(7.30e6, rel=0.005)
    assert within == pytest.approx(6.28e6, rel=0.005)
    assert (claimed - within) / claimed == pytest.approx(0.139, abs=0.005)  # the same month, published anew


def test_the_fall_was_less_than_the_fall_before_it_so_nothing_is_shown():
    _, _, bottom = extract(SECOND)
    listed = bottom[2024].sum(axis=1)
    before = np.log(rate(FIRST, 2022)) - np.log(rate(FIRST, 2021))
    carried_on = np.exp(np.log(rate(FIRST, 2022)) + 2 * before)
    missed = float(((rate(SECOND, 2024) - carried_on) * listed).sum())
    assert missed == pytest.approx(7.1e6, rel=0.01)


def test_the_forecast_for_2024_is_archived_and_scored_against_both_truths(tmp_path):
    found = forecast(outlooks(), target=TARGET, by="2024-12-31", until=660.0)
    assert found.median == pytest.approx(1.43e6, rel=0.03)
    assert found.probability == pytest.approx(0.046, abs=0.006)
    kept = archive.append(tmp_path / "kept.jsonl", found, name="low priority 2024", made="2022-12-31T00:00:00",
                          inputs=[one.as_json() for one in outlooks()])  # fmt: skip
    guess = Guess(*(kept[key] for key in ("forecast", "median", "low_90", "high_90", "low_50", "high_50",
                                          "probability", "target")), tuple(kept["quantiles"]))  # fmt: skip
    confirmed, fell = score([guess], [0.0]), score([guess], [7.30e6])
    assert confirmed.brier < 0.003  # no design was registered, so nothing could be confirmed: the target was missed
    assert fell.brier > 0.9  # whoever calls the whole fall a saving says that it was reached
    assert not confirmed.forecasts[0].inside_90  # and even £0 lies below the interval: nobody worked on it
    assert confirmed.crps < fell.crps


def test_what_each_location_would_spend_was_forecast_as_well_as_it_was_said():
    log = {year: np.log(rate(FIRST, year)) for year in range(2019, 2023)}
    missed = log[2022] - (3 * log[2020] - 2 * log[2019])  # the same rule, two years earlier
    spread = float(np.sqrt(np.mean(missed**2)))
    centre = 3 * log[2022] - 2 * log[2021]
    codes, _, _ = extract(FIRST)
    guesses = [
        Guess(code, *np.exp(m + spread * np.array([0, -Z90, Z90, -Z50, Z50])))
        for code, m in zip(codes, centre, strict=True)
    ]
    found = score(guesses, list(rate(SECOND, 2024)))
    assert found.n == 106
    assert found.coverage_90 == pytest.approx(0.96, abs=0.015)
    assert found.coverage_50 == pytest.approx(0.45, abs=0.02)
    assert found.bias < -5  # spending fell more slowly than it had


def test_the_revision_alone_moved_the_ledger():
    first, second = opportunity(FIRST), opportunity(SECOND)
    assert second.total.value / first.total.value - 1 == pytest.approx(-0.024, abs=0.005)
    moved = np.abs(second.pounds - first.pounds)
    assert (moved > 10_000).sum() == pytest.approx(31, abs=2)
    assert moved.max() == pytest.approx(60_000, rel=0.05)
    change = rate(SECOND, 2022) / rate(FIRST, 2022) - 1
    codes, _, _ = extract(FIRST)
    assert codes[int(np.argmax(np.abs(change)))] == "03H"  # a boundary moved: a third of its patients with it
    assert change.max() == pytest.approx(0.307, abs=0.005)
    assert np.median(change) == pytest.approx(-0.017, abs=0.002)

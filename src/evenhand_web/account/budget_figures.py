"""The pictures and tables of the page of budgets: every practice's budget, and what a variance is made of."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from evenhand import account, charts
from evenhand.account import Outturn
from evenhand.charts import account_sketches
from evenhand.story import budgeting
from evenhand_web.site.figures import Figure
from evenhand_web.site.templatetags.evenhand import pounds

from .budgeting import Place

BOUNDS = {"": "none", "floor": "floor", "cap": "cap", "new": "no history"}
PARTS = {
    "volume": "How much was prescribed", "price": "Prices", "mix": "Which medicines",
    "list": "More or fewer patients", "concession": "Price concessions",
}  # fmt: skip


def table(place: Place, names: Mapping[str, str]) -> Figure:
    """Every practice of the place with its budget and its forecast."""
    rows = []
    sheet = account.budget_sheet(place.found)["rows"]
    for row, code in zip(place.rows, place.codes, strict=True):
        one = sheet[row]
        found = budgeting.forecast(place.basis, [code], one["budget"])
        ahead = None if found is None else found.forecast_outturn
        rows.append((names.get(code, code), code, one["need_share"] * 100, one["historic"], one["fair"], one["budget"],
                     None if one["change"] is None else one["change"] * 100, BOUNDS[one["bound"] or ""], ahead,
                     None if found is None else found.variance, one["why"]))  # fmt: skip
    held = [place.found.bound[row] for row in place.rows]
    return Figure(
        name="budgets", rows=rows, table_open=True,
        columns=("practice", "code", "need, % of the area", "£ before", "£ by need", "£ budget", "change, %", "limit",
                 "£ forecast", "£ over budget", "why"),
        sentence=f"{len(rows)} practices: {held.count('floor')} held at the floor, {held.count('cap')} at the cap.",
        how=("One rule for all, set before the year: a step from what was spent towards the share of need, no practice "
             "below the floor or above the cap, and one scale at which all budgets add up, to the penny.",
             f"Need: {place.basis.need_words}."),
        command="evenhand account budget practices.csv --total POUNDS --pace P --floor F --cap C --json",
        source=place.basis.source[-4:],
    )  # fmt: skip


def variance(found: Outturn) -> Figure:
    """What the difference between forecast and budget is made of."""
    known = {PARTS[word]: amount for word, amount in found.parts.items() if not np.isnan(amount)}
    over = "over" if found.variance > 0 else "under"
    largest = max(known, key=lambda word: abs(known[word]), default="")
    says = f"The forecast is {pounds(abs(found.variance))} {over} the budget"
    if largest:
        side = "over" if known[largest] > 0 else "under"
        says += f"; the largest part is {largest.lower()}, {pounds(abs(known[largest]))} {side}"

    def draw(width: int) -> object:
        return charts.parts(list(known), list(known.values()), title="Why the forecast differs from the budget",
                            subtitle="Pounds above (+) and below (−) the budget", width=width)  # fmt: skip

    return Figure(
        name="variance", sentence=f"{says}.", draw=draw, columns=("part", "£"),
        sketch=lambda width: account_sketches.parts(list(known), list(known.values()), width=width),
        rows=[*((word, found.parts[key]) for key, word in PARTS.items()), ("together", found.variance)],
        how=("The same months of the year before stand for the plan, presentation by presentation; the list against "
             "the one the budget was set on. What two causes did together is in: which medicines.",
             "Price concessions are part of prices: the prescribing file does not tell them. Only how much and which "
             "medicines can be earned, and of them only what is confirmed."),
        command="evenhand account outturn spend.csv --profile 2014-15 --parts lines.csv --json",
    )  # fmt: skip

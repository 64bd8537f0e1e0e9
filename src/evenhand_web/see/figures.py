"""The pictures of SEE: where we stand among others, as it is and for patients like ours, and over time."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from evenhand import charts
from evenhand.change.cycle_words import signal_words
from evenhand.charts import sketches
from evenhand.charts.words import number
from evenhand.records import ControlChart, Funnel, Limits
from evenhand.records.spread import Spread
from evenhand.story.place import PLURAL
from evenhand_web.site.figures import Figure
from evenhand_web.site.templatetags.evenhand import month, uncapfirst

from .comparing import ICONS, SURE, View

MOST, LATEST = 40, 24  # rows on the page: of a spread's table, and months of a course of everybody
SWITCH = ("as_it_is", "patients_like_ours")


class Made(Sequence[tuple[Any, ...]]):
    """Rows that are made when they are asked for: a page shows 40 of 6,500, and a download takes all."""

    def __init__(self, order: Any, make: Callable[[int], tuple[Any, ...]]) -> None:
        self._order, self._make = order, make

    def __len__(self) -> int:
        return len(self._order)

    def __getitem__(self, at: Any) -> Any:
        found = self._order[at]
        return [self._make(i) for i in found.tolist()] if isinstance(at, slice) else self._make(int(found))


def spread(view: View, *, names: Mapping[str, str], like_ours: bool) -> Figure:
    """Everybody of the level, us marked. `names`: what may be shown of the others (code -> name), often nothing.

    like_ours: observed over what patients like theirs would give, instead of the plain values.
    """
    shown, measure, own = view.spread, view.measure, view.row
    value = shown.ratio if like_ours else shown.value
    size = shown.expected if like_ours else shown.denominator
    outlier = shown.unlike if like_ours else shown.outlier
    curve = shown.facts["ratio_funnel" if like_ours else "funnel"]
    share = measure.is_share and not like_ours
    size_words = "expected for patients like theirs" if like_ours else measure.denominator.words

    def sketch(width: int) -> str:
        if curve is None:
            return sketches.strip(value, own=own, share=share, width=width)
        return sketches.funnel(size, value, outlier, curve, own=own, share=share, size_words=size_words, width=width)

    def draw(width: int) -> object:
        title = f"{measure.title}{', for patients like theirs' if like_ours else ''}"
        common: dict[str, Any] = {"title": title, "share": share, "width": width,
                                  "unit": "observed / expected" if like_ours else measure.unit}  # fmt: skip
        if curve is None:
            return charts.strip(value, own=own, **common)
        mine = shown.codes[own] if own is not None else None
        return charts.funnel(funnel_of(shown, size, value, outlier, curve), own=mine, size=size_words, **common)

    def row(i: int) -> tuple[Any, ...]:
        name = "you" if i == own else names.get(shown.codes[i], "–")
        return name, float(shown.numerator[i]), float(size[i]), float(value[i]), outlier[i] or ""

    order = np.argsort(-np.nan_to_num(value, nan=-np.inf), kind="stable")
    order = order[np.isfinite(value[order])]
    order = np.concatenate([order[order == own], order[order != own]])
    return Figure(
        name=f"{measure.id}-spread", sentence=sentence(view, like_ours=like_ours), draw=draw, sketch=sketch,
        rows=Made(order, row),
        columns=("organisation", "numerator", "expected" if like_ours else "denominator", "value", "beyond the limits"),
        source=shown.facts["source"][:24], command=_command(view),
        how=_how(view, like_ours), most=MOST,
    )  # fmt: skip


def over_time(view: View, marks: tuple = ()) -> Figure | None:
    """The tenths of everybody month by month, and our own course among them; None of fewer than two months."""
    shown, measure, standing = view.spread, view.measure, view.standing
    months = shown.months
    tenths = _numbers(shown.facts["deciles"])
    if len(months) < 2:
        return None
    ours = None if standing is None else _on(standing.months, standing.course, months)

    def sketch(width: int) -> str:
        return sketches.over_time(tenths, ours, months, share=measure.is_share, width=width, marks=marks)

    def draw(width: int) -> object:
        series = {"highest tenth": tenths[8], "middle": tenths[4], "lowest tenth": tenths[0]}
        return charts.lines(series | ({} if ours is None else {"you": ours}), months, title=measure.title,
                            unit=measure.unit, share=measure.is_share, marks=marks, width=width)  # fmt: skip

    columns = ("month", *(("you",) if ours is not None else ()), *(f"{10 * (i + 1)}% are below" for i in range(9)))
    cells, mine = tenths.T.tolist(), [] if ours is None else ours.tolist()
    rows = [(str(months[t]), *mine[t : t + 1], *cells[t]) for t in range(len(months) - 1, -1, -1)]
    several = PLURAL.get(shown.level, shown.level)
    return Figure(
        name=f"{measure.id}-over-time", draw=draw, sketch=sketch, rows=rows, columns=columns, most=LATEST,
        sentence=moved(tenths[4], ours, months, measure.is_share),
        how=(f"Each dashed line is a tenth of {several} in that month; the bold one is the middle. Organisations too "
             f"small in a month ({measure.minimum_denominator:g} a year) are left out.",),
        source=shown.facts["source"][:24], command=_command(view),
    )  # fmt: skip


def course(view: View, chart: ControlChart, marks: tuple = (), expected: tuple = ()) -> Figure:
    """Our value month by month, with the limits of its own chance; what began, and what was predicted for when."""
    measure, standing = view.measure, view.standing
    assert standing is not None
    months = standing.months

    def sketch(width: int) -> str:
        return sketches.spc(chart, months, share=measure.is_share, width=width, marks=marks, expected=expected)

    def draw(width: int) -> object:
        return charts.spc(chart, months, title=f"{measure.title}, month by month", unit=measure.unit,
                          share=measure.is_share, marks=marks, expected=expected, width=width)  # fmt: skip

    lines = np.column_stack([chart.values, chart.mean, chart.lower, chart.upper]).tolist()
    rows = [
        (str(when), *line, chart.special_cause[i] or "", signal_words(chart.special_cause[i] or ""))
        for i, (when, line) in enumerate(zip(months, lines, strict=True))
    ]
    signals = sum(bool(row[5]) for row in rows)
    word = ICONS.get(chart.variation or "", "Too few months to say")
    return Figure(
        name=f"{measure.id}-course", draw=draw, sketch=sketch, rows=rows, source=view.spread.facts["source"][:24],
        sentence=f"{word}: {signals} of {len(rows)} months differ from the rest by more than chance.",
        columns=("month", "value", "mean", "lower limit", "upper limit", "rule", "in words"),
        how=("An XmR chart: the mean and limits of 2.66 average moving ranges, moving ranges beyond 3.267 averages "
             "left out once. The rules are those of NHS plot-the-dots; each month's rule stands in the table.",),
        command=f"evenhand see spc FILE --improves ... --json   # FILE: evenhand panel {measure.id} --out FILE",
    )  # fmt: skip


def sentence(view: View, *, like_ours: bool = False) -> str:
    """Where we stand, in one sentence: how different, and how sure."""
    shown, measure, standing = view.spread, view.measure, view.standing
    several = f"{PLURAL.get(shown.level, shown.level)} {view.chosen}".rstrip()
    share = measure.is_share
    middle = number(_or_nan(shown.facts["middle"]), share=share)
    compared = shown.facts["compared"]
    if standing is None or not np.isfinite(standing.value):
        title = uncapfirst(measure.title)
        return f"Nothing was published of {title} here; the middle of {compared} {several} is {middle}."
    said = f"{number(standing.value, share=share)} ({measure.unit})"
    if view.row is None:
        return f"Altogether {said}; the middle of {compared} {several} is {middle}."
    you = "You are" if view.own else "It is"
    if like_ours and np.isfinite(standing.ratio):
        return f"{you} at {number(standing.value, share=share)}, {_against(standing.ratio)} what patients like yours "\
               f"would give. {certainty(view, like_ours=True)}"  # fmt: skip
    return f"{you} at {said}; the middle of {compared} {several} is {middle}. {certainty(view)}"


def certainty(view: View, *, like_ours: bool = False) -> str:
    """How much of the difference chance could explain, in words."""
    standing = view.standing
    beyond = None if standing is None else standing.unlike if like_ours else standing.outlier
    if beyond:
        way = "above" if beyond == "high" else "below"
        return f"You are different here: {way} what chance and the variation that all share would give."
    if view.spread.facts["ratio_funnel" if like_ours else "funnel"] is not None:
        far = standing is not None and standing.worse > SURE
        more = " The distance from the best quarter is still more than chance alone would give." if far else ""
        return f"That is within what chance and the variation that all share would give.{more}"
    return "We cannot tell how much of that is chance: the numbers are no counts, or those compared are too few."


def _against(ratio: float) -> str:
    part = abs(ratio - 1)
    return "about" if part < 0.005 else f"{part:.0%} {'above' if ratio > 1 else 'below'}"


def moved(middle: Any, ours: Any, months: Any, share: bool) -> str:
    """How the middle, and we, moved from the first to the last month that is known."""

    def went(series: Any) -> str:
        there = np.flatnonzero(np.isfinite(series))
        if not len(there):
            return "is not known"
        first, last = float(series[there[0]]), float(series[there[-1]])
        return f"went from {number(first, share=share)} to {number(last, share=share)}"

    own = "" if ours is None else f"; yours {went(ours)}"
    return f"Between {month(months[0])} and {month(months[-1])} the middle {went(middle)}{own}."


def _on(own: Any, values: Any, months: Any) -> Any:
    """Our course on the months of the others."""
    known = dict(zip(own.tolist(), values.tolist(), strict=True))
    return np.array([known.get(month, np.nan) for month in months.tolist()], dtype=np.float64)


def _how(view: View, like_ours: bool) -> tuple[str, ...]:
    measure, shown = view.measure, view.spread
    counted = f"{measure.numerator.words}, over {measure.denominator.words}; {shown.first} to {shown.last}."
    limits = ("Funnel: limits that chance gives for each size, widened by the variation that all organisations share "
              "(over-dispersion; Spiegelhalter 2005). Opportunity: the gap to the best quarter in draws from the "
              "posterior, so that luck is not counted as a gain.")  # fmt: skip
    mix = ("Expected: the rate is regressed on the shares of patients under 20, 65 and over, 85 and over, and female"
           f"{_more(shown.facts['patients'])}; 1 is what patients like theirs would give. {not_in_it(shown)}")
    written = f"Definition: {measure.authored_by}; {measure.checked_by}; review due {measure.review_due}."
    return (counted, *((mix,) if like_ours else ()), limits, written)


def not_in_it(shown: Spread) -> str:
    """What of the patients is not taken out, because it is not loaded or the organisations are too few."""
    lacks = [words for words in ("deprivation", "long illness") if words not in shown.facts["patients"]]
    if not lacks:
        return "What else patients bring with them is not in it, so what is left is not all decision."
    return f"{' and '.join(lacks).capitalize()} {'are' if len(lacks) > 1 else 'is'} not in it, so what is left is not "\
           "yet all decision."  # fmt: skip


def _more(patients: str) -> str:
    """What is regressed on beside ages and sexes, in words."""
    more = [said for words, said in (("deprivation", "the deprivation of where they live (IMD)"),
                                     ("long illness", "those on five registers of long illness (QOF)"))
            if words in patients]  # fmt: skip
    return f", and on {' and '.join(more)}" if more else ""


def side_by_side(view: View) -> list[dict[str, Any]]:
    """The same organisation as it is and for patients like ours: value, what it is held against, and how sure."""
    standing, measure, shown = view.standing, view.measure, view.spread
    if standing is None or view.row is None or not np.isfinite(standing.ratio):
        return []
    foreseen = standing.expected / standing.denominator if standing.denominator > 0 else float("nan")
    against = (("As it is", shown.facts["middle"], "the middle of the others", False),
               ("For patients like ours", foreseen, "what patients like ours would give", True))  # fmt: skip
    return [
        {"words": words, "value": number(standing.value, share=measure.is_share),
         "beside": number(_or_nan(beside), share=measure.is_share), "of": of,
         "apart": _against(standing.value / beside) if beside else "", "like_ours": like_ours,
         "sure": certainty(view, like_ours=like_ours).partition(":")[0].rstrip(".")}
        for words, beside, of, like_ours in against
    ]  # fmt: skip


def funnel_of(shown: Spread, size: Any, value: Any, outlier: Any, curve: Mapping[str, Any]) -> Funnel:
    """The funnel as its record, for the chart that is downloaded."""
    keep = [i for i in range(len(shown.codes)) if np.isfinite(value[i]) and size[i] > 0 and shown.fair[i]]
    names = ("lower_95", "upper_95", "lower_998", "upper_998")
    drawn = Limits(*(_numbers(curve[name]) for name in names))
    missing = np.full(len(keep), np.nan)
    return Funnel(
        tuple(shown.codes[i] for i in keep), shown.numerator[keep], size[keep], value[keep], missing, missing,
        Limits(missing, missing, missing, missing), tuple(outlier[i] for i in keep), curve["target"], curve["phi"],
        curve["tau2"], curve["adjusted"], curve["kind"], "shmi", curve["limit"], 1.0, _numbers(curve["at"]), drawn,
    )  # fmt: skip


def _command(view: View) -> str:
    return f"evenhand panel {view.measure.id} --level {view.spread.level} --lake LAKE --json"


def _numbers(values: Any) -> Any:
    """JSON's numbers as an array, missing as NaN."""
    return np.array(values, dtype=np.float64)


def _or_nan(value: Any) -> float:
    return float("nan") if value is None else float(value)

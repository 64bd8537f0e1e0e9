"""The API of SEE: measures, where an organisation stands on each, its peers, its course, what changed."""

from __future__ import annotations

from typing import Literal

import numpy as np
from django.http import Http404, HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from evenhand import measures
from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand.measures import Measure
from evenhand.story import sights
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import enter
from evenhand_web.site.api import Paging, Part, Table, part, table
from evenhand_web.site.lake import lake

from . import comparing, figures, listing

router = Router(tags=["see"])
Number = float | None


class MeasureOut(Schema):
    """A measure in words: what is counted, over what, which way is better, who wrote and checked it."""

    id: str
    title: str
    pathway: str
    kind: str
    unit: str
    is_share: bool
    direction: str = Field(description="lower or higher is better, or neutral")
    counted: str
    over: str
    why_it_matters: str
    authored_by: str
    checked_by: str
    review_due: str
    stored: bool = Field(description="worked out beforehand for every organisation")


class Line(Schema):
    """One measure of one organisation, as one line of the page See."""

    measure: str = Field(description="its id")
    title: str
    pathway: str
    unit: str
    direction: str
    level: str = Field(description="the level that it is compared at")
    own: bool = Field(description="false: the place above stands for it, for nothing is published of itself")
    value: Number
    middle: Number = Field(description="of the others")
    rank: Number = Field(description="share of the others that lie below, 0 to 1")
    to_gain_units: Number
    to_gain_pounds: Number
    to_gain_low: Number = Field(description="5% of draws lie below, pounds")
    to_gain_high: Number
    outlier: str | None = Field(description="high or low beyond the 99.8% limits, or null")
    unlike: str | None = Field(description="the same, for patients like ours")
    certainty: str
    change: str = Field(description="the latest month of its control chart, in words")


class Standing(Line):
    """One measure of one organisation in full: the year's numbers beside peers, and what could be gained."""

    numerator: Number
    denominator: Number
    first: str = Field(description="first month, YYYY-MM")
    last: str
    expected: Number = Field(description="the numerator that patients like theirs would give")
    ratio: Number = Field(description="observed over expected")
    compared: int
    deciles: list[Number] = Field(description="of everybody's values, nine")
    probability_worse: Number = Field(description="of truly lying on the worse side of the benchmark")
    sentence: str
    certainty_in_words: str


class Asked(Schema):
    """What may be asked of the list of measures; empty is everything."""

    pathway: str = Field("", max_length=60)
    direction: Literal["", "lower", "higher", "neutral"] = ""
    size: Literal["", "pounds", "units", "none"] = ""
    certainty: Literal["", "beyond-chance", "within-chance", "cannot-tell"] = ""
    sort: Literal["gain", "rank", "title", "change"] = "gain"


@router.get("/measures", response=Part[MeasureOut], operation_id="measures")
def every(request: HttpRequest, paging: Query[Paging], pathway: str = Query("", max_length=60)):
    """Every measure that is known here, by id."""
    held = lake()
    known = sights.known(held) if held else measures.load_all()
    found = [known[name] for name in sorted(known) if pathway in ("", known[name].pathway)]
    return part(request, found, paging, lambda m: _measure(held, m))


@router.get("/measures/{measure}", response=MeasureOut, operation_id="measure")
def one(request: HttpRequest, measure: str):
    """One measure: its definition in words."""
    held = lake()
    known = sights.known(held) if held else measures.load_all()
    if measure not in known:
        raise Http404(f"There is no measure {measure!r}.")
    return _measure(held, known[measure])


@router.get("/organisations/{code}/measures", response=Part[Line], operation_id="standings")
def standings(request: HttpRequest, code: str, asked: Query[Asked], paging: Query[Paging]):
    """Every stored measure of an organisation: where it stands, what it is worth, what changed; the page See."""
    return part(request, listing.chosen(_lines(enter(request, code)), asked.dict()), paging, _line)


@router.get("/organisations/{code}/measures/{measure}", response=Standing, operation_id="standing")
def standing(request: HttpRequest, code: str, measure: str):
    """One measure of an organisation: value, peers, what patients like ours would give, what could be gained."""
    view = _view(enter(request, code), measure)
    stood = view.standing
    if stood is None:
        raise Http404(f"Nothing is published of {measure!r} here; its peers are at /spread.")
    line = comparing.line(view.measure, stood, own=view.own)
    return _line(line) | {
        "numerator": _n(stood.numerator), "denominator": _n(stood.denominator), "first": stood.first,
        "last": stood.last, "expected": _n(stood.expected), "ratio": _n(stood.ratio), "compared": stood.compared,
        "deciles": [_n(tenth) for tenth in stood.tenths], "probability_worse": _n(stood.worse),
        "sentence": figures.sentence(view), "certainty_in_words": figures.certainty(view),
    }  # fmt: skip


@router.get("/organisations/{code}/measures/{measure}/spread", response=Table, operation_id="spread")
def spread(
    request: HttpRequest, code: str, measure: str, paging: Query[Paging],
    view: Literal["as_it_is", "patients_like_ours"] = "as_it_is",
):  # fmt: skip
    """Everybody of the level on one measure, you first: named only for those who may see the names."""
    found = _view(enter(request, code), measure)
    can = found.standing is not None and found.row is not None and bool(np.isfinite(found.standing.ratio))
    if view == figures.SWITCH[1] and not can:
        raise Http404("Nothing is known of what patients like yours would give here.")
    names = listing.names(request, found)
    return table(request, figures.spread(found, names=names, like_ours=view == figures.SWITCH[1]), paging)


@router.get("/organisations/{code}/measures/{measure}/over-time", response=Table, operation_id="over_time")
def over_time(request: HttpRequest, code: str, measure: str, paging: Query[Paging]):
    """Month by month, the latest first: this organisation among the tenths of all."""
    figure = figures.over_time(_view(enter(request, code), measure))
    if figure is None:
        raise Http404("Fewer than two months are known.")
    return table(request, figure, paging)


@router.get("/organisations/{code}/measures/{measure}/course", response=Table, operation_id="course")
def course(request: HttpRequest, code: str, measure: str, paging: Query[Paging]):
    """The control chart (XmR): each month's value, mean, limits, and the rule that it breaks."""
    view = _view(enter(request, code), measure)
    chart = view.chart
    if chart is None:
        raise Http404(f"A control chart needs {comparing.FEWEST_POINTS} known months; there are fewer.")
    return table(request, figures.course(view, chart), paging)


@router.get("/organisations/{code}/changed", response=Table, operation_id="changed")
def changed(request: HttpRequest, code: str, paging: Query[Paging]):
    """What moved by more than chance this quarter: the rows of `evenhand see changed`."""
    found, held = enter(request, code), lake()
    return table(request, listing.changed(held, listing.what_moved(held, found), found), paging)


@router.get("/organisations/{code}/outliers", response=Table, operation_id="outliers")
def outliers(request: HttpRequest, code: str, paging: Query[Paging]):
    """Every measure by how far it lies from the rest, and which are named: the rows of `evenhand see outliers`."""
    found, held = enter(request, code), lake()
    return table(request, listing.outliers(held, listing.what_is_far(held, found), found), paging)


def _lines(organisation: Organisation) -> listing.Lines:
    held = lake()
    return comparing.lines(held, organisation) if held else []


def _view(organisation: Organisation, measure: str) -> comparing.View:
    held = lake()
    if held is None:
        raise Http404("No published data is loaded.")
    try:
        definition = measures.look_up(held, measure, sights.known(held))
    except InputError as error:
        raise Http404(f"There is no measure {measure!r}.") from error
    found = comparing.view(held, organisation, definition)
    if found is None:
        raise Http404(f"Nothing is published of {measure!r} at this level.")
    return found


def _measure(held: Lake | None, m: Measure) -> dict[str, object]:
    return {
        "id": m.id, "title": m.title, "pathway": m.pathway, "kind": m.kind, "unit": m.unit, "is_share": m.is_share,
        "direction": m.direction, "counted": m.numerator.words, "over": m.denominator.words,
        "why_it_matters": m.why_it_matters, "authored_by": m.authored_by, "checked_by": m.checked_by,
        "review_due": m.review_due, "stored": held is not None and sights.is_stored(held, m),
    }  # fmt: skip


def _line(item: dict) -> dict[str, object]:
    return {
        "measure": item["id"], "title": item["title"], "pathway": item["pathway"], "unit": item["unit"],
        "direction": item["direction"], "level": item["level"], "own": item["own"], "value": _n(item["value"]),
        "middle": _n(item["middle"]), "rank": _n(item["rank"]), "to_gain_units": _n(item["units"]),
        "to_gain_pounds": _n(item["pounds"]), "to_gain_low": _n(item["low"]), "to_gain_high": _n(item["high"]),
        "outlier": item["outlier"], "unlike": item["unlike"], "certainty": item["certainty"], "change": item["icon"],
    }  # fmt: skip


def _n(x: float | None) -> float | None:
    """A number as JSON has it; what is not known is null."""
    return None if x is None or not np.isfinite(x) else float(x)

"""Every measure of an organisation as tables: all of them, what changed, what lies beyond the limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from django.http import HttpRequest

from evenhand.change.cycle_words import signal_words
from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand.story import sights
from evenhand.story.moved import Moved, moved
from evenhand.story.outlying import Outlying, by_measure
from evenhand.story.spreads import LEVELS
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import may
from evenhand_web.site.figures import Figure
from evenhand_web.site.lake import lake

from .comparing import CERTAINTY, View, lines, spread

COLUMNS = ("title", "pathway", "unit", "value", "middle", "rank", "units", "pounds", "low", "high", "certainty", "icon")
HEADS = ("measure", "pathway", "unit", "value", "middle of the others", "share that lie below", "to gain (units)",
         "to gain (pounds)", "low", "high", "certainty", "change")  # fmt: skip
QUARTER = {"special_cause_improvement": "Better", "special_cause_concern": "Worth a look"}
MOVED = {  # keys of the command's rows, and their words on the page
    "title": "measure", "value": "this quarter", "before": "all months before", "direction": "which way",
    "better": "which is better", "special_cause": "rule", "months": "months of it", "pounds": "worth (pounds)",
    "point_type": "kind", "measure": "id",
}  # fmt: skip
FAR = {
    "title": "measure", "value": "value", "middle": "middle of the others", "z": "z", "q": "q", "outlier": "named",
    "expected_ratio": "of what patients like ours would give", "z_patients": "z, for patients like ours",
    "q_patients": "q, for patients like ours", "outlier_patients": "named, for patients like ours",
    "compared_by": "compared by", "units": "how many compared", "first": "first month", "last": "last month",
    "measure": "id",
}  # fmt: skip
FIRST = 8  # differences that are shown at once: what a reader with ten minutes gets to
FEW = 60  # organisations whose names are looked up one by one
SORTS = {
    "gain": ("What there is to gain", lambda item: -(item["pounds"] or 0.0)),
    "rank": ("How far from the middle", lambda item: -abs(np.nan_to_num(item["rank"], nan=0.5) - 0.5)),
    "title": ("Name", lambda item: item["title"].lower()),
    "change": ("What changed first", lambda item: item["variation"] in ("", "common_cause")),
}  # fmt: skip
Lines = list[dict[str, Any]]


def look_once() -> None:
    """Look at an organisation of every level, and at one of its measures, before a page does: what is stored of each
    level has a list of its parts, which is read once."""
    held = lake()
    for level in LEVELS if held else ():
        one = Organisation.objects.filter(level=level).order_by("code").first()
        if held and one and (found := lines(held, one)):
            what_moved(held, one)
            spread(held, sights.known(held)[found[0]["id"]], level)


def chosen(found: Lines, asked: Mapping[str, str]) -> Lines:
    """Those lines that fit what is asked for (words, pathway, direction, size, certainty), in the order asked for."""
    fitting = (item for item in found if _fits(item, asked))
    return sorted(fitting, key=SORTS.get(asked.get("sort", ""), SORTS["gain"])[1])


def grouped(found: Lines) -> dict[str, Any]:
    """All of them for who asks for nothing: those that differ by more than chance, then the others by pathway.

    Of an area whose like are too few to tell, those come first in which its practices could gain together.
    """
    differ = [item for item in found if item["certainty"] == CERTAINTY[0]]
    together = not differ
    if together:
        differ = [item for item in found if item["together"] and (item["units"] or 0) > 0]
    first, rest = {item["id"] for item in differ}, dict[str, Lines]()
    for item in found:
        if item["id"] not in first:
            rest.setdefault(item["pathway"], []).append(item)
    return {"first": differ[:FIRST], "more": differ[FIRST:], "together": together and bool(differ),
            "rest": sorted(rest.items())}  # fmt: skip


def every(shown: Lines, found: Lines) -> Figure:
    """Those that are shown, of all that are found."""
    return Figure(
        name="measures", sentence=_counted(shown, found), columns=HEADS,
        rows=[tuple(item[key] for key in COLUMNS) for item in shown],
        command="evenhand flow --lake LAKE --organisation CODE --json",
    )  # fmt: skip


def what_moved(held: Lake | None, organisation: Organisation) -> Moved | None:
    """What moved this quarter of what is stored, as `evenhand see changed` says it; None of nothing."""
    try:
        return moved(held, organisation.level, organisation.code, stored_only=True) if held else None
    except InputError:
        return None


def changed(held: Lake | None, found: Moved | None, organisation: Organisation) -> Figure:
    """What moved this quarter: the rows of the command, to the last digit."""
    rows = found.rows if found else ()
    return Figure(
        name="changed",
        sentence=f"{len(rows)} of {found.looked_at if found else 0} measures moved this quarter by more than chance"
                 f"{_short(found)}.",
        columns=tuple(MOVED.values()), rows=[tuple(_cell(row[name]) for name in MOVED) for row in rows],
        how=("Each measure has a control chart (XmR) of our own months; what is listed broke one of the plot-the-dots "
             "rules in one of its last three months: beyond the limits, a trend of seven, two of three near a limit, "
             "or seven on one side of the mean. Of many measures a few do so by chance.",
             "value is the quarter, before all months before it; pounds are what the change is worth over the quarter, "
             "above 0 saved."),
        command=_command("changed", held, organisation),
    )  # fmt: skip


def this_quarter(found: Moved | None, every: Lines) -> dict[str, Lines]:
    """The lines of what moved, in words of the quarter: worth a look, better, and where neither is."""
    lines = {item["id"]: item for item in every}
    kinds: dict[str, Lines] = {"worse": [], "better": [], "other": []}
    for row in found.rows if found else ():
        word = QUARTER.get(row["point_type"], "Changed")
        kind = {"Better": "better", "Worth a look": "worse"}.get(word, "other")
        if row["measure"] in lines:
            kinds[kind].append(lines[row["measure"]] | {"icon": changed_words(row)})
    return kinds


def changed_words(row: Mapping[str, Any]) -> str:
    """What changed of one measure this quarter: whether it is worth a look, which way, and by which rule."""
    word = QUARTER.get(row["point_type"], "Changed")
    way = "higher" if row["direction"] == "up" else "lower"
    return f"{word}: {way} this quarter than before ({signal_words(row['special_cause'])})"


def what_is_far(held: Lake | None, organisation: Organisation) -> Outlying | None:
    """Where we lie beyond chance of what is stored, as `evenhand see outliers` says it; None of nothing."""
    try:
        return by_measure(held, organisation.level, organisation.code, stored_only=True) if held else None
    except InputError:
        return None


def outliers(held: Lake | None, found: Outlying | None, organisation: Organisation) -> Figure:
    """Where we lie beyond chance when so many measures are looked at: the rows of the command, to the last digit."""
    rows = found.rows if found else ()
    return Figure(
        name="outliers", sentence=_of_many(found), columns=tuple(FAR.values()),
        rows=[tuple(_cell(row[name]) for name in FAR) for row in rows],
        how=("Nobody chose these measures beforehand: whoever looks at many finds some beyond any limit. So of all "
             "that are named at most 5% are false on average (Benjamini and Hochberg): q is the smallest such share "
             "at which a measure is still named.",
             "z is how far we lie from the rest, widened by the variation that all organisations share; z_patients is "
             "the same of what was counted over what patients like ours would give. Pounds are compared with "
             "organisations of like size."),
        command=_command("outliers", held, organisation),
    )  # fmt: skip


def named(found: Outlying | None, every: Lines) -> Lines:
    """The lines of the measures that are named, as they are or for patients like ours, the furthest first."""
    lines = {item["id"]: item for item in every if item["own"]}
    rows = [row for row in (found.rows if found else ()) if row["outlier"] or row["outlier_patients"]]
    return [lines[row["measure"]] | {"far": _far(row)} for row in rows if row["measure"] in lines]


def names(request: HttpRequest, view: View) -> dict[str, str]:
    """Names of the others, for those who have the right to them: in organisations that they lead."""
    codes = view.spread.codes
    if len(codes) > FEW:
        return {}
    known = Organisation.objects.in_bulk(codes)
    return {code: o.name for code, o in known.items() if may(request, "see_peer_names", o)}


def _fits(item: dict[str, Any], asked: Mapping[str, str]) -> bool:
    size = "pounds" if (item["pounds"] or 0) > 0 else "units" if (item["units"] or 0) > 0 else "none"
    has = {"pathway": item["pathway"], "direction": item["direction"], "size": size,
           "certainty": item["certainty"].replace(" ", "-")}  # fmt: skip
    said = f"{item['title']} {item['pathway']} {item['words']} {item['unit']}".replace("_", " ").casefold()
    named = all(word in said for word in asked.get("q", "").casefold().split())
    return named and all(asked.get(name, "") in ("", value) for name, value in has.items())


def _counted(shown: Lines, found: Lines) -> str:
    sure = sum(item["certainty"] == CERTAINTY[0] for item in shown)
    some = f"{len(shown)} measures" if len(shown) == len(found) else f"{len(shown)} of {len(found)} measures"
    return f"{some}; in {sure} of them the difference is more than chance."


def _of_many(found: Outlying | None) -> str:
    if found is None:
        return "Nothing can be compared here."
    patients = sum(row["outlier_patients"] is not None for row in found.rows)
    return (f"{found.found.named} of {found.found.compared} measures lie further away than chance gives when so many "
            f"are looked at ({patients} for patients like ours); at most 5% of those named are false on average. "
            f"Plain 99.8% limits would name about {found.found.expected_at_99_8:.1f} by chance alone.")  # fmt: skip


def _far(row: Mapping[str, Any]) -> str:
    ways = {"high": "above", "low": "below"}
    plain, patients = ways.get(row["outlier"], ""), ways.get(row["outlier_patients"], "")
    if plain and patients:
        return f"{plain} the rest, and {patients} for patients like ours" if plain != patients \
            else f"{plain} the rest, as it is and for patients like ours"  # fmt: skip
    if plain:
        told = np.isfinite(row["z_patients"])
        return f"{plain} the rest as it is{'; not for patients like ours' if told else ''}"
    return f"{patients} for patients like ours, not as it is"


def _short(found: Moved | None) -> str:
    return f"; {found.too_short} more have too few months to say" if found and found.too_short else ""


def _cell(value: Any) -> Any:
    return ", ".join(value) if isinstance(value, list) else value


def _command(word: str, held: Lake | None, organisation: Organisation) -> str:
    """What gives the page's numbers; while measures wait to be worked out, of those that do not."""
    stored = " --stored" if held and sights.waiting(held) else ""
    return f"evenhand see {word} --level {organisation.level} --organisation {organisation.code} --lake LAKE" \
           f"{stored} --json"  # fmt: skip

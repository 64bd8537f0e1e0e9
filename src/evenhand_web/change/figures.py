"""The pictures of CHANGE: who came how far."""

from __future__ import annotations

from evenhand import charts
from evenhand.records import EngagementFunnel
from evenhand_web.site.figures import Figure


def engagement(found: EngagementFunnel, name: str) -> Figure:
    """The engagement funnel with its intervals, and the gap between what is said and what is seen."""

    def draw(width: int) -> object:
        return charts.engagement(found, title="From reached to verified", width=width)

    document = found.as_json()
    rows = [(s["stage"], s["people"], s["of_previous"], s["low"], s["high"]) for s in document["stages"]]
    return Figure(
        name=f"{name}-engagement", sentence=_sentence(document), draw=draw, rows=rows,
        columns=("stage", "people", "of the stage before", "low", "high"),
        how=("A person counts once at each stage, the first time. Each stage needs the one before. Intervals are "
             "Wilson's, 95%.", "Reported is what people say they did; verified is what their practice's data shows. "
             "They are two numbers and are never added."),
        command="evenhand change funnel EVENTS.csv --json",
    )  # fmt: skip


def _sentence(document: dict) -> str:
    first = document["stages"][0]["people"]
    return (
        f"Of {first:,} people reached, {document['reported']:,} report that they changed something; in the data it "
        f"shows for {document['verified']:,}. The gap between the two is {document['self_report_gap']:,}."
    )

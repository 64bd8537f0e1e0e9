"""The pictures of CHANGE: who came how far."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evenhand import charts
from evenhand.charts import effect_sketches
from evenhand.records import EngagementFunnel
from evenhand_web.site.figures import Figure

from .models import Campaign

VERIFIED = "verified"  # the stage that speaks of the outcome
COLUMNS = ("stage", "people", "of the stage before", "low", "high", "beside")
STEPS = (
    "A person counts once at each stage, the first time. Each stage needs the one before. Intervals are Wilson's, 95%. "
    "Beside: who came to a stage past an earlier one, as who promises from a letter without the module."
)


def engagement(found: EngagementFunnel, name: str, *, over: bool = True) -> Figure:
    """The engagement funnel with its intervals, and the gap between what is said and what is seen.

    over: whether the verdict is due. Before, nothing of the data is shown: what is verified is an outcome.
    """
    if not over:
        return _said_only(found, name)

    def draw(width: int) -> object:
        return charts.engagement(found, title="From reached to verified", width=width)

    document = found.as_json()
    return Figure(
        name=f"{name}-engagement", sentence=_sentence(document) + _past(found), draw=draw,
        sketch=lambda width: effect_sketches.engagement(found, width=width),
        rows=[_row(s, found) for s in document["stages"]], columns=COLUMNS,
        how=(STEPS, "Reported is what people say they did; verified is what their practice's data shows. "
             "They are two numbers and are never added."),
        command="evenhand change funnel EVENTS.csv --json",
    )  # fmt: skip


def _sentence(document: dict) -> str:
    first = document["stages"][0]["people"]
    return (
        f"Of {first:,} people reached, {document['reported']:,} report that they changed something; in the data it "
        f"shows for {document['verified']:,}. The gap between the two is {document['self_report_gap']:,}."
    )


def _row(stage: Mapping[str, Any], found: EngagementFunnel) -> tuple[Any, ...]:
    cells = (stage[word] for word in ("stage", "people", "of_previous", "low", "high"))
    return (*cells, dict(found.beside).get(stage["stage"], 0))


def _past(found: EngagementFunnel) -> str:
    """Who promised without the module, in a sentence; '' where nobody did."""
    promised = dict(found.beside).get("intends", 0)
    if not promised:
        return ""
    people = "1 person" if promised == 1 else f"{promised:,} people"
    return f" {people} more promised without going through the module; they stand beside, and in no share."


def by_arm(arms: Mapping[str, EngagementFunnel], campaign: Campaign) -> Figure:
    """Who came how far, arm by arm: what people did with the message, never what it did to the outcome."""
    rows = [
        (arm.replace("_", " "), *_row(s, found))
        for arm, found in arms.items() for s in found.as_json()["stages"] if s["stage"] != VERIFIED
    ]  # fmt: skip
    return Figure(
        name=f"{campaign.key}-arms", sentence="Engagement only. The outcome by arm is told when the verdict is due.",
        columns=("arm", *COLUMNS), rows=rows,
        how=("As above, for the readers of each arm. Engagement is no effect: a message that is read more need not "
             "change more.",), command="evenhand change funnel EVENTS.csv --json",
    )  # fmt: skip


def balance(rows: Sequence[Mapping[str, Any]], campaign: Campaign) -> Figure:
    """Practices and what was drawn as one, by arm and wave, as sealed."""
    drawn = "draws" if campaign.cluster == "practice" else "networks"
    cells = [(row["arm"], row["from"].isoformat() if row["from"] else "", row["held"], row["networks"],
              row["practices"]) for row in rows]  # fmt: skip
    return Figure(
        name=f"{campaign.key}-balance", sentence=f"Who gets what when: {campaign.title}, as sealed", rows=cells,
        columns=("arm", "from", "waits for the verdict", drawn, "practices"),
        source=(f"seal {campaign.allocation_sha256}",),
    )  # fmt: skip


def drawn(campaign: Campaign) -> Figure:
    """The sealed allocation, for whoever sends it; drawn again from its own columns it has the same seal."""
    rows = list(campaign.allocation.values_list("unit", "cluster", "stratum", "arm", "wave"))
    arms, ratio = ",".join(campaign.arms), ":".join(str(part) for part in campaign.ratio)
    again = f" --waves {len(campaign.waves)} --hold-out {campaign.control}" if len(campaign.waves) > 1 else ""
    return Figure(
        name=f"{campaign.key}-allocation", sentence="Who gets what, and when. Wave 0 waits for the verdict.",
        columns=("unit", "cluster", "stratum", "arm", "wave"), rows=rows, most=5,
        how=(f"Drawn with seed {campaign.seed}, and sealed: the sha256 of the audience, the arms, the seed and the "
             f"allocation is {campaign.allocation_sha256}.", "Download the table, draw it again with the command, and "
             "compare the seal."),
        command=f"evenhand change randomise {campaign.key}-allocation.csv --unit unit --cluster cluster --strata "
        f"stratum --arms {arms} --ratio {ratio}{again} --seed {campaign.seed} --out again.csv --json",
    )  # fmt: skip


def _said_only(found: EngagementFunnel, name: str) -> Figure:
    stages = [s for s in found.as_json()["stages"] if s["stage"] != VERIFIED]
    return Figure(
        name=f"{name}-engagement", rows=[_row(s, found) for s in stages], columns=COLUMNS,
        sentence=f"Of {stages[0]['people']:,} people reached, {found.reported:,} report that they changed something. "
        f"Whether it shows in the outcome is told by the verdict alone.{_past(found)}", table_open=True,
        how=(STEPS,), command="evenhand change funnel EVENTS.csv --json",
    )  # fmt: skip

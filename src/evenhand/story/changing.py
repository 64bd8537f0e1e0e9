"""Who was reached and what they did, in sentences and a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from .. import charts
from ..records import EngagementFunnel, Scheme
from .chapter import Figure
from .people import People


def says(people: People, schemes: Sequence[Scheme], funnel: EngagementFunnel | None) -> tuple[str, ...]:
    """The waves as they were randomised, and how far people went."""
    lines = [line for scheme in schemes if (line := _wave(people, scheme))]
    if funnel is not None and funnel.stages:
        first, counts = funnel.stages[0], {stage.stage: stage.people for stage in funnel.stages}
        lines.append(
            f"Of {first.people:,} people reached, {counts.get('viewed', 0):,} looked, {counts.get('intends', 0):,} "
            f"promised a change and {funnel.reported:,} say that they made it."
        )
        lines.append(
            f"The data bears out {funnel.verified:,} of those {funnel.reported:,}: the gap of self-report is "
            f"{funnel.self_report_gap:,}, and is never money."
        )
    promised = len({row["person"] for row in people.commitments()})
    if promised:
        lines.append(f"{promised:,} people made a promise with a measure, a size and a date.")
    return tuple(lines)


def figure(funnel: EngagementFunnel) -> Figure:
    """The stages from reached to verified."""

    def draw(width: int) -> object:
        return charts.engagement(funnel, title="From reached to verified", width=width)

    rows = tuple((s.stage, s.people, s.of_previous, s.low, s.high) for s in funnel.stages)
    return Figure("engagement", "People at each stage, and what share of the stage before they are (95% interval).",
                  ("stage", "people", "of the stage before", "low", "high"), rows,
                  ("text", "count", "share", "share", "share"), draw=draw)  # fmt: skip


def _wave(people: People, scheme: Scheme) -> str:
    allocation = people.allocation(scheme)
    if allocation is None:
        return f"{scheme.title}: nobody has been allocated yet."
    arms = Counter(sorted(allocation.text("arm"), key=lambda arm: (arm == scheme.control_arm, arm)))
    by = "" if scheme.cluster == "unit" else f", {len(set(allocation.text(scheme.cluster)))} clusters randomised as one"
    shared = ", ".join(f"{count} {arm}" for arm, count in arms.items())
    return f"{scheme.title}, from {scheme.start}: {shared}{by}."

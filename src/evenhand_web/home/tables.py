"""The tables of the gathering pages, to take along: what stands on the page, at full precision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from evenhand.measures import Measure
from evenhand_web.people.models import Organisation
from evenhand_web.people.tree import children
from evenhand_web.site.figures import Figure


def below(organisation: Organisation) -> Figure:
    """The organisations directly below one; anybody who reads its page may know them."""
    rows = [(one.code, one.name, one.level) for one in children(organisation)]
    return Figure(
        name="below", sentence=f"Organisations directly below {organisation.name}", rows=rows,
        columns=("code", "name", "level"),
    )  # fmt: skip


def gains(lines: Sequence[dict[str, Any]], organisation: Organisation) -> Figure:
    """Every measure with what could be gained here in a year, the most first: the page shows the first of them."""
    columns = ("measure", "title", "level", "value", "middle", "certainty", "units", "pounds", "low", "high")
    names = ("id", *columns[1:])
    return Figure(
        name="gains", sentence=f"Where {organisation.name} could gain in a year", columns=columns,
        rows=[tuple(line[name] for name in names) for line in lines],
    )  # fmt: skip


def within(rows: Sequence[dict[str, Any]], measure: Measure, organisation: Organisation) -> Figure:
    """The organisations directly below on one measure; `rows` names them only for those who may see names."""
    return Figure(
        name="within", sentence=f"{measure.title}: the organisations directly below {organisation.name}, highest first",
        columns=("organisation", "name", "value", "to gain in a year (£)", f"to gain in a year ({measure.unit})"),
        rows=[(row["code"], row["name"] or "not named to you", row["value"], row["pounds"], row["units"])
              for row in rows],
    )  # fmt: skip

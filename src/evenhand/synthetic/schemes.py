"""Schemes: the plans as their YAML files state them, and who was allocated to what."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import yaml

from ..records import Scheme
from .calendar import Calendar
from .campaigns import CONTROL, INTERVENTION, MARGIN_POINTS, Campaign
from .decisions import CHOICES
from .medicines import Medicines
from .organisations import Nation
from .published import csv, write

PLANNED = -0.05  # every plan hopes for five points; what truly happens is in truth/
PLANNED_SHARE_OF_YEAR = 0.5  # planned saving: half a year of the planned effect
INVESTMENT = 2500.0  # pounds (ours)
PATIENTS_PER_ITEM = 0.083  # an item is about a month of one person's treatment
ITEMS_PER_1000 = {"diabetes_dpp4": 14.0, "null_strips": 9.0, "harmful": 33.0}  # a month: medicines.csv, by family
GUARDRAIL, GUARDRAIL_ICB = "wait_within_18_weeks", 3  # controls: the sub-ICB locations of the ICB without a campaign
AIMS = {
    "diabetes_dpp4": "Of all DPP-4 inhibitor items, five in a hundred fewer other than sitagliptin, within a year.",
    "null_strips": "Of all blood glucose test strip items, five in a hundred fewer of the dearer ones, within a year.",
    "harmful": "Of all metformin items, five in a hundred fewer modified-release ones, within a year.",
}
LETTERS = {
    "quality": "Nobody's treatment is changed without a word with them, and waits must not grow.",
    "innovation": "A ten-minute module shows each practice its own figures beside those of practices like it.",
    "productivity": "The same glucose lowering for less money.",
    "prevention": "The annual review is kept, so that feet, eyes and kidneys are looked at.",
}


def schemes(world: Nation, when: Calendar, stock: Medicines, campaigns: tuple[Campaign, ...]) -> tuple[Scheme, ...]:
    """Every campaign's plan, complete as a scheme."""
    return tuple(_scheme(world, when, stock, campaign) for campaign in campaigns)


def scheme_files(folder: Path, plans: tuple[Scheme, ...], campaigns: tuple[Campaign, ...]) -> list[Path]:
    """Write each scheme as YAML and its allocation as CSV (unit, cluster, stratum, arm) beside it."""
    written = []
    for plan, campaign in zip(plans, campaigns, strict=True):
        text = yaml.safe_dump(_words(plan), sort_keys=False, allow_unicode=True, width=100)
        head = "# Demonstration data: an invented plan for invented organisations.\n"
        written.append(write(folder / f"{plan.id}.yaml", (head + text).encode()))
        allocation = campaign.allocation
        table = {
            "unit": allocation.units, "cluster": allocation.cluster,
            "stratum": [" / ".join(s) for s in allocation.stratum], "arm": allocation.arm,
        }  # fmt: skip
        written.append(write(folder / plan.allocation, csv(table)))
    return written


def _scheme(world: Nation, when: Calendar, stock: Medicines, campaign: Campaign) -> Scheme:
    plan = campaign.plan
    before, after = when.baseline, when.follow_up
    of_item = next(choice.quantity_of_item for choice in CHOICES if choice.family == plan.family)
    price = float(round(stock.unit_saving(plan.family)[when.start - 1], 2))
    patients = world.patients[campaign.treated, when.start].sum() / 1000
    saving = -PLANNED * price * ITEMS_PER_1000[plan.scheme] * patients * 12 * PLANNED_SHARE_OF_YEAR
    return Scheme.model_validate({
        "id": plan.scheme, "title": plan.title, "pathway": "diabetes", "aim": AIMS[plan.scheme],
        "measure": plan.measure, "level": "practice", "area": world.icbs[plan.icb],
        "start": when.word(when.start),
        "baseline": {"from": when.word(before.start), "to": when.word(before.stop - 1)},
        "follow_up": {"from": when.word(after.start), "to": when.word(after.stop - 1)},
        "allocation": f"{plan.scheme}_allocation.csv",
        "treated_arms": [INTERVENTION], "control_arm": CONTROL, "cluster": "cluster",
        "planned_effect": PLANNED, "planned_saving_pounds": float(round(saving, -2)),
        "money": {
            "pounds_per_unit": round(price / of_item, 4), "price_month": when.word(when.start - 1),
            "price_source": "invented prices of the demonstration, mean of the costlier items less the cheaper ones",
            "investment_pounds": INVESTMENT, "origin": "clinical_decision", "recurrent": True,
            "saving_class": "cash_releasing", "patients_per_unit": PATIENTS_PER_ITEM / of_item,
        },
        "guardrails": [{
            "measure": GUARDRAIL, "level": "sicbl", "margin": MARGIN_POINTS / 100, "harm": "down",
            "treated": _sicbls(world, plan.icb), "controls": _sicbls(world, GUARDRAIL_ICB), "blocks": True,
        }],
        "letters": LETTERS,
    })  # fmt: skip


def _sicbls(world: Nation, icb: int) -> list[str]:
    return [world.sicbls[s] for s in np.flatnonzero(world.icb_of_sicbl == icb)]


def _words(plan: Scheme) -> dict[str, object]:
    """The scheme as plain values, by the names that its file uses."""
    content: dict[str, object] = plan.model_dump(mode="json", by_alias=True)
    return {key: value for key, value in content.items() if value not in ("", None)}

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
ITEMS_PER_1000 = {"diabetes_dpp4": 14.0, "null_strips": 9.0, "harmful": 5.3}  # a month: medicines.csv, by family
GUARDRAIL, GUARDRAIL_ICB = "wait_within_18_weeks", 3  # controls: the sub-ICB locations of the ICB without a campaign
AIMS = {
    "diabetes_dpp4": "Of all DPP-4 inhibitor items, five in a hundred fewer other than sitagliptin, within a year.",
    "null_strips": "Of all blood glucose test strip items, five in a hundred fewer of the dearer ones, within a year.",
    "harmful": "Of all pen needles, five in a hundred fewer of the dearer ones, within a year.",
}
LETTERS = {
    "quality": "Nobody's treatment is changed without a word with them, and waits must not grow.",
    "innovation": "A ten-minute module shows each practice its own figures beside those of practices like it.",
    "productivity": "The same glucose lowering for less money.",
    "prevention": "The annual review is kept, so that feet, eyes and kidneys are looked at.",
}


IMPROVEMENT: dict[str, dict[str, object]] = {
    "diabetes_dpp4": {
        "driver_diagram": {
            "aim": "Of new courses of a DPP-4 inhibitor, nine in ten begin with the cheapest, within a year.",
            "drivers": [
                {"name": "What is chosen first", "change_ideas": ["The template offers sitagliptin first",
                                                                  "A ten-minute module with the practice's figures"]},
                {"name": "Who is changed, and how", "drivers": [
                    {"name": "Only those for whom it is right",
                     "change_ideas": ["A pharmacist looks at kidney function before a change"]},
                    {"name": "Nobody is surprised", "change_ideas": ["A letter, and a call from the practice"]}]},
            ],
            "measures": [{"measure": "diabetes_dpp4_cost", "kind": "outcome"},
                         {"measure": "practices that finished the module", "kind": "process"},
                         {"measure": "wait_within_18_weeks", "kind": "balancing"}],
        },
        "quality_impact": {
            "risks": [
                {"domain": "safety", "risk": "The dose is not lowered where kidneys fail", "likelihood": 3,
                 "consequence": 3, "mitigation": "A pharmacist looks at kidney function before a change",
                 "likelihood_after": 1, "consequence_after": 3},
                {"domain": "experience", "risk": "People are surprised by another tablet", "likelihood": 4,
                 "consequence": 2, "mitigation": "A letter, and a call from the practice", "likelihood_after": 2,
                 "consequence_after": 2},
            ],
            "no_risk": ["effectiveness", "equality"],
        },
    },
}  # fmt: skip


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
        **IMPROVEMENT.get(plan.scheme, {}), "letters": LETTERS, "finance": _finance(when, float(round(saving, -2))),
        "delivery": {"milestones": [{"name": "The first wave is sent", "baseline": f"{when.word(when.start)}-28",
                                     "actual": f"{when.word(when.start)}-24"}]},
    })  # fmt: skip


def _finance(when: Calendar, saving: float) -> dict[str, object]:
    """The year in which the scheme is judged last: what it should save, the same in each month of follow-up."""
    months = [when.word(month) for month in range(when.follow_up.start, when.follow_up.stop)]
    first = int(months[-1][:4]) - (int(months[-1][5:]) < 4)
    year = [f"{first + (month > 12)}-{(month - 1) % 12 + 1:02d}" for month in range(4, 16)]
    phasing = [round(saving / len(months), 2) if month in months else 0.0 for month in year]
    part = round(sum(phasing), 2)
    return {
        "year": f"{first}-{(first + 1) % 100:02d}", "gross_pounds": round(part + INVESTMENT, 2),
        "investment_setup_pounds": INVESTMENT, "recurrent_pounds": part, "pye_pounds": part,
        "fye_pounds": round(saving / PLANNED_SHARE_OF_YEAR, 2), "phasing": phasing,
    }  # fmt: skip


def _sicbls(world: Nation, icb: int) -> list[str]:
    return [world.sicbls[s] for s in np.flatnonzero(world.icb_of_sicbl == icb)]


def _words(plan: Scheme) -> dict[str, object]:
    """The scheme as plain values, by the names that its file uses."""
    content: dict[str, object] = plan.model_dump(mode="json", by_alias=True)
    return {key: value for key, value in content.items() if value not in ("", None)}

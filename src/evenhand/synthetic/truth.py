"""What was planted, written down beside the data, so that anyone can see whether the statistics find it again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..records import plain
from . import decisions as planted
from . import waits as waiting
from . import year_before
from .calendar import Calendar
from .campaigns import MARGIN_POINTS, Campaign
from .clinicians import NETWORK_ANSWERS, NOT_POSITIVE, PROFESSIONS, RESPONSE, UNAWARE, Clinicians
from .engagement import Engagement
from .opinions import KINDS, STATEMENTS, Votes, identifier
from .opportunity import TrueOpportunity
from .organisations import Nation
from .published import csv, pick, write
from .truth_access import access_files, access_told


def truth_files(
    folder: Path, world: Nation, when: Calendar, campaigns: tuple[Campaign, ...],
    chances: tuple[TrueOpportunity, ...], waits: NDArray[np.float64], people: Clinicians, votes: Votes,
    events: tuple[Engagement, ...], seed: int,
) -> list[Path]:  # fmt: skip
    """Write `truth.json` and the tables behind it."""
    document: dict[str, Any] = {
        "note": "Demonstration data: everything here is invented. This file says what was planted in it.",
        "seed": seed, "practices": len(world.practices),
        "months": {"first": when.word(0), "last": when.word(-1), "campaigns_start": when.word(when.start)},
        "campaigns": [_campaign(world, when, c, e, chances) for c, e in zip(campaigns, events, strict=True)],
        "opportunity": {chance.decision.choice.measure: _opportunity(chance) for chance in chances},
        "guardrail": {
            "measure": "wait_within_18_weeks", "margin": MARGIN_POINTS / 100, "harm": "down",
            "sd_of_a_sub_icb_month": waiting.SD_MONTH, "smallest_waiting_list": waiting.SMALLEST,
        },
        "access": access_told(world, when, seed),
        "survey": {
            "staff": len(people.person), "not_heard": UNAWARE, "not_positive_of_aware": NOT_POSITIVE,
            "not_heard_year_before": year_before.UNAWARE, "not_positive_of_aware_year_before": year_before.NOT_POSITIVE,
            "response_by_profession": dict(zip(PROFESSIONS, RESPONSE, strict=True)),
            "network_answers_more_often_by": NETWORK_ANSWERS, "rake": ["profession", "region", "network"],
            "positive_answer_more_often_by": float(people.responded[people.positive].mean()
                                                   / people.responded[people.aware & ~people.positive].mean()),
            "answered": int(people.responded.sum()),
        },
        "practice_closed": {
            "practice": world.practices[world.closed[0]], "first_month_without": when.word(world.closed[1]),
            "patients_to": world.practices[world.closed[2]],
        },
        "practice_moved": {
            "practice": world.practices[world.moved[0]], "first_month": when.word(world.moved[1]),
            "from": world.pcns[world.pcn[world.moved[0]]], "to": world.pcns[world.moved[2]],
        },
        "practice_without_diabetes": world.practices[world.without_diabetes],
        "smallest_practices": [world.practices[i] for i in world.small],
    }  # fmt: skip
    text = json.dumps(plain(document), indent=1, allow_nan=False) + "\n"
    return [
        write(folder / "practices.csv", _practices(world, when, campaigns, chances)),
        write(folder / "waits.csv", _waits(world, when, waits)),
        *access_files(folder, world, when, seed),
        write(folder / "clinicians.csv", _people(people, votes)),
        write(folder / "statements.csv", _statements()),
        write(folder / "truth.json", text.encode()),
    ]


def _campaign(
    world: Nation, when: Calendar, campaign: Campaign, events: Engagement, chances: tuple[TrueOpportunity, ...]
) -> dict[str, Any]:
    chance = next(c for c in chances if c.decision.choice.family == campaign.plan.family)
    invited, window = campaign.treated & (chance.items > 0), when.follow_up
    shift = (chance.decision.share - chance.decision.untouched)[:, window].mean(axis=1)
    return {
        "scheme": campaign.plan.scheme, "measure": campaign.plan.measure, "icb": world.icbs[campaign.plan.icb],
        "start": when.word(when.start), "planted_effect": campaign.plan.effect,
        "realised_effect_by_volume": float(np.average(shift[invited], weights=chance.items[invited])),
        "realised_effect_by_practice": float(shift[invited].mean()),
        "national_trend_over_30_months": chance.decision.choice.trend,
        "waits_effect_points": campaign.plan.waits_effect_points,
        "seal": campaign.allocation.seal, "seed": campaign.allocation.seed,
        "practices_invited": int(campaign.treated.sum()),
        "practices_that_change": int(campaign.adopts.sum()) if campaign.plan.effect else 0,
        "engagement": {stage: events.stage.count(stage) for stage in dict.fromkeys(events.stage)},
    }  # fmt: skip


def _opportunity(chance: TrueOpportunity) -> dict[str, Any]:
    steady = chance.decision
    return {
        "pounds": float(chance.pounds.sum()), "benchmark": chance.benchmark, "benchmark_is": "lower quartile",
        "pounds_per_item": chance.pounds_per_item, "months": "the last twelve",
        "sd_between_practices": float(np.std(steady.steady)), "planted_outliers": int(steady.differs.sum()),
        "outlier_shift": planted.OUTLIER_SHIFT,
    }  # fmt: skip


def _practices(
    world: Nation, when: Calendar, campaigns: tuple[Campaign, ...], chances: tuple[TrueOpportunity, ...]
) -> bytes:
    """A row for each practice and measure."""
    count, parts = len(world.practices), []
    for chance in chances:
        decision = chance.decision
        run = next((c for c in campaigns if c.plan.family == decision.choice.family), None)
        nobody = np.zeros(count, dtype=np.int64)
        arm = nobody if run is None else run.taking_part * (1 + run.treated)
        changes = nobody if run is None or not run.plan.effect else run.adopts.astype(np.int64)
        apart = decision.differs * (1 + (decision.steady > decision.choice.mean))
        parts.append({
            "practice": pick(world.practices, np.arange(count)),
            "measure": pick([decision.choice.measure], nobody),
            "share_before": decision.share[:, when.baseline].mean(axis=1).round(6),
            "share_after": decision.share[:, when.follow_up].mean(axis=1).round(6),
            "share_after_without_campaign": decision.untouched[:, when.follow_up].mean(axis=1).round(6),
            "stands_apart": pick(["no", "low", "high"], apart),
            "arm": pick(["", "control", "intervention"], arm),
            "changes": pick(["no", "yes"], changes),
            "items_last_12_months": chance.items.round(3),
            "opportunity_pounds": chance.pounds.round(2),
        })  # fmt: skip
    return b"".join(csv(part, header=i == 0) for i, part in enumerate(parts))


def _waits(world: Nation, when: Calendar, share: NDArray[np.float64]) -> bytes:
    sicbl, month = np.indices(share.shape)
    return csv({
        "sicbl": pick(world.sicbls, sicbl.ravel()),
        "month": pick([str(m) for m in when.months], month.ravel()),
        "share_within_18_weeks": share.ravel().round(6),
    })  # fmt: skip


def _people(people: Clinicians, votes: Votes) -> bytes:
    camp = np.full(len(people.person), -1)
    camp[votes.voters] = votes.camp
    order = np.argsort(people.person)
    return csv({
        "person": np.array(people.person)[order],
        "aware": pick(["no", "yes"], people.aware[order].astype(np.int64)),
        "positive": pick(["", "no", "yes"], np.where(people.aware, 1 + people.positive, 0)[order]),
        "camp": pick(["", "move now", "wait"], 1 + camp[order]),
    })  # fmt: skip


def _statements() -> bytes:
    return csv({
        "statement": [identifier(i) for i in range(len(STATEMENTS))],
        "planted": [s.kind for s in STATEMENTS],
        "rejected_by": [s.rejected_by for s in STATEMENTS],
        "agree_camp_1": np.array([KINDS[s.kind][0] for s in STATEMENTS]),
        "agree_camp_2": np.array([KINDS[s.kind][1] for s in STATEMENTS]),
    })  # fmt: skip

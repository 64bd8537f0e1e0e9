"""What became of a forecast: the pounds that were confirmed in the end, and how good the forecasts of them were."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from ..account import Entry, progress
from ..account.archive import guess
from ..account.scoring import Scores, score

WAITS_MONTHS = 12  # our rule: a saving is confirmed within 12 months or not at all (METHODS F.6: until then lower80)
OPEN = ("planned", "committed", "in_flight", "evidenced")  # after the date: what may still turn out to have saved


def came(entries: Sequence[Entry], by: date, *, today: date, organisations: Collection[str]) -> float | None:
    """Pounds saved in months up to `by` that are confirmed; None while a saving that had begun may still be.

    The truth stands once every saving there is confirmed, reversed, judged and not proved, or never got further than
    an opportunity; at the latest 12 months after the date. A later year's persistence is no part of it.
    """
    if today <= by:
        return None
    last = f"{by:%Y-%m}"
    mine = [e for e in entries if e["organisation"] in organisations
            and not (e.kind == "persistence" and e["window"] and e["window"][0] > last)]  # fmt: skip
    over = (today.year - by.year) * 12 + today.month - by.month > WAITS_MONTHS
    if not over and any(_open(mine, saving) for saving in {e.saving for e in mine}):
        return None
    return progress(mine, 1, organisations=organisations).confirmed_pence / 100


def scores(kept: Sequence[Mapping[str, Any]], truth: float) -> Scores:
    """How good archived forecasts of one target were, now that it is known what came."""
    guesses = [guess(one, where="archive") for one in kept]
    return score(guesses, [truth] * len(guesses))


def _open(entries: Sequence[Entry], saving: str) -> bool:
    """Whether a saving stands where it may still be confirmed; what was judged and not proved does not."""
    mine = [e for e in entries if e.saving == saving]
    if mine[-1].state not in OPEN:
        return False
    judged = next((e["proof"]["verdict"] for e in reversed(mine) if e["proof"].get("verdict")), None)
    return judged is None or bool(judged["evidenced"])

"""How a scheme will be judged, settled and sealed before anybody reads its outcome."""

from __future__ import annotations

import hashlib
import json

import numpy as np

from ..errors import InputError
from ..records import Scheme, Window

# What decides the judgement. A better title or a mended sentence may be written later; these may not.
SEALED = (
    "id", "measure", "level", "area", "start", "baseline", "follow_up", "allocation", "treated_arms",
    "control_arm", "cluster", "planned_effect", "why_not_randomised", "money", "guardrails",
)  # fmt: skip


def register(scheme: Scheme, *, seal: str = "") -> str:
    """The sha256 of everything that decides how a scheme is judged: kept at launch, compared at the verdict.

    `seal` is the seal of the allocation; given here, it binds the list of who was allocated to the design.

    Raises
    ------
    InputError
        If the design cannot judge anything: see `choose`.
    """
    document = scheme.model_dump(mode="json", include=set(SEALED)) | {"design": choose(scheme), "seal": seal}
    for rule in document["guardrails"]:
        if not rule["breaks"]:
            del rule["breaks"]  # a design without any has the hash that it had before breaks could be named
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def choose(scheme: Scheme) -> str:
    """Which design a scheme is judged by, in words, by one rule that looks at no outcome.

    Randomised: ANCOVA on the baseline, weighted by volume, with errors by what was randomised (the unit, or
    the cluster): CR3 with Satterthwaite's degrees of freedom, which holds for few clusters of unequal size.
    Not randomised (a reason is written down): the same comparison is shown, and moves no saving.

    Raises
    ------
    InputError
        If the planned effect is 0 (nothing says which way is better), the control arm is a treated arm, or the
        windows overlap, run backwards or do not lie about the start.
    """
    if scheme.planned_effect == 0:
        raise InputError(f"scheme {scheme.id!r}: planned_effect: expected a number other than 0, whose sign says "
                         "which way is better; found 0")  # fmt: skip
    if scheme.control_arm in scheme.treated_arms:
        raise InputError(f"scheme {scheme.id!r}: {scheme.control_arm!r} is both control_arm and a treated arm")
    order = [scheme.baseline.first, scheme.baseline.last, scheme.start, scheme.follow_up.first, scheme.follow_up.last]
    if not (order[0] <= order[1] < order[2] <= order[3] <= order[4]):
        raise InputError(
            f"scheme {scheme.id!r}: expected baseline before start and start before follow-up; found baseline "
            f"{order[0]} to {order[1]}, start {order[2]}, follow-up {order[3]} to {order[4]}"
        )
    if scheme.why_not_randomised:
        return "comparison, not randomised"
    by = "unit" if scheme.cluster == "unit" else scheme.cluster
    return f"randomised by {by}, ANCOVA on baseline weighted by volume, CR3 errors"


def later_year(scheme: Scheme, *, published: str = "") -> Scheme:
    """How a scheme is judged again in a later year: the same comparison on the same months of the first later year that
    begins after those it is judged on, and of which nothing is `published` (the last month that is, YYYY-MM) yet.

    The baseline, the allocation, the guardrails and what it cost stay as they are; only the follow-up moves, by whole
    years: October to March is judged on October to March again. Source: METHODS F.6 (year 2 and after).
    """
    first, last = (np.datetime64(month, "M") for month in (scheme.follow_up.first, scheme.follow_up.last))
    months = 12 * -(-months_between(scheme.follow_up.first, scheme.follow_up.last) // 12)
    while published and str(first + months) <= published:
        months += 12
    moved = Window.model_validate({"from": str(first + months), "to": str(last + months)})
    return scheme.model_copy(update={"follow_up": moved})


def months_between(first: str, last: str) -> int:
    """How many months a window holds, both ends included.

    >>> months_between("2025-04", "2026-03")
    12
    """
    return int((np.datetime64(last, "M") - np.datetime64(first, "M")).astype(int)) + 1

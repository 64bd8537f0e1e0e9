"""Outlook: what is known of a scheme that should still save, and what is assumed where nothing is said.

What is assumed follows the state the scheme stands in. A probability is that of ending up confirmed; it is applied
once, and no second haircut for what is only reported is multiplied in (METHODS G).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import InputError, did_you_mean
from ..records import Record

STATES = ("idea", "opportunity", "planned", "committed", "in_flight", "evidenced", "confirmed", "reversed")

# The chance that a saving in this state ends up confirmed, unless the file says another; each with its basis.
LIKELY: dict[str, tuple[float, str]] = {
    "idea": (0.05, "our rule: one idea in twenty"),
    "opportunity": (0.15, "our rule: 35% adopt (METHODS G) of what is confirmed once committed, 43%"),
    "planned": (0.35, "59% of what is reported is real (NAO 2012: 3.4 of 5.8) x 60% confirmed in 12 months"),
    "committed": (0.43, "71% of commitments were on target (PubMed 12866327) x 60% confirmed in 12 months"),
    "in_flight": (0.60, "a design of 80% power with a true effect and no harm: 60% confirmed in 12 months"),
    "evidenced": (0.86, "of 70% that reach evidenced, 60% are confirmed"),
    "confirmed": (1.0, "confirmed counts"),
    "reversed": (0.0, "reversed counts nothing"),
}
# Of the planned pounds, what a scheme that works brings: the delivery rate of METHODS G (M), an assumption.
SIZE = (0.75, 0.95, 1.0)
# Beta with the mean (0.343) and spread (0.069) of METHODS G's adoption, triangular 0.17, 0.35, 0.51.
ADOPTION_MEAN, ADOPTION_WEIGHT = 0.343, 45.8
# Of everything that is not confirmed yet, lost to overlaps nobody saw and to slippage: NAO 2011 (METHODS B.7, G).
UNSEEN = (0.03, 0.06, 0.15)

NOTHING = float("nan")


@dataclass(frozen=True, eq=False)
class Outlook(Record):
    """One scheme. Pounds; NaN, '' or None where nothing is said.

    planned: what the plan brings over its `months` from `start` (if there is no start: by the target's date);
    confirmed: of it, what the ledger has confirmed. estimate, se: the same pounds as a verdict estimates them, net.
    probability: of ending up confirmed. adoption: the share of those asked that the plan counts on; adopters of
    invited: how many have by now. p, q: rates of spread a year (`change spread`), if adoption builds up. slip: months
    that the start is expected to be late. group: schemes that would save the same pounds, pool: those pounds.
    programme: schemes that share their risks. origin: as on the ledger.
    """

    scheme: str
    state: str
    planned: float
    confirmed: float = 0.0
    estimate: float = NOTHING
    se: float = NOTHING
    probability: float = NOTHING
    start: float | None = None
    months: float = 12.0
    slip: float = 0.0
    adoption: float = NOTHING
    adopters: float = NOTHING
    invited: float = NOTHING
    p: float = NOTHING
    q: float = NOTHING
    group: str = ""
    pool: float = NOTHING
    programme: str = ""
    origin: str = ""

    @property
    def likely(self) -> float:
        """The chance of ending up confirmed: as given, or by state."""
        return self.probability if np.isfinite(self.probability) else LIKELY[self.state][0]

    @property
    def whole(self) -> float:
        """The pounds that the plan, or else the verdict, speaks of."""
        return self.estimate if np.isfinite(self.estimate) else self.planned

    @property
    def told_by_verdict(self) -> bool:
        """Whether a verdict says how much, so that no adoption need be assumed."""
        return bool(np.isfinite(self.estimate))


def better(one: Outlook) -> str | None:
    """The state that is one step further; None where there is none."""
    place = STATES.index(one.state)
    return STATES[place + 1] if one.state not in ("confirmed", "reversed") else None


def state(word: str) -> str:
    """A state as the ledger spells it, from `In flight`, `in-flight`, `In flight (reported)` and the like.

    Raises
    ------
    ValueError
        If there is no such state; the message is what would be right.
    """
    plain = word.lower().replace("(reported)", "").strip().replace(" ", "_").replace("-", "_")
    if plain not in STATES:
        raise ValueError(f"a state ({', '.join(STATES)}){did_you_mean(plain, STATES)}")
    return plain


def check(one: Outlook) -> None:
    """Refuse a scheme whose numbers contradict one another.

    Raises
    ------
    InputError
        Naming the scheme, what was found and what would be right.
    """
    where = f"scheme {one.scheme!r}"
    if not (np.isfinite(one.planned) or np.isfinite(one.estimate)):
        raise InputError(f"{where}: expected planned pounds, or an estimate with its se; found neither")
    if np.isfinite(one.estimate) != np.isfinite(one.se):
        lacks = "se" if np.isfinite(one.estimate) else "estimate"
        raise InputError(f"{where}: an estimate and its se come together; {lacks} is missing")
    if np.isfinite(one.adopters) != np.isfinite(one.invited):
        raise InputError(f"{where}: adopters and invited come together; one of them is missing")
    if np.isfinite(one.p) != np.isfinite(one.q):
        raise InputError(f"{where}: p and q, the rates of spread a year, come together; one of them is missing")
    if one.adopters > one.invited:
        raise InputError(f"{where}: {one.adopters:g} adopters of {one.invited:g} invited; expected no more than those")
    for name, least, most in (
        ("probability", 0, 1), ("adoption", 1e-9, 1), ("se", 0, np.inf), ("months", 1e-9, np.inf), ("slip", 0, np.inf),
        ("p", 1e-9, np.inf), ("q", 0, np.inf), ("adopters", 0, np.inf), ("pool", 1e-9, np.inf),
    ):  # fmt: skip
        value = getattr(one, name)
        if np.isfinite(value) and not least <= value <= most:
            right = f"between {0 if least < 1e-6 else least} and {most:g}" if most < np.inf else "0 or more"
            raise InputError(f"{where}: {name}: expected a number {right}, found {value:g}")
    if one.state == "reversed" and one.confirmed:
        raise InputError(f"{where}: is reversed, so nothing of it is confirmed; found {one.confirmed:g}")
    if np.isfinite(one.pool) and not one.group:
        raise InputError(f"{where}: a pool of pounds needs the group of schemes that share it")

"""What a verdict takes for granted, and what would change it: both in sentences, by rule, from scheme and verdict."""

from __future__ import annotations

from collections.abc import Mapping

from ..records import Guardrail, Scheme, Verdict
from .sentence import apart, between_words

Named = Mapping[str, tuple[str, bool]]  # measure -> its title, and whether it is a share (shown in points)
TESTED = {
    "pass": "{title}: {margin} than its controls, or more, when it is tested again.",
    "breach": "{title}: back within {margin}, against its controls, when it is tested again.",
    "inconclusive": "{title}: enough months or places to tell whether it stays within {margin}.",
    "not_assessed": "{title}: the months that are missing, so that it can be seen whether it stays within {margin}.",
}


def assumptions(scheme: Scheme, *, missing: float = 0.0) -> tuple[str, ...]:
    """What must be true for a verdict on this scheme to say what it says, and what the data cannot show.

    missing: the share of those allocated that have no value in one of the windows.
    """
    money, found = scheme.money, []
    if scheme.why_not_randomised:
        found.append("Those who took part would have gone the way of those they are compared with; nothing shows that, "
                     f"as chance did not choose them ({scheme.why_not_randomised}).")  # fmt: skip
    else:
        by = "each by itself" if scheme.cluster == "unit" else f"by {scheme.cluster}"
        found.append(f"Chance alone chose who began first ({by}), and nobody was moved afterwards: the seal of the "
                     "allocation shows it.")  # fmt: skip
    found.append("Nothing of the scheme reached those it is compared with; as far as it did, the effect is larger than "
                 "is shown.")  # fmt: skip
    found.append("Nothing else that moves this measure came to one side alone in the months that are judged.")
    if missing > 0:
        found.append(f"The {missing:.1%} of those allocated that lack a value in one of the windows are like the rest.")
    if money.pounds_per_unit:
        found.append(f"A unit that moved is worth £{abs(money.pounds_per_unit):,.4g}, the price difference of "
                     f"{money.price_month} ({money.price_source}), whatever prices did since.")  # fmt: skip
    if money.patients_per_unit:
        found.append(f"A unit that moved stands for {money.patients_per_unit:.3g} patients, as the scheme says.")
    if scheme.guardrails:
        found.append("What must not get worse is compared with places that were named beforehand and not drawn by "
                     "chance: they would have gone the same way.")  # fmt: skip
    return tuple(found)


def would_change(verdict: Verdict, scheme: Scheme, *, is_share: bool, named: Named | None = None) -> tuple[str, ...]:
    """What would change our mind: about the effect, then about each guardrail in the scheme's order."""
    effect, planned = verdict.effect, scheme.planned_effect
    between = between_words(effect.low, effect.high, is_share)
    if is_share:
        between = between.replace(" lower", " points lower").replace(" higher", " points higher")
    if verdict.evidenced:
        about = f"An effect whose interval reaches nothing at all: it is {between} now."
    elif min(effect.low * planned, effect.high * planned) > 0:
        about = f"About the effect, nothing: its interval, {between}, lies where it was hoped for."
    else:
        about = f"An effect whose interval lies wholly where it was hoped for: it is {between} now."
    return (about, *(_tested(guardrail, named or {}) for guardrail in verdict.guardrails))


def _tested(guardrail: Guardrail, named: Named) -> str:
    words = guardrail.measure.replace("_", " ")
    title, share = named.get(guardrail.measure, (words[:1].upper() + words[1:], False))
    margin = apart(guardrail.margin if guardrail.harm == "up" else -guardrail.margin, share)
    return TESTED[guardrail.verdict].format(title=title, margin=margin)

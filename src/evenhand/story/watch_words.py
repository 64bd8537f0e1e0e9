"""What is watched beside a scheme, in words: how it stands, what chance alone would give, what a breach asks."""

from __future__ import annotations

from collections.abc import Sequence

from .watching import Watch, Watched

ERROR = 0.1  # the method's error rate: a breach needs harm beyond the one-sided 90% bound (METHODS F.7)
HELD = {"breach": "at risk", "inconclusive": "not yet known", "not_assessed": "not assessed", "pass": "held"}
QUESTION = (
    "It stops nothing, as the scheme did not name it beforehand. A question to the leads who signed: is it to be named "
    "from now on?"
)


def counts(found: Watch) -> str:
    """How many of them stand how, those at risk by name."""
    every = [(word, [one for one in found.guardrails if one.says.verdict == verdict]) for verdict, word in HELD.items()]
    return ", ".join(f"{len(those)} {word}{f' ({_titles(those)})' if word == 'at risk' else ''}"
                     for word, those in every if those)  # fmt: skip


def line(found: Watch) -> str:
    """How those that a scheme does not name stand, in one line; '' where the lake holds none of them."""
    if not found.guardrails:
        return ""
    return f"Watched besides, blocking nothing: of {len(found.guardrails)} guardrails {counts(found)}."


def chance(found: Sequence[Watch]) -> str:
    """How many would not be held with nothing going on at all; '' where none was assessed."""
    looked = sum(len(one.assessed) for one in found)
    if not looked:
        return ""
    missed, breach = (sum(getattr(one, name) for one in found) for name in ("not_held_by_chance", "breach_by_chance"))
    return (
        f"By chance alone, with nothing going on, {_about(missed)} of the {looked} that were assessed would not be "
        f"held, {_about(breach)} of them called at risk (the method allows one in ten, {ERROR * looked:.1f})."
    )


def ask(found: Watch) -> str:
    """What a breach of one that is only watched asks of the leads; '' without one."""
    if not found.breaches:
        return ""
    return f"{_titles(found.breaches)} got worse beyond the margin where the scheme ran. {QUESTION}"


def of_all(found: Sequence[Watch], titles: Sequence[str]) -> tuple[str, ...]:
    """A line for each scheme, and one on chance for all of them."""
    lines = [f"{title}: {said[:1].lower()}{said[1:]}{' ' if one.breaches else ''}{ask(one)}"
             for one, title in zip(found, titles, strict=True) if (said := line(one))]  # fmt: skip
    return (*lines, chance(found)) if lines and chance(found) else tuple(lines)


def _about(number: float) -> str:
    return "fewer than 0.1" if number < 0.05 else f"about {number:.1f}"


def _titles(those: Sequence[Watched]) -> str:
    return ", ".join(one.title for one in those)

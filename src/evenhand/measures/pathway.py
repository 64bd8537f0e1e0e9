"""Pathway: the decision points of a clinical area, from prevention to aftercare, each with its measures."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .model import Identity
from .rule import Strict, Words

Stage = Literal["prevention", "diagnosis", "treatment", "monitoring", "referral", "aftercare"]


class Decision(Strict):
    """One decision that clinicians make and that commits resources."""

    id: Identity
    title: Words
    stage: Stage
    question: Words
    measures: tuple[Identity, ...] = Field(min_length=1)


class Pathway(Strict):
    """One clinical area. `clinical_lead` is a role filled locally; the definition names nobody."""

    id: Identity
    title: Words
    summary: Words
    clinical_lead: Words = "vacant"
    decisions: tuple[Decision, ...] = Field(min_length=1)

    @property
    def measures(self) -> tuple[str, ...]:
        """Every measure of the pathway, in the order of its decisions."""
        return tuple(dict.fromkeys(m for decision in self.decisions for m in decision.measures))

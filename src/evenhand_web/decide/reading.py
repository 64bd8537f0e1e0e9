"""A scheme in words, as its YAML states it: what is planned, never what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from evenhand.measures import Measure
from evenhand.measures.guardrails import in_weeks
from evenhand.records import GuardrailRule, Scheme
from evenhand_web.people.models import Organisation
from evenhand_web.site.templatetags.evenhand import figures

ORIGINS = {
    "clinical_decision": "a clinical decision", "provider_efficiency": "a provider's efficiency",
    "management_cost": "management cost", "price_and_pay": "prices and pay",
}  # fmt: skip
CLASSES = {
    "cash_releasing": "money that can be spent on something else", "scope_reduction": "doing less",
    "other_efficiency": "efficiency that releases no money",
}  # fmt: skip


@dataclass(frozen=True)
class Guardrail:
    """What must not get worse, in words."""

    title: str
    sentence: str
    treated: tuple[str, ...]
    controls: tuple[str, ...]
    blocks: bool


@dataclass(frozen=True)
class Reading:
    """What a page says of a scheme beside its own words. patients: those that the planned saving stands for."""

    scheme: Scheme
    measure_title: str
    planned_effect: str
    patients: float | None
    guardrails: tuple[Guardrail, ...]
    origin: str
    saving_class: str
    letters: tuple[tuple[str, str], ...]


def reading(scheme: Scheme, measures: dict[str, Measure]) -> Reading:
    """A scheme in words; a measure that is not known here is called by its id."""
    codes = [code for rule in scheme.guardrails for code in (*rule.treated, *rule.controls)]
    names = {code: o.name for code, o in Organisation.objects.in_bulk(codes).items()}
    letters = tuple((name.capitalize(), getattr(scheme.letters, name)) for name in type(scheme.letters).model_fields)
    return Reading(
        scheme, _title(scheme.measure, measures), _change(scheme.planned_effect, measures.get(scheme.measure)),
        planned_patients(scheme), tuple(_guardrail(rule, measures, names) for rule in scheme.guardrails),
        ORIGINS[scheme.money.origin], CLASSES[scheme.money.saving_class], letters,
    )  # fmt: skip


def planned_patients(scheme: Scheme) -> float | None:
    """How many patients the planned saving stands for; None if the scheme does not say.

    The planned pounds over the pounds of one unit are units; each is so many patients.
    """
    money = scheme.money
    if not money.patients_per_unit or not money.pounds_per_unit:
        return None
    return abs(scheme.planned_saving_pounds / money.pounds_per_unit) * money.patients_per_unit


def _guardrail(rule: GuardrailRule, measures: dict[str, Measure], names: dict[str, str]) -> Guardrail:
    measure, weeks = measures.get(rule.measure), in_weeks().get(rule.measure)
    size = _weeks(rule.margin) if weeks else _size(rule.margin, measure)
    way = "rise" if rule.harm == "up" else "fall"
    sentence = (
        f"It must not {way} by more than {size} where the scheme runs, compared with where it "
        "does not."
    )
    treated, controls = (tuple(names.get(code, code) for code in side) for side in (rule.treated, rule.controls))
    title = (weeks.title if weeks else None) or _title(rule.measure, measures)
    return Guardrail(title, sentence, treated, controls, rule.blocks)


def _title(key: str, measures: dict[str, Measure]) -> str:
    return measures[key].title if key in measures else key


def _change(effect: float, measure: Measure | None) -> str:
    return f"{_size(abs(effect), measure)} {'lower' if effect < 0 else 'higher'}"


def _weeks(x: float) -> str:
    return f"{x:g} week{'' if x == 1 else 's'}"


def _size(x: float, measure: Measure | None) -> str:
    if measure is not None and measure.is_share:
        return f"{100 * x:g} percentage point{'' if x == 0.01 else 's'}"
    unit = f" ({measure.unit})" if measure is not None else ""
    return f"{figures(x)}{unit}"

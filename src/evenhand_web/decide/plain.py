"""A scheme as answers to plain questions and as YAML: one becomes the other, and what is not asked for stays."""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import yaml
from yaml.emitter import Emitter
from yaml.representer import SafeRepresenter
from yaml.resolver import BaseResolver
from yaml.serializer import Serializer

from evenhand.definition import parse
from evenhand.errors import InputError
from evenhand.records import Scheme
from evenhand_web.site import naming

from .models import Plan

Place = tuple[str | int, ...]
ASKED: dict[str, Place] = {  # field of the form: where its answer stands in the scheme
    "title": ("title",), "aim": ("aim",), "measure": ("measure",), "planned_effect": ("planned_effect",),
    "level": ("level",), "start": ("start",), "baseline_from": ("baseline", "from"), "baseline_to": ("baseline", "to"),
    "follow_up_from": ("follow_up", "from"), "follow_up_to": ("follow_up", "to"), "end": ("end",),
    "cluster": ("cluster",), "why_not_randomised": ("why_not_randomised",),
    "planned_saving_pounds": ("planned_saving_pounds",), "investment_pounds": ("money", "investment_pounds"),
    "pounds_per_unit": ("money", "pounds_per_unit"), "price_month": ("money", "price_month"),
    "price_source": ("money", "price_source"), "patients_per_unit": ("money", "patients_per_unit"),
    "origin": ("money", "origin"), "recurrent": ("money", "recurrent"), "saving_class": ("money", "saving_class"),
    "guardrail": ("guardrails", 0, "measure"), "guardrail_level": ("guardrails", 0, "level"),
    "margin": ("guardrails", 0, "margin"), "harm": ("guardrails", 0, "harm"),
    "treated": ("guardrails", 0, "treated"), "controls": ("guardrails", 0, "controls"),
    "quality": ("letters", "quality"), "innovation": ("letters", "innovation"),
    "productivity": ("letters", "productivity"), "prevention": ("letters", "prevention"),
}  # fmt: skip
MAY_BE_LEFT_OUT = ("end", "why_not_randomised")
CODES = ("treated", "controls")
USUAL = {"level": "practice", "cluster": "unit", "investment_pounds": "0", "patients_per_unit": "0",
         "origin": "clinical_decision", "recurrent": "true", "saving_class": "cash_releasing"}  # fmt: skip
_ORDER = [field.alias or name for name, field in Scheme.model_fields.items()]
_SAID = re.compile(r"^Line \d+: (?:([\w.]+): )?(.*)$", re.DOTALL)
_LONGEST_KEY = 40


class _Plain(Emitter, Serializer, SafeRepresenter, BaseResolver):  # type: ignore[misc]
    """Writes every scalar as the text that it is, as the strict reader reads it."""

    def __init__(self, stream: Any, **_: Any) -> None:
        Emitter.__init__(self, stream, width=110, allow_unicode=True)
        Serializer.__init__(self)
        SafeRepresenter.__init__(self, sort_keys=False)
        BaseResolver.__init__(self)

    def ignore_aliases(self, data: Any) -> bool:
        return True


def content(text: str) -> dict[str, Any]:
    """What a scheme's YAML says, every scalar as text; empty if it cannot be read."""
    try:
        found, _ = parse(text, where="text")
    except InputError:
        return {}
    return dict(found) if isinstance(found, Mapping) else {}


def answers(said: Mapping[str, Any]) -> dict[str, str]:
    """The answers that a scheme gives to what the form asks."""
    found = {}
    for name, place in ASKED.items():
        value: Any = said
        for step in place:
            try:
                value = value[step]
            except (KeyError, IndexError, TypeError):
                value = ""
                break
        found[name] = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return found


def not_asked(said: Mapping[str, Any]) -> list[str]:
    """What a scheme says that the form does not ask for, and so leaves as it is."""
    asked = {place[0] for place in ASKED.values()} | {"id", "pathway", "area", "allocation", "treated_arms",
                                                      "control_arm"}  # fmt: skip
    also = [key.replace("_", " ") for key, value in said.items() if key not in asked and value not in ("", [], {})]
    more = len(said["guardrails"]) - 1 if isinstance(said.get("guardrails"), list) else 0
    return also + ([f"{more} more guardrail{'s' if more > 1 else ''}"] if more > 0 else [])


def written(given: Mapping[str, str], said: Mapping[str, Any], **fixed: str) -> str:
    """The scheme's YAML with the answers put in; `fixed`: what nobody is asked (id, pathway, area)."""
    made: dict[str, Any] = copy.deepcopy(dict(said)) | {name: value for name, value in fixed.items() if value}
    made.setdefault("allocation", f"{made.get('id', '')}_allocation.csv")
    for name, place in ASKED.items():
        answer: Any = given.get(name, "").strip()
        if name in CODES:
            answer = [code for code in re.split(r"[\s,;]+", answer) if code]
        if answer or name not in MAY_BE_LEFT_OUT:
            _put(made, place, answer)
        else:
            made.pop(name, None)
    return yaml.dump({key: made[key] for key in (*_ORDER, *made) if key in made}, Dumper=_Plain)


def free_key(title: str) -> str:
    """A short name for a new scheme, from its title, that no scheme has yet."""
    word = naming.word_of(title, longest=_LONGEST_KEY, joint="_")
    word = word if word[:1].isalpha() else f"scheme_{word}".rstrip("_")
    return naming.free_key(word, Plan.objects.all(), joint="_")


def told(faults: list[str]) -> list[tuple[str | None, str]]:
    """What is wrong, each with the field that it is about; None where it is about no field."""
    fields = {".".join(map(str, place)): name for name, place in ASKED.items()}
    found: list[tuple[str | None, str]] = []
    for fault in faults:
        match = _SAID.match(fault)
        place, words = (match[1] or "", match[2]) if match else ("", fault)
        name = fields.get(place) or fields.get(re.sub(r"\.\d+$", "", place))
        sentence = words if name or not place else f"{place}: {words}"
        pair = (name, f"{sentence[:1].upper()}{sentence[1:]}".rstrip(".") + ".")
        if pair not in found:
            found.append(pair)
    return found


def _put(made: dict[str, Any], place: Place, answer: Any) -> None:
    inner: Any = made
    for step, following in pairwise(place):
        if isinstance(step, int):
            while len(inner) <= step:
                inner.append({})
            inner = inner[step]
        else:
            if not isinstance(inner.get(step), dict | list):
                inner[step] = [] if isinstance(following, int) else {}
            inner = inner[step]
    inner[place[-1]] = answer

"""A scheme asked for in plain questions, on one page that a phone can show; it becomes the same YAML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from evenhand_web.people.models import Organisation

from . import plain
from .checking import faults, known_guardrails, known_measures
from .forms import AmendForm, DraftForm

_LEVELS = [("practice", "Practices"), ("pcn", "Primary care networks"), ("sicbl", "Sub-ICB locations"),
           ("icb", "Integrated care boards"), ("provider", "Trusts")]  # fmt: skip
_MONTH = "Year and month, for example 2026-10."


def _text(label: str, help_text: str = "", *, rows: int = 0, most: int = 200) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(label=label, help_text=help_text, required=False, max_length=most, widget=widget)


def _number(label: str, help_text: str = "") -> forms.CharField:
    widget = forms.TextInput(attrs={"class": "nhsuk-input--width-10"})
    return forms.CharField(label=label, help_text=help_text, required=False, max_length=30, widget=widget)


def _month(label: str) -> forms.CharField:
    widget = forms.TextInput(attrs={"class": "nhsuk-input--width-5"})
    return forms.CharField(label=label, help_text=_MONTH, required=False, max_length=7, widget=widget)


def _choice(label: str, choices: list[tuple[str, str]], help_text: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(label=label, choices=[("", "Choose"), *choices], help_text=help_text, required=False)


class PlainScheme(forms.Form):
    """What a scheme must say, one question a field. `yaml` is what it says, once it is valid."""

    title = _text("What it is called", most=120)
    aim = _text("The aim", "How much, for whom, by when, in one sentence.", rows=3, most=400)
    measure = _choice("The measure that will judge it", [])
    planned_effect = _number("The change of the measure that you aim at",
                             "In its own unit: -0.05 is five percentage points lower.")  # fmt: skip
    level = _choice("Who changes, and is compared", _LEVELS)
    start = _month("The month in which it begins")
    baseline_from = _month("Months before, that it is compared with: the first")
    baseline_to = _month("Months before: the last")
    follow_up_from = _month("Months in which it is judged: the first")
    follow_up_to = _month("Months in which it is judged: the last")
    end = _month("The month in which it ends or is looked at again (optional)")
    cluster = _choice("Who begins first is drawn by chance", [
        ("unit", "One by one"), ("cluster", "Whole networks together")])  # fmt: skip
    why_not_randomised = _text("If it is not drawn by chance: why not", "Then no saving can be proved. Leave empty "
                               "if it is drawn.", rows=2, most=400)  # fmt: skip
    planned_saving_pounds = _number("Pounds that it should save in a year",
                                    "Below 0 if the better choice costs more.")  # fmt: skip
    investment_pounds = _number("Pounds that it costs to do")
    pounds_per_unit = _number("Pounds for each one that changes",
                              "The national price of one, less the price of what replaces it.")  # fmt: skip
    price_month = _month("The month of those prices")
    price_source = _text("Where those prices stand")
    patients_per_unit = _number("Patients for each one that changes", "For example 0.083: twelve items a patient.")
    origin = _choice("Where the money comes from", [
        ("clinical_decision", "A clinical decision"), ("provider_efficiency", "A provider's efficiency"),
        ("management_cost", "Management cost"), ("price_and_pay", "Price and pay")])  # fmt: skip
    recurrent = _choice("Does it come back every year", [("true", "Yes, every year"), ("false", "No, once")])
    saving_class = _choice("What kind of saving", [
        ("cash_releasing", "Money that can be spent on something else"),
        ("other_efficiency", "More for the same money"), ("scope_reduction", "Less care: it never counts"),
    ])  # fmt: skip
    guardrail = _choice("What must not get worse", [], "A measure of access or quality. Its breach stops the saving "
                        "from counting.")  # fmt: skip
    guardrail_level = _choice("Where that is looked at", _LEVELS)
    margin = _number("By how much at most", "In its own unit: 0.01 is one percentage point; of a wait in weeks, 1 is "
                     "a week.")  # fmt: skip
    harm = _choice("Which way is worse", [("down", "Lower is worse"), ("up", "Higher is worse")])
    treated = _text("Where the scheme runs", "Codes of organisations of that level, with commas.", rows=2, most=4000)
    controls = _text("Where it does not", "Codes of at least two of that level, with commas.", rows=2, most=4000)
    quality = _text("Quality", "What patients gain, in one sentence.", rows=2, most=400)
    innovation = _text("Innovation", "What is done in a new way.", rows=2, most=400)
    productivity = _text("Productivity", "What is done with less.", rows=2, most=400)
    prevention = _text("Prevention", "What is kept from happening.", rows=2, most=400)

    SECTIONS = (
        ("What, and how much", ("title", "aim", "measure", "planned_effect", "level")),
        ("When", ("start", "baseline_from", "baseline_to", "follow_up_from", "follow_up_to", "end")),
        ("How it is judged", ("cluster", "why_not_randomised")),
        ("Money and patients", ("planned_saving_pounds", "investment_pounds", "pounds_per_unit", "price_month",
                                "price_source", "patients_per_unit", "origin", "recurrent", "saving_class")),
        ("What must not get worse", ("guardrail", "guardrail_level", "margin", "harm", "treated", "controls")),
        ("The four letters", ("quality", "innovation", "productivity", "prevention")),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, said: Mapping[str, Any], area: str, pathway: str = "",
                 key: str | None = None, **more: Any) -> None:  # fmt: skip
        answers = {name: answer for name, answer in plain.answers(said).items() if answer}
        more["initial"] = {**plain.USUAL, **answers, **more.get("initial", {})}
        super().__init__(data, **more)
        self._said, self._area, self._pathway, self._key = said, area, pathway, key
        self.kept, self.yaml = plain.not_asked(said), ""
        titles = {key: measure.title for key, measure in known_measures().items()}
        for name, known in (("measure", titles), ("guardrail", known_guardrails())):
            self.fields[name].choices = [("", "Choose"), *sorted(known.items(), key=lambda option: option[1])]
        for name, field in self.fields.items():  # a scheme may say what no list offers: it is not lost
            answer = answers.get(name)
            if isinstance(field, forms.ChoiceField) and answer and answer not in dict(field.choices):
                field.choices = [*field.choices, (answer, answer)]

    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The questions under their headings."""
        return [(heading, [self[name] for name in names]) for heading, names in self.SECTIONS]

    def others(self) -> list[forms.BoundField]:
        """What is asked beside the scheme itself, and can be seen."""
        return [self[name] for name in self.fields if name not in plain.ASKED and not self[name].is_hidden]

    def clean(self) -> dict[str, Any]:
        """Through the same door as the text: everything wrong at once, each beside its question."""
        given: dict[str, Any] = super().clean() or {}
        text = self._written(given)
        for name, words in plain.told(faults(text, key=self._key, area=self._area)):
            if name not in self.errors:
                label = self.fields[name].label if name else ""
                gap = label and words.startswith("Nothing is filled in")
                self.add_error(name, f"Fill in: {label}." if gap else f"{label}: {words}" if label else words)
        if self._key and plain.content(text) == plain.content(self._written(self.initial)):
            raise forms.ValidationError("Nothing is different from the latest version, so there is nothing to save.")
        self.yaml = text
        return given

    def _written(self, given: Mapping[str, Any]) -> str:
        said = {name: _as_typed(name, given.get(name) or "") for name in plain.ASKED}
        key = self._key or plain.free_key(said["title"])
        return plain.written(said, self._said, id=key, area=self._area, pathway=self._pathway)


class PlainDraft(PlainScheme):
    """A new scheme in plain questions, and who must sign it."""

    signers = DraftForm.base_fields["signers"]

    def __init__(self, organisations: list[Organisation], data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        codes = [organisation.code for organisation in organisations]
        self.fields["signers"].queryset = Organisation.objects.filter(code__in=codes)


class PlainAmend(PlainScheme):
    """A new version in plain questions, written over the version whose number it carries."""

    note = AmendForm.base_fields["note"]
    number = forms.IntegerField(widget=forms.HiddenInput)


def _as_typed(name: str, answer: str) -> str:
    """An answer without the marks that people put into numbers; words stay as they are."""
    answer = answer.replace("\r\n", "\n")
    if name.endswith("pounds") or name in ("pounds_per_unit", "planned_effect", "margin", "patients_per_unit"):
        return answer.replace("−", "-").replace("£", "").replace(",", "").strip()
    return " ".join(answer.split())

"""One question of an instrument as a form of one field."""

from __future__ import annotations

from typing import Any

from django import forms

from evenhand.listen import Question
from evenhand.listen.question import PARTED

LONGEST_TEXT = 1000  # characters; a screen of writing


class AnswerForm(forms.Form):
    """The answer to one question; empty is an answer too: nobody has to say."""

    def __init__(self, question: Question, data: Any = None, *, given: str = "") -> None:
        super().__init__(data, initial={"answer": given.split(PARTED) if question.type == "multiple" else given})
        self.question = question
        self.fields["answer"] = _field(question)

    def clean_answer(self) -> str:
        """The answer in the one spelling that evenhand.listen reads, '' for none."""
        value = self.cleaned_data["answer"]
        word = PARTED.join(value) if isinstance(value, list) else str(value)
        found = self.question.clean(word)
        if found is None:
            raise forms.ValidationError(_right(self.question))
        return found


def _field(question: Question) -> forms.Field:
    said = {"label": question.text, "help_text": question.hint, "required": False}
    if question.type == "single":
        return forms.ChoiceField(choices=list(question.options.items()), widget=forms.RadioSelect, **said)
    if question.type == "scale":
        return forms.ChoiceField(choices=_steps(question), widget=forms.RadioSelect, **said)
    if question.type == "multiple":
        return forms.MultipleChoiceField(
            choices=list(question.options.items()), widget=forms.CheckboxSelectMultiple, **said
        )
    if question.type == "number":
        widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "nhsuk-input--width-4"})
        return forms.CharField(widget=widget, max_length=12, **{**said, "help_text": question.hint or _right(question)})
    return forms.CharField(widget=forms.Textarea(attrs={"rows": 4}), max_length=LONGEST_TEXT, **said)


def _steps(question: Question) -> list[tuple[str, str]]:
    steps = question.values()
    ends = {steps[0]: question.low_label, steps[-1]: question.high_label}
    return [(step, f"{step} – {ends[step]}" if ends.get(step) else step) for step in steps]


def _right(question: Question) -> str:
    """What would be an answer, in words."""
    if question.type == "multiple" and question.at_most:
        return f"Choose at most {question.at_most}."
    if question.type in ("number", "scale"):
        unit = f" {question.unit}" if question.unit else ""
        return f"Enter a number from {question.low:g} to {question.high:g}{unit}."
    return "Choose one of the answers."

"""The forms of DECIDE."""

from __future__ import annotations

from typing import Any

from django import forms

from evenhand_web.people.models import Organisation

from .checking import faults
from .models import Explanation, Moderation, Statement

LONGEST_STATEMENT = 140  # characters; ENGAGEMENT.md F1.5
TEXT_ROWS = 28


class StatementForm(forms.Form):
    """One idea of one's own."""

    text = forms.CharField(
        label="Your statement", max_length=LONGEST_STATEMENT, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One idea that others can agree or disagree with, in at most 140 characters.",
        error_messages={
            "required": "Write your statement.",
            "max_length": "Use at most 140 characters; this has %(show_value)d.",
        },
    )  # fmt: skip


class ModerationForm(forms.Form):
    """What becomes of one waiting statement."""

    decision = forms.ChoiceField(
        label="What becomes of it", widget=forms.RadioSelect, error_messages={"required": "Choose what becomes of it."},
        choices=[("accepted", "Let it be voted on"), ("duplicate", "It was said before"), ("rejected", "Reject it")],
    )  # fmt: skip
    duplicate_of = forms.ModelChoiceField(
        Statement.objects.none(), label="If it was said before: by which statement", required=False,
        empty_label="Choose a statement",
    )  # fmt: skip
    reason = forms.CharField(
        label="If you reject it: why, for everybody to read", max_length=200, required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip

    def __init__(self, statement: Statement, data: Any = None) -> None:
        super().__init__(data, prefix=f"statement-{statement.pk}")
        self.fields["duplicate_of"].queryset = statement.round.statements.filter(moderation="accepted")

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if given.get("decision") == "rejected" and not given.get("reason"):
            self.add_error("reason", "Give the reason: everybody will read it beside the statement.")
        if given.get("decision") == "duplicate" and given.get("duplicate_of") is None:
            self.add_error("duplicate_of", "Choose the statement that said it before.")
        return given

    DECISIONS = Moderation.DECISIONS


class _SchemeText(forms.Form):
    """The text of a scheme, read strictly: everything wrong with it is said at once, each with its line."""

    yaml = forms.CharField(
        label="The scheme, word for word", strip=False, error_messages={"required": "Write the scheme."},
        widget=forms.Textarea(attrs={"rows": TEXT_ROWS, "class": "eh-code", "spellcheck": "false"}),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, key: str | None = None, area: str | None = None, **more: Any) -> None:
        super().__init__(data, **more)
        self._key, self._area = key, area

    def clean_yaml(self) -> str:
        """The text with line ends as files have them."""
        text = self.cleaned_data["yaml"].replace("\r\n", "\n")
        told = faults(text, key=self._key, area=self._area)
        if told:
            raise forms.ValidationError(told)
        return str(text)


class AmendForm(_SchemeText):
    """A new version; it carries the number of the version that it was written over."""

    note = forms.CharField(
        label="What changes, and why", max_length=300, error_messages={"required": "Say what changes, and why."},
        help_text="One sentence, for those who have signed and must sign again.",
        widget=forms.Textarea(attrs={"rows": 2}),
    )  # fmt: skip
    number = forms.IntegerField(widget=forms.HiddenInput)
    field_order = ["note", "yaml", "number"]


class DraftForm(_SchemeText):
    """A new scheme and who must sign it."""

    signers = forms.ModelMultipleChoiceField(
        Organisation.objects.none(), label="Who must sign it", widget=forms.CheckboxSelectMultiple,
        help_text="For each of them, its clinical lead and a manager: two people.",
        error_messages={"required": "Choose at least one organisation that signs."},
    )  # fmt: skip

    def __init__(self, organisations: list[Organisation], data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        codes = [organisation.code for organisation in organisations]
        self.fields["signers"].queryset = Organisation.objects.filter(code__in=codes)


class ExplanationForm(forms.Form):
    """A reason why a variation is warranted."""

    text = forms.CharField(
        label="This is warranted here because …", max_length=Explanation._meta.get_field("text").max_length,
        widget=forms.Textarea(attrs={"rows": 4}), error_messages={"required": "Write the reason."},
        help_text="What is different about your patients or work. Nothing about a patient who could be recognised.",
    )  # fmt: skip

"""The forms beside a scheme: questions and comments, and what comes first."""

from __future__ import annotations

from typing import Any

from django import forms

FIRST = 3  # a clinician can put three in order in a minute; the others count as coming after none of them


class ReplyForm(forms.Form):
    """An answer."""

    text = forms.CharField(max_length=600)


class CommentForm(forms.Form):
    """A question or a comment on a draft."""

    kind = forms.ChoiceField(
        label="What is it", choices=[("question", "A question"), ("comment", "A comment")], widget=forms.RadioSelect,
        error_messages={"required": "Choose a question or a comment."},
    )  # fmt: skip
    text = forms.CharField(
        label="Your words", max_length=600, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Nothing about a patient who could be recognised. Shown with your profession, not your name.",
        error_messages={"required": "Write your question or comment."},
    )  # fmt: skip


class PriorityForm(forms.Form):
    """The opportunities that a clinician would take on first, second and third."""

    def __init__(self, options: list[tuple[str, str]], data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        for number, word in enumerate(("First", "Second", "Third")[: min(FIRST, len(options))], 1):
            self.fields[f"place_{number}"] = forms.ChoiceField(
                label=word, choices=[("", "Choose an opportunity"), *options],
                error_messages={"required": f"Choose what comes {word.lower()}."},
            )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        chosen = [value for value in given.values() if value]
        if len(set(chosen)) < len(chosen):
            raise forms.ValidationError("Choose each opportunity once.")
        return given

    @property
    def ranking(self) -> list[str]:
        """The chosen ids, the first first."""
        return [self.cleaned_data[name] for name in self.fields]

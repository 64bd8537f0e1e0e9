"""The form in which somebody says what became of a survey."""

from __future__ import annotations

from django import forms

LONGEST = 1_000  # letters: a few sentences


class BecameForm(forms.Form):
    """What became of the answers."""

    became = forms.CharField(
        label="What became of the answers", max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5}),
        help_text="In a few sentences: what was decided or changed because of them, or why nothing was. Everybody who "
        "may read the survey reads it, and those who are asked again. Name nobody who answered.",
        error_messages={"required": "Say what became of the answers.",
                        "max_length": f"Say it in at most {LONGEST:,} letters."},
    )  # fmt: skip

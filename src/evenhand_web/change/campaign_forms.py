"""The campaign desk's one screen: whom, what, how it is drawn, when, and what would matter."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms

from evenhand.change import places
from evenhand.errors import InputError
from evenhand.measures import Measure

LONGEST = 4000
CHOOSE = [
    ("all", "Every practice of the area"),
    ("benchmark", "Those on the worse side of the best quarter"),
    ("limit", "Those beyond the limits of chance on the worse side"),
]
RATIOS = [
    ("1:1", "As many wait as get each message"),
    ("2:1", "Half as many wait as get each message"),
    ("1:2", "Twice as many wait as get each message"),
]
STRATA = [("sicbl", "Sub-ICB location"), ("size", "Size")]
DAYS = ["%d/%m/%Y", "%Y-%m-%d"]
REASON = 20  # letters: a word is no reason (our rule)
MOST_WAVES = 6
AWARENESS_PLACES = ("organisation", "module", "sender")


class Design(forms.Form):
    """What both kinds of campaign ask for."""

    title = forms.CharField(label="What is it called?", max_length=200)
    content = forms.ChoiceField(label="Which module does it send?")
    message = forms.CharField(
        label="The message", widget=forms.Textarea(attrs={"rows": 8}), max_length=LONGEST,
        help_text="Under 150 words. {organisation}, {value}, {benchmark}, {peers}, {month}, {source}, {sender} and "
        "{module} are filled in for each reader.",
    )  # fmt: skip
    message_b = forms.CharField(
        label="A second message to try against it, if you want one", widget=forms.Textarea(attrs={"rows": 4}),
        max_length=LONGEST, required=False,
    )  # fmt: skip
    sender = forms.CharField(
        label="Who signs it?", max_length=120, help_text="Somebody the readers know, by name or by role",
    )  # fmt: skip
    randomise = forms.ChoiceField(
        label="Does chance decide who gets it first?", widget=forms.RadioSelect, initial="yes",
        choices=[("yes", "Yes: some wait until the verdict, so that its effect can be told"),
                 ("no", "No: everybody gets it at once, and nobody will know what it did")],
    )  # fmt: skip
    why = forms.CharField(
        label="If not, why not?", widget=forms.Textarea(attrs={"rows": 2}), max_length=500, required=False,
        help_text="The reason stands on the campaign's page for good.",
    )  # fmt: skip
    ratio = forms.ChoiceField(label="How many wait?", choices=RATIOS, widget=forms.RadioSelect, initial="1:1")
    cluster = forms.ChoiceField(
        label="What is drawn as one?", widget=forms.RadioSelect, initial="pcn",
        choices=[("pcn", "Networks (PCNs): neighbours talk"), ("practice", "Single practices")],
    )  # fmt: skip
    strata = forms.MultipleChoiceField(
        label="Balanced within", choices=STRATA, widget=forms.CheckboxSelectMultiple, required=False,
        initial=["sicbl"],
    )  # fmt: skip
    first_day = forms.DateField(
        label="The first day", input_formats=DAYS, help_text="For example 30/11/2026",
        error_messages={"invalid": "Write the day as 30/11/2026", "required": "Give the first day"},
        widget=forms.DateInput(format="%d/%m/%Y", attrs={"class": "nhsuk-input--width-10"}),
    )  # fmt: skip

    def __init__(self, *given: Any, modules: Iterable[tuple[str, str]], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["content"].choices = list(modules)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("randomise") == "no":
            if len((found.get("why") or "").strip()) < REASON:
                self.add_error("why", "Say in a sentence why chance may not decide. Without a reason it is drawn.")
            if found.get("message_b"):
                self.add_error("message_b", "Two messages can only be told apart where chance decides who gets which.")
        return found

    def clean_message(self) -> str:
        return self._known(self.cleaned_data["message"])

    def clean_message_b(self) -> str:
        return self._known(self.cleaned_data["message_b"])

    def _known(self, text: str) -> str:
        try:
            places(text)
        except InputError as error:
            raise forms.ValidationError(f"{str(error)[0].upper()}{str(error)[1:]}.") from None
        return text.strip()


class PracticeDesign(Design):
    """A campaign that is to move a measure."""

    scheme = forms.ChoiceField(label="Which scheme does it serve?", required=False)
    measure = forms.ChoiceField(label="Which measure is it to move?")
    choose = forms.ChoiceField(label="Who is it for?", choices=CHOOSE, widget=forms.RadioSelect, initial="all")
    waves = forms.IntegerField(
        label="How many waves?", min_value=1, max_value=MOST_WAVES, initial=1,
        widget=forms.NumberInput(attrs={"class": "nhsuk-input--width-3"}),
        help_text="Chance decides who is early and who is late as well.",
    )  # fmt: skip
    weeks = forms.IntegerField(
        label="Weeks from one wave to the next", min_value=1, max_value=26, initial=4,
        widget=forms.NumberInput(attrs={"class": "nhsuk-input--width-3"}),
    )  # fmt: skip
    least_effect = forms.FloatField(
        label="The least effect that would matter", help_text="In the measure's own unit; of a share, -0.05 means five "
        "in a hundred fewer.", widget=forms.NumberInput(attrs={"class": "nhsuk-input--width-5", "step": "any"}),
    )  # fmt: skip
    follow_up = forms.IntegerField(
        label="Months after the last wave in which it is judged", min_value=1, max_value=24, initial=6,
        widget=forms.NumberInput(attrs={"class": "nhsuk-input--width-3"}),
    )  # fmt: skip
    field_order = (
        "title", "scheme", "measure", "choose", "content", "message", "message_b", "sender", "randomise", "why",
        "ratio", "cluster", "strata", "first_day", "waves", "weeks", "least_effect", "follow_up",
    )  # fmt: skip

    def __init__(
        self, *given: Any, schemes: Iterable[tuple[str, str]], measures: Iterable[Measure], **more: Any
    ) -> None:
        super().__init__(*given, **more)
        self.fields["scheme"].choices = [("", "None: it stands for itself"), *schemes]
        self.fields["measure"].choices = [(m.id, f"{m.title} ({m.unit})") for m in measures]

    def clean_least_effect(self) -> float:
        found: float = self.cleaned_data["least_effect"]
        if found == 0:
            raise forms.ValidationError("Name an effect other than nought: the least that would be worth it.")
        return found

    def days(self) -> list[str]:
        """The first day of each wave."""
        first: date = self.cleaned_data["first_day"]
        apart = timedelta(weeks=self.cleaned_data["weeks"])
        return [(first + apart * number).isoformat() for number in range(self.cleaned_data["waves"])]


class AwarenessDesign(Design):
    """A campaign after which more people should know: a survey's repeated question is its outcome."""

    question = forms.ChoiceField(
        label="Which answer of which survey should more people give?",
        help_text="Everybody was asked before; the next wave of the same survey asks again.",
    )  # fmt: skip
    least_effect = forms.FloatField(
        label="The least effect that would matter, in people of a hundred", min_value=1, max_value=100, initial=10,
        widget=forms.NumberInput(attrs={"class": "nhsuk-input--width-3", "step": "any"}),
    )  # fmt: skip
    field_order = (
        "title", "question", "content", "message", "message_b", "sender", "randomise", "why", "ratio", "cluster",
        "strata", "first_day", "least_effect",
    )  # fmt: skip

    def __init__(self, *given: Any, questions: Iterable[tuple[str, str]], **more: Any) -> None:
        super().__init__(*given, **more)
        self.fields["question"].choices = list(questions)
        self.fields["message"].help_text = "Under 150 words. {organisation}, {sender} and {module} are filled in."

    def days(self) -> list[str]:
        """The first day of its one wave."""
        return [self.cleaned_data["first_day"].isoformat()]

    def _known(self, text: str) -> str:
        text = super()._known(text)
        for name in places(text):
            if name not in AWARENESS_PLACES:
                raise forms.ValidationError(f"No figure of the reader's is known here: leave out {{{name}}}.")
        return text

"""What a finance lead sets for a year: how much there is, how fast it moves towards need, and who shares in gains."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from evenhand import definition
from evenhand.account import GainShareScheme, Rule

GATES = ("guardrails",)  # what the pages know of a practice; a scheme with other gates is worked out elsewhere


def _percent(label: str, help_text: str, least: int, most: int) -> forms.DecimalField:
    return forms.DecimalField(label=label, help_text=help_text, min_value=least, max_value=most, decimal_places=2)


class BudgetForm(forms.Form):
    """A rule as people write it: pounds and percentages."""

    total = forms.DecimalField(
        label="What there is for the year, in pounds", min_value=Decimal("0.01"), max_value=Decimal(10**12),
        decimal_places=2, help_text="For all practices of the area together, before anything is kept back",
    )  # fmt: skip
    pace = _percent("How far to move towards need, in percent", "0 keeps to history, 100 goes all the way", 0, 100)
    floor = _percent("The most a practice may lose, in percent", "For example -2", -100, 100)
    cap = _percent("The most a practice may gain, in percent", "For example 5", -100, 1000)
    contingency = _percent("Kept back, in percent of the total", "For what nobody foresees", 0, 99)
    gain_share = forms.CharField(
        label="Gain share, as its published scheme (may be left empty)", required=False, max_length=8000,
        widget=forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}),
        help_text="YAML, as the reference page shows it; here its one gate is the column guardrails",
    )  # fmt: skip

    def clean_gain_share(self) -> str:
        """A scheme that cannot be read, or asks for what the pages do not know, is refused by line."""
        text: str = self.cleaned_data["gain_share"].strip()
        if not text:
            return ""
        if faults := definition.problems(text, GainShareScheme, where="line"):
            raise forms.ValidationError(list(faults))
        scheme = definition.loads(text, GainShareScheme)
        if scheme.quality or any(gate.column not in GATES for gate in scheme.gates):
            raise forms.ValidationError(
                "These pages know the gate 'guardrails' and no quality points; work other schemes out with "
                "`evenhand account gainshare`."
            )
        return text

    def clean(self) -> dict[str, Any]:
        """The floor lies below the cap."""
        found: dict[str, Any] = super().clean() or self.cleaned_data
        floor, cap = found.get("floor"), found.get("cap")
        if floor is not None and cap is not None and floor > cap:
            self.add_error("cap", f"The most a practice may gain, {cap}%, is below the least change, {floor}%.")
        return found

    def rule(self) -> Rule:
        """The rule that the library knows."""
        said = {name: float(self.cleaned_data[name] / 100) for name in ("pace", "floor", "cap", "contingency")}
        return Rule(**said)

"""The page of reach: how much of a target is reached with clinicians and without, by one's own judgement."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import yaml
from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from evenhand import account, charts
from evenhand.charts import survey_sketches
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import organisation_page
from evenhand_web.site.figures import Figure, download

FILE = "reach.yaml"
DRAWS = 50_000  # a quarter of the command's: the page waits for them, and medians move by hundredths
COMMAND = f"evenhand account reach --parameters {FILE} --draws {DRAWS} --json"
ARMS = (("Without clinicians", "without_engagement"), ("With clinicians", "with_engagement"))
HOW = (
    "A planning model, not a forecast: it says how far effects that studies found can reach, on the £20 billion of "
    f"2010 to 2015, and knows nothing of this organisation. Each number is drawn {DRAWS:,} times from what is known of "
    "it; a slider moves the most likely value and keeps what lies on both sides of it.",
    "What clinicians decide is reached as far as practice changes: the effect among those who adopt, kept after a "
    "year, and the effect of guidance and letters among the others, against the fall that the best quarter shows. The "
    "rest is delivered at a rate of its own; overlap and slippage are taken off.",
    "The share that clinicians decide and the delivery of the rest are judgement: no study gives them. The reported "
    "view is what programmes would say; the verified view is what auditors found of such reports.",
)


class Sliders(forms.Form):
    """Most likely values, in percent: the two judgements of the model, and adoption."""

    provider = forms.IntegerField(min_value=0, max_value=100)
    transformation = forms.IntegerField(min_value=0, max_value=100)
    rest = forms.IntegerField(min_value=0, max_value=100)
    adoption = forms.IntegerField(min_value=0, max_value=100)

    LABELS = {
        "provider": ("What clinicians decide of providers' savings", "judgement"),
        "transformation": ("What clinicians decide of changed pathways", "judgement"),
        "rest": ("How much of the rest is delivered", "judgement"),
        "adoption": ("How many clinicians adopt", "programmes reached 17% to 51%"),
    }

    def __init__(self, *given: object) -> None:
        super().__init__(*given)
        for name, field in self.fields.items():
            label, basis = self.LABELS[name]
            field.initial, field.label = usual()[name], f"{label}: {self.data.get(name, usual()[name])}%"
            field.help_text = f"From 0% to 100%; {usual()[name]}% unless you move it; {basis}"
            field.widget = forms.NumberInput({"min": 0, "max": 100, "step": 1})
            field.widget.input_type = "range"


def usual() -> dict[str, int]:
    """The model's own most likely values, in percent."""
    known = account.Parameters()
    shares = {name: layer.clinician_share.likely for name, layer in known.layers.items() if name != "national"}
    found = {**shares, "rest": known.rest_delivered.likely, "adoption": known.adoption.likely}
    return {name: round(100 * share) for name, share in found.items()}


@organisation_page("read")
def reach(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Everybody of the organisation: how far the target can be reached. Next: move what one judges otherwise."""
    asked = Sliders(request.GET) if any(name in request.GET for name in usual()) else None
    wrong = asked is not None and not asked.is_valid()
    chosen = usual() | (asked.cleaned_data if asked is not None and not wrong else {})
    parameters = account.judged(
        account.Parameters(), rest_delivered=chosen["rest"] / 100, adoption=chosen["adoption"] / 100,
        clinician_share={name: chosen[name] / 100 for name in ("provider", "transformation")},
    )  # fmt: skip
    if request.GET.get("download") == FILE:
        text = yaml.safe_dump(parameters.model_dump(mode="json"), sort_keys=False)
        return HttpResponse(text, content_type="application/yaml",
                            headers={"Content-Disposition": f'attachment; filename="{FILE}"'})  # fmt: skip
    found = _found(parameters.model_dump_json())
    figure = _figure(found)
    if response := download(request, figure):
        return response
    total = sum(layer.pounds_bn for layer in parameters.layers.values())
    return render(request, "account/reach.html", {
        "form": asked or Sliders(), "found": found, "figure": figure, "total": total, "file": FILE,
        "short": max(0.0, total - found.with_engagement.median), "query": request.GET.urlencode(),
    }, status=422 if wrong else 200)  # fmt: skip


@lru_cache(maxsize=64)
def _found(parameters: str) -> account.Reach:
    return account.reach(account.Parameters.model_validate_json(parameters), draws=DRAWS)


def _figure(found: account.Reach) -> Figure:
    arms = [(label, getattr(found, name)) for label, name in ARMS]
    rows = [(label, arm.median, arm.low_90, arm.high_90, arm.verified_median) for label, arm in arms]
    worth = found.worth
    rows.append(("Worth of engaging them", worth.median, worth.low_90, worth.high_90, None))
    labels = [row[0] for row in rows]
    value, low, high = (np.array([row[i] for row in rows], dtype=float) for i in (1, 2, 3))

    def draw(width: int) -> object:
        return charts.intervals(labels, value, low, high, title="What is reached, £ billion", width=width,
                                subtitle="Dot: the median; bar: its 90% interval")  # fmt: skip

    return Figure(
        name="reach", rows=rows, draw=draw, how=HOW, command=COMMAND,
        sentence="What is reached as it would be reported, in £ billion: the median and its 90% interval.",
        columns=("with whom", "£ billion, reported", "low", "high", "£ billion, verified"),
        sketch=lambda width: survey_sketches.intervals(labels, value, low, high, share=False, width=width),
    )  # fmt: skip

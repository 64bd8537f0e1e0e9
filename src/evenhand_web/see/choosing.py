"""Choosing with whom one is compared on a measure's page: by size, network, deprivation, patients, or one's own list.

The choice stands in the address, so that a link shows others the same picture.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import numpy as np
from django import forms

from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand.measures import Measure
from evenhand.stats.ranks import percent_rank
from evenhand.story import sights
from evenhand.story.comparators import FEWEST, among, comparators

from .comparing import View, worked_out

CHOICES = {
    "": "All of this level", "size": "Those of like size", "network": "Those of the same place above",
    "deprivation": "Those in the same fifth of deprivation", "similar": "Those with the patients most like ours",
    "own": "A list of our own",
}  # fmt: skip
LONGEST = 4_000  # characters of a list: as much as an address can hold everywhere


class PeersForm(forms.Form):
    """With whom to compare."""

    peers = forms.ChoiceField(label="Compare with", choices=list(CHOICES.items()), required=False)
    codes = forms.CharField(
        label="Codes of our own list", required=False, max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=f"Only for a list of our own: {FEWEST} codes or more, with commas or one a line.",
    )  # fmt: skip
    view = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)

    def clean_codes(self) -> list[str]:
        """The codes, each once."""
        return list(dict.fromkeys(self.cleaned_data["codes"].replace(",", " ").upper().split()))


@dataclass(frozen=True)
class Chosen:
    """view: as it was, or among those chosen; wrong: why a choice cannot be followed; query: the choice as it stands
    in an address, '' for all; command: what names the same others."""

    view: View
    form: PeersForm
    wrong: str = ""
    query: str = ""
    words: str = ""
    command: str = ""


def choose(held: Lake, measure: Measure, view: View, asked: Mapping[str, Any]) -> Chosen:
    """The view among those whom the address asks for; the view as it was where it asks for all, or for nonsense."""
    form = PeersForm(asked if "peers" in asked else None, initial={"view": asked.get("view", "")})
    standing = view.standing
    if "peers" not in asked or standing is None or view.row is None:
        return Chosen(view, form)
    if not form.is_valid():
        return Chosen(view, form, "That is no way to choose. Everybody is shown.")
    by, codes = form.cleaned_data["peers"], form.cleaned_data["codes"]
    if not by:
        return Chosen(view, form)
    level = view.spread.level
    try:
        found = comparators(held, level, standing.code, by, codes)
        if sights.is_stored(held, measure):
            whole = sights.spread(held, measure, level, course=True)
        else:
            whole = worked_out(held, measure).get(level)
        assert whole is not None  # the view has one
        shown = among(whole, measure, found.codes, standing.code)
    except InputError as error:
        return Chosen(view, form, f"{_sentence(str(error))} Everybody is shown.")
    row = shown.codes.index(standing.code)
    rank = float(percent_rank(np.where(shown.fair, shown.value, np.nan))[row])
    own = replace(standing, outlier=shown.outlier[row], unlike=shown.unlike[row], middle=shown.facts["middle"],
                  compared=shown.facts["compared"], tenths=np.asarray(shown.facts["tenths"]), rank=rank)  # fmt: skip
    query = {"peers": by} | ({"codes": ",".join(codes)} if by == "own" else {})
    command = "" if by == "own" else f"evenhand see peers --by {by} --level {level} --organisation {standing.code} " \
                                     "--lake LAKE --json"  # fmt: skip
    return Chosen(replace(view, spread=shown, standing=own, chosen=found.words), form, "", urlencode(query),
                  found.words, command)  # fmt: skip


def _sentence(words: str) -> str:
    said = words.partition(": ")[2] or words
    return f"{said[:1].upper()}{said[1:].rstrip('.')}."

"""The measure that an address names."""

from __future__ import annotations

from django.http import Http404

from evenhand import measures
from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand.measures import Measure
from evenhand.story import sights


def measure_named(held: Lake | None, name: str) -> Measure:
    """The measure of this name, also where nothing is loaded yet; a page that is not there (404) if there is none."""
    try:
        if held is None:
            return measures.find(measures.load_all(), name)
        return measures.look_up(held, name, sights.known(held))
    except InputError as error:
        raise Http404(str(error)) from error

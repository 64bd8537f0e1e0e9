"""What the pages of closed surveys ask for, made before a reader does."""

from __future__ import annotations

from django.utils import timezone

from . import figures
from .links import cut_closed
from .models import SurveyWave
from .moving import moved
from .results import results


def prepare() -> None:
    """Of every survey that has closed: its links to people cut, its results, what moved, and their pictures."""
    cut_closed()
    for wave in SurveyWave.objects.filter(closes__lte=timezone.now()).select_related("previous"):
        found = results(wave)
        if found is None:
            continue
        figures.of(wave, found)
        if moves := moved(wave):
            figures.changed(wave, moves)

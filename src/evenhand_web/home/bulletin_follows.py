"""What a bulletin says of a measure that its reader follows: that it changed, once for every new month."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from django.urls import reverse

from evenhand.change.bulletin import Action, told_as
from evenhand_web.change.bulletins import Offer
from evenhand_web.see import following
from evenhand_web.see.models import Follow

if TYPE_CHECKING:
    from .bulletins import Gatherer, Reader


def followed(gatherer: Gatherer, reader: Reader, follows: Sequence[Follow], told: Collection[str]) -> Offer | None:
    """The first that changed in a month published since it was followed, where its reader may read and no campaign
    speaks of it; None if none did, or all were told."""
    for each in follows:
        here = each.organisation
        if not reader.may("read", gatherer.place(here)) or not gatherer.arms.speaks_of(here, each.measure):
            continue
        for _, row in following.news([each], gatherer.sights.moved(here)):
            key = f"follow:{here.code}:{each.measure}:{row['months'][-1]}"
            if key in told:
                continue
            seen = gatherer.sights.changed(here, each.measure)
            way = "higher" if row["direction"] == "up" else "lower"
            words = f"You follow {row['title']} here. It changed: {way} this quarter than before."
            return Offer(
                here, "single", seen, Action(key, words, "See what changed"),
                reverse("home:measure", args=(here.code, each.measure)), "", subject=row["title"],
                told=(key, *([told_as(seen)] if seen else [])),
            )  # fmt: skip
    return None

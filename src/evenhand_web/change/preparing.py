"""What the pages of campaigns ask for, made before a reader does."""

from __future__ import annotations

from evenhand.errors import InputError
from evenhand_web.site.lake import lake

from . import designing, outcomes, spreading
from .models import Campaign


def prepare() -> None:
    """How campaigns spread, what those did whose verdict is due, and what drafts for awareness could see."""
    spreading.prepare()
    for campaign in Campaign.objects.select_related("organisation", "version__plan__organisation"):
        try:
            if campaign.sealed_at is None:
                designing.look(campaign, lake())
            elif not outcomes.waits(campaign):
                outcomes.told(campaign, lake())
        except InputError:
            continue  # its page says why

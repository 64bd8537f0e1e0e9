from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.apps import AppConfig

if TYPE_CHECKING:
    from evenhand_web.change.bulletins import Gather


class HomeConfig(AppConfig):
    """The pages that gather all steps."""

    name = "evenhand_web.home"
    label = "home"

    def ready(self) -> None:
        """Say what bulletins can tell: only here are all steps known. Keep loads in the audit trail;
        have what pages keep worked out when a server starts."""
        from evenhand_web.change import bulletins
        from evenhand_web.site import keeping, warming

        from .trailing import start

        bulletins.register(_gatherer)
        start()
        warming.first(keeping.prepare)


def _gatherer(week: date) -> Gather:
    from .bulletins import Gatherer

    return Gatherer(week)

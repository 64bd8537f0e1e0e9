"""`python -m evenhand_web nhsuk`: make the NHS.UK frontend and Vega ready to be served."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from evenhand_web.site.nhsuk import NotInstalled, prepare, prepare_vega


class Command(BaseCommand):
    requires_system_checks: list[str] = []  # they would complain of the folder that this makes
    help = "Copy the NHS.UK frontend and Vega from node_modules to where the pages find it."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            out = prepare(settings.NODE_MODULES, settings.VAR / "nhsuk")
            prepare_vega(settings.NODE_MODULES, settings.VAR / "vega")
        except NotInstalled as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(f"The NHS.UK frontend is ready in {out}")

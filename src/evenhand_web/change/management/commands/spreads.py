"""`python -m evenhand_web spreads`: work out how campaigns spread, so that no reader waits for it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from evenhand_web.change import spreading


class Command(BaseCommand):
    help = "Work out and draw the spread of every campaign whose counts have changed; run it once a day."

    def handle(self, *args: Any, **options: Any) -> None:
        done = spreading.prepare()
        self.stdout.write(f"{done} spread{'' if done == 1 else 's'} worked out")

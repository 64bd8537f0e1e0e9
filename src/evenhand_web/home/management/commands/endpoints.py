"""List the endpoints of the API, as docs/reference/api.md repeats them."""

from __future__ import annotations

from typing import Any

from django.core.management import BaseCommand


class Command(BaseCommand):
    help = "Print the endpoints of the API as Markdown."

    def handle(self, *args: Any, **options: Any) -> None:
        from evenhand_web import api  # it is made of every step, and this file is found before they are ready

        self.stdout.write(api.listed())

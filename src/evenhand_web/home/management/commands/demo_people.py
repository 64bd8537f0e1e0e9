"""`python -m evenhand_web demo_people`: fill the database from a demonstration lake, and print the accounts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from evenhand.errors import EvenhandError
from evenhand.lake import Lake
from evenhand_web.home.demo import fill
from evenhand_web.people.demo import ACCOUNTS
from evenhand_web.site import keeping


class Command(BaseCommand):
    help = "Fill the database with a demonstration's people, from the files beside its lake; twice changes nothing."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--lake", type=Path, default=settings.EVENHAND_LAKE, metavar="DIR")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.EVENHAND_DEMO:
            raise CommandError("demo_people makes accounts with passwords; it needs EVENHAND_DEMO=1", returncode=2)
        try:
            lake = Lake.open(options["lake"])
            if not lake.demonstration:
                raise CommandError(
                    f"{lake.path} is no demonstration; real people are not made by a command", returncode=2
                )
            place = fill(lake, settings.EVENHAND_DEMO_PASSWORD)
            keeping.prepare()
        except EvenhandError as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(f"Accounts (password: {settings.EVENHAND_DEMO_PASSWORD}), in {place}:")
        for account in ACCOUNTS:
            self.stdout.write(f"  {account.username:18}{account.name:24}{account.part}")

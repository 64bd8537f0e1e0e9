"""`python -m evenhand_web backup`: copy the database, read the copy back, keep the latest few."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from evenhand.errors import InputError
from evenhand_web.home import backups
from evenhand_web.listen.links import cut_closed


class Command(BaseCommand):
    help = "Copy the database into the backups' folder, checked by reading it back; run it once a day."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--to", type=Path, default=settings.EVENHAND_BACKUPS, metavar="DIR")
        parser.add_argument("--keep", type=int, default=14, metavar="N", help="backups that stay, the latest [14]")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["keep"] < 1:
            raise CommandError(f"--keep {options['keep']}: expected 1 or more", returncode=2)
        cut_closed()  # no copy holds a link from answers to people longer than the survey was open
        try:
            made = backups.make(options["to"], timezone.now(), keep=options["keep"])
        except InputError as error:
            raise CommandError(str(error), returncode=2) from error
        rows = f"{sum(made.rows.values()):,} rows in {len(made.rows)} tables, " if made.rows else ""
        self.stdout.write(f"{options['to'] / made.file}: {rows}{made.bytes:,} bytes, read back and sound")

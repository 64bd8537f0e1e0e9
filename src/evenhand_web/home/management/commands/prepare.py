"""`python -m evenhand_web prepare`: work out what pages show of closed surveys, campaigns and proofs."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from evenhand_web.site import keeping


class Command(BaseCommand):
    help = "Work out what pages show of closed surveys, campaigns and proofs, so that no reader waits; run it daily."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            done = keeping.prepare()
        except DatabaseError as error:
            raise CommandError(f"the database cannot be read ({error}); run `migrate` first", returncode=2) from error
        self.stdout.write(f"{done.made} answer{'' if done.made == 1 else 's'} worked out and kept")
        if done.failed:
            raise CommandError(f"not to its end: {', '.join(done.failed)}; the log says why", returncode=1)

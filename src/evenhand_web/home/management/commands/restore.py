"""`python -m evenhand_web restore FILE`: make a backup the database again; stop the service first."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from evenhand.errors import InputError
from evenhand_web.home import backups


class Command(BaseCommand):
    help = "Put a backup in the database's place. Stop the service first; a database with people needs --replace."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--replace", action="store_true", help="even though people are in the database now")

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "sqlite":
            raise CommandError(
                "restore is for SQLite; for PostgreSQL: pg_restore --clean --if-exists --no-owner --dbname=NAME FILE",
                returncode=2,
            )
        connection.close()
        try:
            rows = backups.put_back(options["file"], Path(connection.settings_dict["NAME"]), replace=options["replace"])
        except InputError as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(f"{options['file']}: {sum(rows.values()):,} rows are the database now; run migrate next")

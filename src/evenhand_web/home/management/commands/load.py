"""`python -m evenhand_web load PATH...`: published files into the lake that the pages read, and the pages with them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from evenhand.errors import EvenhandError
from evenhand.sources import Options
from evenhand_web.home.loading import load


class Command(BaseCommand):
    help = "Take published files into the pages' lake, bring pages up to date, and keep what was refused and why."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="file, folder or zip")
        parser.add_argument("--lake", type=Path, default=settings.EVENHAND_LAKE, metavar="DIR")
        parser.add_argument("--as", dest="as_", metavar="SOURCE", help="take the files for this source")
        parser.add_argument("--month", help="YYYY-MM, for a file that does not say its month")
        parser.add_argument("--replace", action="store_true", help="let a smaller release take a month's place")
        parser.add_argument("--no-measures", action="store_true", help="leave the measures to a later run")

    def handle(self, *args: Any, **options: Any) -> None:
        said = Options(month=options["month"], replace=options["replace"])
        tell = (lambda line: print(line, file=sys.stderr)) if sys.stderr.isatty() else None
        try:
            run = load(
                options["lake"], options["paths"], as_=options["as_"], options=said,
                work_out=not options["no_measures"], tell=tell,
            )  # fmt: skip
        except EvenhandError as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(run.said)

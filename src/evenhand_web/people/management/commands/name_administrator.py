"""`python -m evenhand_web name_administrator EMAIL CODE`: the first administrator of an organisation."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from evenhand.errors import InputError
from evenhand_web.people import posts
from evenhand_web.people.models import Identity, Organisation


class Command(BaseCommand):
    help = "Name an organisation's first administrator, who has registered; from then on administrators name others."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("email", help="of somebody who has registered")
        parser.add_argument("code", help="of the organisation")

    def handle(self, *args: Any, **options: Any) -> None:
        email, code = options["email"], options["code"]
        identity = Identity.objects.filter(email__iexact=email, is_active=True).first()
        organisation = Organisation.objects.filter(code=code).first()
        if identity is None:
            raise CommandError(
                f"{email}: nobody with that e-mail has an account; ask them to register first", returncode=2
            )
        if organisation is None:
            raise CommandError(f"{code}: no organisation has that code", returncode=2)
        try:
            posts.give(identity.person, "administrator", organisation, by=None)
        except InputError as error:
            raise CommandError(str(error), returncode=2) from error
        self.stdout.write(f"{identity.name} is administrator of {organisation.name}.")

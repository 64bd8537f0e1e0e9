"""`python -m evenhand_web serve`: the pages of a demonstration on this machine, and who may sign in."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.core.servers.basehttp import WSGIServer, run
from django.core.wsgi import get_wsgi_application

from evenhand_web.people.models import Identity
from evenhand_web.site.turns import in_turns
from evenhand_web.site.warming import warm


class _Roomy(WSGIServer):
    """A room full of people may knock at once: with Django's ten, others wait for a second or three."""

    request_queue_size = 128


def accounts() -> list[str]:
    """The names that open a demonstration with its password; whoever registers has an e-mail for a name."""
    return list(Identity.objects.exclude(username__contains="@").order_by("pk").values_list("username", flat=True))


class Command(BaseCommand):
    help = "Serve a demonstration on this machine. In production a WSGI server serves evenhand_web.wsgi instead."

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.OPEN:
            raise CommandError(
                "serve is for a demonstration (EVENHAND_DEMO=1); use a WSGI server in production", returncode=2
            )
        host, port = options["host"], options["port"]
        application = in_turns(get_wsgi_application())
        warm()  # first, so that whoever opens the address finds somebody there
        self.stdout.write(f"Evenhand is at http://{host}:{port}/ (Ctrl+C ends it)")
        self.stdout.write(f"Sign in as {', '.join(accounts())}; the password is {settings.EVENHAND_DEMO_PASSWORD}")
        try:
            run(host, port, application, threading=True, server_cls=_Roomy)
        except OSError as error:
            raise CommandError(
                f"port {port}: {error.strerror}; name another with --port (make: PORT=8001)", returncode=2
            ) from error
        except KeyboardInterrupt:
            self.stdout.write("Ended.")

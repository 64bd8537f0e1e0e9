"""The door for a production server: `gunicorn evenhand_web.wsgi`. It is warm when it opens."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evenhand_web.settings")
application = get_wsgi_application()

from evenhand_web.site.warming import warm  # noqa: E402  (its applications must be loaded)

warm()

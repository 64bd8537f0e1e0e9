"""`python -m evenhand_web COMMAND`: migrate, demo_people, nhsuk, runserver and the rest of Django's commands."""

import os
import sys


def main() -> None:
    """Run one management command with Evenhand's settings."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "evenhand_web.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["evenhand_web", *sys.argv[1:]])


if __name__ == "__main__":
    main()

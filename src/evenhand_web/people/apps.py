from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Who somebody is, where they work, and what they may do."""

    name = "evenhand_web.people"
    label = "people"

    def ready(self) -> None:
        """Keep sign-ins, tokens and appointments in the audit trail."""
        from . import trailing

        trailing.start()

from django.apps import AppConfig
from django.db.models.signals import post_delete


class ListenConfig(AppConfig):
    """LISTEN: surveys and their answers."""

    name = "evenhand_web.listen"
    label = "listen"

    def ready(self) -> None:
        """Cut the link from answers to people when somebody leaves; give them their answers to take along."""
        from evenhand_web.people import private
        from evenhand_web.people.models import Identity

        from .links import answers_of, cut_on_erasure

        post_delete.connect(cut_on_erasure, sender=Identity)
        private.hold(private.Holding("listen.answers", "my survey answers", tells=answers_of))

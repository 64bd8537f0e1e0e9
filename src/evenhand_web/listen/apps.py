from django.apps import AppConfig
from django.db.models.signals import post_delete


class ListenConfig(AppConfig):
    """LISTEN: surveys and their answers."""

    name = "evenhand_web.listen"
    label = "listen"

    def ready(self) -> None:
        from evenhand_web.people.models import Identity

        from .links import cut_on_erasure

        post_delete.connect(cut_on_erasure, sender=Identity)

from django.apps import AppConfig
from django.db.models.signals import post_delete


class ListenConfig(AppConfig):
    """LISTEN: surveys and their answers."""

    name = "evenhand_web.listen"
    label = "listen"

    def ready(self) -> None:
        """Cut the link from answers to people when somebody leaves; give them their answers to take along; have what
        a closed survey said worked out before anybody asks."""
        from evenhand_web.people import private
        from evenhand_web.people.models import Identity
        from evenhand_web.site import keeping

        from .links import answers_of, cut_on_erasure

        keeping.register(_prepare)
        post_delete.connect(cut_on_erasure, sender=Identity)
        private.hold(private.Holding("listen.answers", "my survey answers", tells=answers_of))


def _prepare() -> None:
    from .preparing import prepare

    prepare()

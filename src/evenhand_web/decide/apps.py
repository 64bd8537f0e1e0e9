from django.apps import AppConfig


class DecideConfig(AppConfig):
    """DECIDE: statements, votes, schemes and signatures."""

    name = "evenhand_web.decide"
    label = "decide"

    def ready(self) -> None:
        """Keep moderation, signatures and key decisions in the audit trail."""
        from .trailing import start

        start()

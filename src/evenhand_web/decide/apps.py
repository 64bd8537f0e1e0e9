from django.apps import AppConfig


class DecideConfig(AppConfig):
    """DECIDE: statements, votes, schemes and signatures."""

    name = "evenhand_web.decide"
    label = "decide"

    def ready(self) -> None:
        """Keep moderation, signatures and key decisions in the audit trail; have rounds counted at a server's start."""
        from evenhand_web.site import warming

        from .rounds import count_newest
        from .trailing import start

        start()
        warming.first(count_newest)

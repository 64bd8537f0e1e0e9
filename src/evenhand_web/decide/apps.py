from django.apps import AppConfig


class DecideConfig(AppConfig):
    """DECIDE: statements, votes, schemes and signatures."""

    name = "evenhand_web.decide"
    label = "decide"

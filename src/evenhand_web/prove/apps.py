from django.apps import AppConfig


class ProveConfig(AppConfig):
    """PROVE: registered designs and verdicts."""

    name = "evenhand_web.prove"
    label = "prove"

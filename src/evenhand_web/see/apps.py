from django.apps import AppConfig


class SeeConfig(AppConfig):
    """SEE: variation in a measure."""

    name = "evenhand_web.see"
    label = "see"

from django.apps import AppConfig


class ChangeConfig(AppConfig):
    """CHANGE: content, campaigns and promises."""

    name = "evenhand_web.change"
    label = "change"

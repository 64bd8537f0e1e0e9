from django.apps import AppConfig


class HomeConfig(AppConfig):
    """The pages that gather all steps."""

    name = "evenhand_web.home"
    label = "home"

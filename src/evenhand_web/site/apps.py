from django.apps import AppConfig


class SiteConfig(AppConfig):
    """The look and the frame of every page."""

    name = "evenhand_web.site"
    label = "site"

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Who somebody is, where they work, and what they may do."""

    name = "evenhand_web.people"
    label = "people"

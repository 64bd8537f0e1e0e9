from django.apps import AppConfig


class SeeConfig(AppConfig):
    """SEE: variation in a measure."""

    name = "evenhand_web.see"
    label = "see"

    def ready(self) -> None:
        """Say what is private: forgotten with its owner. Have standings read when a server starts."""
        from evenhand_web.people import private
        from evenhand_web.site import warming

        from .listing import look_once
        from .owned import forget

        words = "my groups of organisations, my saved searches and the measures that I follow"
        private.hold(private.Holding("see", words, forget))
        warming.first(look_once)

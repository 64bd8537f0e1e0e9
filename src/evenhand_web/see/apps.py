from django.apps import AppConfig


class SeeConfig(AppConfig):
    """SEE: variation in a measure."""

    name = "evenhand_web.see"
    label = "see"

    def ready(self) -> None:
        """Say what is private: forgotten with its owner."""
        from evenhand_web.people import private

        from .owned import forget

        private.hold(private.Holding("see", "my groups of organisations and my saved searches", forget))

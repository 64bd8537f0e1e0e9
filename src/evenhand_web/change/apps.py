from django.apps import AppConfig


class ChangeConfig(AppConfig):
    """CHANGE: content, campaigns and promises."""

    name = "evenhand_web.change"
    label = "change"

    def ready(self) -> None:
        """Draw promises and cycles on the page of a scheme; say what is private; keep what is done in the trail; have
        modules read when a server starts."""
        from evenhand_web.decide import stages
        from evenhand_web.people import private
        from evenhand_web.site import keeping, warming

        from . import agreeing, reading
        from .on_scheme import draw
        from .reflecting import forget
        from .trailing import start

        start()
        agreeing.offer()
        stages.register_section(draw)
        private.hold(private.Holding("reflections", "my reflections for appraisal, and my notes on promises", forget))
        warming.first(reading.learn)
        keeping.register(_prepare)


def _prepare() -> None:
    from .preparing import prepare

    prepare()

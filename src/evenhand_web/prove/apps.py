from django.apps import AppConfig


class ProveConfig(AppConfig):
    """PROVE: registered designs and verdicts."""

    name = "evenhand_web.prove"
    label = "prove"

    def ready(self) -> None:
        """Speak on the page of a scheme and in modules, and say when schemes were judged."""
        from evenhand_web.change import told
        from evenhand_web.decide import stages
        from evenhand_web.site import keeping

        from .stages import say, verified
        from .told import say as say_in_modules
        from .trailing import start

        stages.register(say)
        stages.register_verified(verified)
        told.register(say_in_modules)
        start()
        keeping.register(_prepare)


def _prepare() -> None:
    from .preparing import prepare

    prepare()

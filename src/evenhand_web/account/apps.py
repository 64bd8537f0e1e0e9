from django.apps import AppConfig


class AccountConfig(AppConfig):
    """ACCOUNT: the ledger and its targets."""

    name = "evenhand_web.account"
    label = "account"

    def ready(self) -> None:
        """Say in modules what is proved and confirmed; have forecasts drawn when a server starts."""
        from evenhand_web.change import told
        from evenhand_web.site import warming

        from .ahead import draw_first
        from .told import say
        from .trailing import start

        told.register(say)
        warming.first(draw_first)
        start()

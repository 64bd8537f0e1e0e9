from django.apps import AppConfig


class AccountConfig(AppConfig):
    """ACCOUNT: the ledger and its targets."""

    name = "evenhand_web.account"
    label = "account"

    def ready(self) -> None:
        """Say in modules what is proved and confirmed."""
        from evenhand_web.change import told

        from .told import say
        from .trailing import start

        told.register(say)
        start()

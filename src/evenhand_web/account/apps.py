from django.apps import AppConfig


class AccountConfig(AppConfig):
    """ACCOUNT: the ledger and its targets."""

    name = "evenhand_web.account"
    label = "account"

"""Which e-mail addresses are the NHS's own."""

from __future__ import annotations

from django.conf import settings


def nhs_address(address: str) -> bool:
    """Whether an e-mail address is the NHS's own: its domain is one of settings.EVENHAND_NHS_DOMAINS or below it."""
    local, _, domain = address.strip().lower().rpartition("@")
    if not local or not address.isascii():
        return False
    return any(domain == ours or domain.endswith(f".{ours}") for ours in settings.EVENHAND_NHS_DOMAINS)

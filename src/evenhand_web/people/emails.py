"""The letters that people themselves ask for: links to register, to sign in, to change an address."""

from __future__ import annotations

from django.core.mail import send_mail
from django.template.loader import render_to_string

SUBJECTS = {
    "register": "Confirm your e-mail for Evenhand", "sign_in": "Your link to sign in to Evenhand",
    "new_email": "Confirm your new e-mail for Evenhand", "changed": "Your e-mail for Evenhand was changed",
}  # fmt: skip


def link(email: str, purpose: str, url: str, name: str) -> None:
    """Send one link to one address, now: somebody waits for it.

    Raises what the mail server's refusal raises (OSError, smtplib.SMTPException).
    """
    text = render_to_string("people/letters/link.txt", {"url": url, "purpose": purpose, "name": name})
    send_mail(SUBJECTS[purpose], text, None, [email])


def changed(email: str, name: str) -> None:
    """Tell an address, now, that its account has another one; raises as `link`."""
    send_mail(SUBJECTS["changed"], render_to_string("people/letters/changed.txt", {"name": name}), None, [email])

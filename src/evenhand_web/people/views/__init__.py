"""The pages about people: signing in and joining, one's own page, and looking after people in an organisation."""

from .addresses import confirm_email, email, end_sessions
from .desk import add_unit, end_post, give_post, people, verify
from .me import agree, details, erase, erased, me, my_data
from .records import audit, extracts
from .register import ask_link, link, register, sent
from .sign_in import not_signed_in, sign_in, sign_out, switch

__all__ = [
    "add_unit", "agree", "ask_link", "audit", "confirm_email", "details", "email", "end_post", "end_sessions",
    "erase", "erased", "extracts", "give_post", "link", "me", "my_data", "not_signed_in", "people", "register",
    "sent", "sign_in", "sign_out", "switch", "verify",
]  # fmt: skip

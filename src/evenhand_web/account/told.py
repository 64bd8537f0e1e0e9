"""What the ledger says in a module's text: proved, confirmed, and what was set out to be saved."""

from __future__ import annotations

from evenhand.change import Content
from evenhand_web.people.models import Organisation
from evenhand_web.site.templatetags.evenhand import pounds

from . import book, gathering


def say(organisation: Organisation, content: Content) -> dict[str, str | None]:
    """Proved and confirmed pounds of the place whose target is in sight from here; none while the ledger is empty."""
    if not {"evidenced", "confirmed", "target"} & set(content.figures):
        return {}
    entries, aim = book.read(), gathering.aim(organisation)
    target = f"{pounds(aim.pence / 100)} by {aim.end:%-d %B %Y}" if aim.targets else None
    if not entries:
        return {"target": target}
    found = gathering.progress(entries, aim)
    proved = sum(total.pence for total in found.states if total.state == "evidenced")
    return {"evidenced": pounds(proved / 100), "confirmed": pounds(found.confirmed_pence / 100), "target": target}

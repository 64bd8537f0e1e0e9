"""What every browser test does: sign in as somebody of the cast, look at a page at two widths, ask axe-core."""

from __future__ import annotations

import functools
import json
import os
from pathlib import Path

from playwright.sync_api import Page

import cast

ROOT = Path(__file__).resolve().parents[1]
SCREENSHOTS = Path(os.environ.get("EVENHAND_SCREENSHOTS", ROOT / "var" / "screenshots"))
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 375, "height": 812}
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PATIENCE = 30_000  # milliseconds: what a loaded machine may need; nothing waits longer than it must
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def sign_in(page: Page, address: str, character: cast.Character) -> None:
    """Sign in on the sign-in page, as a person would."""
    page.context.clear_cookies()
    page.goto(f"{address}/sign-in/")
    page.get_by_label("User name").fill(character.username)
    page.get_by_label("Password").fill(cast.PASSWORD)
    with page.expect_navigation():  # to wait for the page's state may find the old page, which is long loaded
        page.get_by_role("button", name="Sign in").click()


def look(page: Page, name: str) -> None:
    """Look at this page as it is at desktop and at phone width: a screenshot, axe-core, no sideways scrolling."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    for word, size in (("wide", WIDE), ("phone", NARROW)):
        page.set_viewport_size(size)
        page.wait_for_timeout(60)  # the header folds its menu on resize
        page.screenshot(path=SCREENSHOTS / f"{name}-{word}.png", full_page=True)
        findings = axe(page)
        assert not findings, f"{name}, {word}: " + "; ".join(findings)
        sideways = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert sideways <= 0, f"{name}, {word}: scrolls sideways by {sideways} pixels"
    page.set_viewport_size(WIDE)


def axe(page: Page) -> list[str]:
    """What axe-core finds on this page, one line a finding; an empty list is what we want."""
    page.evaluate(_axe_source())  # through the debugger: the page's own policy stays as it is
    options = json.dumps({"runOnly": RULES, "resultTypes": ["violations"]})
    found = page.evaluate(f"() => axe.run(document, {options}).then(r => r.violations)")
    return [f"{v['id']} ({v['impact']}): {v['help']}: {v['nodes'][0]['html'][:160]}" for v in found]


@functools.cache
def _axe_source() -> str:
    return AXE.read_text(encoding="utf-8")


def send(page: Page, url: str, **form: str) -> tuple[int, str]:
    """Send a form without its button, in the session of whoever is signed in: the status, and what is answered.

    The form carries the token that every form of theirs carries: what refuses it is their right, nothing else.
    """
    token = next(cookie["value"] for cookie in page.context.cookies() if cookie["name"] == "csrftoken")
    answer = page.request.post(url, form={"csrfmiddlewaretoken": token, **form}, max_redirects=0)
    text = answer.text()
    assert "This form was open for too long" not in text, f"{url}: refused for its token, so this shows nothing"
    return answer.status, text

"""Every page, at desktop and at phone width, by keyboard and without JavaScript: for everybody.

The pages come from the URL resolver (tests/everywhere.py). Set EVENHAND_SCREENSHOTS to keep a picture of each.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from playwright.sync_api import BrowserContext
from playwright.sync_api import Page as Window

import cast
from browsing import NARROW, PATIENCE, WIDE, axe, sign_in
from evenhand_web.people.models import Identity
from everywhere import Page, everywhere

pytestmark = pytest.mark.browser
# What the keyboard meets, in the page's own order, and what it would see there.
KEYBOARD = """() => {
  const said = [];
  const shown = e => e.checkVisibility({visibilityProperty: true});
  const stops = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')]
    .filter(e => !e.disabled && e.type !== 'hidden' && e.tabIndex >= 0 && shown(e));
  const late = [...document.querySelectorAll('[tabindex]')].filter(e => e.tabIndex > 0);
  if (late.length) said.push(`tabindex above 0: ${late[0].outerHTML.slice(0, 90)}`);
  if (!stops[0] || !stops[0].matches('.nhsuk-skip-link')) said.push('the skip link is not the first stop');
  if (!document.querySelector('#maincontent')) said.push('the skip link leads nowhere');
  const look = e => { const s = getComputedStyle(e);
    return [s.outlineStyle, s.outlineWidth, s.outlineColor, s.boxShadow, s.backgroundColor, s.borderColor,
            s.borderWidth, s.color].join(); };
  const known = new Set();
  for (const e of stops) {
    const kind = e.tagName + e.className + e.type;
    if (known.has(kind)) continue;
    known.add(kind);
    const drawn = e.type === 'radio' || e.type === 'checkbox' ? e.nextElementSibling : e;
    const around = e => [e, e.parentElement].map(look).join() + getComputedStyle(drawn, '::before').boxShadow;
    document.activeElement.blur();
    const before = around(e);
    e.focus({focusVisible: true});
    if (document.activeElement !== e) said.push(`takes no focus: ${e.outerHTML.slice(0, 90)}`);
    else if (around(e) === before) said.push(`focus cannot be seen: ${e.outerHTML.slice(0, 90)}`);
  }
  document.activeElement.blur();
  for (const e of document.querySelectorAll('main *')) {
    const s = getComputedStyle(e);
    if (s.order !== '0' || /reverse/.test(s.flexDirection))
      said.push(`drawn in another order: ${e.outerHTML.slice(0, 90)}`);
  }
  for (const e of document.querySelectorAll('[role=button], [role=link]'))
    if (e.tabIndex < 0) said.push(`cannot be reached: ${e.outerHTML.slice(0, 90)}`);
  return said;
}"""
# What stands on the page for somebody whose browser runs no script.
PLAIN = """() => {
  const said = [];
  const shown = e => e.checkVisibility({visibilityProperty: true});
  const main = document.querySelector('main');
  if (![...document.querySelectorAll('h1')].some(shown)) said.push('no heading');
  if (!main || main.innerText.trim().length < 40) said.push('no content');
  for (const form of document.querySelectorAll('main form')) {
    const closed = form.closest('details:not([open])');
    if (!closed && ![...form.querySelectorAll('button:not([type=button]), input[type=submit]')].some(shown))
      said.push(`a form without its button: ${form.action}`);
    if (!closed)
      for (const label of form.querySelectorAll('label'))
        if (!shown(label) && !label.closest('details:not([open])'))  // which opens without a script
          said.push(`a question out of sight: ${label.innerText.slice(0, 60)}`);
  }
  for (const e of main ? main.querySelectorAll('[hidden]') : [])
    if (!e.matches('[data-explore], [data-explore-panel]')) said.push(`hidden: ${e.outerHTML.slice(0, 90)}`);
  return said;
}"""


@pytest.fixture
def pages(demo_address) -> list[Page]:
    """Every page that is a page: not a file, not a form alone."""
    return [page for page in everywhere() if page.html]


def windows(
    browser: Any, address: str, pages: list[Page], complaints: list[str], **how: Any
) -> Iterator[tuple[Page, Window]]:
    """Each page in turn, opened as the one who may look at it."""
    held: dict[str, BrowserContext] = {}
    try:
        for page in sorted(pages, key=lambda page: page.who):
            if page.who not in held:
                held[page.who] = context = browser.new_context(viewport=WIDE, locale="en-GB", **how)
                if page.who:
                    context.add_cookies([_session(address, page.who)])
                window = context.new_page()
                window.set_default_timeout(PATIENCE)
                window.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
                window.on("pageerror", lambda error: complaints.append(str(error)))
            window = held[page.who].pages[0]
            heard = len(complaints)
            window.goto(address + page.url)
            if page.status >= 400:  # a page that refuses: the browser says so too
                complaints[heard:] = [word for word in complaints[heard:] if f"status of {page.status}" not in word]
            yield page, window
    finally:
        for context in held.values():
            context.close()


def _session(address: str, username: str) -> dict[str, str]:
    client = Client()
    client.force_login(Identity.objects.get(username=username))
    return {"name": django_settings.SESSION_COOKIE_NAME, "value": client.cookies["sessionid"].value, "url": address}


def test_every_page_is_for_everybody_at_both_widths(browser, frontend, demo_address, pages):
    wrong: list[str] = []
    kept = os.environ.get("EVENHAND_SCREENSHOTS")
    for page, window in windows(browser, demo_address, pages, wrong):
        for word, size in (("wide", WIDE), ("phone", NARROW)):
            window.set_viewport_size(size)
            if word == "phone":  # what is folded away at first is seen too
                window.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
            window.evaluate("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
            wrong += [f"{page.name}, {word}: {found}" for found in axe(window)]
            sideways = window.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if sideways > 0:
                wrong.append(f"{page.name}, {word}: scrolls sideways by {sideways} pixels")
            if kept:
                Path(kept).mkdir(parents=True, exist_ok=True)
                window.screenshot(path=Path(kept) / f"{page.name.replace(':', '-')}-{word}.png", full_page=True)
        window.set_viewport_size(WIDE)
        wrong += [f"{page.name}, by keyboard: {found}" for found in window.evaluate(KEYBOARD)]
    assert wrong == [], "\n".join(wrong)
    assert len(pages) >= 70


def test_every_page_stands_without_javascript(browser, frontend, demo_address, pages):
    wrong: list[str] = []
    for page, window in windows(browser, demo_address, pages, [], java_script_enabled=False, base_url=demo_address):
        wrong += [f"{page.name}, without JavaScript: {found}" for found in window.evaluate(PLAIN)]
    assert wrong == [], "\n".join(wrong)


def test_the_keyboard_alone_skips_to_the_content_and_votes(page, demo_address):
    sign_in(page, demo_address, cast.GP)
    practice = Identity.objects.get(username="gp").person.organisation_id
    page.goto(f"{demo_address}/organisations/{practice}/decide/rounds/diabetes-first/vote/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className").startswith("nhsuk-skip-link")
    assert page.locator(".nhsuk-skip-link").bounding_box()["height"] > 10
    page.keyboard.press("Enter")
    for _ in range(12):
        page.keyboard.press("Tab")
        if "Agree" in page.evaluate("document.activeElement.innerText"):
            break
    assert "Agree" in page.evaluate("document.activeElement.innerText")
    before = page.locator("main").inner_text()
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.locator("main").inner_text() != before

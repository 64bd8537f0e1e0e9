"""A real browser against a real server: Debian's Chromium, driven by Playwright, under the pages' own policy."""

from __future__ import annotations

import os
import shutil

import pytest
from django.conf import settings as django_settings

import cast
from browsing import ARGUMENTS, PATIENCE, WIDE
from evenhand_web.site.nhsuk import prepare, prepare_vega

# Playwright runs an event loop in this thread; the database is not used from inside it
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
CHROMIUM = shutil.which("chromium")


@pytest.fixture(scope="session")
def browser():
    """One Chromium for the whole run."""
    from playwright.sync_api import expect, sync_playwright

    if CHROMIUM is None:
        pytest.skip("no chromium on this machine: `make test` installs it where it may")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def frontend():
    """The NHS.UK frontend and Vega, where the test server finds them."""
    if not (django_settings.NODE_MODULES / "nhsuk-frontend").is_dir():
        pytest.skip("no node_modules: `make test` brings them with npm")
    prepare_vega(django_settings.NODE_MODULES, django_settings.VAR / "vega")
    return prepare(django_settings.NODE_MODULES, django_settings.VAR / "nhsuk")


@pytest.fixture
def page(browser, frontend):
    """A fresh window; the test fails if the browser refused or missed anything on the way."""
    context = browser.new_context(viewport=WIDE, locale="en-GB", timezone_id="Europe/London")
    page = context.new_page()
    page.set_default_timeout(PATIENCE)
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.complaints = complaints
    yield page
    context.close()
    unexpected = [text for text in complaints if "status of 4" not in text]
    assert unexpected == [], unexpected


@pytest.fixture
def people(transactional_db):
    """The cast by user name, in a database that the live server sees."""
    cast.organisations()
    return cast.people()


@pytest.fixture
def address(live_server, people) -> str:
    """Where the service answers."""
    return live_server.url


@pytest.fixture
def demo_address(live_server, demo_lake, settings) -> str:
    """Where the service answers with the whole demonstration in lake and database; accounts as in the cast."""
    from evenhand.lake import Lake
    from evenhand_web.home.demo import fill

    settings.EVENHAND_LAKE = demo_lake
    fill(Lake.open(demo_lake), cast.PASSWORD)
    return live_server.url

"""The frame of every page, in a real browser: front door, sign-in, organisation, refusals, and their looks."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

import cast
from browsing import look, sign_in

pytestmark = pytest.mark.browser


def test_the_open_pages(page, address):
    for path, name in (("/", "front"), ("/about/", "about"), ("/accessibility/", "accessibility"),
                       ("/sign-in/", "sign-in"), ("/nowhere/", "404")):  # fmt: skip
        page.goto(address + path)
        look(page, name)


def test_a_wrong_password_is_told_kindly(page, address):
    page.goto(f"{address}/sign-in/")
    page.get_by_label("User name").fill("gp")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_text("The user name or the password is not right.")).to_be_visible()
    look(page, "sign-in-refused")


def test_a_gp_lands_in_the_practice_and_goes_up(page, address):
    sign_in(page, address, cast.GP)
    expect(page.get_by_role("heading", level=1)).to_have_text("Practice One")
    look(page, "organisation")
    page.get_by_role("link", name="Go up or down").click()
    look(page, "switch")
    page.get_by_role("link", name="Icb One").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Icb One")
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("link", name="Sign in").first).to_be_visible()


def test_a_neighbours_page_is_refused_with_a_reason(page, address):
    sign_in(page, address, cast.GP)
    page.goto(f"{address}/organisations/ICB2/")
    expect(page.get_by_text("you need a role in it, above it or below it")).to_be_visible()
    look(page, "403")


def test_an_outsider_is_told_how_to_get_a_role(page, address):
    sign_in(page, address, cast.OUTSIDER)
    look(page, "no-role")


def test_every_page_works_without_javascript(browser, frontend, address):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, address, cast.GP)
    expect(page.get_by_role("heading", level=1)).to_have_text("Practice One")
    context.close()


def test_a_token_is_made_shown_once_and_taken_away_and_the_api_says_how_to_use_it(page, address):
    sign_in(page, address, cast.GP)
    page.goto(f"{address}/account/tokens/")
    page.get_by_label("What is it for?").fill("A notebook")
    page.get_by_role("button", name="Make a token").click()
    expect(page.get_by_text("It is shown this once")).to_be_visible()
    look(page, "tokens")
    page.get_by_role("link", name="What can be read").click()
    look(page, "api")
    page.goto(f"{address}/account/tokens/")
    expect(page.get_by_text("It is shown this once")).to_have_count(0)
    page.get_by_role("button", name="Take away A notebook").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("It opens nothing any more.")).to_be_visible()


def test_an_address_is_changed_and_other_sessions_end_from_ones_own_page(page, address):
    sign_in(page, address, cast.GP)
    page.goto(f"{address}/me/")
    page.get_by_role("button", name="Sign out of my other sessions").click()
    expect(page.get_by_text("You were not signed in anywhere else.")).to_be_visible()
    look(page, "me")
    page.get_by_role("link", name="Change my e-mail address").click()
    page.get_by_label("NHS e-mail").fill("somebody@example.org")
    page.get_by_role("button", name="Send the link").click()
    expect(page.get_by_text("This is not an NHS address.").first).to_be_visible()
    look(page, "me-email")

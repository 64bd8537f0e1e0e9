"""From a stranger with a phone to a clinician who votes; and in through a sign-in service and out for good."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from playwright.sync_api import Page, expect

import cast
import deciding
import joining
import signing
from browsing import NARROW, WIDE, axe, look
from evenhand_web.decide.models import VoteEvent
from evenhand_web.people.models import Identity, TrailRow

pytestmark = pytest.mark.browser


def follow_the_link(page: Page, address: str) -> None:
    page.goto(f"{address}{joining.link()}")


def register(page: Page, address: str) -> None:
    page.goto(f"{address}/sign-in/")
    page.get_by_role("link", name="Register", exact=True).click()
    page.get_by_label("First name").fill("Amy")
    page.get_by_label("Family name").fill("O'Neill-Núñez")
    page.get_by_label("Profession").select_option("GP")
    page.get_by_label("Registration number").fill("765 4321")
    page.get_by_label("Where you work").fill("Practice")
    page.get_by_label("NHS e-mail").fill("amy.oneill@nhs.net")
    page.get_by_role("button", name="Send me the link").click()
    page.get_by_label("Practice One (PRACTICE1)").check()
    page.get_by_role("button", name="Send me the link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Look into your mailbox")


def as_administrator(page: Page, address: str) -> None:
    page.context.clear_cookies()
    page.goto(f"{address}/sign-in/")
    page.get_by_label("User name").fill("admin")
    page.get_by_label("Password").fill(cast.PASSWORD)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in").click()


def test_a_stranger_registers_on_a_phone_is_verified_and_votes(page: Page, address: str, tmp_path):
    deciding.a_round("Sitagliptin first, where a gliptin is needed.", at="ICB1")
    joining.administrator()
    page.set_viewport_size(NARROW)
    page.goto(f"{address}/register/")
    look(page, "people-register")
    page.set_viewport_size(NARROW)
    register(page, address)
    follow_the_link(page, address)
    look(page, "people-link")
    page.get_by_role("button", name="Yes, this is me").click()
    expect(page.get_by_text("Level 1: NHS e-mail")).to_be_visible()
    look(page, "people-me-waiting")

    as_administrator(page, address)
    page.goto(f"{address}/organisations/ICB1/people/")
    expect(page.get_by_text("not found as current")).to_be_visible()
    look(page, "people-desk")
    page.get_by_role("link", name="Register extracts").click()
    extract = tmp_path / "gmc.csv"
    extract.write_text(joining.EXTRACT + "12,Short,Number,Registered with Licence\n", encoding="utf-8")
    page.get_by_label("File", exact=True).set_input_files(extract)
    page.get_by_label("Register", exact=True).select_option("GMC")
    page.get_by_label("The day for which it speaks").fill("2026-01-31")
    page.get_by_label("Everybody registered who works here").check()
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("People who match now: 1")).to_be_visible()
    look(page, "people-extracts")
    page.goto(f"{address}/organisations/ICB1/people/")
    page.get_by_role("link", name="Amy O'Neill-Núñez").click()
    look(page, "people-verify")
    page.get_by_role("button", name="Yes, they work here").click()
    look(page, "people-desk-done")
    page.get_by_role("link", name="Audit trail").click()
    page.get_by_role("link", name="Check the whole chain").click()
    expect(page.get_by_text("The chain is unbroken")).to_be_visible()
    look(page, "people-trail")

    page.context.clear_cookies()
    page.goto(f"{address}/sign-in/link/")
    page.get_by_label("NHS e-mail").fill("amy.oneill@nhs.net")
    page.get_by_role("button", name="Send me a link").click()
    follow_the_link(page, address)
    with page.expect_navigation():
        page.get_by_role("button", name="Sign in", exact=True).click()
    page.goto(f"{address}/organisations/PRACTICE1/decide/rounds/diabetes/vote/")
    with page.expect_navigation():
        page.get_by_role("button", name="Agree", exact=True).click()
    assert VoteEvent.objects.get().person.identity_level == 2

    page.goto(f"{address}/me/")
    page.get_by_label("Research").check()
    page.get_by_role("button", name="Keep my choices").click()
    expect(page.get_by_text("Your choices are kept.")).to_be_visible()
    look(page, "people-me")
    page.get_by_role("link", name="Delete who I am").click()
    look(page, "people-erase")
    page.get_by_label("Yes, delete who I am").check()
    page.get_by_role("button", name="Delete who I am").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your identity is deleted")
    assert not Identity.objects.filter(email="amy.oneill@nhs.net").exists()
    assert VoteEvent.objects.count() == 1


def test_somebody_signs_in_through_a_real_openid_provider(page: Page, address: str, settings):
    pytest.importorskip("mozilla_django_oidc")
    with signing.provider(signing.free_port(), address) as issuer, signing.configured(settings, issuer):
        page.goto(f"{address}/me/")
        look(page, "people-sign-in")
        page.get_by_role("link", name="Continue with NHS Care Identity").click()
        page.get_by_role("link", name="doctor").click()
        expect(page).to_have_url(re.compile("/me/$"))
        expect(page.get_by_text("Level 3: NHS smartcard or Care Identity")).to_be_visible()
        look(page, "people-me-cis2")
        page.get_by_role("button", name="Sign out", exact=True).click()

        joining.join()
        mail.outbox.clear()
        page.context.clear_cookies()
        page.goto(f"{address}/sign-in/nhsmail/")
        page.get_by_role("link", name="thief").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("You are not signed in")
        page.set_viewport_size(WIDE)
        assert axe(page) == []
        assert TrailRow.objects.filter(act="sign-in refused").exists()

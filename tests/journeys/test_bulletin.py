"""A bulletin on its way: made, taken by a real mail server, opened on a phone, promised in two clicks, stopped."""

from __future__ import annotations

import io
import re
from datetime import date

from django.core.management import call_command
from django.utils import timezone

import cast
from browsing import NARROW, look, sign_in
from evenhand_web.change.models import AllocationRow, Campaign, Commitment, EngagementEvent
from evenhand_web.people.models import Identity
from mailing import MailServer

CONTENT = "diabetes_dpp4_choice"


def send(week: str) -> None:
    call_command("bulletins", week=week, send=True, stdout=io.StringIO())


def test_a_letter_is_read_on_a_phone_promised_in_two_clicks_and_stopped(page, address, people, settings, tmp_path):
    campaign = Campaign.objects.create(
        key="sitagliptin", title="Sitagliptin first", organisation_id="ICB1", measure="diabetes_dpp4_cost",
        content=CONTENT, message="Start the next new patient on sitagliptin unless their notes say why not.",
        level="practice", arms=["intervention", "control"], ratio=[1, 1], strata=[], seed=1,
        sender="Your clinical lead", waves=["2026-11-16"], sealed_at=timezone.now(), launched_at=timezone.now(),
        verdict_due=date(2027, 6, 1),
    )  # fmt: skip
    AllocationRow.objects.create(campaign=campaign, unit="PRACTICE1", arm="intervention", wave=1)
    Identity.objects.filter(username="gp").update(email="gp@nhs.example")
    settings.EVENHAND_ADDRESS, settings.VAR = address, tmp_path
    with MailServer() as server:
        settings.EVENHAND_SMTP_URL = server.url
        send("2026-11-16")
        send("2026-11-16")
        assert server.to == {"gp@nhs.example": 1}
        letter = server.letters[0][1]
        plain, html = letter.get_body(("plain",)).get_content(), letter.get_body(("html",)).get_content()
        assert "Start the next new patient on sitagliptin" in " ".join(plain.split())

        page.set_content(html)
        look(page, "bulletin-mail")
        page.set_viewport_size(NARROW)
        sign_in(page, address, cast.GP)
        action, stop = re.findall(r"http://\S+", plain)
        page.goto(action)  # the first click, in the letter
        look(page, "bulletin-promise")
        page.set_viewport_size(NARROW)
        page.get_by_label("How far do you want to get?").fill("-5")  # no data here from which it could be filled in
        with page.expect_navigation():
            page.get_by_role("button", name="Promise").click()  # the second
        promise = Commitment.objects.get(person__identity__username="gp")
        assert (promise.campaign, promise.measure) == (campaign, "diabetes_dpp4_cost")
        stages = set(EngagementEvent.objects.filter(content=CONTENT).values_list("stage", flat=True))
        assert stages == {"reached", "intends"}  # the module was not opened, and nothing says that it was

        page.context.clear_cookies()
        page.goto(stop)
        look(page, "bulletin-stop")
        page.get_by_role("button", name="Stop bulletins").click()
        page.get_by_role("heading", name="You get no more bulletins").wait_for()
        send("2026-11-23")
        assert server.to == {"gp@nhs.example": 1}

"""What the register says on My organisation and on a pathway's page."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

import cast
from evenhand_web.decide.models import Blocker
from evenhand_web.people import leads
from evenhand_web.people.models import Organisation


def test_what_is_overdue_stands_on_the_page_of_those_who_were_asked(people, as_):
    day = timezone.localdate()
    Blocker.objects.create(
        organisation_id="PRACTICE1", raised_to_id="ICB1", question="We may not see the lists.",
        raised=day - timedelta(days=40), due=day - timedelta(days=3), person=people["gp"].person,
    )  # fmt: skip
    assert "overdue by 3 days" in as_(cast.BOARD_MEMBER).get("/organisations/ICB1/").content.decode()
    assert "overdue by" not in as_(cast.GP).get("/organisations/PRACTICE1/").content.decode()


def test_a_pathway_names_its_lead_or_says_vacant(people, as_):
    client, url = as_(cast.GP), "/organisations/PRACTICE1/pathways/diabetes/"
    assert "○ vacant" in client.get(url).content.decode()
    lead = people["clinical-lead"].person
    leads.appoint(Organisation.objects.get(code="ICB1"), "diabetes", lead, lead)
    assert "Demo clinical lead, of Icb One" in client.get(url).content.decode()

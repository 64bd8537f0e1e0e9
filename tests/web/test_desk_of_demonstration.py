"""The administrator's desk of the demonstration: its data is never late, and one refusal is there to be seen."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from evenhand_web.home import desk
from evenhand_web.people.models import Identity, Organisation


def test_the_demonstration_is_never_late_and_shows_a_refusal(demo, db, settings, tmp_path):
    area = Organisation.objects.get(code="DEMO-I1")
    parts = {part.name: part for part in desk.parts(area, demo, tmp_path, timezone.now())}
    assert parts["data"].well
    assert "demonstration" in parts["data"].words
    assert not parts["refused"].well
    client = Client()
    client.force_login(Identity.objects.get(username="administrator"))
    settings.EVENHAND_LAKE = demo.path
    page = client.get(reverse("home:desk_data", args=["DEMO-I1"])).content.decode()
    assert "English Prescribing Dataset" in page
    answer = client.get(reverse("home:desk_data", args=["DEMO-I1"]) + "?download=held.csv")
    assert answer.content.decode().startswith("dataset,")

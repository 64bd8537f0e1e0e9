"""The administrator's desk: all is well, or what is not; for administrators alone; and what was loaded or refused."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

import cast
from evenhand.lake import Lake
from evenhand_web.change.models import Bulletin
from evenhand_web.decide.models import Round, Statement
from evenhand_web.home import backups, desk
from evenhand_web.home.models import JobRun
from evenhand_web.people.models import Identity, Organisation, Post
from evenhand_web.people.tree import ancestors, place
from published import prescribing_file

LIST_SIZES = """PUBLICATION,EXTRACT_DATE,TYPE,CODE,POSTCODE,SEX,AGE,NUMBER_OF_PATIENTS
GP_PRAC_PAT_LIST,01APR2026,GP,X00001,AA1 1AA,ALL,ALL,{patients}
"""


@pytest.fixture
def administrator(people) -> Client:
    """An administrator of the cast's ICB."""
    person = people["practice-manager"].person
    Post.objects.create(person=person, organisation_id="ICB1", role="administrator")
    client = Client()
    client.force_login(people["practice-manager"])
    return client


@pytest.fixture
def kept(settings, tmp_path) -> Path:
    """An empty place for backups."""
    settings.EVENHAND_BACKUPS = tmp_path / "kept"
    return settings.EVENHAND_BACKUPS


def names(lake: Lake | None, kept: Path, *, code: str = "ICB1") -> dict[str, desk.Part]:
    """The desk's parts by name."""
    organisation = Organisation.objects.get(code=code)
    return {part.name: part for part in desk.parts(organisation, lake, kept, timezone.now())}


def test_only_an_administrator_here_or_above_sees_the_desk(administrator, as_, kept):
    for name in ("home:desk", "home:desk_data"):
        assert administrator.get(reverse(name, args=["PRACTICE1"])).status_code == 200
        assert administrator.get(reverse(name, args=["ICB2"])).status_code == 403
        for who in cast.CAST:
            if who is not cast.PRACTICE_MANAGER:
                assert as_(who).get(reverse(name, args=["ICB1"])).status_code == 403


def test_the_first_line_says_how_many_things_are_not_well(administrator, kept):
    page = administrator.get(reverse("home:desk", args=["ICB1"])).content.decode()
    assert "2 things need you." in page  # no data, no backup
    assert "python -m evenhand_web backup" in page
    assert page.index("No backup of the database") < page.index("Nobody waits to be verified")


@pytest.mark.django_db(transaction=True)
def test_all_is_well_is_said_when_it_is(administrator, kept, monkeypatch):
    backups.make(kept, timezone.now())
    monkeypatch.setattr(desk, "_data", lambda *_: desk.Part("data", "Published data", True, "12 datasets"))
    page = administrator.get(reverse("home:desk", args=["ICB1"])).content.decode()
    assert "All is well. Nothing needs you today." in page


def test_a_backup_older_than_a_day_is_not_well(people, kept, monkeypatch):
    made = backups.Backup("x.sqlite3", (timezone.now() - timedelta(hours=30)).strftime("%Y%m%dT%H%M%SZ"), 1, "", {})
    monkeypatch.setattr(backups, "kept", lambda folder: [made])
    part = names(None, kept)["backup"]
    assert (part.well, part.words) == (False, "The latest backup is 30 hours old. It should be made every day.")


def test_statements_that_wait_are_counted_with_their_round(people, kept):
    now = timezone.now()
    round_ = Round.objects.create(key="r", title="Round", organisation_id="ICB1", opens=now, closes=now)
    Statement.objects.create(round=round_, key="s01", text="One", author_kind="gp", moderation="pending")
    assert names(None, kept)["statements"].words == "Round: 1 statement waits for a moderator."
    assert names(None, kept, code="ICB2")["statements"].well


def test_a_letter_that_failed_or_waits_too_long_is_not_well(people, kept):
    def letter(n: int, **more) -> None:
        person = Identity.objects.order_by("pk")[n].person
        Bulletin.objects.create(person=person, organisation_id="ICB1", week="2026-11-16", facts={}, subject="s",
                                text="t", html="h", message_id=str(n), **more)  # fmt: skip

    letter(0, state="sent", sent_at=timezone.now())
    assert names(None, kept)["bulletins"].well
    letter(1, state="failed", trouble="550 no such user")
    letter(2, not_before=timezone.now() - timedelta(days=2))
    part = names(None, kept)["bulletins"]
    assert not part.well
    assert part.words.startswith("1 failed and 1 wait for longer than a day. 1 bulletin was sent")
    assert part.words.endswith("The mail server said last: 550 no such user")


def test_reviews_say_what_is_overdue_and_who_checked_it(people, kept):
    today = timezone.localdate()
    far = desk.reviews("ICB1", today + timedelta(days=3650))
    assert {"module", "measure"} == {review.kind for review in far}
    assert all(review.overdue for review in far)
    assert all(review.checked_by == "not yet checked by a clinician" for review in far)
    assert desk.reviews("ICB1", today - timedelta(days=3650)) == []


def published(tmp_path: Path, patients: object) -> Path:
    """A file of list sizes."""
    file = tmp_path / "gp-reg-pat-prac-all.csv"
    file.write_text(LIST_SIZES.format(patients=patients))
    return file


def test_a_refused_file_is_kept_with_its_reason_until_it_is_loaded(people, tmp_path, kept, capsys):
    lake = tmp_path / "lake"
    with pytest.raises(CommandError) as refused:
        call_command("load", str(published(tmp_path, "many")), "--lake", str(lake))
    assert (refused.value.returncode, lake.exists()) == (2, False)
    (run,) = desk.refused()
    assert run.said == str(refused.value)
    assert "gp-reg-pat-prac-all.csv was refused on" in names(None, kept)["refused"].words
    call_command("load", str(published(tmp_path, 9000)), "--lake", str(lake), "--no-measures")
    assert capsys.readouterr().out.startswith("1 loaded; ")
    assert desk.refused() == []
    assert [r.state for r in JobRun.objects.all()] == ["done", "refused"]
    assert str(tmp_path) not in JobRun.objects.first().asked


def test_a_load_brings_the_organisations_of_the_lake_to_the_pages(people, tmp_path, kept):
    tree = tmp_path / "our-organisations.csv"
    tree.write_text("code,name,level,parent\nX00001,Practice X,practice,X1\nX1,Network X,pcn,\n")
    call_command("load", str(tree), str(published(tmp_path, 9000)), "--lake", str(tmp_path / "lake"), "--no-measures")
    assert [o.name for o in ancestors(Organisation.objects.get(code="X00001"))] == ["Network X"]
    assert "ICB1" in place(Organisation.objects.get(code="PRACTICE1")).above  # what the lake does not know stays
    held = desk.held(Lake.open(tmp_path / "lake"), timezone.localdate())
    assert held[0].last == "2026-04"


def test_a_revision_says_what_it_moved(administrator, tmp_path, settings, kept):
    settings.EVENHAND_LAKE = tmp_path / "lake"
    for patients in (9000, 9100):
        call_command("load", str(published(tmp_path, patients)), "--lake", str(tmp_path / "lake"), "--no-measures")
    page = administrator.get(reverse("home:desk_data", args=["ICB1"])).content.decode()
    assert "loaded" in page
    assert "9,000 before, 9,100 now" in page
    assert "1 row changed, 0 added, 0 removed" in page


def test_repeated_rows_corrections_and_unknown_codes_are_counted_and_named(administrator, tmp_path, settings, kept):
    settings.EVENHAND_LAKE = tmp_path / "lake"
    file = prescribing_file(tmp_path / "epd.csv")
    call_command("load", str(file), "--lake", str(tmp_path / "lake"), "--no-measures")
    page = administrator.get(reverse("home:desk_data", args=["ICB1"]))
    (row,) = page.context["unusual"].rows
    assert row[1:5] == (6, 2, 1, 1)  # rows; of them repeated, below nought, of an unknown code
    assert "9999999Z0ZZZZZZ" in page.content.decode()


def test_an_organisation_is_found_by_name_or_code_and_opens_only_where_it_may(as_):
    page = as_(cast.GP).get(reverse("home:find"), {"q": "practice"}).content.decode()
    assert reverse("home:organisation", args=["PRACTICE1"]) in page
    assert "Practice Two" in page
    assert reverse("home:organisation", args=["PRACTICE2"]) not in page
    assert "Nothing has that name" in as_(cast.GP).get(reverse("home:find"), {"q": "<zzz>"}).content.decode()
    assert "Icb One" in as_(cast.OUTSIDER).get(reverse("home:find"), {"q": "icb1"}).content.decode()
    assert Client().get(reverse("home:find")).status_code == 302

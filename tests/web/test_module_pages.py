"""Modules on pages: listed by pathway, read in minutes, filled in from what is known, refused with a reason."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

import cast
import savings
from evenhand.change import NOT_KNOWN
from evenhand_web.account import told as ledger_says
from evenhand_web.account.models import Target
from evenhand_web.change import reading, told
from evenhand_web.change.models import Commitment, CommitmentReport, EngagementEvent
from evenhand_web.decide.models import Plan, SchemeVersion
from evenhand_web.people.models import Organisation
from evenhand_web.prove.models import RegisteredDesign, VerdictRecord
from surveying import a_wave

CHANGE = "/organisations/PRACTICE1/change/"
LIST, AWARE = f"{CHANGE}modules/", f"{CHANGE}modules/what_we_are_trying_to_do/"
FEET = f"{CHANGE}modules/diabetes_feet/"


def text(response) -> str:
    """What a reader reads of a page."""
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).replace("&#x27;", "'").split())


def here(organisation: str = "PRACTICE1") -> dict[str, str]:
    """The rows of "how it is going", as somebody of this organisation reads them."""
    module = told.filled(reading.modules()["what_we_are_trying_to_do"], Organisation.objects.get(code=organisation))
    table = next(block.markdown for block in module.blocks if "|" in block.markdown)
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    return {name.split(" (")[0]: value for name, value in rows}


# The list


def test_every_module_is_listed_under_its_pathway_with_the_time_it_takes(people, as_):
    response = as_(cast.PRACTICE_MANAGER).get(LIST)
    shelves = response.context["shelves"]
    assert [shelf.pathway for shelf in shelves] == ["", "diabetes", "mental_health", "coronary_heart_disease", "cancer"]
    assert {book.module.id for shelf in shelves for book in shelf.books} == set(reading.modules())
    assert "2 minutes to read" in text(response)


def test_the_list_says_how_far_its_reader_came_and_nobody_else(people, as_):
    as_(cast.GP).get(FEET)
    assert "opened" in text(as_(cast.GP).get(LIST))
    assert "opened" not in text(as_(cast.PHARMACIST).get("/organisations/ICB1/change/modules/"))


def test_a_review_that_is_overdue_is_said_on_list_and_page(people, as_, monkeypatch):
    old = reading.modules()["diabetes_feet"]
    old = replace(old, facts=old.facts.model_copy(update={"review_due": "2020-02"}))
    monkeypatch.setattr(reading, "modules", lambda: {"diabetes_feet": old})
    assert "review was due February 2020" in text(as_(cast.GP).get(LIST))
    assert "Its review was due in February 2020" in text(as_(cast.GP).get(FEET))


@pytest.mark.parametrize("page", ["modules/", "modules/diabetes_feet/"])
def test_an_outsider_reads_nothing(people, as_, page):
    assert as_(cast.OUTSIDER).get(CHANGE + page).status_code == 403


# One module


def test_every_module_says_who_wrote_it_who_checked_it_and_its_sources(people, as_):
    client = as_(cast.GP)
    for name, module in reading.modules().items():
        said = text(client.get(f"{LIST}{name}/"))
        assert "Checked by not yet checked by a clinician" in said, name
        assert module.facts.authored_by in said, name
        assert all(source.number in said for source in module.facts.guidance), name
        assert "{{" not in said, name


def test_a_self_audit_that_is_not_whole_points_to_what_is_missing(people, as_):
    page = as_(cast.GP).post(FEET, {"audit-examined": "11", "audit-risk_told": "4"})
    assert page.status_code == 422
    assert [q.word for q in page.context["wrong"]] == ["examined", "raised_referred", "number_known", "barrier"]
    assert 'href="#audit-examined"' in page.content.decode()
    assert 'href="#audit-barrier-1"' in page.content.decode()
    assert 'value="4"' in page.content.decode()


def test_what_is_about_no_measure_ends_without_a_promise(people, as_):
    client = as_(cast.GP)
    done = client.post(AWARE, {"audit-nearest": "cancer", "audit-look_again": "yes"})
    assert done.url == LIST
    assert EngagementEvent.objects.filter(stage="evaluated", content="what_we_are_trying_to_do").count() == 1
    assert client.get(f"{AWARE}promise/").status_code == 404


def test_a_module_that_nobody_wrote_is_not_there(people, as_):
    assert as_(cast.GP).get(f"{LIST}nonsense/").status_code == 404


# Why not


def test_a_reason_not_to_counts_once_and_keeps_its_words(people, as_):
    client = as_(cast.GP)
    for words in ("no podiatrist", "again"):
        client.post(f"{FEET}aside/", {"why": "barrier", "reason": words})
    assert EngagementEvent.objects.get(stage="barrier").reason == "no podiatrist"


@pytest.mark.parametrize("given", [{}, {"why": "bored"}, {"why": "barrier", "reason": "x" * 201}])
def test_a_reason_that_is_none_is_asked_for_again(people, as_, given):
    assert as_(cast.GP).post(f"{FEET}aside/", given).status_code == 422
    assert not EngagementEvent.objects.filter(stage__in=EngagementEvent.SIDE_EXITS).exists()


def test_only_a_clinician_of_the_organisation_gives_a_reason(people, as_):
    assert as_(cast.PRACTICE_MANAGER).post(f"{FEET}aside/", {"why": "disagreed"}).status_code == 403
    assert as_(cast.GP).get(f"{FEET}aside/").status_code == 405


# How it is going


def test_what_nobody_knows_is_said_to_be_not_known(people):
    found = here()
    assert {found[name] for name in ("Had heard of it, when last asked", "Change since the time before", "The aim",
                                     "Proved by comparison", "Waiting and access held")} == {NOT_KNOWN}  # fmt: skip
    assert found["Promises made"] == "0"


def test_the_share_who_had_heard_is_the_one_of_the_latest_closed_wave(people):
    first = a_wave("first", heard=30, days=300)
    a_wave("second", heard=60, days=10, previous=first)
    found = here()
    assert re.fullmatch(r"60% \(\d+% to \d+%\)", found["Had heard of it, when last asked"])
    assert re.fullmatch(r"\+30 points \(\+\d+ to \+\d+\)", found["Change since the time before"])


def test_another_areas_survey_says_nothing_here(people):
    a_wave("first", heard=30, days=300)
    assert here("ICB2")["Had heard of it, when last asked"] == NOT_KNOWN


def test_promises_and_reports_stay_two_numbers(people):
    for who in ("gp", "clinical-lead"):
        kept = Commitment.objects.create(person=people[who].person, organisation_id="PRACTICE1", measure="m",
                                         what="w", by=date(2027, 1, 1))  # fmt: skip
    for _ in range(2):
        CommitmentReport.objects.create(commitment=kept, said="done")
    assert (here()["Promises made"], here()["Reported as kept"]) == ("2", "1")


def test_only_what_two_leads_confirmed_is_said_to_be_confirmed(people, monkeypatch):
    Target.objects.create(organisation_id="ICB1", title="t", pence=200_000_000, start=date(2025, 4, 1),
                          end=date(2027, 3, 31))  # fmt: skip
    monkeypatch.setattr(ledger_says.book, "read", lambda: savings.confirmed().entries)
    found = here()
    assert found["The aim"] == "£2.00 million by 31 March 2027"
    assert (found["Confirmed by finance and clinical lead"], found["Proved by comparison"]) == ("£42,000", "£0")
    monkeypatch.setattr(ledger_says.book, "read", lambda: savings.in_flight(savings.account.Ledger()).entries)
    assert here()["Confirmed by finance and clinical lead"] == "£0"


def test_access_is_told_by_the_latest_verdict_and_only_of_access(people):
    plan = Plan.objects.create(key="p", title="P", pathway="diabetes", organisation_id="ICB1")
    version = SchemeVersion.objects.create(plan=plan, number=1, text="t", measure="m", yaml="", sha256="0" * 64)
    design = RegisteredDesign.objects.create(version=version, sha256="1" * 64, design={})
    measures = ("wait_within_18_weeks", "wait_over_52_weeks", "diabetes_foot_check")
    for words in (("breach", "pass", "pass"), ("pass", "inconclusive", "breach")):
        record = VerdictRecord.objects.create(design=design, sentence="s", evidenced=True, countable=True, verdict={})
        for measure, word in zip(measures, words, strict=True):
            record.guardrails.create(measure=measure, verdict=word, margin=0.01, harm="down")
    assert here()["Waiting and access held"] == "1 of 2 judgements"
    assert here("ICB2")["Waiting and access held"] == NOT_KNOWN

"""Money's pages: every move has its proof, two people confirm, and whoever reads can follow a pound to its rows."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

import cast
import proving
from evenhand import account
from evenhand.cli.main import main
from evenhand.measures import for_lake
from evenhand.prove import register
from evenhand.story import looking
from evenhand_web.account import book, gathering
from evenhand_web.account.models import Confirmation, LedgerEntry
from evenhand_web.decide.models import Plan
from evenhand_web.people.models import Organisation, Post
from evenhand_web.prove import judging
from evenhand_web.prove.models import RegisteredDesign, VerdictRecord
from evenhand_web.prove.record import keep_verdict, scheme_of, verdict_of

INDEX = f"{proving.HERE}/account/"
MOVE, CONFIRM = (f"{INDEX}savings/{proving.KEY}/{page}/" for page in ("move", "confirm"))


@pytest.fixture(autouse=True)
def _lake(settings, demo, demo_lake):
    settings.EVENHAND_LAKE = demo_lake


def states() -> list[str]:
    """What the ledger says of the waiting scheme, entry by entry."""
    return [entry.state for entry in book.read() if entry.saving == proving.KEY]


def last() -> account.Entry:
    return [entry for entry in book.read() if entry.saving == proving.KEY][-1]


def said(client, address: str, **data: str) -> str:
    return client.post(address, data, follow=True).content.decode()


@pytest.fixture
def in_flight(as_demo, demo):
    """Planned, promised and under way."""
    proving.launched(demo)
    client = as_demo(cast.PHARMACIST)
    for _ in range(3):
        client.post(MOVE)
    return client


@pytest.fixture
def proved(in_flight, demo):
    """Booked as proved, on a verdict that may be counted."""
    proving.judged(demo)
    in_flight.post(MOVE)
    return in_flight


# ---- who


@pytest.mark.parametrize("who", [cast.GP, cast.BOARD_MEMBER, cast.FINANCE_DIRECTOR])
def test_the_organisation_sees_its_target_and_its_ledger(as_demo, who):
    page = as_demo(who).get(INDEX).content.decode()
    assert "is confirmed of" in page
    assert "The books are whole." in page
    assert book.read()[-1].hash in page


@pytest.mark.parametrize("page", ["", "entries/1/", "report.html"])
def test_an_outsider_sees_nothing(as_demo, page):
    assert as_demo(cast.OUTSIDER).get(INDEX + page).status_code == 403


def test_an_entry_of_another_board_is_not_found(as_demo):
    other = LedgerEntry.objects.filter(saving="harmful").first()
    assert as_demo(cast.GP).get(f"{INDEX}entries/{other.number}/").status_code == 404


@pytest.mark.parametrize("who", [cast.GP, cast.CLINICAL_LEAD, cast.BOARD_MEMBER, cast.OUTSIDER])
def test_nobody_else_books(as_demo, demo, who):
    proving.launched(demo)
    assert as_demo(who).post(MOVE).status_code == 403
    assert states() == ["opportunity"]


# ---- each move has its proof


def test_nothing_is_planned_without_signatures_and_a_registered_design(as_demo):
    client = as_demo(cast.PHARMACIST)
    assert "It waits for signatures: 0 of" in said(client, MOVE)
    proving.sealed()
    assert "It waits for its design to be registered" in said(client, MOVE)
    assert states() == ["opportunity"]


def test_each_move_takes_its_proof_from_where_it_was_given(in_flight):
    assert states() == ["opportunity", "planned", "committed", "in_flight"]
    entries = [entry for entry in book.read() if entry.saving == proving.KEY]
    assert {s["role"] for s in entries[1]["signatures"]} == {"clinical_lead", "manager"}
    assert entries[1]["proof"]["votes"]["votes"] > 0
    assert entries[2]["proof"]["commitments"]["people"] == 1
    assert len(entries[3]["proof"]["allocation"]) == 64
    assert not account.check(book.read()).broken


def test_a_saving_in_flight_waits_for_a_verdict(in_flight):
    assert "It waits for its verdict" in said(in_flight, MOVE)
    assert states()[-1] == "in_flight"


def test_a_verdict_that_does_not_prove_it_is_noted_and_moves_nothing(in_flight, demo):
    proving.judged(demo, evidenced=False, countable=False, reasons=("chance may give it",))
    in_flight.post(MOVE)
    assert (last().kind, last().state) == ("verdict", "in_flight")
    assert "chance may give it" in in_flight.get(INDEX).content.decode()


# ---- two people confirm


def test_confirmed_by_both_the_lower_bound_is_booked_with_its_cells(proved, as_demo):
    assert "once the other lead" in said(as_demo(cast.FINANCE_DIRECTOR), CONFIRM, role="finance_lead")
    assert states()[-1] == "evidenced"
    said(as_demo(cast.CLINICAL_LEAD), CONFIRM, role="clinical_lead")
    entry = last()
    held = sum(line["pence"] for line in entry["lines"] if line["account"] == "confirmed")
    assert (entry.state, held, entry["basis"]) == ("confirmed", 123456, "lower80")
    assert {s["person"] for s in entry["signatures"]} == {"account-4", "account-5"}
    assert entry["cells"]["codes"]
    assert not account.check(book.read()).broken
    assert "£1,234.56" in proved.get(INDEX).content.decode()


def test_nothing_is_confirmed_without_a_verdict(in_flight, as_demo):
    assert "Only a saving that is proved" in said(as_demo(cast.FINANCE_DIRECTOR), CONFIRM, role="finance_lead")
    assert not Confirmation.objects.exists()


@pytest.mark.parametrize("who", [cast.GP, cast.PHARMACIST, cast.BOARD_MEMBER, cast.CLINICAL_LEAD])
def test_only_a_finance_lead_confirms_as_finance_lead(proved, as_demo, who):
    assert as_demo(who).post(CONFIRM, {"role": "finance_lead"}).status_code == 403
    assert not Confirmation.objects.exists()


def test_the_same_person_does_not_confirm_twice(proved, as_demo):
    """Not in the same role, and not in the other one, even with both roles."""
    lead = proving.person("clinical-lead")
    Post.objects.create(person=lead, organisation=Organisation.objects.get(code=proving.AREA), role="finance_lead")
    client = as_demo(cast.CLINICAL_LEAD)
    client.post(CONFIRM, {"role": "clinical_lead"})
    assert "it takes two people" in said(client, CONFIRM, role="finance_lead")
    assert "has confirmed this saving already" in said(client, CONFIRM, role="clinical_lead")
    assert Confirmation.objects.count() == 1
    assert states()[-1] == "evidenced"


def test_a_guardrail_at_risk_stops_the_confirmation_and_takes_the_saving_off(proved, as_demo, demo):
    as_demo(cast.FINANCE_DIRECTOR).post(CONFIRM, {"role": "finance_lead"})
    proving.judged(demo, guardrail="breach")
    assert "is at risk" in said(as_demo(cast.CLINICAL_LEAD), CONFIRM, role="clinical_lead")
    proved.post(MOVE)
    assert states()[-2:] == ["evidenced", "reversed"]
    assert not account.check(book.read()).broken


def test_a_verdict_that_may_not_be_counted_is_not_confirmed(in_flight, as_demo, demo):
    proving.judged(demo, guardrail="inconclusive")
    in_flight.post(MOVE)
    assert "may not be counted yet" in said(as_demo(cast.FINANCE_DIRECTOR), CONFIRM, role="finance_lead")
    assert not Confirmation.objects.exists()


def test_if_the_ledger_refuses_the_second_confirmation_is_not_kept_either(proved, as_demo, monkeypatch):
    from evenhand_web.account import confirming

    as_demo(cast.FINANCE_DIRECTOR).post(CONFIRM, {"role": "finance_lead"})
    nothing = account.Cells("presentation", "practice", (), (), ())
    monkeypatch.setattr(confirming, "_cells", lambda now, lake: nothing)
    assert "names the cells that it claims" in said(as_demo(cast.CLINICAL_LEAD), CONFIRM, role="clinical_lead")
    assert list(Confirmation.objects.values_list("role", flat=True)) == ["finance_lead"]
    assert states()[-1] == "evidenced"
    assert RegisteredDesign.objects.filter(version__plan__key=proving.KEY).count() == 1  # nor a later year's design


# ---- the trail


def test_every_step_of_the_trail_is_there_and_every_link_opens(proved, as_demo):
    for who, role in ((cast.FINANCE_DIRECTOR, "finance_lead"), (cast.CLINICAL_LEAD, "clinical_lead")):
        as_demo(who).post(CONFIRM, {"role": role})
    client = as_demo(cast.BOARD_MEMBER)
    page = client.get(f"{INDEX}entries/{last().number}/")
    links = page.context["links"]
    assert [link.there for link in links] == [True] * 9
    assert {client.get(address).status_code for link in links for address, _ in link.links} == {200}
    assert "Demo clinical lead" not in page.content.decode()
    assert "account-4" in page.content.decode()


def test_whoever_leads_comes_down_to_the_published_rows(in_flight, as_demo):
    page = as_demo(cast.CLINICAL_LEAD).get(f"{INDEX}entries/{last().number}/")
    (address, _), = page.context["links"][0].links  # fmt: skip
    assert b"published rows of" in as_demo(cast.CLINICAL_LEAD).get(address).content


def test_a_confirmed_saving_says_for_when_it_was_shown_and_is_due_again_after_a_year(proved, as_demo, monkeypatch):
    for who, role in ((cast.FINANCE_DIRECTOR, "finance_lead"), (cast.CLINICAL_LEAD, "clinical_lead")):
        said(as_demo(who), CONFIRM, role=role)
    monkeypatch.setattr(gathering, "_now", lambda: last()["window"][1])
    shown = as_demo(cast.FINANCE_DIRECTOR).get(INDEX).content.decode()
    assert "A later year counts only once its own verdict shows the effect again" in shown
    assert "releases cash" in shown
    assert "due to be" not in shown
    monkeypatch.setattr(gathering, "_now", lambda: "2099-01")
    assert "it is due to be shown again" in as_demo(cast.BOARD_MEMBER).get(INDEX).content.decode()


def test_who_books_takes_the_whole_ledger_along_and_the_command_finds_it_whole(as_demo, tmp_path, capsys):
    client, file = as_demo(cast.FINANCE_DIRECTOR), tmp_path / "ledger.jsonl"
    address = f"{INDEX}ledger.jsonl"
    assert address in client.get(INDEX).content.decode()
    file.write_bytes(client.get(address).content)
    assert main(["account", "ledger", "check", str(file), "--head", book.read()[-1].hash, "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {
        "entries": len(book.read()), "head": book.read()[-1].hash, "broken": []
    }  # fmt: skip
    assert as_demo(cast.BOARD_MEMBER).get(address).status_code == 403


def test_the_ledger_downloads_as_it_stands(in_flight):
    rows = in_flight.get(f"{INDEX}?download=ledger.json").json()
    assert [row["entry"] for row in rows] == sorted((row["entry"] for row in rows), reverse=True)
    assert rows[0]["hash"] == last().hash


def test_the_report_tells_of_the_ledger_and_the_verdicts_that_are_kept_here(in_flight, demo, monkeypatch):
    every = for_lake(demo)
    few = {name: every[name] for name in ("diabetes_dpp4_cost", "diabetes_test_strips")}  # stored: the rest takes long
    monkeypatch.setattr(looking, "for_lake", lambda lake: few)
    page = in_flight.get(f"{INDEX}report.html").content.decode()
    assert last().hash in page
    assert "No verdict has been asked for yet" in page
    assert re.match(rb"%PDF", in_flight.get(f"{INDEX}report.pdf").content)


# ---- tested again


def both(as_demo, **seen: str) -> str:
    """The two leads confirm what stands there now, each on their own page; what the second one is told."""
    for who, role in ((cast.FINANCE_DIRECTOR, "finance_lead"), (cast.CLINICAL_LEAD, "clinical_lead")):
        page = said(as_demo(who), CONFIRM, role=role, **({"seen": str(last().number)} | seen))
    return page


def held() -> int:
    return account.held(book.read())[proving.KEY][0]


def test_a_confirmed_saving_that_was_tested_again_is_booked_anew_by_two_people(proved, as_demo, demo):
    both(as_demo)
    proving.judged(demo, lower80_pounds=700.0)
    assert (proved.post(MOVE).status_code, last().kind, held()) == (302, "verdict", 123456)
    finance = as_demo(cast.FINANCE_DIRECTOR)
    page = finance.get(INDEX).content.decode()
    assert "patients and <strong>£700.00</strong>" in page
    assert f'name="seen" value="{last().number}"' in page
    assert "once the other lead" in said(finance, CONFIRM, role="finance_lead", seen=str(last().number))
    assert "Confirmed by both" in both(as_demo)
    assert (last().kind, held(), last()["signatures"][0]["role"]) == ("restatement", 70000, "finance_lead")
    assert not account.check(book.read()).broken
    assert "there is nothing to book anew" in both(as_demo)
    assert Confirmation.objects.count() == 4


def test_nobody_books_anew_twice_or_from_a_page_that_is_out_of_date(proved, as_demo, demo):
    both(as_demo)
    before = last().number
    proving.judged(demo, lower80_pounds=700.0)
    proved.post(MOVE)
    lead, finance = proving.person("clinical-lead"), as_demo(cast.FINANCE_DIRECTOR)
    Post.objects.create(person=lead, organisation=Organisation.objects.get(code=proving.AREA), role="finance_lead")
    for stale in ({"seen": str(before)}, {"seen": "x"}, {}):
        assert "The ledger has moved on" in said(finance, CONFIRM, role="finance_lead", **stale)
    clinical, now = as_demo(cast.CLINICAL_LEAD), str(last().number)
    said(clinical, CONFIRM, role="clinical_lead", seen=now)
    assert "it takes two people" in said(clinical, CONFIRM, role="finance_lead", seen=now)
    assert (Confirmation.objects.count(), held()) == (3, 123456)
    proving.judged(demo, lower80_pounds=600.0)  # a signature is for one verdict and for no other
    proved.post(MOVE)
    assert "once the other lead" in said(finance, CONFIRM, role="finance_lead", seen=str(last().number))
    assert (last().kind, held()) == ("verdict", 123456)


def test_a_new_test_that_proves_nothing_is_not_booked_anew(proved, as_demo, demo):
    both(as_demo)
    proving.judged(demo, evidenced=False, countable=False, reasons=("chance may give it",))
    proved.post(MOVE)
    assert "The new test does not prove it: chance may give it" in both(as_demo)
    page = as_demo(cast.FINANCE_DIRECTOR).get(INDEX).content.decode()
    assert "what was confirmed before stands" in page
    assert "Confirm anew" not in page
    assert held() == 123456


# ---- a later year


ASK = f"{proving.HERE}/prove/{proving.KEY}/ask/"
YEAR = {"window": ("2026-10", "2027-03"), "sentence": "A year later the share is still lower."}


@pytest.fixture
def lasting(proved, as_demo):
    """Confirmed by both, and so registered for a later year."""
    both(as_demo)
    return proved


def later() -> RegisteredDesign:
    return RegisteredDesign.objects.filter(version__plan__key=proving.KEY).last()


def test_with_the_second_name_the_same_comparison_is_registered_for_a_later_year(proved, as_demo, demo):
    page = as_demo(cast.FINANCE_DIRECTOR).get(INDEX).content.decode()
    assert "by the same comparison on October 2026 to March 2027" in page
    said(as_demo(cast.FINANCE_DIRECTOR), CONFIRM, role="finance_lead")
    assert RegisteredDesign.objects.filter(version__plan__key=proving.KEY).count() == 1
    assert "judged again on October 2026 to March 2027" in both(as_demo)
    first, design = RegisteredDesign.objects.filter(version__plan__key=proving.KEY)
    assert last()["proof"]["design"] == design.sha256 != first.sha256
    assert design.sha256 == register(scheme_of(design), seal=design.design["allocation_sha256"])
    assert design.person == proving.person("clinical-lead")
    page = as_demo(cast.PHARMACIST).get(f"{proving.HERE}/prove/{proving.KEY}/").content.decode()
    assert design.sha256 in page
    assert "The verdict waits for all of it" in said(as_demo(cast.PHARMACIST), ASK, design=str(design.pk))
    assert "Another year is judged by now" in said(as_demo(cast.PHARMACIST), ASK, design="0")


def test_a_later_year_is_judged_by_its_own_design_and_booked_by_two_people(lasting, as_demo, demo, monkeypatch):
    asked = []

    def judged(lake, scheme, **how):
        asked.append((scheme.follow_up.first, how["design"]))
        return replace(real, registered=how["design"], lower80_pounds=900.0, **YEAR)

    real, design = verdict_of(judging.case(Plan.objects.get(key=proving.KEY)).verdict), later()
    monkeypatch.setattr(judging.judge, "verdict", judged)
    monkeypatch.setattr(judging, "_published", lambda lake: "2027-03")
    client = as_demo(cast.PHARMACIST)
    assert "Ask for the verdict on that year" in client.get(f"{proving.HERE}/prove/{proving.KEY}/").content.decode()
    assert "The verdict is in" in said(client, ASK, design=str(design.pk))
    assert asked == [("2026-10", design.sha256)]
    page = client.get(f"{proving.HERE}/prove/{proving.KEY}/").content.decode()
    assert YEAR["sentence"] in page
    assert "Other verdicts on this scheme" in page
    client.post(MOVE)
    assert (last().kind, held()) == ("verdict", 123456)
    page = both(as_demo)
    assert "judged again on October 2027 to March 2028" in page
    assert (last().kind, held(), last()["window"]) == ("persistence", 90000, ["2026-10", "2027-03"])
    assert last()["cells"]["months"][0] == "2026-10"
    assert {line["account"]: line["pence"] for line in last()["lines"]} == {"confirmed": -33456, "spend": 33456}
    assert not account.check(book.read()).broken
    earlier = VerdictRecord.objects.filter(design__version__plan__key=proving.KEY).last()
    shown = client.get(f"{proving.HERE}/prove/{proving.KEY}/verdicts/{earlier.pk}/").content.decode()
    assert "October 2025 to March 2026" in shown


def test_a_later_year_that_shows_nothing_takes_the_saving_off(lasting, demo):
    found = judging.case(Plan.objects.get(key=proving.KEY))
    gone = replace(verdict_of(found.verdict), registered=later().sha256, lower80_pounds=-5.0, evidenced=False,
                   countable=False, **YEAR)  # fmt: skip
    keep_verdict(later(), gone, demo, proving.person("pharmacist"))
    lasting.post(MOVE)
    assert states()[-2:] == ["confirmed", "reversed"]
    assert not account.check(book.read()).broken


def test_what_is_published_already_is_no_later_year(lasting, demo, monkeypatch):
    """Twelve months on from months that are judged late lie months that anybody can read: the year after is taken."""
    found = judging.case(Plan.objects.get(key=proving.KEY))
    monkeypatch.setattr(judging, "_published", lambda lake: "2026-10")
    assert judging.next_look(replace(found, later=None), demo).follow_up.first == "2027-10"
    assert judging.next_look(found, demo) is None

"""Identity levels: worked out from rows, up and down again; register extracts as they come."""

from __future__ import annotations

import csv
import gzip
import io
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cast
import joining
from evenhand.errors import InputError
from evenhand_web.people import levels, reading_registers, registers, verifying
from evenhand_web.people.models import (
    Identity,
    IdentityStep,
    LevelByHandError,
    Person,
    Post,
    RegisterExtract,
    RegisterRow,
)  # fmt: skip
from evenhand_web.people.reading_registers import Columns


@pytest.fixture
def admin(people):
    return joining.administrator()


def level(identity: Identity) -> int:
    return Person.objects.get(pk=identity.person_id).identity_level


def test_level_two_needs_all_three_in_whatever_order(admin):
    amy, _ = joining.join()
    assert level(amy) == 1
    verifying.confirm(amy.person, by=admin.person)
    assert level(amy) == 1
    joining.upload(joining.signed_in(admin))
    assert level(amy) == 2


def test_a_match_without_a_confirmation_is_level_one(admin):
    joining.upload(joining.signed_in(admin))
    amy, _ = joining.join()
    assert (level(amy), levels.of(amy.person).matched) == (1, True)


def test_every_subset_of_the_three_but_the_whole_stays_below_level_two(people):
    rows = {"email_proved", "matched", "confirmed"}
    for left_out in rows:
        steps = [IdentityStep(kind="claimed", mark="m"), *(IdentityStep(kind=k) for k in rows - {left_out})]
        assert levels.level(levels.standing(steps), clinical=True) < 2


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(sorted(set(IdentityStep.KINDS) - {"care_identity"})), max_size=12))
def test_nothing_but_the_last_word_on_each_of_the_three_gives_level_two(kinds):
    now = levels.standing([IdentityStep(kind=kind, mark="m" if kind == "claimed" else "") for kind in kinds])

    def after(kind: str, *cut: str) -> bool:
        last = max((i for i, k in enumerate(kinds) if k == kind), default=-1)
        return last >= 0 and not any(k in cut for k in kinds[last + 1 :])

    wanted = ({"email_proved", "nhsmail"} & set(kinds) and after("matched", "claimed", "lapsed")
              and after("confirmed", "claimed", "refused"))  # fmt: skip
    assert (levels.level(now, clinical=True) == 2) == bool(wanted)


def test_a_level_is_never_set_by_hand(people):
    person = people["outsider"].person
    person.identity_level = 2
    with pytest.raises(LevelByHandError):
        person.save()
    with pytest.raises(LevelByHandError):
        Person.objects.filter(pk=person.pk).update(identity_level=2)


def test_a_registration_that_lapses_in_a_newer_extract_falls_back_and_rises_again(admin):
    client = joining.signed_in(admin)
    joining.upload(client)
    amy, _ = joining.join()
    verifying.confirm(amy.person, by=admin.person)
    assert level(amy) == 2
    joining.upload(client, joining.EXTRACT.replace("Registered with Licence", "Suspended"), as_at="2026-02-28")
    assert level(amy) == 1
    joining.upload(client, as_at="2026-03-31")
    assert level(amy) == 2
    kinds = [row.kind for row in amy.person.steps.all()]
    assert kinds == ["email_proved", "claimed", "matched", "confirmed", "lapsed", "matched"]


def test_who_is_missing_from_a_whole_register_has_lapsed_and_from_a_part_has_not(admin):
    client = joining.signed_in(admin)
    joining.upload(client)
    amy, _ = joining.join()
    verifying.confirm(amy.person, by=admin.person)
    without = "\n".join(line for line in joining.EXTRACT.splitlines() if "7654321" not in line)
    joining.upload(client, without, as_at="2026-02-28", whole="some")
    assert level(amy) == 2
    joining.upload(client, without, as_at="2026-03-31")
    assert level(amy) == 1


def test_an_older_extract_loaded_late_does_not_overrule_a_newer_one(admin):
    client = joining.signed_in(admin)
    amy, _ = joining.join()
    joining.upload(client, as_at="2026-03-31")
    joining.upload(client, joining.EXTRACT.replace("Registered with Licence", "Erased"), as_at="2026-02-28")
    assert levels.of(amy.person).matched


def test_an_extract_speaks_for_its_own_organisation_and_below_alone(admin):
    amy, _ = joining.join()
    joining.upload(joining.signed_in(joining.administrator("ICB2", "other")), at="ICB2")
    assert not levels.of(amy.person).matched


@pytest.mark.parametrize(("family", "given_name", "agrees"), [
    ("O'Neill-Núñez", "Amy", True), ("oneill nunez", "AMELIA", True), ("O’Neill Nunez", "A.", True),
    ("O'Neill", "Amy", False), ("O'Neill-Núñez", "Beth", False), ("Nunez-Oneill", "Amy", False),
])  # fmt: skip
def test_the_name_has_to_agree_family_name_whole_and_first_letter(people, family, given_name, agrees):
    mark = registers.mark("GMC", "7654321", "ONEILL NUNEZ", "Amelia")
    assert (registers.mark("GMC", "7654321", family, given_name) == mark) == agrees


def test_somebody_elses_number_is_no_match(admin):
    joining.upload(joining.signed_in(admin))
    thief, client = joining.join(family_name="Thief", email="thief@nhs.net")
    verifying.confirm(thief.person, by=admin.person)
    assert level(thief) == 1
    page = client.get("/me/").content.decode()
    assert "being checked" in page
    assert "not found" not in page


def test_ones_own_page_says_the_same_whether_the_number_is_on_the_register_or_not(admin):
    joining.upload(joining.signed_in(admin))
    _, found = joining.join()
    _, unknown = joining.join(number="7000001", email="b@nhs.net")
    said = [levels.missing(levels.of(Identity.objects.get(email=e).person), clinical=True)
            for e in ("amy.oneill@nhs.net", "b@nhs.net")]  # fmt: skip
    assert said[0] == said[1]
    assert found.get("/me/").status_code == unknown.get("/me/").status_code == 200


def test_of_a_register_neither_names_nor_numbers_are_kept(admin):
    joining.upload(joining.signed_in(admin))
    kept = str([*RegisterRow.objects.values(), *RegisterExtract.objects.values()])
    assert not any(word in kept for word in ("7654321", "1234567", "ONEILL", "Amelia", "Grey"))
    assert RegisterRow.objects.filter(current=True).count() == 1


def test_rows_of_older_extracts_go_when_a_whole_newer_one_comes(admin):
    client = joining.signed_in(admin)
    joining.upload(client)
    joining.upload(client, joining.EXTRACT + "7654329,New,Person,Registered with Licence\n", as_at="2026-02-28")
    assert RegisterRow.objects.count() == 3


@pytest.mark.parametrize(("text", "changes"), [
    ("PIN;x", {}), ("", {}), ("a,b\n", {}), ("Number,Number\n1,2\n", {}),
    ("Surname,Forename,Status\nA,B,registered\n", {}),
    (joining.EXTRACT.replace("Registration Status", "Colour"), {}),
    (joining.EXTRACT, {"number": "NoSuchColumn"}), (joining.EXTRACT, {"as_at": "2999-01-01"}),
    (joining.EXTRACT, {"as_at": "soon"}), (joining.EXTRACT, {"body": "GOC"}), (joining.EXTRACT, {"whole": ""}),
    (joining.EXTRACT.replace("7654321", "12").replace("1234567", "13"), {}), (b"\x00\x01\x02" * 50, {}),
    (b"PK\x03\x04 not a workbook", {}), (b"\x1f\x8b broken", {}), (b"PAR1 not parquet", {}),
    ('"7654321,unclosed\n', {}),
])  # fmt: skip
def test_an_extract_that_cannot_be_used_is_refused_whole_and_nothing_is_kept(admin, text, changes):
    answer = joining.upload(joining.signed_in(admin), text, **changes)
    assert (answer.status_code, RegisterExtract.objects.count(), RegisterRow.objects.count()) == (422, 0, 0)


@pytest.mark.parametrize(("text", "changes"), [
    ("No,Name,State\n7654321,\"O'NEILL-NUNEZ, Amy\",LIVE\n", {"number": "No", "full": "Name", "status": "State",
                                                              "current": "live"}),
    ("Full name,GMC No\nDr Amy ONeillNunez,7654321\n", {"only_current": "on"}),
    ("7654321,Amy,O'Neill Nunez,G1234567,20200101\n", {"header": "", "number": "1", "given": "2", "family": "3",
                                                      "only_current": "on"}),
    ("\ufeffSurname,Forename,GMC number,Status,Expiry date\n"
     "ONEILLNUNEZ,A,C7654321,Registered with licence,31/12/2026\n", {"dates": "day"}),
])  # fmt: skip
def test_other_column_names_and_shapes_are_read_by_option(admin, text, changes):
    amy, _ = joining.join()
    assert joining.upload(joining.signed_in(admin), text, **changes).status_code == 302
    assert levels.of(amy.person).matched


def test_a_packed_extract_is_read_too(admin):
    amy, _ = joining.join()
    packed = gzip.compress(joining.EXTRACT.encode())
    assert joining.upload(joining.signed_in(admin), packed, name="x.csv.gz").status_code == 302
    assert levels.of(amy.person).matched


def test_a_registration_whose_last_day_has_passed_is_not_current(people):
    text = (b"GMC number,Surname,Forename,Status,Expiry date\n"
            b"7654321,A,B,registered,2025-12-31\n7654322,A,B,registered,\n")  # fmt: skip
    found = reading_registers.read(text, "x.csv", "GMC", Columns(), date(2026, 1, 31))
    assert [row[3] for row in found.rows] == [False, True]


def test_refused_rows_are_told_by_number_and_the_others_are_kept(admin):
    client = joining.signed_in(admin)
    more = "12,Short,No,Registered with Licence\n,Missing,No,Registered with Licence\n7654328,,X,Erased\n"
    answer = joining.upload(client, joining.EXTRACT + more)
    page = client.get(answer.url).content.decode()
    assert all(f"row {row}:" in page for row in (4, 5, 6))
    assert "Registrations kept: 2, current: 1. Rows that could not be used: 3." in page


def test_a_registration_given_twice_with_two_states_is_believed_in_neither(admin):
    amy, _ = joining.join()
    joining.upload(joining.signed_in(admin), joining.EXTRACT + "7654321,ONEILL NUNEZ,Amy,Erased\n", whole="some")
    assert not levels.of(amy.person).matched


def test_the_same_file_twice_changes_nothing(admin):
    client = joining.signed_in(admin)
    joining.upload(client)
    assert (joining.upload(client).status_code, RegisterExtract.objects.count()) == (422, 1)


def test_a_practice_uploads_no_register(people):
    client = joining.signed_in(joining.administrator("PRACTICE1", "practice-admin"))
    assert joining.upload(client, at="PRACTICE1").status_code == 404
    assert joining.upload(client, at="ICB1").status_code == 403


@settings(max_examples=120, deadline=None)
@given(st.binary(max_size=400), st.booleans())
def test_no_bytes_break_the_reader(raw, header):
    try:
        found = reading_registers.read(raw, "x.csv", "GMC", Columns(header=header, only_current=True), date(2026, 1, 1))
    except InputError:
        return
    assert len(found.rows) + len(found.refused) > 0


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.text(max_size=12)] * 4), min_size=1, max_size=6))
def test_no_cells_break_the_reader_and_each_row_is_kept_or_told(rows):
    text = io.StringIO()
    csv.writer(text).writerows([("GMC number", "Surname", "Forename", "Status"), *rows])
    try:
        raw = text.getvalue().encode("utf-8", "replace")
        found = reading_registers.read(raw, "x.csv", "GMC", Columns(), date(2026, 1, 1))
    except InputError:
        return
    assert all(len(number) == 7 for number, *_ in found.rows)


def test_nobody_confirms_themselves(admin):
    amy, _ = joining.join()
    Post.objects.create(person=amy.person, organisation_id="ICB1", role="administrator")
    with pytest.raises(InputError, match="Nobody confirms themselves"):
        verifying.confirm(amy.person, by=amy.person)


def test_who_is_not_confirmed_reads_why_and_may_try_again(admin):
    amy, client = joining.join()
    here = f"/organisations/ICB1/people/verify/{amy.person_id}/"
    desk = joining.signed_in(admin)
    assert desk.post(here, {"doing": "refuse", "why": ""}).status_code == 422
    assert desk.post(here, {"doing": "refuse", "why": "Nobody here knows you."}).status_code == 302
    assert "Nobody here knows you." in client.get("/me/").content.decode()
    assert verifying.waiting(amy.person.organisation) == []
    changed = {k: v for k, v in joining.AMY.items() if k != "email"} | {"organisation": "PRACTICE2"}
    client.post("/me/details/", changed)
    assert len(verifying.waiting(admin.person.organisation)) == 1


def test_moving_elsewhere_has_to_be_confirmed_there(admin):
    joining.upload(joining.signed_in(admin))
    amy, client = joining.join()
    verifying.confirm(amy.person, by=admin.person)
    changed = {k: v for k, v in joining.AMY.items() if k != "email"} | {"organisation": "PRACTICE2"}
    client.post("/me/details/", changed)
    assert level(amy) == 1


def test_a_manager_is_confirmed_into_a_role_and_stays_at_level_one(admin):
    boss, client = joining.join(profession="Manager", number="", email="m@nhs.net")
    here = f"/organisations/ICB1/people/verify/{boss.person_id}/"
    joining.signed_in(admin).post(here, {"doing": "confirm", "role": "manager"})
    assert (level(boss), boss.person.posts.get().role) == (1, "manager")
    assert client.get("/organisations/PRACTICE1/").status_code == 200


CIS2 = {"identity": "3", "sign_in": "3", "clinical_role": True}


@pytest.mark.parametrize(("facts", "profession", "gives"), [
    (CIS2, "GP", 3), (CIS2 | {"sign_in": "2"}, "GP", 3), (CIS2 | {"identity": "2"}, "GP", 0),
    (CIS2 | {"sign_in": "1"}, "GP", 0), (CIS2 | {"identity": ""}, "Manager", 0),
    (CIS2 | {"sign_in": "high"}, "Manager", 0),
    (CIS2 | {"clinical_role": False}, "Manager", 3), (CIS2 | {"clinical_role": False}, "GP", 1),
])  # fmt: skip
def test_care_identity_gives_level_three_only_by_its_assurance(people, facts, profession, gives):
    person = Person.objects.create(profession=profession)
    levels.step(person, "care_identity", **facts)
    assert person.identity_level == gives


def test_a_weaker_sign_in_never_carries_level_three(people):
    amy, client = joining.join()
    levels.step(amy.person, "care_identity", **CIS2)
    assert level(amy) == 3
    assert "Level 1" in client.get("/me/").content.decode()  # this session was opened by a link


def test_the_cast_of_the_demonstration_keeps_its_levels(people):
    assert {c.username: people[c.username].person.identity_level for c in cast.CAST} == {
        c.username: c.identity_level for c in cast.CAST}  # fmt: skip

"""Co-signature: a version is in force when both roles of every organisation signed it, and it is the latest."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.cli.main import main
from evenhand.decide import ROLES, Signature, latest, signatures
from evenhand.errors import InputError

VERSIONS = "plan,version\np,1\np,2\nq,1\n"
ORGANISATIONS = "plan,organisation\np,A\np,B\nq,A\n"
HEAD = "plan,version,organisation,role,signed,withdrawn\n"


@pytest.fixture
def run(tmp_path, capsys):
    def call(signed, versions=VERSIONS, organisations=ORGANISATIONS):
        words = []
        for name, text in (("versions", versions), ("organisations", organisations), ("signatures", signed)):
            (tmp_path / f"{name}.csv").write_text(text)
            words += [f"--{name}", str(tmp_path / f"{name}.csv")]
        code = main(["decide", "signatures", *words, "--json"])
        out, err = capsys.readouterr()
        return json.loads(out) if code == 0 else (code, err)

    return call


def signed(plan, version, organisations="A", roles=ROLES):
    return "".join(f"{plan},{version},{o},{role},2026-03-01,\n" for o in organisations for role in roles)


def test_both_roles_of_each_organisation_bring_the_latest_version_into_force(run):
    found = run(HEAD + signed("p", 2, "AB") + signed("q", 1))
    assert found["in_force"] == [{"plan": "p", "version": "2"}, {"plan": "q", "version": "1"}]
    assert found["missing"] == []


def test_a_new_version_voids_the_signatures_of_the_old(run):
    found = run(HEAD + signed("p", 1, "AB") + signed("q", 1))
    assert found["in_force"] == [{"plan": "q", "version": "1"}]
    assert found["missing"] == [
        {"plan": "p", "version": "2", "organisation": o, "role": role} for o in "AB" for role in ROLES
    ]


def test_one_organisation_or_one_role_is_not_enough(run):
    found = run(HEAD + signed("p", 2, "A") + signed("p", 2, "B", ROLES[:1]) + signed("q", 1))
    assert found["missing"] == [{"plan": "p", "version": "2", "organisation": "B", "role": "manager"}]


def test_a_withdrawal_ends_a_signature_and_signing_again_restores_it(run):
    withdrawn = HEAD + signed("q", 1, roles=ROLES[:1]) + "q,1,A,manager,2026-03-01,2026-03-05\n"
    assert {"plan": "q", "version": "1", "organisation": "A", "role": "manager"} in run(withdrawn)["missing"]
    assert run(withdrawn + "q,1,A,manager,2026-03-09,\n")["in_force"] == [{"plan": "q", "version": "1"}]


def test_a_row_without_a_date_is_not_a_signature(run):
    assert run(HEAD + signed("q", 1, roles=ROLES[:1]) + "q,1,A,manager,,\n")["in_force"] == []


def test_nobody_has_signed_yet(run):
    assert len(run(HEAD)["missing"]) == 6


def test_a_signature_of_a_stranger_changes_nothing_and_is_told(run):
    found = run(HEAD + signed("q", 1) + signed("q", 1, "Z", ROLES[:1]))
    assert found["in_force"] == [{"plan": "q", "version": "1"}]
    assert found["no_party"][0]["organisation"] == "Z"


def test_a_plan_without_organisations_is_never_in_force():
    assert signatures({"p": ["1"]}, {}, []).in_force == ()


def test_versions_are_ordered_by_their_numbers():
    assert latest("p", ["2", "10", "9"]) == "10"
    assert latest("p", ["1.2", "1.10", "1.9.1"]) == "1.10"
    assert latest("p", ["2026-03-01", "2026-01-15"]) == "2026-03-01"
    assert latest("p", ["draft"]) == "draft"
    for unclear in (["draft", "final"], ["v1", "w2"], ["1", "01"]):
        with pytest.raises(InputError, match="cannot tell"):
            latest("p", unclear)


@given(st.lists(st.sampled_from([(o, role) for o in "ABC" for role in ROLES]), unique=True))
def test_signed_and_missing_are_together_every_name_that_is_needed(given_names):
    names = [Signature("p", "3", o, role, True) for o, role in given_names]
    found = signatures({"p": ["1", "3", "2"]}, {"p": "ABC"}, names)
    assert len(found.missing) == 6 - len(given_names)
    assert bool(found.in_force) == (not found.missing)


@pytest.mark.parametrize(
    ("signed_rows", "said"),
    [
        ("q,1,A,director,2026-03-01,\n", "row 2, column 'role': expected clinical_lead or manager"),
        ("q,9,A,manager,2026-03-01,\n", "plan 'q' version '9'"),
        ("x,1,A,manager,2026-03-01,\n", "plan 'x'"),
        ("q,1,,manager,2026-03-01,\n", "column 'organisation'"),
        ("q,1,A,manager,03/04/2026,\n", "read one way"),
        ("q,1,A,manager,2026-03-02,2026-03-01\n", "not before the signature"),
        ("q,1,A,manager,,2026-03-01\n", "column 'signed'"),
        ("q,1,A,manager,2026-03-01,\nq,1,A,manager,2026-03-01,\n", "already given"),
    ],
)
def test_a_fault_is_refused_in_one_line_that_says_where(run, signed_rows, said):
    code, message = run(HEAD + signed_rows)
    assert code == 2
    assert message.count("\n") == 1
    assert said in message


def test_faults_in_the_other_files_are_refused(run):
    assert run(HEAD + signed("q", 1), versions="plan,version\nq,1\nq,1\n")[0] == 2
    assert "no version" in run(HEAD, organisations="plan,organisation\nz,A\n")[1]

"""The ledger: nothing comes on it without proof, and nothing that was forged passes the check."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand import account
from evenhand.account import Ledger
from evenhand.errors import InputError
from savings import CLINICAL, FINANCE, cells, confirmed, guardrail, in_flight, proof, rewritten, scheme, verdict


def invariants(entries, head=None):
    return {broken.invariant for broken in account.check(entries, head).broken}


def test_a_saving_walks_from_opportunity_to_confirmed_with_every_proof():
    ledger = confirmed()
    assert [entry.state for entry in ledger.entries] == [
        "opportunity", "planned", "committed", "in_flight", "evidenced", "confirmed",
    ]  # fmt: skip
    assert account.check(ledger.entries, ledger.head).broken == ()


def test_the_lower_bound_is_booked_until_twelve_months_then_the_median():
    young = account.progress(confirmed().entries, 10_000_000)
    old = confirmed(verdict={"window": ("2025-10", "2026-09")})
    assert young.confirmed_pence == 4_200_000
    assert account.progress(old.entries, 10_000_000).confirmed_pence == 5_000_000


def test_patients_are_booked_beside_pounds():
    found = account.progress(confirmed().entries, 10_000_000)
    assert found.patients_confirmed == int(120 - 0.8790578 * 20)  # t with 10 degrees of freedom


def test_the_states_of_the_bar_are_never_mixed():
    ledger = in_flight(confirmed(), "strips")
    found = {row.state: (row.savings, row.pence) for row in account.progress(ledger.entries, 10_000_000).states}
    assert found["in_flight"] == (1, 6_000_000)
    assert found["confirmed"] == (1, 4_200_000)
    assert sum(pence for _, pence in found.values()) == 6_000_000 + 4_200_000


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"evidenced": False, "reasons": ("the interval holds zero",)}, "the interval holds zero"),
        ({"guardrails": (guardrail("breach"),)}, "is breached"),
        ({"effect": replace(verdict().effect, has_counterfactual=False)}, "no counterfactual"),
    ],
)
def test_a_verdict_that_proves_nothing_moves_nothing(changes, why):
    ledger = in_flight(Ledger())
    with pytest.raises(InputError, match=why):
        ledger.evidence("gliptins", proof(**changes), booked="2026-05-20")
    assert ledger.state("gliptins") == "in_flight"


@pytest.mark.parametrize("word", ["inconclusive", "not_assessed"])
def test_a_guardrail_that_is_not_known_to_hold_keeps_a_saving_from_being_confirmed(word):
    ledger = in_flight(Ledger())
    ledger.evidence("gliptins", proof(guardrails=(guardrail(word),), countable=False), booked="2026-05-20")
    with pytest.raises(InputError, match=f"{word}, not pass"):
        ledger.confirm("gliptins", booked="2026-06-02", cells=cells(), signatures=[FINANCE, CLINICAL])


@pytest.mark.parametrize(
    "signatures",
    [[], [FINANCE], [CLINICAL], [FINANCE, account.signature("p-fin-01", "clinical_lead", "2026-06-02")]],
)
def test_two_different_people_confirm_or_nobody_does(signatures):
    ledger = in_flight(Ledger())
    ledger.evidence("gliptins", proof(), booked="2026-05-20")
    with pytest.raises(InputError, match="missing signatures"):
        ledger.confirm("gliptins", booked="2026-06-02", cells=cells(), signatures=signatures)
    assert ledger.state("gliptins") == "evidenced"


def test_a_state_cannot_be_skipped():
    ledger = in_flight(Ledger())
    ledger.record("gliptins", proof(), booked="2026-05-01")
    with pytest.raises(InputError, match="state order"):
        ledger.confirm("gliptins", booked="2026-06-02", cells=cells(), signatures=[FINANCE, CLINICAL])


def test_each_step_before_the_proof_has_a_proof_of_its_own():
    facts = {
        "measure": "m", "organisation": "O", "level": "icb", "price_year": "2025-26", "origin": "clinical_decision",
        "recurrent": True, "saving_class": "cash_releasing", "booked": "2025-07-01", "pence": 1,
    }  # fmt: skip
    with pytest.raises(InputError, match="sources"):
        Ledger().open("x", **facts)
    ledger = Ledger()
    ledger.open("x", sources=["s"], **facts)
    with pytest.raises(InputError, match="registered design"):
        ledger.move("x", "planned", booked="2025-08-01", signatures=[CLINICAL])
    with pytest.raises(InputError, match="missing signatures: planned needs the signature of a manager"):
        ledger.move("x", "planned", booked="2025-08-01", scheme="s", proof={"design": "d"}, signatures=[CLINICAL])


def test_a_cut_in_service_is_no_saving():
    with pytest.raises(InputError, match="scope reduction booked"):
        in_flight(Ledger(), saving_class="scope_reduction")


def test_no_cell_is_claimed_twice():
    ledger = confirmed()
    in_flight(ledger, "again")
    ledger.evidence("again", proof(sentence="another reading"), booked="2026-05-20")
    with pytest.raises(InputError, match=r"A2 x 2025-10 x 0601023AEAAAAAA was claimed by gliptins"):
        ledger.confirm("again", booked="2026-06-02", cells=cells("A2", "A9"), signatures=[FINANCE, CLINICAL])
    ledger.confirm("again", booked="2026-06-02", cells=cells("A9"), signatures=[FINANCE, CLINICAL])
    assert account.check(ledger.entries).broken == ()


def test_other_presentations_of_the_same_practice_are_other_cells():
    ledger = confirmed()
    in_flight(ledger, "strips")
    ledger.evidence("strips", proof(sentence="another"), booked="2026-05-20")
    ledger.confirm("strips", booked="2026-06-02", cells=cells(codes=("0601060D0AAAAAA",)),
                   signatures=[FINANCE, CLINICAL])  # fmt: skip
    assert account.check(ledger.entries).broken == ()


def test_a_panel_measure_is_claimed_at_one_level_only():
    ledger = confirmed(cells=account.Cells("panel", "practice", ("A1",), ("2025-10",), ("lpzomnibus",)))
    in_flight(ledger, "above")
    ledger.evidence("above", proof(sentence="another"), booked="2026-05-20")
    with pytest.raises(InputError, match="cannot be claimed at sicbl"):
        ledger.confirm("above", booked="2026-06-02", signatures=[FINANCE, CLINICAL],
                       cells=account.Cells("panel", "sicbl", ("S1",), ("2025-10",), ("lpzomnibus",)))  # fmt: skip


def test_one_verdict_cannot_be_booked_twice_under_two_names():
    ledger = confirmed()
    in_flight(ledger, "twin")
    ledger.evidence("twin", proof(), booked="2026-05-20")
    with pytest.raises(InputError, match="claim over reduction: 8400000 pence are confirmed on a verdict"):
        ledger.confirm("twin", booked="2026-06-02", cells=cells("B1"), signatures=[FINANCE, CLINICAL])


def test_a_breach_after_confirmation_reverses_to_zero_and_frees_the_cells():
    ledger = confirmed()
    noted, reversal = ledger.record("gliptins", proof(guardrails=(guardrail("breach"),)), booked="2026-09-01")
    assert (noted.kind, reversal.kind, reversal["reverses"]) == ("verdict", "reversal", noted.number)
    assert account.progress(ledger.entries, 1).confirmed_pence == 0
    in_flight(ledger, "later")
    ledger.evidence("later", proof(sentence="later"), booked="2026-10-20")
    ledger.confirm("later", booked="2026-11-02", cells=cells(), signatures=[FINANCE, CLINICAL])
    assert account.check(ledger.entries).broken == ()


def test_a_retest_that_shows_less_is_restated_and_one_that_shows_nothing_is_reversed():
    ledger = confirmed()
    ledger.record("gliptins", proof(lower80_pounds=30_000.0), booked="2026-09-01")
    ledger.restate("gliptins", booked="2026-09-02", signatures=[FINANCE, CLINICAL])
    assert account.progress(ledger.entries, 1).confirmed_pence == 3_000_000
    ledger.record("gliptins", proof(lower80_pounds=-5.0), booked="2026-12-01")
    assert (ledger.state("gliptins"), account.check(ledger.entries).broken) == ("reversed", ())


def test_a_harmful_scheme_is_noted_and_stays_uncounted():
    ledger = in_flight(Ledger())
    (noted,) = ledger.record("gliptins", proof(guardrails=(guardrail("breach"),), countable=False), booked="2026-05-20")
    assert (noted.state, account.progress(ledger.entries, 1).confirmed_pence) == ("in_flight", 0)


def test_names_are_kept_out_of_the_chain():
    for name in ("Alice Example", "alice@example.org", "alice", ""):
        with pytest.raises(InputError, match="could be a name"):
            account.signature(name, "finance_lead", "2026-06-02")


# --- what a forger may try -------------------------------------------------------------------------------------


def test_a_changed_amount_breaks_the_chain():
    ledger = confirmed()
    forged = list(ledger.entries)
    document = forged[2].as_json() | {"booked": "2020-01-01"}
    forged[2] = account.parse(json.dumps(document), where="x")
    (broken,) = account.check(forged).broken
    assert (broken.entry, broken.invariant) == (3, "broken chain")


def test_a_ledger_cut_short_is_whole_until_the_head_is_known():
    ledger = confirmed()
    assert account.check(ledger.entries[:-1]).broken == ()
    assert invariants(ledger.entries[:-1], ledger.head) == {"broken chain"}


def test_an_entry_taken_out_or_put_elsewhere_breaks_the_chain():
    one, two, *rest = confirmed().entries
    assert "broken chain" in invariants([one, *rest])
    assert "broken chain" in invariants([two, one, *rest])


def lines(evidenced_pence, confirmed_pence, patients=0):
    return [{"account": "evidenced", "pence": -evidenced_pence, "patients": -120},
            {"account": "confirmed", "pence": confirmed_pence, "patients": 102},
            {"account": "spend", "pence": evidenced_pence - confirmed_pence, "patients": 18 + patients}]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "invariant"),
    [
        ({"lines": lines(5_000_000, 4_999_999)}, "claim over reduction"),
        ({"lines": lines(5_000_000, 4_200_000, 1)}, "not double entry"),
        ({"lines": lines(4_800_000, 4_200_000)}, "not double entry"),
        ({"signatures": [FINANCE]}, "missing signatures"),
        ({"saving_class": "scope_reduction"}, "scope reduction booked"),
        ({"basis": "reported"}, "reported booked as money"),
        ({"from": "planned"}, "state order"),
        ({"cells": None}, "no proof"),
        ({"proof": {"verdict": proof(evidenced=False)}}, "no proof"),
        ({"proof": {"verdict": proof(registered="e" * 64)}}, "no proof"),
        ({"proof": {"verdict": proof(guardrails=())}}, "no proof"),
        ({"proof": {"verdict": proof(guardrails=(guardrail("breach"),))}}, "breach not reversed"),
    ],
)
def test_a_forged_confirmation_is_found_though_every_seal_was_made_anew(changes, invariant):
    forged = rewritten(confirmed(), 6, **changes)
    assert invariant in invariants(forged)
    assert "broken chain" not in invariants(forged)


def test_a_forged_double_claim_is_found():
    ledger = confirmed()
    in_flight(ledger, "again")
    ledger.evidence("again", proof(sentence="another"), booked="2026-05-20")
    ledger.confirm("again", booked="2026-06-02", cells=cells("Z9"), signatures=[FINANCE, CLINICAL])
    forged = rewritten(ledger, 12, cells=cells("A1").as_json())
    assert {(b.entry, b.invariant) for b in account.check(forged).broken} == {(12, "cell claimed twice")}


def test_a_reversal_that_leaves_money_behind_is_found():
    ledger = confirmed()
    ledger.reverse("gliptins", booked="2026-09-01", reason="found to be a coding change")
    forged = rewritten(ledger, 7, lines=[{"account": "confirmed", "pence": -4_000_000, "patients": -102},
                                         {"account": "spend", "pence": 4_000_000, "patients": 102}])  # fmt: skip
    assert invariants(forged) == {"reversal that does not net to zero"}


def test_a_breach_that_nobody_reversed_is_found():
    ledger = confirmed()
    ledger.record("gliptins", proof(guardrails=(guardrail("breach"),)), booked="2026-09-01")
    assert invariants(ledger.entries[:-1]) == {"breach not reversed"}


@settings(max_examples=40, deadline=None)
@given(
    number=st.integers(1, 7),
    key=st.sampled_from(["booked", "saving", "organisation", "price_year", "reason", "measure"]),
    word=st.text(max_size=8),
)
def test_no_word_of_any_entry_can_be_changed_unseen(number, key, word):
    ledger = confirmed()
    ledger.reverse("gliptins", booked="2026-09-01", reason="a coding change")
    forged = list(ledger.entries)
    before = forged[number - 1]
    forged[number - 1] = account.Entry(before.as_json() | {key: word})
    assert (invariants(forged, ledger.head) == set()) == (before[key] == word)


# --- reading, tracing, claiming --------------------------------------------------------------------------------


def test_a_ledger_read_back_is_the_ledger_written_whatever_the_spaces(tmp_path):
    ledger = confirmed()
    tidy, loose = tmp_path / "tidy.jsonl", tmp_path / "loose.jsonl"
    tidy.write_text("".join(entry.line() + "\n" for entry in ledger.entries))
    loose.write_text("".join(json.dumps(entry.as_json(), indent=None) + "\r\n" for entry in ledger.entries))
    for path in (tidy, loose):
        assert account.check(account.read(path), ledger.head).broken == ()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the file is empty"),
        ("{", "x.jsonl:1: not an entry in JSON"),
        ("[]", "expected one JSON object a line, found list"),
        ('{"entry":1.5}', "decimal number 1.5"),
        ('{"entry":1}', "'previous' is missing"),
    ],
)
def test_a_file_that_is_no_ledger_is_refused_with_its_line(tmp_path, text, why):
    path = tmp_path / "x.jsonl"
    path.write_text(text)
    with pytest.raises(InputError, match=why):
        list(account.read(path))


def test_a_key_given_twice_is_refused_though_the_line_was_sealed_as_it_stands(tmp_path):
    line = confirmed().entries[0].line()
    bare = line.replace(f',"hash":"{json.loads(line)["hash"]}"', "").replace('"kind":', '"kind":"move","kind":', 1)
    sealed = bare.replace(',"kind":', f',"hash":"{hashlib.sha256(bare.encode()).hexdigest()}","kind":', 1)
    path = tmp_path / "x.jsonl"
    path.write_text(sealed + "\n")
    with pytest.raises(InputError, match=r"x\.jsonl:1: .*the key 'kind' is given twice"):
        account.check_file(path)


def test_a_pound_is_followed_back_to_rows_votes_signatures_and_proof():
    found = account.trace(confirmed().entries, "gliptins")
    assert [step.step for step in found.trail] == [
        "rows", "measure", "votes", "signatures", "commitments", "allocation", "effect", "guardrails", "confirmation",
    ]  # fmt: skip
    assert {step.step: step.entry for step in found.trail} == {
        "rows": 1, "measure": 1, "votes": None, "signatures": 2, "commitments": 3, "allocation": 4, "effect": 6,
        "guardrails": 6, "confirmation": 6,
    }  # fmt: skip
    assert (found.pence, found.whole) == (4_200_000, True)


def test_a_trail_can_be_asked_for_by_number_or_by_hash_and_a_wrong_one_is_refused():
    ledger = confirmed()
    assert account.trace(ledger.entries, 4).state == "in_flight"
    assert account.trace(ledger.entries, ledger.head[:10]).state == "confirmed"
    with pytest.raises(InputError, match="no entry '99'; give a number from 1 to 6"):
        account.trace(ledger.entries, 99)


def test_a_claim_is_the_product_of_practices_months_and_presentations():
    claim = cells("A1", "A2", "A3", codes=("X", "Y"))
    assert (len(claim), claim.months[0], claim.months[-1]) == (3 * 6 * 2, "2025-10", "2026-03")


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(*[st.sets(st.sampled_from("abcd"), min_size=1) for _ in range(3)]), min_size=2, max_size=5))
def test_claims_clash_exactly_when_written_out_cells_do(sets):
    from evenhand.account.claims import Claims

    claims, taken = Claims(), set()
    for number, lists in enumerate(sets):
        organisations, months, codes = (tuple(sorted(one)) for one in lists)
        months = tuple(f"2025-{'abcd'.index(letter) + 1:02d}" for letter in months)
        claim = ("presentation", "practice", organisations, months, codes, ())
        written = {(o, m, c) for o in organisations for m in months for c in codes}
        assert (claims.clash(str(number), claim) is not None) == bool(taken & written)
        claims.take(str(number), claim)
        taken |= written


def test_what_cannot_be_counted_can_be_booked_for_nothing():
    held = account.saving(verdict(guardrails=(guardrail("breach"),), countable=False), scheme())
    cut = account.saving(verdict(), scheme(money={"saving_class": "scope_reduction"}))
    good = account.saving(verdict(), scheme())
    assert (held.bookable_pence, cut.bookable_pence, good.bookable_pence) == (0, 0, 4_200_000)
    assert (good.gross.value, good.net.low, good.price_year) == (51_000.0, 34_000.0, "2025-26")


# --- shared cells, later years, patients -------------------------------------------------------------------------


def sharing(order, gross=((70, 7), (50, 5)), reduction=(100, 10)):
    """Two savings, `early` planned before `late`, confirmed in `order` on the same cells; what each counts there."""
    ledger, shown = Ledger(), dict(zip(("early", "late"), gross, strict=True))
    for name, day in (("late", "2025-08-21"), ("early", "2025-08-20")):
        ledger.open(
            name, booked="2025-07-01", pence=1, measure="m", organisation="O", level="icb", recurrent=True,
            price_year="2025-26", origin="clinical_decision", saving_class="cash_releasing", sources=["s"],
        )  # fmt: skip
        ledger.move(name, "planned", booked=day, scheme=name, proof={"design": "d" * 64},
                    signatures=[CLINICAL, account.signature("p-man-03", "manager", "2025-08-20")])  # fmt: skip
        ledger.move(name, "committed", booked="2025-09-10", proof=account.commitments([{"person": "p-gp-01"}]))
        ledger.move(name, "in_flight", booked="2025-10-01", proof={"allocation": "a" * 64})
        ledger.evidence(name, proof(sentence=name, lower80_pounds=shown[name][0] / 100), booked="2026-05-20")
    first, second = order
    ledger.confirm(first, booked="2026-06-02", cells=cells(), signatures=[FINANCE, CLINICAL])
    account.divide(ledger, second, cells(), cells(), reduction=reduction, gross=shown, booked="2026-06-03",
                   signatures=[FINANCE, CLINICAL])  # fmt: skip
    assert account.check(ledger.entries).broken == ()
    return {name: ledger.book.savings[name].held("confirmed")[0] for name in order}


def test_a_reduction_is_shared_by_approval_whoever_is_confirmed_first():
    assert sharing(("early", "late")) == sharing(("late", "early")) == {"early": 70, "late": 30}


def test_a_waterfall_gives_away_no_more_than_there_is():
    assert account.waterfall(100, (70, 50, 20)) == (70, 30, 0)
    assert account.waterfall(-5, (70, -50)) == (0, -50)


@given(st.integers(-50, 300), st.lists(st.integers(-50, 200), max_size=6))
def test_a_waterfall_never_over_claims_and_leaves_nothing_unclaimed(reduction, gross):
    net = account.waterfall(reduction, gross)
    assert all(n <= max(g, min(g, 0)) for n, g in zip(net, gross, strict=True))
    assert sum(n for n in net if n > 0) == min(max(reduction, 0), sum(g for g in gross if g > 0))


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"net": {"pence": 40, "patients": 3}}, "not overlap"),
        ({"net": {"pence": 40, "patients": 3}, "overlap": {"pence": 10, "patients": 2}}, "110 pence are claimed"),
        ({"codes": ["0601060D0AAAAAA"]}, "shares cells that it does not claim"),
    ],
)
def test_a_forged_share_is_found(change, why):
    ledger = confirmed()
    in_flight(ledger, "late")
    ledger.evidence("late", proof(sentence="late"), booked="2026-05-20")
    account.divide(ledger, "late", cells(), cells(), reduction=(100, 10), gross={"gliptins": (70, 7), "late": (50, 5)},
                   booked="2026-06-03", signatures=[FINANCE, CLINICAL])  # fmt: skip
    claimed = json.loads(json.dumps(ledger.entries[-1]["cells"]))
    claimed["shared"][0] |= change
    forged = rewritten(ledger, len(ledger.entries), cells=claimed)
    assert any(b.invariant == "claim over reduction" and why in b.detail for b in account.check(forged).broken)


def lasting(second=60_000.0, **facts):
    """A saving confirmed for its first half-year, with the design of the next one registered, and its next verdict."""
    ledger = in_flight(Ledger(), **facts)
    ledger.evidence("gliptins", proof(), booked="2026-05-20")
    ledger.confirm("gliptins", booked="2026-06-02", cells=cells(), signatures=[FINANCE, CLINICAL], next_design="e" * 64)
    later = proof(registered="e" * 64, window=("2026-10", "2027-03"), lower80_pounds=second, sentence="year two")
    ledger.record("gliptins", later, booked="2027-05-20")
    return ledger


YEAR_TWO = account.Cells("presentation", "practice", ("A1", "A2"), ("2026-10", "2027-03"), ("0601023AEAAAAAA",))


def test_a_later_year_books_only_the_difference_to_the_year_before():
    ledger = lasting(30_000.0)
    entry = ledger.persist("gliptins", booked="2027-06-02", cells=YEAR_TWO, signatures=[FINANCE, CLINICAL])
    assert {line["account"]: line["pence"] for line in entry["lines"]} == {"confirmed": -1_200_000, "spend": 1_200_000}
    assert account.progress(ledger.entries, 1).confirmed_pence == 3_000_000
    assert account.check(ledger.entries).broken == ()


def test_a_saving_that_does_not_recur_has_no_later_year():
    ledger = lasting(recurrent=False)
    with pytest.raises(InputError, match="does not recur"):
        ledger.persist("gliptins", booked="2027-06-02", cells=YEAR_TWO, signatures=[FINANCE, CLINICAL])


def test_a_later_year_is_neither_the_same_months_nor_a_design_made_up_afterwards():
    ledger = confirmed()
    ledger.record("gliptins", proof(sentence="re-test"), booked="2026-09-01")
    with pytest.raises(InputError, match="a later year begins after 2026-03"):
        ledger.persist("gliptins", booked="2026-09-02", cells=YEAR_TWO, signatures=[FINANCE, CLINICAL])
    made_up = proof(registered="f" * 64, window=("2026-10", "2027-03"))
    with pytest.raises(InputError, match="another design"):
        ledger.record("gliptins", made_up, booked="2027-05-20")


def test_a_reversal_frees_the_cells_of_every_year():
    ledger = lasting()
    ledger.persist("gliptins", booked="2027-06-02", cells=YEAR_TWO, signatures=[FINANCE, CLINICAL])
    ledger.reverse("gliptins", booked="2027-07-01", reason="a coding change")
    in_flight(ledger, "again")
    ledger.evidence("again", proof(sentence="again"), booked="2027-08-01")
    ledger.confirm("again", booked="2027-08-02", cells=cells(), signatures=[FINANCE, CLINICAL])
    assert account.check(ledger.entries).broken == ()


def test_what_patients_gain_is_confirmed_though_it_costs_and_stays_while_they_gain():
    cost = {"saving_pounds": replace(verdict().saving_pounds, value=-9_000.0), "lower80_pounds": -12_000.0}
    ledger = confirmed(verdict=cost)
    found = account.progress(ledger.entries, 10_000_000)
    assert (found.confirmed_pence, found.patients_confirmed) == (-1_200_000, 102)
    ledger.record("gliptins", proof(**cost, sentence="re-test"), booked="2026-09-01")
    assert ledger.state("gliptins") == "confirmed"
    nobody = {"patients": replace(verdict().patients, value=1.0)}
    ledger.record("gliptins", proof(**cost, **nobody, sentence="re-test"), booked="2026-12-01")
    assert ledger.state("gliptins") == "reversed"


def test_a_verdict_that_shows_neither_pounds_nor_patients_confirms_nothing():
    ledger = in_flight(Ledger())
    nothing = {"lower80_pounds": -1.0, "patients": replace(verdict().patients, value=0.0)}
    ledger.evidence("gliptins", proof(**nothing), booked="2026-05-20")
    with pytest.raises(InputError, match="neither pounds nor patients"):
        ledger.confirm("gliptins", booked="2026-06-02", cells=cells(), signatures=[FINANCE, CLINICAL])


def test_patients_are_held_to_the_same_careful_bound_as_pounds():
    changes = {"lines": [{"account": "evidenced", "pence": -5_000_000, "patients": -120},
                         {"account": "confirmed", "pence": 4_200_000, "patients": 103},
                         {"account": "spend", "pence": 800_000, "patients": 17}]}  # fmt: skip
    forged = rewritten(confirmed(), 6, **changes)
    assert {(b.invariant, b.detail) for b in account.check(forged).broken} == {
        ("claim over reduction", "103 patients are confirmed on a verdict that allows 102")
    }


def test_a_breach_before_anything_counted_is_made_good_by_a_verdict_that_passes():
    ledger = in_flight(Ledger())
    ledger.record("gliptins", proof(guardrails=(guardrail("breach"),), countable=False), booked="2026-05-20")
    ledger.evidence("gliptins", proof(sentence="with the months that came in late"), booked="2026-08-20")
    assert account.check(ledger.entries).broken == ()


def test_twelve_months_are_not_claimed_from_a_window_of_six():
    forged = proof() | {"months": 12, "lower80_pence": 1}
    ledger = in_flight(Ledger())
    with pytest.raises(InputError, match="says 12 months, and its window holds 6"):
        ledger.evidence("gliptins", forged, booked="2026-05-20")


def test_every_state_is_split_by_where_the_money_comes_from():
    ledger = in_flight(confirmed(), "rota", origin="provider_efficiency", saving_class="other_efficiency")
    found = account.progress(ledger.entries, 10_000_000)
    split = {row.state: row.by_origin for row in found.states}
    assert split["in_flight"]["provider_efficiency"] == 6_000_000
    assert (split["confirmed"]["clinical_decision"], found.by_origin["provider_efficiency"]) == (4_200_000, 0)
    assert found.by_class == {"cash_releasing": 4_200_000, "other_efficiency": 0}
    assert (found.recurrent_pence, found.non_recurrent_pence) == (4_200_000, 0)


def test_a_recurrent_saving_that_nobody_proved_again_is_due_after_a_year():
    ledger = confirmed()
    early, late = (account.progress(ledger.entries, 1, as_of=month) for month in ("2027-02", "2027-03"))
    assert (early.persistence_due, late.persistence_due_pence) == ((), 4_200_000)
    assert late.persistence_due[0].proved_until == "2026-03"
    with pytest.raises(InputError, match="expected a month"):
        account.progress(ledger.entries, 1, as_of="soon")


def test_a_trail_ends_at_the_two_who_confirmed_and_at_what_is_claimed():
    found = account.trace(confirmed().entries, "gliptins")
    assert [(s["role"], s["person"]) for s in found.confirmed_by] == [
        ("finance_lead", "p-fin-01"), ("clinical_lead", "p-gp-07"),
    ]  # fmt: skip
    assert (found.cells[0]["organisations"], found.origin, found.recurrent) == (["A1", "A2"], "clinical_decision", True)
    ledger = confirmed()
    ledger.reverse("gliptins", booked="2026-09-01", reason="a coding change")
    gone = account.trace(ledger.entries, "gliptins")
    assert (gone.confirmed_by, gone.cells) == ((), ())

"""What each would count of cells that two savings meet in: told before anybody confirms, and booked as it was told."""

from __future__ import annotations

import pytest

from evenhand import account
from evenhand.errors import InputError
from savings import CLINICAL, FINANCE, cells, confirmed, in_flight, proof

BOTH = {"booked": "2026-06-03", "signatures": [FINANCE, CLINICAL]}


def second(pounds: float, *, first: float = 42_000.0) -> account.Ledger:
    """gliptins confirmed on practices A1 and A2; late, planned on the same day and entered later, is proved."""
    ledger = confirmed(verdict={"lower80_pounds": first})
    in_flight(ledger, "late")
    ledger.evidence("late", proof(sentence="late", lower80_pounds=pounds), booked="2026-05-20")
    return ledger


def test_who_meets_nobody_shares_nothing():
    ledger = second(50_000.0)
    assert account.sharing(ledger.entries, "late", cells("B1", "B2")) is None
    assert account.sharing(ledger.entries, "late", cells(codes=("0601060D0AAAAAA",))) is None


def test_half_of_the_cells_hold_half_of_the_amount_and_the_first_approved_is_served_first():
    ledger, claim = second(50_000.0), cells("A2", "A3")
    found = account.sharing(ledger.entries, "late", claim)
    (part,) = found.parts
    assert (part.cells.organisations, found.others, part.reduction[0]) == (("A2",), ("gliptins",), 2_500_000)
    first, late = found.portions
    assert first.saving == "gliptins"
    assert (first.gross[0], first.net[0], first.counts[0]) == (2_100_000, 2_100_000, 4_200_000)
    assert (late.gross[0], late.net[0], late.counts[0]) == (2_500_000, 400_000, 2_900_000)


def test_what_was_told_is_what_is_booked_and_the_ledger_stays_whole():
    ledger, claim = second(50_000.0), cells("A2", "A3")
    told = account.sharing(ledger.entries, "late", claim)
    account.share(ledger, told, claim, **BOTH)
    held = {one.saving: ledger.book.savings[one.saving].held("confirmed") for one in told.portions}
    assert held == {one.saving: one.counts for one in told.portions}
    assert account.check(ledger.entries).broken == ()
    again = account.sharing(ledger.entries, "late", claim)
    assert [one.counts for one in again.portions] == [one.counts for one in told.portions]


def test_together_they_never_count_more_than_one_verdict_shows():
    for pounds in (10_000.0, 42_000.0, 90_000.0):
        found = account.sharing(second(pounds).entries, "late", cells())
        most = max(one.gross[0] for one in found.portions)
        assert sum(one.net[0] for one in found.portions) == found.parts[0].reduction[0] == most


def test_another_sharing_has_another_seal():
    one, other = (account.sharing(second(pounds).entries, "late", cells()) for pounds in (50_000.0, 50_001.0))
    assert one.seal != other.seal
    assert one.seal == account.sharing(second(50_000.0).entries, "late", cells()).seal


def met(*claims: account.Cells, pounds: float = 60_000.0) -> account.Ledger:
    """Each claim confirmed in turn, with the waterfall where it meets those before; then `last`, which is proved."""
    ledger = account.Ledger()
    for number, claim in enumerate(claims):
        name = f"s{number}"
        in_flight(ledger, name)
        ledger.evidence(name, proof(sentence=name, lower80_pounds=30_000.0 + 5_000 * number), booked="2026-05-20")
        told = account.sharing(ledger.entries, name, claim)
        if told is None:
            ledger.confirm(name, cells=claim, **BOTH)
        else:
            account.share(ledger, told, claim, **BOTH)
    in_flight(ledger, "last")
    ledger.evidence("last", proof(sentence="last", lower80_pounds=pounds), booked="2026-05-20")
    return ledger


@pytest.mark.parametrize("claims", [
    [("A1",), ("A2",)], [("A2",), ("A1",)], [("A1",), ("A2", "A3"), ("A4", "B1")], [("A1",), ("A1",), ("A3", "A4")],
])  # fmt: skip
def test_several_others_in_different_cells_share_part_by_part_and_no_cell_counts_twice(claims):
    ledger, mine = met(*(cells(*codes) for codes in claims)), cells("A1", "A2", "A3", "A4")
    told = account.sharing(ledger.entries, "last", mine)
    assert set(told.others) == {f"s{number}" for number in range(len(claims))}
    account.share(ledger, told, mine, **BOTH)
    for one in told.portions:
        assert ledger.book.savings[one.saving].held("confirmed") == one.counts
    for part in told.parts:  # what all count of a part together is what is taken to have been reduced there
        assert [sum(one.net[side] for one in part.portions) for side in (0, 1)] == list(part.reduction)
    assert account.check(ledger.entries).broken == ()


@pytest.mark.parametrize(("first", "second", "why"), [
    (("A1", "A2"), ("A2", "A3"), "partly the same"), (("A1", "B1"), ("A1", "B1"), "shares already"),
])  # fmt: skip
def test_what_is_shared_is_shared_whole_or_refused(first, second, why):
    ledger = met(cells(*first), cells(*second))
    with pytest.raises(InputError, match=why):
        account.sharing(ledger.entries, "last", cells("A1", "A2", "A3"))


@pytest.mark.parametrize("again", [20_000.0, 80_000.0])
def test_tested_again_a_shared_saving_is_booked_anew_with_those_it_meets(again):
    ledger, claim = second(50_000.0), cells("A2", "A3")
    account.share(ledger, account.sharing(ledger.entries, "late", claim), claim, **BOTH)
    ledger.record("late", proof(sentence="late again", lower80_pounds=again), booked="2026-09-01")
    kept = account.claimed(ledger.entries, "late")
    told = account.sharing(ledger.entries, "late", kept)
    made = account.share(ledger, told, kept, next_design="e" * 64, **BOTH)
    assert (made[-1].saving, made[-1].kind, made[-1]["proof"]["design"]) == ("late", "restatement", "e" * 64)
    for one in told.portions:
        assert ledger.book.savings[one.saving].held("confirmed") == one.counts
    assert account.check(ledger.entries).broken == ()


def test_a_later_year_shares_the_cells_of_that_year():
    ledger, year = confirmed(), {"window": ("2026-10", "2027-03"), "registered": "e" * 64}
    in_flight(ledger, "late")
    ledger.evidence("late", proof(sentence="late"), booked="2026-05-20")
    ledger.confirm("late", cells=cells("B1"), next_design="e" * 64, **BOTH)
    ledger.restate("gliptins", next_design="e" * 64, **BOTH)
    for name, places in (("gliptins", ("A1", "A2")), ("late", ("A2", "A3"))):
        ledger.record(name, proof(sentence=f"{name}, year two", **year), booked="2027-05-20")
        claim = account.Cells("presentation", "practice", places, ("2026-10", "2027-03"), ("0601023AEAAAAAA",))
        told = account.sharing(ledger.entries, name, claim)
        if told is None:
            ledger.persist(name, cells=claim, **BOTH)
    assert [one.net[0] for one in told.portions] == [2_100_000, 0]
    made = account.share(ledger, told, claim, later=True, **BOTH)
    assert (made[-1].saving, made[-1].kind) == ("late", "persistence")
    for one in told.portions:
        assert ledger.book.savings[one.saving].held("confirmed") == one.counts
    assert account.check(ledger.entries).broken == ()

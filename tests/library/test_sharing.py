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
    assert (found.part.organisations, found.others, found.reduction[0]) == (("A2",), ("gliptins",), 2_500_000)
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
        assert sum(one.net[0] for one in found.portions) == found.reduction[0] == most


def test_another_sharing_has_another_seal():
    one, other = (account.sharing(second(pounds).entries, "late", cells()) for pounds in (50_000.0, 50_001.0))
    assert one.seal != other.seal
    assert one.seal == account.sharing(second(50_000.0).entries, "late", cells()).seal


def test_two_others_in_different_cells_are_left_to_the_library():
    ledger = second(50_000.0)
    in_flight(ledger, "third")
    ledger.evidence("third", proof(sentence="third"), booked="2026-05-20")
    ledger.confirm("third", booked="2026-06-02", cells=cells("A3"), signatures=[FINANCE, CLINICAL])
    with pytest.raises(InputError, match="in different cells"):
        account.sharing(ledger.entries, "late", cells("A2", "A3"))

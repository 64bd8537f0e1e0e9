"""Waits from bands of weeks, counted by hand on short lists."""

from __future__ import annotations

import math

import numpy as np
import pytest

from evenhand.errors import InputError
from evenhand.prove import percentile, waits

WEEKS = np.arange(105)  # 'Gt 00 To 01' ... 'Gt 103 To 104', 'Gt 104'


def bands(**pathways: int) -> np.ndarray:
    """`w17=3`: three pathways in the band of more than 17 and up to 18 weeks."""
    row = np.zeros(105, dtype=np.int64)
    for week, n in pathways.items():
        row[int(week[1:])] = n
    return row


def only(row: np.ndarray):
    return waits(["R"], row[None, :], WEEKS, open_band=True)[0]


def test_within_18_weeks_includes_the_band_up_to_18_and_over_52_the_band_from_52() -> None:
    found = only(bands(w0=1, w17=2, w18=4, w51=8, w52=16, w104=32))
    assert (found.within_18_weeks, found.over_52, found.pathways) == (3, 48, 63)
    assert found.share_within_18_weeks == 3 / 63


def test_a_percentile_lies_as_far_into_its_band_as_its_share_of_the_band() -> None:
    found = only(bands(w9=40, w12=20, w30=40))
    assert found.median_weeks == pytest.approx(12.5)  # the 50th of 100 is the 10th of 20 in the band 12 to 13
    assert found.p92_weeks == pytest.approx(30.8)  # the 92nd is the 32nd of 40


def test_a_target_on_the_end_of_a_band_stays_there() -> None:
    assert percentile(bands(w10=23, w20=2), WEEKS, 92, open_band=True) == (11.0, False)  # 0.92 x 25 is exactly 23


def test_the_open_band_has_no_percentile_and_says_so() -> None:
    found = only(bands(w3=90, w104=10))
    assert (math.isnan(found.p92_weeks), found.p92_open, found.median_open) == (True, True, False)


def test_a_list_of_nobody_has_no_share_and_no_median() -> None:
    found = only(bands())
    assert found.pathways == 0
    assert math.isnan(found.share_within_18_weeks)
    assert math.isnan(found.median_weeks)
    assert not found.p92_open


def test_ten_times_the_patients_wait_just_as_long() -> None:
    row = np.random.default_rng(1).integers(0, 50, 105)
    one, ten = only(row), only(10 * row)
    assert (ten.median_weeks, ten.p92_weeks) == pytest.approx((one.median_weeks, one.p92_weeks))
    assert ten.share_within_18_weeks == pytest.approx(one.share_within_18_weeks)


def test_an_older_file_that_ends_at_52_weeks_is_read_as_well() -> None:
    row = np.zeros((1, 53), dtype=np.int64)
    row[0, [5, 52]] = 90, 10
    (found,) = waits(["R"], row, np.arange(53), open_band=True)
    assert (found.over_52, found.p92_open) == (10, True)


def test_simulated_waits_are_recovered_to_within_their_week() -> None:
    drawn = np.random.default_rng(2).gamma(1.3, 13, 200_000)
    row = np.bincount(np.minimum(np.ceil(drawn).astype(int) - 1, 104), minlength=105)
    found = only(row)
    assert found.median_weeks == pytest.approx(np.quantile(drawn, 0.5), abs=0.1)
    assert found.p92_weeks == pytest.approx(np.quantile(drawn, 0.92), abs=0.1)
    assert found.share_within_18_weeks == pytest.approx(np.mean(drawn <= 18), abs=1e-12)


def test_bands_that_cannot_answer_are_refused() -> None:
    with pytest.raises(InputError, match="no band ends at 52 weeks"):
        waits(["R"], np.zeros((1, 40), dtype=np.int64), np.arange(40), open_band=True)
    with pytest.raises(InputError, match="below 0"):
        only(bands(w3=-1))

"""Change detection: planted bends are found, nothing is found in nothing, and what cannot be said is not said."""

from __future__ import annotations

import pickle
import warnings
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from evenhand.errors import InputError
from evenhand.prove import changes, grid
from evenhand.prove.changes_design import blocks, indicators, orthonormal
from evenhand.prove.changes_read import read
from evenhand.prove.changes_search import Settings, critical, fit, schwarz, search

MONTHS = np.arange("2015-01", "2020-01", dtype="datetime64[M]").astype("datetime64[D]")  # 60


def planted(units: int, at: int, drop: float, over: int, noise: float, seed: int) -> np.ndarray:
    """Level 0.8, and from month `at` (counted from 1) a fall of `drop`, spread over so many months."""
    rng = np.random.default_rng(seed)
    path = np.clip((np.arange(1, 61) - at + 1) / over, 0, 1)
    return 0.8 - drop * path + rng.normal(0, noise, (units, 60))


def plain_search(y: np.ndarray, p: float) -> list[int]:
    """The same search as slow plain Python: one regression after another, nothing shared."""
    from scipy import stats

    n = len(y)

    def regress(columns: list[int]) -> tuple[np.ndarray, float, float]:
        x = np.column_stack([np.ones(n), *(np.clip(np.arange(n) - c, 0, None) for c in columns)])
        beta, *_ = np.linalg.lstsq(x, y, rcond=None)
        rss = float(((y - x @ beta) ** 2).sum())
        free = n - x.shape[1]
        se = np.sqrt(np.diag(np.linalg.inv(x.T @ x)) * rss / free)
        variance = rss / free
        fitness = np.log(2 * np.pi * variance) + free / n + x.shape[1] * np.log(n) / n
        return 2 * stats.t.sf(np.abs(beta / se)[1:], free), fitness, rss

    def gets(columns: list[int]) -> list[int]:
        values, fitness, _ = regress(columns)
        ends = [(fitness, columns)]
        for first, value in zip(columns, values, strict=True):
            if value > p:
                left = [c for c in columns if c != first]
                while left and (now := regress(left)[0]).max() > p:
                    left = left[: now.argmax()] + left[now.argmax() + 1 :]
                ends.append((regress(left)[1], left))
        return min(ends, key=lambda end: end[0])[1]

    union = sorted({c for a, b in blocks(n, 1, 15) for c in gets(list(range(a, b)))})
    return gets(gets(union)) if union else []


def test_the_fast_search_ends_where_the_slow_one_does():
    # walks and steps, so that many paths differ; the slow one is above, without updates, chunks or memory
    rng = np.random.default_rng(11)
    series = np.cumsum(rng.normal(0, 0.3, (6, 40)), axis=1) + rng.normal(0, 0.2, (6, 40))
    series[3:] += np.where(np.arange(40) > 17, 3.0, 0.0)
    chosen = search(series, np.ones((6, 40, 1)), Settings(p=1e-3))
    assert chosen.any(axis=1).sum() >= 4
    for row, y in zip(chosen, series, strict=True):
        assert np.flatnonzero(row).tolist() == plain_search(y, 1e-3)


def test_a_ramp_is_found_where_it_was_planted():
    # published example of the shape: 80% falls by 40 points over 12 months from month 31
    found = changes([f"{i:02d}" for i in range(40)], MONTHS, planted(40, 31, 0.4, 12, 0.03, 1))
    starts = np.array([unit.start_index for unit in found.units])
    sizes = np.array([unit.size for unit in found.units])
    assert found.changed == 40
    assert np.abs(np.median(starts) - 31) <= 1
    assert np.median(sizes) == pytest.approx(0.4, abs=0.02)
    assert np.median([unit.slope_per_month for unit in found.units]) == pytest.approx(-0.4 / 12, rel=0.1)
    assert found.units[0].start == MONTHS[found.units[0].start_index - 1]


def test_a_step_is_found_in_its_month():
    found = changes([str(i) for i in range(30)], MONTHS, planted(30, 25, 0.5, 1, 0.03, 2))
    assert found.changed == 30
    assert np.median([unit.start_index for unit in found.units]) == 25
    assert found.quartiles["start"][1] == np.datetime64("2017-01-01")


def test_where_nothing_changed_next_to_nothing_is_found():
    found = changes([str(i) for i in range(300)], MONTHS, planted(300, 31, 0.0, 1, 0.05, 3), direction="both")
    assert found.changed <= 3
    assert all(unit.start is None and np.isnan(unit.size) for unit in found.units if not unit.changed)


@pytest.mark.parametrize(("direction", "expected"), [("down", 0), ("up", 30), ("both", 30)])
def test_only_the_asked_way_counts(direction, expected):
    rising = 1.0 - planted(30, 31, 0.4, 12, 0.03, 4)
    assert changes([str(i) for i in range(30)], MONTHS, rising, direction=direction).changed == expected


def test_a_rise_that_began_with_a_dip_is_no_fall():
    # down by 10 points for some months, then up by 50: the turn is downwards, the change is not
    rng = np.random.default_rng(15)
    path = np.concatenate([np.full(20, 0.4), np.linspace(0.4, 0.3, 10), np.linspace(0.3, 0.8, 20), np.full(10, 0.8)])
    series = path + rng.normal(0, 0.01, (10, 60))
    names = [str(i) for i in range(10)]
    down, either = changes(names, MONTHS, series), changes(names, MONTHS, series, direction="both")
    assert any(unit.start is not None for unit in down.units)
    assert down.changed == 0
    assert either.changed == 10


def test_a_break_before_the_expected_month_does_not_count():
    values = np.concatenate([planted(10, 10, 0.3, 6, 0.02, 5), planted(10, 40, 0.3, 6, 0.02, 6)])
    names = [str(i) for i in range(20)]
    assert changes(names, MONTHS, values).changed == 20
    later = changes(names, MONTHS, values, expected=np.datetime64("2017-01-01"))
    assert [unit.changed for unit in later.units] == [False] * 10 + [True] * 10


def test_an_expected_month_is_the_whole_month():
    ends = (np.arange("2015-02", "2020-02", dtype="datetime64[M]")).astype("datetime64[D]") - 1
    values = planted(5, 31, 0.4, 6, 0.02, 14)
    names = [str(i) for i in range(5)]
    before, within = np.datetime64("2017-05-15"), np.datetime64("2017-08-02")
    assert changes(names, ends, values, expected=before).changed == 5
    assert changes(names, ends, values, expected=within).changed == 0


def test_scale_and_origin_change_nothing_but_the_numbers():
    series = planted(12, 31, 0.3, 6, 0.03, 7)
    one = changes([str(i) for i in range(12)], MONTHS, series)
    other = changes([str(i) for i in range(12)], MONTHS, 1000 * series + 50)
    assert [unit.breaks for unit in one.units] == [unit.breaks for unit in other.units]
    assert [1000 * unit.size for unit in one.units] == pytest.approx([unit.size for unit in other.units], rel=1e-6)


def test_units_do_not_touch_one_another():
    series = planted(9, 31, 0.3, 6, 0.05, 8)
    series[4, 20:24] = np.nan
    together = changes([str(i) for i in range(9)], MONTHS, series)
    order = np.random.default_rng(0).permutation(9)
    apart = changes([str(i) for i in order], MONTHS, series[order])
    assert {unit.unit: unit.breaks for unit in together.units} == {unit.unit: unit.breaks for unit in apart.units}


def test_several_processes_give_the_same_answer(monkeypatch):
    # threads stand in for processes, which take seconds to start; what travels between them must survive pickling
    def pool(workers, mp_context):
        return ThreadPoolExecutor(workers)

    monkeypatch.setattr("evenhand.prove.changes_fit.SLICE", 6)
    monkeypatch.setattr("evenhand.prove.changes_fit.ProcessPoolExecutor", pool)
    series = planted(9, 31, 0.3, 6, 0.05, 8)
    series[4, 20:24] = np.nan
    names = [str(i) for i in range(9)]
    one = changes(names, MONTHS, series)
    assert changes(names, MONTHS, series, workers=2) == one
    assert pickle.loads(pickle.dumps(one)) == one


def test_what_cannot_be_said_is_not_said():
    # no value, one, eleven, the same in every month, the same but for rounding: never False, always with a reason
    values = np.full((5, 60), np.nan)
    values[1, 3] = 0.5
    values[2, :11] = np.linspace(0, 1, 11)
    values[3] = 0.7
    values[4] = 0.1 + 0.2 - np.tile([0.3, 0.0], 30) + np.tile([0.3, 0.0], 30)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = changes(list("abcde"), MONTHS, values)
    assert [unit.changed for unit in found.units] == [None] * 5
    assert [unit.reason for unit in found.units] == [
        "no month has a value", "1 months have a value; at least 12 are needed",
        "11 months have a value; at least 12 are needed", "the same in every month", "the same in every month",
    ]  # fmt: skip
    assert found.unknown == 5
    assert found.quartiles["start"] == [None] * 3


def test_a_perfect_bend_is_found_without_noise():
    perfect = (0.9 - 0.02 * np.clip(np.arange(60) - 29, 0, None))[None, :]
    unit = changes(["a"], MONTHS, perfect).units[0]
    assert unit.start_index == 31
    assert unit.size == pytest.approx(0.6, abs=1e-9)


@pytest.mark.parametrize("gaps", [[5], [5, 6, 7], list(range(12)), list(range(50, 60)), [10, 25, 40, 55]])
def test_missing_months_are_marked_and_the_bend_is_still_found(gaps):
    series = planted(10, 31, 0.4, 6, 0.03, 9)
    series[:, gaps] = np.nan
    found = changes([str(i) for i in range(10)], MONTHS, series)
    assert found.changed == 10
    assert abs(np.median([unit.start_index for unit in found.units]) - 31) <= 1
    assert np.median([unit.size_fitted for unit in found.units]) == pytest.approx(0.4, abs=0.04)
    assert {unit.missing for unit in found.units} == {len(gaps)}
    assert np.isfinite(found.fitted).all()


def test_levels_off_the_line_are_what_the_published_reading_misses():
    # twelve months are missing before a fall of 40 points that takes 12: the published reading looks 12 months late
    series = planted(10, 31, 0.4, 12, 0.02, 10)
    series[:, 5:17] = np.nan
    published = changes([str(i) for i in range(10)], MONTHS, series)
    fitted = changes([str(i) for i in range(10)], MONTHS, series, levels="fitted")
    assert np.median([unit.size for unit in published.units]) < 0.1
    assert np.median([unit.size for unit in fitted.units]) == pytest.approx(0.4, abs=0.03)
    assert all("size_fitted" in unit.note for unit in published.units)
    assert not any(unit.note for unit in fitted.units)
    assert [unit.start for unit in published.units] == [unit.start for unit in fitted.units]


def test_a_quarter_is_three_months():
    quarters = np.arange("2005-01", "2020-01", 3, dtype="datetime64[M]").astype("datetime64[D]")
    units = ["a"] * 60
    values = planted(1, 31, 0.4, 8, 0.01, 12)[0]
    given = grid(units, quarters, values)
    unit = changes(given.units, given.points, given.values, months_per_point=given.months_per_point).units[0]
    assert given.months_per_point == 3
    assert unit.slope_per_month == pytest.approx(-0.4 / 8 / 3, rel=0.1)


def test_a_month_that_nobody_has_is_missing_for_all():
    given = grid(["a", "a", "b"], np.array(["2024-01-15", "2024-04-15", "2024-02-15"], "datetime64[D]"), np.ones(3))
    assert [str(day) for day in given.points] == ["2024-01-15", "2024-02-15", "2024-03-15", "2024-04-15"]
    assert np.isfinite(given.values).tolist() == [[True, False, False, True], [False, True, False, False]]


def test_ends_of_months_are_months():
    given = grid(["a"] * 3, np.array(["2024-01-31", "2024-02-29", "2024-04-30"], "datetime64[D]"), np.ones(3))
    assert [str(day) for day in given.points] == ["2024-01-31", "2024-02-29", "2024-03-01", "2024-04-30"]


@pytest.mark.parametrize(
    ("days", "said"),
    [(["2024-01-01", "2024-01-02", "2024-03-09"], "not evenly spaced"), (["2024-01-01"] * 2, "two values")],
)
def test_dates_without_an_order_are_refused(days, said):
    with pytest.raises(InputError, match=said):
        grid(["a"] * len(days), np.array(days, "datetime64[D]"), np.ones(len(days)))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"direction": "sideways"}, "direction"), ({"levels": "guessed"}, "levels"), ({"p": 0.0}, "p < 0.5"),
        ({"expected": np.datetime64("2019-12-01")}, "no month lies after"),
    ],
)  # fmt: skip
def test_a_wrong_word_is_refused(more, said):
    with pytest.raises(InputError, match=said):
        changes(["a"], MONTHS, planted(1, 31, 0.4, 6, 0.03, 1), **more)


def test_a_wrong_shape_is_refused():
    with pytest.raises(InputError, match="one row for each unit"):
        changes(["a", "b"], MONTHS, np.ones((1, 60)))


def test_steps_are_searched_too():
    rng = np.random.default_rng(13)
    series = np.where(np.arange(48) < 20, 1.0, 0.4) + rng.normal(0, 0.05, (5, 48))
    chosen = search(series, np.ones((5, 48, 1)), Settings("step", 1e-5, 30, whole=False))
    regression = fit(series, np.ones((5, 48, 1)), chosen, "step")
    assert [np.flatnonzero(row).tolist() for row in chosen] == [[19]] * 5
    assert regression.coefficients[:, 19] == pytest.approx(-0.6, abs=0.05)


def test_blocks_share_out_every_candidate_once():
    for n, kept, largest in ((12, 2, 12), (65, 1, 15), (65, 2, 12), (104, 1, 15), (240, 1, 30)):
        shared = blocks(n, kept, largest)
        assert [a for a, _ in shared] == [0, *(b for _, b in shared[:-1])]
        assert shared[-1][1] == n - 1
        assert len({b - a for a, b in shared[:-1]}) == 1
        assert max(b - a for a, b in shared) <= largest


def test_a_column_that_repeats_others_goes():
    # a mark of the one missing month 6 is the sum of three bends: the last of them adds nothing
    mark = np.zeros(20)
    mark[5] = 1.0
    columns = np.column_stack([np.ones(20), mark, indicators(20, "trend")[:, 4:8]])[None]
    basis, inverse, stayed = orthonormal(columns, np.ones((1, 6), dtype=bool))
    assert stayed[0].tolist() == [True, True, True, True, False, True]
    kept = basis[0][:, stayed[0]]
    assert kept.T @ kept == pytest.approx(np.eye(5), abs=1e-12)
    assert columns[0][:, stayed[0]] @ inverse[0][np.ix_(stayed[0], stayed[0])] == pytest.approx(kept, abs=1e-9)


def test_the_steepest_stretch_makes_more_than_half():
    # worked by hand: slopes -1 -1 -4 -4 0 0 from the third point on: total -10, and -4 -4 alone is 8 of it
    bend = np.array([0.0, -1.0, 0.0, -3.0, 0.0, 4.0, 0.0])
    levels = 20 + np.cumsum(np.concatenate([[0.0], np.cumsum(bend)]))
    found = read(bend, levels, "down")
    assert (found.first, found.start, found.slope, found.stretch_share) == (2, 4, -4.0, 0.8)
    assert (found.before, found.after, found.size, found.size_share) == (20.0, 10.0, 10.0, 0.5)


def test_a_break_that_is_undone_does_not_last():
    # down 4 in two points, up 4 in two, then down for good
    bend = np.array([0.0, -2.0, 0.0, 4.0, 0.0, -3.0, 0.0, 0.0])
    levels = 20 + np.cumsum(np.concatenate([[0.0], np.cumsum(bend)]))
    found = read(bend, levels, "down")
    assert (found.first, found.lasting) == (2, 6)


def test_criteria_are_those_of_the_method():
    # 100 observations, 5 coefficients, rss 95: variance 1; t at p = 0.05 and 10 degrees of freedom is 2.228 (tables)
    assert schwarz(np.array([95.0]), np.array([95]), 100) == pytest.approx(np.log(2 * np.pi) + 0.95 + np.log(100) / 20)
    assert critical(10, 0.05)[10] == pytest.approx(2.228**2, rel=1e-3)
    assert np.isinf(critical(10, 0.05)[0])

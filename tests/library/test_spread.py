"""Spread: what a curve of adoption may claim, and what it may not."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evenhand.change.spread import spread
from evenhand.cli.main import main
from evenhand.errors import InputError
from evenhand.stats.bass import adopted, hazard
from evenhand.stats.ensemble import ensemble

MONTHS = (np.datetime64("2024-01") + np.arange(48)).astype("datetime64[D]")


def curve(months: int, *, p: float = 0.15, q: float = 3.0, ceiling: int = 200) -> np.ndarray:
    return np.round(adopted(np.arange(months) / 12, p, q) * ceiling).astype(int)


def test_new_adopters_are_most_when_bass_found_them_to_be():
    years = np.linspace(0, 20, 20_001)
    share = adopted(years, 0.0104, 0.4186)  # room air conditioners: Bass (1969), table 1; peak in year 8.6, table 3
    assert years[np.argmax(np.diff(share))] == pytest.approx(8.6, abs=0.05)


def test_a_way_in_two_steps_is_the_way_in_one():
    first = hazard(0.1, 0.05, 0.9, 1.0)
    then = 0.1 + 0.9 * first
    together = 1 - (1 - first) * (1 - hazard(then, 0.05, 0.9, 2.0))
    assert together == pytest.approx(float(hazard(0.1, 0.05, 0.9, 3.0)))


def test_walkers_find_a_density_that_is_known():
    rng = np.random.default_rng(5)
    drawn = ensemble(lambda x: -0.5 * ((x - 3) ** 2).sum(axis=1), rng.normal(size=(40, 3)), rng, keep=800)
    assert np.allclose(drawn.mean(axis=0), 3, atol=0.12)


def test_a_finished_spread_tells_its_ceiling_and_its_rates():
    found = spread(MONTHS[:26], curve(26), MONTHS[26:32], population=400)
    assert found.told == {"p": "told", "q": "told", "ceiling": "told"}
    assert found.ceiling.low_90 <= 200 <= found.ceiling.high_90
    assert found.q.low_90 <= 3.0 <= found.q.high_90


def test_an_early_spread_is_wide_and_says_so():
    found = spread(MONTHS[:6], curve(6), MONTHS[6:18], population=400)
    assert found.told["ceiling"] == "not told"
    assert "too early" in found.sentence
    assert found.high_90[-1] - found.low_90[-1] > 0.4 * 400


def test_an_interval_widens_the_further_it_looks_and_stays_between_now_and_all():
    found = spread(MONTHS[:10], curve(10), MONTHS[10:22], population=400)
    assert np.all(np.diff(found.high_90 - found.low_90) >= -2)
    assert np.all((found.low_90 >= curve(10)[-1]) & (found.high_90 <= 400))


def test_six_months_ahead_the_interval_holds_what_comes():
    held = []
    for seed in range(8):
        rng = np.random.default_rng(seed)
        count = [0]
        for _ in range(24):
            count.append(count[-1] + rng.binomial(200 - count[-1], hazard(count[-1] / 200, 0.15, 2.5, 1 / 12)))
        found = spread(MONTHS[:12], np.array(count[:12]), MONTHS[12:18], population=300, seed=seed)
        held.append(found.low_90[-1] <= count[17] <= found.high_90[-1])
    assert sum(held) >= 5  # at 90% fewer than 5 of 8 come once in 200 times


def test_where_nobody_says_how_many_could_the_sentence_says_that():
    found = spread(MONTHS[:8], curve(8), MONTHS[8:12])
    assert "how many could adopt was not given" in found.sentence


@pytest.mark.parametrize(
    ("counts", "given", "says"),
    [
        ([1, 2, 3], {}, "expected 4 counts or more"),
        ([1, 5, 4, 6], {}, "adopters fall from 5 on 2024-02-01 to 4"),
        ([0, 0, 0, 0], {}, "nobody has adopted yet"),
        ([1, 5, 9, 11], {"population": 10}, "11 have adopted already, of 10"),
        ([1, 5, 9, 11], {"population": 11}, "all 11 who could adopt have adopted"),
        ([0, 5, 9, 11], {"model": "logistic"}, "expected model bass"),
        ([1, 5, 9, 11], {"model": "gompertz"}, "expected bass or logistic"),
    ],
)
def test_what_no_curve_can_be_fitted_to_is_refused(counts, given, says):
    with pytest.raises(InputError, match=says):
        spread(MONTHS[: len(counts)], np.array(counts), MONTHS[10:12], **given)


def test_where_nearly_all_who_could_have_adopted_there_is_still_a_forecast():
    counts = np.array([2, 50, 1000, 4000, 7000, 9000, 9900, 9999])
    found = spread(MONTHS[:8], counts, MONTHS[8:11], population=10_000)
    assert 9999 <= found.low_90[-1] <= found.high_90[-1] <= 10_000


def test_a_spread_that_stands_still_is_forecast_to_stand_still():
    found = spread(MONTHS[:12], np.array([3, 9, 20, 34, 41, 44, 45, 45, 45, 45, 45, 45]), MONTHS[12:15], population=90)
    assert found.median[-1] == 45
    assert found.high_90[-1] <= 55


@pytest.fixture
def counts(tmp_path):
    file = tmp_path / "counts.csv"
    rows = [f"{day},{n}" for day, n in zip(MONTHS[:9], curve(9), strict=True)]
    file.write_text("date,adopters\n" + "\n".join(rows[::-1]) + "\n")
    return file


def run(capsys, *words):
    code = main(["change", "spread", *(str(word) for word in words)])
    out, err = capsys.readouterr()
    return code, out, err


def test_the_command_gives_the_same_bytes_for_one_seed_whatever_the_order_of_rows(counts, tmp_path, capsys):
    _, first, _ = run(capsys, counts, "--population", 400, "--json")
    lines = counts.read_text().splitlines()
    other = tmp_path / "other.csv.gz"
    other.write_bytes(gzip.compress("\n".join([lines[0], *lines[:0:-1]]).encode()))
    assert run(capsys, other, "--population", 400, "--json")[1] == first
    assert len(json.loads(first)["forecast"]) == 8


def test_new_ones_and_a_row_an_adopter_are_the_same_spread(counts, tmp_path, capsys):
    _, out, _ = run(capsys, counts, "--population", 400, "--json", "--start", "2023-12-31")
    new, people = tmp_path / "new.parquet", tmp_path / "people.csv"
    many = np.diff(np.concatenate([[0], curve(9)]))
    pq.write_table(pa.table({"when": [str(d) for d in MONTHS[:9]], "joined": many.tolist()}), new)
    _, found, _ = run(capsys, new, "--new", "joined", "--date", "when", "--population", 400, "--json",
                      "--start", "2023-12-31")  # fmt: skip
    assert found == out
    rows = [f"P{k}-{i},{day:%d/%m/%Y}" for k, day in enumerate(MONTHS[:9].astype(object)) for i in range(many[k])]
    people.write_text("practice,adopted\n" + "\n".join(rows + rows[:3]))
    _, found, _ = run(capsys, people, "--unit", "practice", "--date", "adopted", "--day-first", "--json",
                      "--population", 400)  # fmt: skip
    observed = json.loads(found)["observed"]
    assert observed[-1] == {"date": "2024-09-01", "adopters": int(curve(9)[-1])}


def test_a_missing_count_is_a_longer_wait_not_a_zero(counts, tmp_path, capsys):
    holes = counts.read_text().replace(f"{MONTHS[4]},{curve(9)[4]}", f"{MONTHS[4]},")
    file = tmp_path / "holes.csv"
    file.write_text(holes)
    _, out, _ = run(capsys, file, "--population", 400, "--json")
    assert len(json.loads(out)["observed"]) == 8


@pytest.mark.parametrize(
    ("text", "words", "says"),
    [
        ("date,adopters\n03/04/2024,1\n", [], "row 2, column 'date'"),
        ("date,adopters\n2024-01-01,1\n2024-01-01,2\n", [], "already given in row 2"),
        ("date,adopters\n2024-01-01,1.5\n2024-02-01,2\n", [], "a whole number of 0 or more"),
        ("date,adopters\n2024-01-01,1\n", ["--new", "adopters", "--unit", "date"], "one of the two"),
        ("date,adopters\n2024-01-01,1\n", [], "4 counts or more"),
        ("date,adopters\n2024-01-01,1\n", ["--until", "2023-01-01"], "4 counts or more"),
        ("date,adopters\n2024-01-01,1\n2024-02-01,2\n", ["--until", "2023-01-01"], "a day after the last count"),
        ("date,adopters\n2024-01-01,1\n2024-02-01,2\n", ["--start", "2025-01-01"], "a day before the first count"),
        ("date,adopters\n2024-01-01,1\n2024-02-01,2\n", ["--population", "many"], "a number, or a column"),
        ("date,count\n2024-01-01,1\n", [], "no column 'adopters'"),
        ("", [], "the file is empty"),
    ],
)
def test_a_wrong_file_is_refused_in_one_line(text, words, says, tmp_path, capsys):
    file = tmp_path / "wrong.csv"
    file.write_text(text)
    code, out, err = run(capsys, file, *words, "--json")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert says in err


def test_the_chart_says_in_words_what_it_shows(counts, tmp_path, capsys):
    picture = tmp_path / "spread.svg"
    assert run(capsys, counts, "--population", 400, "--out", picture)[0] == 0
    assert "400 could adopt" in picture.read_text()

"""An own profile on real pounds: England's low-priority prescribing, sub-ICB locations summed (docs/reference)."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections import defaultdict
from decimal import Decimal

import numpy as np
import pytest

from evenhand import account
from evenhand.cli.main import main
from shared import DATA, needs_data

pytestmark = needs_data
FILE = DATA / "01_sicbl_measures" / "2018-01_to_2023-01" / "lpzomnibus.csv.gz"


@pytest.fixture(scope="module")
def england() -> dict[str, Decimal]:
    """Pounds by month, 2018-01 to 2023-01."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for row in csv.DictReader(io.StringIO(gzip.decompress(FILE.read_bytes()).decode())):
        found[row["month"][:7]] += Decimal(row["numerator"] or 0)
    return dict(found)


def write(path, england, months):
    path.write_text("month,actual_cost\n" + "".join(f"{month},{england[month]:.2f}\n" for month in months))
    return str(path)


def test_the_back_test_that_the_docs_show(england, tmp_path, capsys):
    past = write(tmp_path / "past.csv", england, [m for m in england if m < "2022-04"])
    now = write(tmp_path / "now.csv", england, [m for m in england if "2022-04" <= m <= "2022-09"])
    assert main(["account", "outturn", now, "--profile", "own", "--history", past, "--json"]) == 0
    own = json.loads(capsys.readouterr().out)["own_profile"]
    assert own["years"] == [2018, 2019, 2020, 2021]
    told = {test["months_to_date"]: round(test["mape_percent"], 1) for test in own["tests"]}
    assert told == {3: 0.8, 4: 1.2, 5: 1.0, 6: 1.1, 7: 1.1, 8: 1.2, 9: 0.5, 10: 0.3, 11: 0.1}


def test_months_with_more_dispensing_days_cost_more(england):
    months = np.array(sorted(england), dtype="datetime64[M]")
    cost = np.log([float(england[str(month)]) for month in months])
    days = np.log(account.dispensing_days(months))
    assert np.corrcoef(np.diff(cost), np.diff(days))[0, 1] == pytest.approx(0.65, abs=0.01)


def test_a_profile_of_another_decade_errs_more(england):
    errors = {name: [] for name in account.PUBLISHED}
    for year in (2020, 2021):
        cost = np.array([float(england[str(m)]) for m in np.datetime64(f"{year}-04", "M") + np.arange(12)])
        for name in errors:
            forecast = cost[:6].sum() * 100 / account.published(name)[:6].sum()
            errors[name].append(100 * abs(forecast / cost.sum() - 1))
    assert {name: round(float(np.mean(found)), 1) for name, found in errors.items()} == {"2013-14": 3.0, "2014-15": 6.0}

"""Case-mix: expected by covariates, adjusted and unadjusted side by side."""

from __future__ import annotations

import json

import numpy as np
import pytest

from evenhand.cli.main import main
from evenhand.errors import InputError
from evenhand.see import by_case_mix, funnel


def _planted(seed=1, n=300):
    """Shares that follow the share of old people; ten units do 30% more than their patients ask for."""
    rng = np.random.default_rng(seed)
    old, size = rng.uniform(0.1, 0.3, n), rng.integers(800, 3000, n)
    odd = np.arange(n) < 10
    top = rng.binomial(size, (0.05 + 0.6 * old) * np.where(odd, 1.3, 1.0))
    return [f"{i:03d}" for i in range(n)], top.astype(float), size.astype(float), old


def test_expected_events_add_up_and_follow_the_patients():
    units, top, size, old = _planted()
    observed, foreseen = by_case_mix(units, top, size, old)
    assert foreseen.sum() == pytest.approx(observed.sum())
    assert np.corrcoef(foreseen / size, old)[0, 1] > 0.999
    assert (observed / foreseen)[:10].mean() == pytest.approx(1.3, abs=0.05)


def test_a_funnel_of_expected_events_finds_who_differs_from_patients_like_theirs():
    units, top, size, old = _planted()
    fair = funnel(units, *by_case_mix(units, top, size, old), kind="ratio", rounding=False)
    plain = funnel(units, top, size, kind="proportion")
    named = {unit for unit, outlier in zip(fair.units, fair.outlier, strict=True) if outlier}
    assert len(named & set(units[:10])) >= 8
    assert len(named - set(units[:10])) <= 2
    assert sum(outlier is not None for outlier in plain.outlier[:10]) < 5  # hidden by what patients explain


def test_rows_of_a_unit_are_weighed_by_their_size():
    rows, top, size = ["a", "a", *"bcde"], [5, 5, 20, 30, 40, 50], [30, 70, 100, 100, 100, 100]
    observed, foreseen = by_case_mix(rows, top, size, [3, 1, 2, 3, 4, 5])
    again, once = by_case_mix(list("abcde"), [10, 20, 30, 40, 50], [100] * 5, [1.6, 2, 3, 4, 5])
    np.testing.assert_allclose(foreseen, once)
    np.testing.assert_allclose(observed, again)


def test_a_missing_case_mix_is_refused():
    with pytest.raises(InputError, match="unit 'b': case-mix is missing"):
        by_case_mix(list("abcde"), [1, 2, 3, 4, 5], [10] * 5, [1, np.nan, 3, 4, 5])


@pytest.fixture
def path(tmp_path):
    rows = "".join(f"{u},{t:.0f},{n:.0f},{o:.4f}\n" for u, t, n, o in zip(*_planted(n=120), strict=True))
    (tmp_path / "units.csv").write_text("unit,numerator,denominator,old\n" + rows)
    return tmp_path / "units.csv"


def _told(capsys, *words):
    assert main(["see", *(str(word) for word in words), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_commands_say_both_adjusted_and_not(capsys, path):
    worth = _told(capsys, "opportunity", path, "--case-mix", "old", "--draws", "60")
    assert worth["total"]["median"] < 0.6 * worth["unadjusted"]["total"]["median"]
    assert worth["case_mix"]["columns"] == ["old"]
    assert worth["case_mix"]["share"] > 0.5
    assert worth["unadjusted"]["units"][0]["unit"] == worth["units"][0]["unit"] == "000"
    spread = _told(capsys, "funnel", path, "--case-mix", "old")
    assert spread["target"] == 1
    assert spread["unadjusted"]["phi"] > spread["phi"]
    assert spread["units"][0]["expected"] > 0
    ratios = _told(capsys, "rates", path, "--kind", "smr", "--by", "unit", "--case-mix", "old")
    assert np.std([row["value"] for row in ratios["rows"]]) < np.std([row["unadjusted"] for row in ratios["rows"]])


def test_case_mix_needs_units_to_compare(capsys, path):
    assert main(["see", "rates", str(path), "--kind", "rate", "--case-mix", "old"]) == 2
    assert "expected --kind smr and --by COL" in capsys.readouterr().err

"""Codes asked of many months at once give what each month counted whole gives, to the last digit."""

from __future__ import annotations

import math

import pytest

from evenhand import sources
from evenhand.errors import InputError
from evenhand.lake import Lake, month_number
from evenhand.measures import asked_side, for_lake, panel, read_codes, unnamed
from evenhand.measures.month import compute
from evenhand.measures.quick import is_quick, rows
from evenhand.synthetic import make

MONTHS = [month_number(month) for month in ("2026-01", "2026-02", "2026-03")]


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory) -> Lake:
    made = make(tmp_path_factory.mktemp("quick"), practices=32, months=12, seed=5, presentations=600, rows=3)
    lake, _ = sources.begin(made.folder / "loaded")
    wanted = ("EPD", "gp-reg-pat")
    sources.load(lake, [file for file in made.published if file.name.startswith(wanted)])
    return lake


@pytest.mark.parametrize("over", ["0601", "all", "patients", "patients,age:65+", "0601023,~0601023A"])
@pytest.mark.parametrize("sum_of", ["items", "cost"])
def test_several_months_at_once_are_the_months_one_by_one(lake: Lake, over: str, sum_of: str) -> None:
    below = asked_side(over, name="denominator", sum=sum_of)
    measure = unnamed(read_codes("0601023,0212", sum=sum_of), below)
    assert is_quick(measure)
    together = rows(lake, measure, MONTHS).to_pylist()
    apart = [
        {"month": month, "code": code, "numerator": top, "denominator": bottom}
        for month in MONTHS for column in compute(lake, month, [measure], {measure.id: measure}).columns
        for code, top, bottom in zip(column.codes, column.numerator.tolist(), column.denominator.tolist(), strict=True)
    ]  # fmt: skip
    assert len(apart) > 3 * 30
    assert any(row["numerator"] for row in apart)
    assert told(together) == told(apart)


def told(cells: list[dict[str, object]]) -> list[tuple[object, ...]]:
    """Cells in order; what is missing is None."""
    return sorted(
        tuple(None if isinstance(v, float) and math.isnan(v) else v for v in cell.values()) for cell in cells
    )  # fmt: skip


def test_what_needs_each_month_whole_is_not_asked_at_once(lake: Lake) -> None:
    every = for_lake(lake)
    needs = [m for m in every.values() if m.kind == "prescribing" and not is_quick(m)]
    assert needs
    assert all(
        m.sum_of or any(s.is_weighted or s.uses("unit_price") or s.uses("quantity_per_item")
                        for s in (m.numerator, m.denominator)) for m in needs
    )  # fmt: skip


def test_a_code_that_no_presentation_has_is_refused_at_once_too(lake: Lake) -> None:
    with pytest.raises(InputError, match="the numerator matches none"):
        rows(lake, unnamed(read_codes("9999"), read_codes("all")), MONTHS)
    assert panel(lake, "diabetes_dpp4_cost", "practice", first="2026-01").numerator.shape[1] == 3

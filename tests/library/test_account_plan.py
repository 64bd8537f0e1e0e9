"""Plan against actual: every colour is computed, and what is missing is never green."""

from __future__ import annotations

import json
from datetime import date

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from evenhand import account
from evenhand.cli.main import main
from evenhand.errors import InputError
from savings import scheme

PHASING = [0, 0, 0, 0, 0, 0, 10, 10, 20, 20, 20, 20]  # October to March: 100 in all
MONTHS = [f"2025-{m:02d}" for m in range(4, 13)] + ["2026-01", "2026-02", "2026-03"]
AREAS = ("duty_of_quality", "patient_safety", "clinical_effectiveness", "patient_experience", "prevention",
         "productivity_innovation")  # fmt: skip


def finance(**changes):
    return {
        "year": "2025-26", "gross_pounds": 130, "investment_setup_pounds": 20, "investment_running_pounds": 10,
        "recurrent_pounds": 100, "fye_pounds": 240, "pye_pounds": 100, "phasing": PHASING,
    } | changes  # fmt: skip


def quality(**changes):
    low = {"likelihood": 1, "impact": 2}
    return dict.fromkeys(AREAS, low) | changes


def planned(**changes):
    return scheme(**({"finance": finance(), "risk": {"probability": 0.8, "likelihood": 2, "impact": 3}} | changes))


def test_a_year_worked_by_hand():
    found = account.against(planned(), MONTHS[6:9], [9.0, 6.0, 15.0], [5.0, 0.0, 5.0])
    assert (found.ytd_plan, found.ytd_actual, found.ytd_variance, found.fin) == (40.0, 30.0, -10.0, 0.75)
    n0 = 2 * 100 / 6  # two months of plan
    factor = (n0 + 40 * 0.75) / (n0 + 40)
    assert found.run_rate == pytest.approx(factor)
    assert found.forecast_outturn == pytest.approx(10 + 60 * 0.8 * factor)
    assert found.forecast_reported == pytest.approx(30 + 60 * 0.8 * factor)
    assert (found.net, found.risk_adjusted, found.risk_score, found.risk_band) == (100.0, 80.0, 6, "moderate")
    assert found.rag.financial == "red"


def test_nothing_is_confirmed_unless_the_ledger_says_so():
    found = account.against(planned(), MONTHS[6:7], [10.0])
    assert (found.ytd_confirmed, found.months[6].confirmed) == (0.0, None)
    assert found.forecast_outturn < found.forecast_reported


@pytest.mark.parametrize(("fin", "colour"), [(0.95, "green"), (0.9499, "amber"), (0.8, "amber"), (0.79, "red")])
def test_money_is_green_from_95_and_amber_from_80_percent(fin, colour):
    assert account.against(planned(), MONTHS[6:7], [10 * fin]).rag.financial == colour


def test_a_missing_month_is_missing_and_never_green():
    found = account.against(planned(), ["2025-12", "2025-10"], [20.0, 10.0])
    assert (found.missing, found.ytd_plan, found.fin) == (("2025-11",), 30.0, 1.0)
    assert (found.rag.financial, found.rag.why["financial"]) == ("not_assessed", "no actual for 2025-11")


@pytest.mark.parametrize(
    ("milestone", "colour"),
    [
        ({"actual": "2025-10-10"}, "green"),
        ({"actual": "2025-10-11"}, "amber"),
        ({"actual": "2025-11-10"}, "red"),
        ({}, "amber"),
        ({"baseline": "2025-12-01", "forecast": "2025-12-02"}, "amber"),
        ({"baseline": "2025-12-01", "forecast": "2025-12-01"}, "green"),
    ],
)
def test_a_milestone_is_late_by_days(milestone, colour):
    step = {"name": "letters sent", "baseline": "2025-10-10"} | milestone
    given_ = planned(delivery={"milestones": [step]})
    found = account.against(given_, MONTHS[6:7], [10.0], as_of=date(2025, 10, 31))
    assert found.rag.milestones == colour


@pytest.mark.parametrize(
    ("balancing", "causes", "colour"),
    [
        ({"waits": "pass"}, 0, "green"),
        ({"waits": "breach"}, 0, "red"),
        ({"waits": "pass"}, 1, "amber"),
        ({"waits": "inconclusive"}, 0, "not_assessed"),
        ({}, 0, "not_assessed"),
    ],
)
def test_quality_is_red_if_breached_and_never_green_unseen(balancing, causes, colour):
    found = account.against(planned(), MONTHS[6:7], [10.0], balancing=balancing, special_causes=causes)
    assert found.rag.quality == colour
    assert (found.rag.overall == "green") is False


def test_the_whole_is_as_good_as_its_worst():
    step = {"name": "m", "baseline": "2025-10-10", "actual": "2025-10-01"}
    given_ = planned(delivery={"milestones": [step]})
    good = account.against(given_, MONTHS[6:7], [10.0], balancing={"waits": "pass"})
    bad = account.against(given_, MONTHS[6:7], [10.0], balancing={"waits": "breach"})
    assert (good.rag.overall, bad.rag.overall) == ("green", "red")


@given(st.lists(st.floats(-50, 200), min_size=1, max_size=6), st.permutations(range(6)))
def test_the_order_of_rows_changes_nothing(actual, order):
    months = MONTHS[6 : 6 + len(actual)]
    rows = [(months[i], actual[i]) for i in order if i < len(actual)]
    shuffled = account.against(planned(), [m for m, _ in rows], [a for _, a in rows])
    assert shuffled.as_json() == account.against(planned(), months, actual).as_json()


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"finance": finance(pye_pounds=101)}, "phasing sums to 100.00; expected pye_pounds, 101.00"),
        ({"finance": finance(phasing=PHASING[1:])}, "at least 12"),
        ({"finance": finance(phasing=[10, *PHASING[1:6], 0, *PHASING[7:]])}, "saves 10.00 in 2025-04, before"),
        ({"finance": finance(year="2025-27")}, "no financial year"),
        ({"people": {"clinical_lead": "k1", "manager": "k1"}}, "expected two people"),
        ({"quality": quality(patient_safety={"likelihood": 3, "impact": 3})}, "above 8 it needs `detail`"),
        ({"stage": "live", "quality": quality()}, "signed by the medical and nursing directors"),
        ({"stage": "live"}, "signed by the medical and nursing directors"),
        ({"stage": "live", "quality": quality(patient_safety={"likelihood": 5, "impact": 3, "detail": "d"})}, "is red"),
        ({"end": "2025-09"}, "before start"),
    ],
)
def test_a_scheme_that_does_not_add_up_is_refused(changes, why):
    with pytest.raises(ValidationError, match=why):
        planned(**changes)


def test_the_worst_area_is_the_band_and_orange_goes_to_the_board():
    screen = quality(prevention={"likelihood": 4, "impact": 3, "detail": "looked at"})
    found = account.against(planned(quality=screen), MONTHS[6:7], [10.0])
    assert (found.quality_band, found.board_visible, found.blocked) == ("high", True, False)
    signed = screen | {"medical_director_signed": "2025-09-01", "nursing_director_signed": "2025-09-02"}
    assert planned(stage="live", quality=signed).quality.signed


# --- the command -------------------------------------------------------------------------------------------------


@pytest.fixture
def files(tmp_path):
    document = planned(delivery={"milestones": [{"name": "m", "baseline": "2025-10-10", "actual": "2025-10-01"}]})
    text = document.model_dump(mode="json", by_alias=True, exclude_none=True)
    text = {key: value for key, value in text.items() if value not in ("", [], ())}
    (tmp_path / "s.yaml").write_text(yaml.safe_dump(json.loads(json.dumps(text))))
    (tmp_path / "a.csv").write_text("Month,Delivered\n01/11/2025,9\n01/10/2025,10\n")
    (tmp_path / "q.csv").write_text("measure,verdict,special_causes\nwaits,pass,0\n")
    return tmp_path


def run(capsys, *words):
    code = main(["account", "plan", *(str(word) for word in words)])
    out, err = capsys.readouterr()
    return code, out, err


def test_the_command_reads_other_columns_and_days_first(files, capsys):
    words = ["--month", "Month", "--actual", "Delivered", "--day-first", "--quality", files / "q.csv", "--json"]
    code, out, _ = run(capsys, "--scheme", files / "s.yaml", "--actuals", files / "a.csv", *words)
    found = json.loads(out)
    assert (code, found["ytd_actual"], found["fin"], found["as_of"]) == (0, 19.0, 0.95, "2025-11-30")
    assert found["rag"] == dict.fromkeys(("financial", "milestones", "quality", "overall"), "green") | {"why": {}}


@pytest.mark.parametrize(
    ("text", "more", "why"),
    [
        ("month,actual\n01/10/2025,9\n", [], "01/10/2025"),
        ("month,actual\n2024-10,9\n", [], "expected one of 2025-26"),
        ("month,actual\n2025-10,9\n2025-10,9\n", [], "given twice"),
        ("month,actual\n2025-10,\n", [], "no month of 2025-26 has an actual"),
        ("month,actual\n2025-10,much\n", [], "expected a number"),
        ("month,actual\n2025-10,9\n", ["--as-of", "soon"], "--as-of"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(files, capsys, text, more, why):
    (files / "a.csv").write_text(text)
    code, out, err = run(capsys, "--scheme", files / "s.yaml", "--actuals", files / "a.csv", "--json", *more)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert why in err


def test_a_scheme_without_a_finance_plan_is_refused():
    with pytest.raises(InputError, match="has no `finance` plan"):
        account.against(scheme(), ["2025-10"], [1.0])


# --- indicators ------------------------------------------------------------------------------------------------------

KPI = {"measure": "reviews", "baseline": 40, "trajectory": [{"month": "2025-10", "value": 50},
                                                            {"month": "2025-12", "value": 60}]}  # fmt: skip


@pytest.mark.parametrize(
    ("month", "value", "plan", "way", "status"),
    [("2025-10", 50.0, 50, 1.0, "on_track"), ("2025-11", 52.0, 55, 0.8, "behind"),
     ("2026-02", 38.0, 60, -0.1, "far_behind"), ("2025-09", 45.0, None, None, "not_assessed")],
)  # fmt: skip
def test_an_indicator_is_read_on_the_line_of_its_trajectory(month, value, plan, way, status):
    asked = planned(delivery={"kpis": [KPI]})
    found = account.against(asked, MONTHS[6:7], [10.0], kpis={"reviews": {month: value}})
    document = found.as_json()["kpis"][0]
    assert (document["planned"], document["status"]) == (plan, status)
    assert document["way"] == (None if way is None else pytest.approx(way))


def test_an_indicator_of_which_nothing_is_known_is_not_assessed_and_a_strange_one_is_refused(files, capsys):
    asked = planned(delivery={"kpis": [KPI]})
    assert account.against(asked, MONTHS[6:7], [10.0]).kpis[0].status == "not_assessed"
    (files / "k.csv").write_text("measure,month,value\nreview,2025-10,3\n")
    words = ["--scheme", files / "s.yaml", "--actuals", files / "a.csv", "--month", "Month", "--actual", "Delivered",
             "--day-first", "--kpis", files / "k.csv", "--json"]  # fmt: skip
    code, out, err = run(capsys, *words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "delivery.kpis" in err

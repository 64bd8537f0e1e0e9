"""The real low-priority trial: allocation and visits as published, lidocaine plasters rebuilt for all 40 teams.

Half of the commissioning teams were offered a visit about low-priority prescribing from October 2018 to January 2019.
The published outcome file is not available; spend on lidocaine plasters, one of the measures in it, can be rebuilt from
OpenPrescribing by joining each team's CCGs. Figures as first seen here on 2026-11-22;
docs/explanation/a-trial-that-proved-nothing.md tells them.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections import defaultdict
from pathlib import Path

import pytest

from evenhand.cli.main import main
from shared import DATA, needs_data

pytestmark = needs_data
TRIAL = DATA / "04_rct_low_priority_ccg"
LIDOCAINE = DATA / "02_ccg_measures_pre2020" / "lplidocaine_ccg.csv.gz"
BEFORE = tuple(f"2018-{m:02d}" for m in range(4, 10))  # April to September, as in the published analysis
AFTER = tuple(f"2019-{m:02d}" for m in range(4, 10))


def listed(name: str) -> list[dict[str, str]]:
    with (TRIAL / name).open() as file:
        return list(csv.DictReader(file))


def teams() -> dict[str, str]:
    """CCG -> the id of the team it was allocated with."""
    ids = [row["joint_id"] for row in listed("randomisation_group.csv")]
    team = {row["ccg_id"]: row["joint_team"] for row in listed("joint_teams.csv")}
    head = {team[one]: one for one in ids if one in team}
    return {one: one for one in ids} | {ccg: head[name] for ccg, name in team.items()}


def monthly() -> tuple[dict[tuple[str, str], float], dict[tuple[str, str], float]]:
    """Pounds, and thousands of patients, by team and month."""
    belongs = teams()
    pounds: dict[tuple[str, str], float] = defaultdict(float)
    thousands: dict[tuple[str, str], float] = defaultdict(float)
    with gzip.open(LIDOCAINE, "rt") as file:
        for row in csv.DictReader(file):
            if row["code"] in belongs:
                key = belongs[row["code"]], row["month"][:7]
                pounds[key] += float(row["numerator"])
                thousands[key] += float(row["denominator"])
    return pounds, thousands


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """One row a team (pounds per 1,000 patients in six months); one a team and month, with the visit as published."""
    folder = tmp_path_factory.mktemp("low_priority")
    pounds, thousands = monthly()
    visits = {row["joint_id"]: row["date"] for row in listed("allocated_ccgs_visit_timetable.csv")}

    def rate(team: str, months: tuple[str, ...]) -> float:
        return 6 * sum(pounds[team, m] for m in months) / sum(thousands[team, m] for m in months)

    ids = [row["joint_id"] for row in listed("randomisation_group.csv")]
    arms = {row["joint_id"]: row["allocation"] for row in listed("randomisation_group.csv")}
    trial = [f"{i},{arms[i]},{1 if visits.get(i) else 0},{rate(i, BEFORE)!r},{rate(i, AFTER)!r}" for i in ids]
    (folder / "trial.csv").write_text("\n".join(["team,arm,visited,baseline,outcome", *trial]))
    months = sorted({month for _, month in pounds if "2017-04" <= month <= "2019-12"})
    panel = [f"{i},{m},{pounds[i, m]!r},{thousands[i, m]!r},{visits.get(i, '')}" for i in ids for m in months]
    (folder / "panel.csv").write_text("\n".join(["team,month,pounds,patients,visit", *panel]))
    return folder / "trial.csv", folder / "panel.csv"


def answer(capsys: pytest.CaptureFixture[str], *words: object) -> dict:
    assert main([*map(str, words), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_all_forty_teams_have_their_lidocaine_and_their_patients(files: tuple[Path, Path]) -> None:
    """The published list sizes of 36 teams are met to 1 in 1,000 by joining their CCGs; two were since moved."""
    _, thousands = monthly()
    months = [f"2018-{m:02d}" for m in range(1, 7)]
    off = {row["joint_id"]: abs(sum(thousands[row["joint_id"], m] for m in months) / float(row["denominator"]) - 1)
           for row in listed("randomisation_group.csv")}  # fmt: skip
    assert len(off) == 40
    assert max(off.values()) < 0.02
    assert sum(gap < 0.001 for gap in off.values()) >= 36


def test_the_trial_proves_nothing_and_before_and_after_would_have_claimed_a_saving(files, capsys) -> None:
    found = answer(capsys, "prove", "trial", files[0], "--unit", "team", "--received", "visited")
    (effect,) = found["effects"]
    assert [effect[n] for n in ("effect", "se", "low", "high", "p")] == pytest.approx(
        [6.3670, 11.8175, -17.5776, 30.3117, 0.5933], abs=5e-4)  # fmt: skip
    assert effect["low"] < 0 < effect["high"]  # nothing was proved
    assert found["naive_change"] == pytest.approx(-16.3003, abs=5e-4)  # pounds per 1,000: what would be claimed
    means = {arm["arm"]: (arm["baseline_mean"], arm["outcome_mean"]) for arm in found["arms"]}
    assert means["con"][1] - means["con"][0] < found["naive_change"] < 0  # the controls, who had no visit, fell further


def test_by_what_was_received_nothing_is_proved_either(files, capsys) -> None:
    beside = answer(capsys, "prove", "trial", files[0], "--unit", "team", "--received", "visited")["received"]
    assert beside["taken"] == {"con": {"con": 20, "I": 0}, "I": {"con": 9, "I": 11}}
    treated, compliers = beside["as_treated"][0], beside["compliers"][0]
    assert [treated["effect"], compliers["effect"]] == pytest.approx([-1.9056, 11.9687], abs=5e-4)
    assert treated["low"] < 0 < treated["high"]
    assert compliers["low"] < 0 < compliers["high"]
    assert beside["first_stage_f"] == pytest.approx([19.2658], abs=5e-4)


def visited(file: Path, *words: str) -> list[object]:
    return ["prove", "panel", file, "--unit", "team", "--date", "month", "--value", "pounds",
            "--denominator", "patients", "--treated-from", "visit", *words]  # fmt: skip


@pytest.mark.parametrize(
    ("reading", "cell", "said"),
    [([], "09/11/2018", "can be read one way"), (["--month-first"], "26/10/2018", "a date that exists")],
)
def test_visits_are_read_day_first_or_not_at_all(reading: list[str], cell: str, said: str, files, capsys) -> None:
    assert main([*map(str, visited(files[1], *reading)), "--json"]) == 2
    out, error = capsys.readouterr()
    assert out == ""
    assert said in error
    assert cell in error


def test_reading_month_first_where_one_can_would_have_given_another_number(files, capsys, tmp_path) -> None:
    """What the published analysis did with two visits, 01/11/2018 and 09/11/2018: silently, it moves the estimate."""
    text = files[1].read_text()
    for read, dates in (("right", ("2018-11-01", "2018-11-09")), ("wrong", ("2018-01-11", "2018-09-11"))):
        whole = text.replace("01/11/2018", dates[0]).replace("09/11/2018", dates[1])
        (tmp_path / f"{read}.csv").write_text(whole)
    found = [answer(capsys, *visited(tmp_path / f"{read}.csv"))["att"]["estimate"] for read in ("right", "wrong")]
    assert found == pytest.approx([3.2120, 3.3011], abs=5e-4)


@pytest.mark.parametrize(
    ("method", "estimate", "low", "high"),
    [("did2s", 3.2120, -1.1856, 7.6097), ("event", 3.4884, -0.4606, 7.4373), ("twfe", 3.1059, -1.1940, 7.4058)],
)
def test_month_by_month_from_each_visit_nothing_is_proved(method: str, estimate, low, high, files, capsys) -> None:
    found = answer(capsys, *visited(files[1], "--day-first", "--method", method))
    att = found["att"]
    assert [att["estimate"], att["low"], att["high"]] == pytest.approx([estimate, low, high], abs=5e-4)
    assert att["low"] < 0 < att["high"]
    assert (found["units"], found["treated_units"]) == (40, 11)

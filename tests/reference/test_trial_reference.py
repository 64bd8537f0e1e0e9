"""The published visit trial (40 commissioning teams) as R analysed it: oracle/did/lpp_rct_*.

Tolerance 1e-8, as each case's params.json says. The three cases differ in how `01/11/2018` was read when the data were
put together, which moves the effect from 0.0697 to 0.0316: dates are day-first, and ambiguity is refused.
"""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from evenhand.cli.main import main
from evenhand.prove import trial
from shared import ORACLE, needs_oracle

CASES = ("ccg_as_published", "ccg_dates_fixed", "practice_dates_fixed")


def case(name: str) -> tuple[list[dict[str, str]], dict[tuple[str, str], dict[str, float]]]:
    folder = ORACLE / "did" / f"lpp_rct_pageviews_{name}"
    with (folder / "input.csv").open() as file:
        rows = list(csv.DictReader(file))
    with (folder / "expected.csv").open() as file:
        expected = {
            (r["spec"], r["term"]): {k: float(r[k]) for k in ("estimate", "se", "ci_low", "ci_high")}
            for r in csv.DictReader(file)
        }
    return rows, expected


def capped(rows: list[dict[str, str]], column: str) -> np.ndarray:
    """The published analysis sets values above the 95th percentile to it."""
    values = np.array([float(row[column]) for row in rows])
    return np.minimum(values, np.quantile(values, 0.95))


@needs_oracle
@pytest.mark.parametrize("name", CASES)
def test_ancova_is_as_published(name: str) -> None:
    rows, expected = case(name)
    found = trial([r["intervention"] for r in rows], capped(rows, "before"), capped(rows, "after"), control="0")
    (effect,), wanted = found.effects, expected["ancova_ols", "intervention"]
    assert [effect.effect, effect.se, effect.low, effect.high] == pytest.approx(list(wanted.values()), rel=1e-8)
    assert effect.df == 37
    assert found.baseline_slope == pytest.approx(expected["ancova_ols", "pb"]["estimate"], rel=1e-8)


@needs_oracle
@pytest.mark.parametrize("name", CASES)
def test_cr2_with_every_team_its_own_cluster_is_hc2(name: str) -> None:
    rows, expected = case(name)
    found = trial([r["intervention"] for r in rows], capped(rows, "before"), capped(rows, "after"), control="0",
                  clusters=[r["joint_id"] for r in rows], errors="CR2")  # fmt: skip
    assert found.effects[0].se == pytest.approx(expected["ancova_HC2", "intervention"]["se"], rel=1e-8)


@needs_oracle
@pytest.mark.parametrize("name", CASES)
def test_the_command_line_gives_the_published_trial_to_the_last_digit(
    name: str, tmp_path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows, expected = case(name)
    file = tmp_path / "trial.csv"
    lines = [
        f"{r['joint_id']},{'I' if r['intervention'] == '1' else 'con'},{b!r},{a!r}"
        for r, b, a in zip(rows, capped(rows, "before").tolist(), capped(rows, "after").tolist(), strict=True)
    ]
    file.write_text("\n".join(["team,group,pb,pa", *reversed(lines)]))
    asked = ["--unit", "team", "--arm", "group", "--baseline", "pb", "--outcome", "pa"]
    assert main(["prove", "trial", str(file), *asked, "--json"]) == 0
    (effect,) = json.loads(capsys.readouterr().out)["effects"]
    wanted = expected["ancova_ols", "intervention"]
    assert [effect[k] for k in ("effect", "se", "low", "high")] == pytest.approx(list(wanted.values()), rel=1e-8)
    assert effect["arm"] == "I"

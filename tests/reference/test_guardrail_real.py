"""RTT by ICB, October 2022 to March 2025, as a guardrail: dental work enters in April 2023, a month that is absent.

No scheme is known here: every fourth ICB stands for one, so whatever is found is chance. The margin is 1 point.
Figures are told in docs/how-to/watch-access.md; they carry two decimals.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from evenhand.cli.main import main
from shared import DATA, needs_data

FILE = DATA / "08_access_guardrails" / "rtt_icb_specialty_2022-10_to_2025-03.csv.gz"
DENTAL = "2023-04=dental work enters"


def written(folder: Path, *, dental: bool) -> Path:
    """Functions summed by ICB and month; every fourth ICB, in order of code, is treated."""
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    with gzip.open(FILE, "rt") as text:
        for row in csv.DictReader(text):
            if dental or row["TF_Code"] != "C_140":
                cell = sums[row["ICB_Code"], row["Period"]]
                cell[0] += int(row["Within_18wks"] or 0)
                cell[1] += int(row["Incomplete_Pathways"] or 0)
    chosen = sorted({icb for icb, _ in sums})[::4]
    out = folder / ("with.csv" if dental else "without.csv")
    lines = [f"{icb},{month},{a},{b},{int(icb in chosen)}" for (icb, month), (a, b) in sums.items()]
    out.write_text("\n".join(["icb,month,within,pathways,treated", *lines]))
    return out


def judged(capsys: pytest.CaptureFixture[str], file: Path, start: str, until: str, *words: str) -> dict[str, Any]:
    assert main(["prove", "guardrail", str(file), "--unit", "icb", "--date", "month", "--value", "within",
                 "--denominator", "pathways", "--start", start, "--until", until, "--margin", "0.01", "--harm", "down",
                 *words, "--json"]) == 0  # fmt: skip
    return json.loads(capsys.readouterr().out)


def points(found: dict[str, Any]) -> tuple[float, float]:
    return round(100 * found["effect"], 2), round(100 * found["bound"], 2)


@needs_data
def test_dental_work_is_neither_a_breach_nor_a_pass_until_it_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, when = written(tmp_path, dental=True), ("2023-10-01", "2024-03")
    silent = judged(capsys, file, *when)
    assert silent["verdict"] == "not_assessed"
    assert "+7.1% in 2023-05" in silent["reason"]
    named = judged(capsys, file, *when, "--break", DENTAL)
    assert (named["verdict"], points(named)) == ("inconclusive", (-0.87, -1.74))
    naive = judged(capsys, file, *when, "--no-break", "2023-05")
    without = judged(capsys, written(tmp_path, dental=False), *when)
    assert points(naive) == (-1.30, -2.75)
    assert points(without) == (-1.55, -2.96)
    assert (naive["verdict"], without["verdict"]) == ("inconclusive", "breach")  # of a scheme that never was: chance


@needs_data
def test_a_break_within_the_follow_up_is_not_assessed_and_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = judged(capsys, written(tmp_path, dental=True), "2023-02-01", "2023-08", "--break", DENTAL)
    assert found["verdict"] == "not_assessed"
    assert "dental work enters" in found["reason"]


@needs_data
def test_a_year_after_the_break_all_is_assessed_and_the_margin_is_seen_to_be_too_narrow(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = judged(capsys, written(tmp_path, dental=True), "2024-05-01", "2025-03", "--break", DENTAL,
                   "--follow-up", "6")  # fmt: skip
    assert (found["verdict"], points(found)) == ("inconclusive", (-0.92, -1.81))
    assert round(found["power"]["passes_if_harmless"], 2) == 0.57
    assert round(100 * found["power"]["smallest_harm_seen"], 2) == 1.57
    assert found["power"]["reason"].startswith("too weak")

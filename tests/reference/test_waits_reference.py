"""RTT waits: the reference results for one trust, and the national extract of January 2026 as published.

Tolerance 1e-9 for the reference results (params.json); the published national figures have 1 and 2 decimals.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evenhand.cli.main import main
from evenhand.cli.rtt_file import read
from evenhand.prove import waits as waits_of
from shared import DATA, ORACLE, needs_data, needs_oracle

JANUARY = DATA / "08_access_guardrails" / "rtt_full_extract_2026-01.zip"


def waits(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert main(["prove", "waits", *words, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def expected(case: str) -> list[dict[str, str]]:
    with (ORACLE / "rtt" / case / "expected.csv").open() as file:
        return list(csv.DictReader(file))


@needs_oracle
def test_every_specialty_of_a_trust_waits_as_the_reference_says(capsys: pytest.CaptureFixture[str]) -> None:
    found = waits(capsys, str(ORACLE / "rtt" / "rbd_incompletes_by_specialty" / "input.csv"), "--level", "specialty")
    rows = {row["code"]: row for row in found["rows"]}
    wanted = expected("rbd_incompletes_by_specialty")
    assert rows.keys() == {row["tfc"] for row in wanted}
    for want in wanted:
        row = rows[want["tfc"]]
        assert [row["pathways"], row["within_18_weeks"], row["over_52"], row["over_65"]] == [
            int(want[k]) for k in ("total", "within_18", "over_52", "over_65")
        ]
        assert 100 * row["share_within_18_weeks"] == pytest.approx(float(want["pct_within_18"]), rel=1e-9)
        assert row["median_weeks"] == pytest.approx(float(want["median_weeks"]), rel=1e-9)
        assert row["p92_weeks"] == pytest.approx(float(want["p92_weeks"]), rel=1e-9)


@needs_oracle
def test_only_incomplete_pathways_are_counted_and_each_once(capsys: pytest.CaptureFixture[str]) -> None:
    found = waits(capsys, str(ORACLE / "rtt" / "rbd_all_parts" / "input.csv"), "--level", "commissioner")
    want = next(row for row in expected("rbd_all_parts") if row["part"] == "Part_2")
    assert found["total"]["pathways"] == int(want["total_all"]) == sum(row["pathways"] for row in found["rows"])
    assert found["total"]["within_18_weeks"] == int(want["within_18"])
    assert found["total"]["median_weeks"] == pytest.approx(float(want["median_weeks"]), rel=1e-9)


@needs_oracle
def test_every_part_of_an_extract_waits_as_the_reference_says(capsys: pytest.CaptureFixture[str]) -> None:
    file = str(ORACLE / "rtt" / "rbd_all_parts" / "input.csv")
    for want in expected("rbd_all_parts"):
        total = waits(capsys, file, "--level", "commissioner", "--part", want["part"])["total"]
        assert (total["pathways"], total["within_18_weeks"], total["unknown_clock_start"]) == (
            int(want["total_all"]), int(want["within_18"]), int(want["unknown_clock_start"])
        )  # fmt: skip
        for ours, theirs, scale in (
            ("share_within_18_weeks", "pct_within_18", 100), ("median_weeks", "median_weeks", 1),
            ("p95_weeks", "p95_weeks", 1),
        ):  # fmt: skip
            if want[theirs]:
                assert scale * total[ours] == pytest.approx(float(want[theirs]), rel=1e-9)
            else:
                assert total[ours] is None


@needs_data
def test_january_2026_is_as_published_by_every_level_and_from_the_total_rows() -> None:
    extract = read(str(JANUARY))
    sums = {level: extract.by(level) for level in ("provider", "commissioner", "icb", "specialty")}
    codes, counts = sums.pop("specialty")
    place = codes.index("C_999")
    ways = {level: bands.sum(axis=0) for level, (_, bands) in sums.items()}
    ways |= {"total rows": counts[place], "functions": np.delete(counts, place, axis=0).sum(axis=0)}
    found = waits_of(list(ways), np.array(list(ways.values())), extract.weeks_from, open_band=extract.open_band)
    assert {w.pathways for w in found} == {7_187_677}
    assert {round(100 * w.share_within_18_weeks, 1) for w in found} == {61.4}
    assert {round(w.median_weeks, 2) for w in found} == {13.64}
    assert {round(w.p92_weeks, 2) for w in found} == {40.42}


@needs_data
def test_the_command_line_reads_the_published_zip(capsys: pytest.CaptureFixture[str]) -> None:
    found = waits(capsys, str(JANUARY))
    assert sum(row["pathways"] for row in found["rows"]) == found["total"]["pathways"] == 7_187_677
    assert len(found["rows"]) == 515


def test_months_stack_into_a_panel_that_a_guardrail_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Two providers, two months of bands: the median of each, ready for `prove guardrail --value median_weeks`."""
    bands = [f"Gt {week:02d} To {week + 1:02d} Weeks SUM 1" for week in range(104)] + ["Gt 104 Weeks SUM 1"]
    files = []
    for period, wait in (("RTT-April-2025", 9), ("RTT-May-2025", 11)):
        lines = [",".join(["Period", "Provider Org Code", "Treatment Function Code", *bands])]
        for place, provider in enumerate(("R0A", "R0B")):
            cells = ["8" if week == wait + place else "" for week in range(105)]
            lines.append(",".join([period, provider, "C_999", *cells]))
        files.append(tmp_path / f"{period}.csv")
        files[-1].write_text("\n".join(lines))
    found = waits(capsys, *map(str, files))
    assert [(row["month"], row["code"], row["median_weeks"]) for row in found["rows"]] == [
        ("2025-04", "R0A", 9.5), ("2025-04", "R0B", 10.5), ("2025-05", "R0A", 11.5), ("2025-05", "R0B", 12.5)
    ]  # fmt: skip
    assert [total["month"] for total in found["totals"]] == ["2025-04", "2025-05"]
    assert main(["prove", "waits", str(files[0]), str(files[0])]) == 2
    assert "a month of its own" in capsys.readouterr().err

"""Every open case of the other control charts, at its own tolerance: Montgomery's tables and the peer's own data."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from evenhand.stats.runs import crossings_limit, longest_run_limit
from evenhand.stats.shewhart import shewhart
from evenhand.stats.shewhart_subgroups import summed
from shared import ORACLE, needs_oracle

pytestmark = needs_oracle
FOLDER = ORACLE / "shewhart_runs"
CASES = sorted(p.name for p in FOLDER.glob("*") if p.name != "anhoej_limits_table") if FOLDER.is_dir() else []


def _rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def _number(text):
    return float(text) if text not in ("", "NA", "NaN") else np.nan


def _column(rows, name):
    return np.array([_number(row[name]) for row in rows])


def _chart(said, rows):
    """Our chart of one facet's rows."""
    args = said["args"] or {}
    kind = said.get("chart") or args["chart"]
    # The peer: part k begins after the index given, and freeze is ignored where there are parts.
    options = {"rebase_at": [args["part"]] if "part" in args else (), "multiplier": args.get("multiply", 1.0),
               "exclude_at": [i - 1 for i in args.get("exclude", [])], "screening": said.get("qic.screenedmr", True),
               "fix_after": None if "part" in args else args.get("freeze")}  # fmt: skip
    values = _column(rows, said["y"])
    if kind in ("xbar", "s"):
        names = list(dict.fromkeys(row[said["x"]] for row in rows))
        point = np.array([names.index(row[said["x"]]) for row in rows])
        mean, deviation, number = summed(values, point, len(names))
        return shewhart(kind, mean if kind == "xbar" else deviation, denominator=number, spread=deviation, **options)
    return shewhart(kind, values, denominator=_column(rows, said["n"]) if said["n"] else None, **options)


@pytest.mark.parametrize("case", CASES)
def test_values_lines_runs_and_points_beyond_the_limits_are_the_peers(case):
    said = json.loads((FOLDER / case / "params.json").read_text())
    rows, expected = _rows(FOLDER / case / "input.csv"), _rows(FOLDER / case / "expected.csv")
    facets = said.get("facets")
    for name in dict.fromkeys(row[facets] for row in rows) if facets else [None]:
        chart = _chart(said, [row for row in rows if name is None or row[facets] == name])
        peer = [row for row in expected if name is None or row["facet1"] == name]
        lines = {"y": chart.values, "cl": chart.mean, "lcl": chart.lower, "ucl": chart.upper}
        for column in lines.keys() & peer[0].keys():
            np.testing.assert_allclose(lines[column], _column(peer, column), rtol=float(said["tolerance_rel"]),
                                       atol=1e-15, err_msg=f"{name} {column}")  # fmt: skip
        for one in chart.runs:
            row = next(row for i, row in enumerate(peer) if chart.phase[i] == one.phase)
            ours = (one.longest_run, one.longest_max, one.crossings, one.crossings_min)
            names = ("longest.run", "longest.run.max", "n.crossings", "n.crossings.min")
            assert ours == tuple(abs(int(row[column])) for column in names)
            assert one.signal == (row["runs.signal"] == "TRUE")
        beyond = [label in ("Above UCL", "Below LCL") for label in chart.special_cause]
        theirs = [row["sigma.signal"] == "TRUE" for row in peer]
        kept = [i for i in range(len(peer)) if i not in chart.left_out]  # ours gives no verdict on a point left out
        assert [beyond[i] for i in kept] == [theirs[i] for i in kept]


def test_the_limits_of_a_run_are_the_peers_for_up_to_200_points():
    for row in _rows(FOLDER / "anhoej_limits_table" / "expected.csv"):
        useful = int(row["n_useful"])
        ours = (longest_run_limit(useful), crossings_limit(useful))
        assert ours == (int(row["longest_run_max"]), abs(int(row["n_crossings_min"])))

"""A small lake with one planted scheme: what it did to the gliptins, and what it did to the waits, is known."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pyarrow as pa
import yaml

from evenhand.lake import TABLES, Lake, Origin
from tiny_lake import TinyLake

WINDOW = 3  # months before and after: the fewest that can be evidence
COSTLY, CHEAP = "0601023AEAAAAAA", "0601023X0AAAAAA"
DICLOFENAC, NAPROXEN, NSAIDS = "1001010C0AAAEAE", "1001010P0AAAEAE", 300
PRACTICES, PER_CLUSTER, ITEMS = 48, 4, 240
MONTHS = tuple(str(np.datetime64("2025-10", "M") + i) for i in range(2 * WINDOW))
YEAR_AFTER = tuple(str(np.datetime64("2026-04", "M") + i) for i in range(12))
SICBLS, OTHERS = ("T1", "T2", "T3", "T4"), ("C1", "C2", "C3", "C4")


def lake(
    folder: Path, *, effect: float, waits: float = 0.0, seed: int, demonstration: bool = True,
    after: float | None = None, year_waits: float = 0.0, nsaids: float | None = None,
) -> Lake:  # fmt: skip
    """Six months, the scheme from the fourth. effect: the change of the costlier share in treated practices;
    waits: the change of the share within 18 weeks in the scheme's area; after: the change that is left in the twelve
    months after these six, which are not there where it is None. What the scheme does not name: year_waits, the change
    of the share over a year in its area; nsaids, the change in treated practices of the share of anti-inflammatories
    other than naproxen, of which there are none at all where it is None."""
    Lake.create(folder, demonstration=demonstration)
    rng, others = np.random.default_rng(seed), np.random.default_rng([seed, 1])
    tiny = _AllAtOnce(folder)
    codes = [f"P{i:02d}" for i in range(PRACTICES)]
    clusters = [f"N{i // PER_CLUSTER:02d}" for i in range(PRACTICES)]
    arms = dict(zip(sorted(set(clusters)), rng.permutation(["intervention", "control"] * 6), strict=True))
    level = (0.5 + rng.normal(0, 0.05, PRACTICES)).clip(0.1, 0.9)
    treated = np.array([arms[c] == "intervention" for c in clusters])
    for t, month in enumerate(MONTHS if after is None else (*MONTHS, *YEAR_AFTER)):
        share = level + (effect if t < len(MONTHS) else after) * treated * (t >= WINDOW)
        items = rng.poisson(ITEMS, PRACTICES)
        costly = rng.binomial(items, share)
        rows = [(p, COSTLY, int(k), int(k) * 28, float(k) * 30.0) for p, k in zip(codes, costly, strict=True)]
        rows += [(p, CHEAP, int(n - k), int(n - k) * 28, float(n - k) * 4.0)
                 for p, n, k in zip(codes, items, costly, strict=True)]  # fmt: skip
        if nsaids is not None:
            harmful = others.binomial(NSAIDS, 0.3 + nsaids * treated * (t >= WINDOW))
            rows += [(p, code, int(n), int(n) * 28, float(n)) for p, k in zip(codes, harmful, strict=True)
                     for code, n in ((DICLOFENAC, k), (NAPROXEN, NSAIDS - k))]  # fmt: skip
        tiny.prescribed(month, rows)
        tiny.waited(month, _waits(rng, waits * (t >= WINDOW), year_waits * (t >= WINDOW)))
    tiny.belongs(
        {**dict.fromkeys(codes, "practice"), **dict.fromkeys(clusters, "pcn"), **dict.fromkeys(SICBLS, "sicbl"),
         **dict.fromkeys(OTHERS, "sicbl"), "ICB1": "icb", "ICB2": "icb"},
        [*zip(codes, clusters, strict=True), *((c, SICBLS[i % 4]) for i, c in enumerate(sorted(set(clusters)))),
         *((s, "ICB1") for s in SICBLS), *((s, "ICB2") for s in OTHERS)], as_of="2026-03",
    )  # fmt: skip
    tiny.flush()
    _people(folder, codes, clusters, arms)
    return tiny.lake


class _AllAtOnce(TinyLake):
    """A tiny lake that is written in one go at the end: six months in a second."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.waiting: list[tuple[str, str, list[dict]]] = []

    def add(self, table: str, key: str, rows: list[dict]) -> TinyLake:
        self.waiting.append((table, key, rows))
        return self

    def flush(self) -> None:
        with self.lake.transaction() as transaction:
            for table, key, rows in self.waiting:
                content = pa.Table.from_pylist(rows, schema=TABLES[table])
                transaction.stage(table, key, {table: content}, Origin(file=f"{table} {key}", rows=len(rows)))


def _waits(rng: np.random.Generator, change: float, year: float) -> list[tuple]:
    rows = []
    for code in (*SICBLS, *OTHERS):
        longest = 100 + round(20_000 * year) * (code in SICBLS)
        share = 0.6 + rng.normal(0, 0.002) + (change if code in SICBLS else 0.0)
        within = round(20_000 * share)
        rows += [("R01", code, "C_130", 4, within), ("R01", code, "C_130", 30, 20_000 - longest - within),
                 ("R01", code, "C_130", 104, longest)]  # fmt: skip
    return rows


def _people(folder: Path, codes: list[str], clusters: list[str], arms: dict[str, str]) -> None:
    plan = {
        "id": "gliptins", "title": "Sitagliptin first", "pathway": "diabetes", "aim": "From 50% to 45% in six months.",
        "measure": "diabetes_dpp4_cost", "level": "practice", "area": "ICB1", "start": MONTHS[WINDOW],
        "baseline": {"from": MONTHS[0], "to": MONTHS[WINDOW - 1]},
        "follow_up": {"from": MONTHS[WINDOW], "to": MONTHS[-1]},
        "allocation": "gliptins_allocation.csv", "cluster": "cluster", "planned_effect": -0.05,
        "planned_saving_pounds": 20_000,
        "money": {"pounds_per_unit": 26.0, "price_month": MONTHS[WINDOW - 1], "price_source": "invented",
                  "recurrent": True, "investment_pounds": 500, "origin": "clinical_decision",
                  "saving_class": "cash_releasing", "patients_per_unit": 0.08},
        "guardrails": [{"measure": "wait_within_18_weeks", "level": "sicbl", "margin": 0.01, "harm": "down",
                        "treated": list(SICBLS), "controls": list(OTHERS)}],
        "letters": {"quality": "q", "innovation": "i", "productivity": "p", "prevention": "p"},
    }  # fmt: skip
    schemes = folder / "schemes"
    schemes.mkdir(parents=True)
    (schemes / "gliptins.yaml").write_text(yaml.safe_dump(plan, sort_keys=False))
    write(schemes / "gliptins_allocation.csv", "unit,cluster,arm", [
        (p, c, arms[c]) for p, c in zip(codes, clusters, strict=True)])  # fmt: skip
    people = folder / "people"
    people.mkdir()
    write(people / "plan_versions.csv", "plan,version", [("gliptins", "v1")])
    write(people / "plan_organisations.csv", "plan,organisation", [("gliptins", "ICB1")])
    write(people / "signatures.csv", "plan,version,organisation,role,signed,withdrawn", [
        ("gliptins", "v1", "ICB1", role, "2025-12-01", "") for role in ("clinical_lead", "manager")])  # fmt: skip
    write(people / "commitments.csv", "person,organisation,plan,version,measure,size,by,time", [
        ("demo-1", "P01", "gliptins", "v1", "diabetes_dpp4_cost", "-0.05", "2026-03-31", "2026-01-05")])  # fmt: skip


def write(file: Path, header: str, rows: list[tuple]) -> None:
    """One CSV file."""
    with file.open("w", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(header.split(","))
        writer.writerows(rows)

"""A lake small enough to add up by hand, built from drawn rows."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa

from evenhand.lake import TABLES, Lake, month_number

PRACTICES = ("A", "B", "C")


class TinyLake:
    """Begin with an empty lake and add rows; `lake` is the lake."""

    def __init__(self, folder: Path) -> None:
        self.lake = Lake.create(folder)
        self._practices: dict[str, int] = {}
        self._presentations: dict[str, int] = {}

    def prescribed(self, month: str, rows: Iterable[tuple]) -> TinyLake:
        """One month: (practice, code, items, quantity, cost[, nic]); a practice `-36J` is unidentified."""
        rows = [(*row, row[4]) if len(row) == 5 else row for row in rows]
        self._number("practice_key", self._practices, [row[0] for row in rows])
        self._number("presentation", self._presentations, [row[1] for row in rows])
        number = month_number(month)
        content = [
            {"month": number, "practice_id": self._practices[p], "presentation_id": self._presentations[c],
             "items": items, "quantity": quantity, "actual_cost": cost, "nic": nic}
            for p, c, items, quantity, cost, nic in rows
        ]  # fmt: skip
        return self.add("prescribing", month, content)

    def listed(self, month: str, patients: dict[str, int]) -> TinyLake:
        """List sizes of one month."""
        number = month_number(month)
        return self.add("list_size", month, [
            {"month": number, "practice": p, "sex": "all", "age_band": "all", "patients": n, "flavour": "all"}
            for p, n in patients.items()
        ])  # fmt: skip

    def belongs(self, levels: dict[str, str], ties: Iterable[tuple], as_of: str = "2024-01") -> TinyLake:
        """Organisations by code and level; ties (child, parent[, first[, last]])."""
        at = {"rank": 2, "as_of": month_number(as_of)}
        self.add("organisation", as_of, [{"code": c, "name": c, "level": lev, **at} for c, lev in levels.items()])
        return self.add("membership", as_of, [
            {"child": t[0], "parent": t[1], "start": month_number(t[2]) if len(t) > 2 and t[2] else None,
             "end": month_number(t[3]) if len(t) > 3 else None, **at}
            for t in ties
        ])  # fmt: skip

    def indicated(self, measure: str, version: str, level: str, rows: Iterable[tuple]) -> TinyLake:
        """One extract of an indicator: (month, code, numerator, denominator)."""
        return self.add("indicator", f"{measure}/{version}/{level}", [
            {"measure": measure, "version": version, "level": level, "month": month_number(m), "code": c,
             "numerator": n, "denominator": d} for m, c, n, d in rows
        ])  # fmt: skip

    def waited(self, month: str, rows: Iterable[tuple]) -> TinyLake:
        """One month of incomplete pathways: (provider, commissioner, function, weeks, pathways)."""
        number, totals = month_number(month), dict[tuple, int]()
        bands = [
            {"month": number, "provider": p, "commissioner": c, "commissioner_parent": "ICB", "part": "Part_2",
             "treatment_function": f, "weeks_from": w, "open": w >= 104, "pathways": n}
            for p, c, f, w, n in rows
        ]  # fmt: skip
        for row in bands:
            key = row["provider"], row["commissioner"], row["treatment_function"]
            totals[key] = totals.get(key, 0) + row["pathways"]
        self.add("rtt", month, bands)
        return self.add("rtt_total", month, [
            {"month": number, "provider": p, "commissioner": c, "commissioner_parent": "ICB", "part": "Part_2",
             "treatment_function": f, "total_all": n} for (p, c, f), n in totals.items()
        ])  # fmt: skip

    def add(self, table: str, key: str, rows: list[dict]) -> TinyLake:
        """One snapshot of any table."""
        content = pa.Table.from_pylist(rows, schema=TABLES[table])
        self.lake.write(table, key, content, source=f"{table} {key}")
        return self

    def _number(self, table: str, known: dict[str, int], codes: list[str]) -> None:
        new = [code for code in dict.fromkeys(codes) if code not in known]
        if not new:
            return
        number, code, last = TABLES[table].names
        rows = []
        for word in new:
            known[word] = len(known) + 1
            extra = word.startswith("-") if last == "unidentified" else f"Name of {word}"
            rows.append({number: known[word], code: word, last: extra})
        self.add(table, f"from-{known[new[0]]}", rows)

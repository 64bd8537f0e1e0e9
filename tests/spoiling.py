"""Good files of every source that a table can hold, in their published shapes, and ways to spoil one."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zipfile
from dataclasses import dataclass
from random import Random
from typing import Any

from further import FILES, Cells
from published import list_sizes, month_of_prescribing, prescribing_columns, prescription, rtt_extract

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}|\d{2}[A-Z]{3}\d{4}|\d{6}|\d{4}-\d{2}")
# names that are only called so, columns that older releases lack, columns that say of what the others are
_MAY_LACK = {
    "", "Provider Parent Org Code", "Provider Org Name", "Commissioner Parent Org Code", "Commissioner Org Name",
    "AF_N_1718", "DM17p_N_1718", "PATIENT_LIST_TYPE", "PRACTICE_NAME", "PCN_NAME", "ICB_NAME", "REGION_ODS_CODE",
    "REGION_NAME", "Other emergency admissions", "ICB_Code", "INDICATIVE_COST",
}  # fmt: skip
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


@dataclass(frozen=True)
class Good:
    """A file as published. repeats: the same key twice is normal in it; sums: a column and rows (as a person counts)
    whose number cannot change without the file contradicting itself."""

    name: str
    cells: Cells
    delimiter: str = ","
    headless: bool = False
    repeats: bool = False
    sums: tuple[int, tuple[int, ...]] | None = None
    words: tuple[str, ...] = ()

    @property
    def top(self) -> int:
        """The place of the header; of a file without one, -1."""
        full = next(i for i, row in enumerate(self.cells) if sum(cell != "" for cell in row) > 1)
        return -1 if self.headless else full

    @property
    def needed(self) -> list[int]:
        """The columns that every release of it has."""
        return [i for i, column in enumerate(self.cells[self.top]) if str(column) not in _MAY_LACK]

    @property
    def body(self) -> Cells:
        return self.cells[self.top + 1 :]

    def text(self, cells: Cells | None = None, delimiter: str | None = None) -> str:
        out = io.StringIO()
        csv.writer(out, delimiter=delimiter or self.delimiter, lineterminator="\n").writerows(cells or self.cells)
        return out.getvalue()

    def headed(self, head: list[Any]) -> Cells:
        """The file with another header."""
        return [*self.cells[: self.top], head, *self.body]

    def of_kind(self, kind: str) -> list[int]:
        """The columns whose cells are all dates, all numbers, or all words."""
        found = []
        for place in range(len(self.body[0])):
            filled = [str(row[place]) for row in self.body if row[place] != ""]
            dated = bool(filled) and all(_DATE.fullmatch(cell) for cell in filled)
            number = bool(filled) and all(_NUMBER.fullmatch(cell) for cell in filled)
            is_kind = {"date": dated, "number": number, "word": bool(filled) and not any(map(_NUMBER.match, filled))}
            if is_kind[kind]:
                found.append(place)
        return found


def _cells(rows: list[dict[str, Any]]) -> Cells:
    return [list(rows[0]), *([*row.values()] for row in rows)]


def _prescribed(month: str) -> list[dict[str, Any]]:
    """A month of 60 rows besides the usual six: more than a handful, so that proportions say something."""
    chance = Random(month)
    more = [
        prescription(month, f"A{chance.randrange(9):05d}", f"0403030Q0AA{chance.randrange(9):02d}AA",
                     chance.randrange(1, 9), chance.choice([28.5, 56, 84]), round(chance.uniform(1, 9), 2))
        for _ in range(60)
    ]  # fmt: skip
    return [*month_of_prescribing(month), *more]


_SUMS = {
    "ae": (4, (2, 3, 4)), "dm01": (25, (2, 3, 4)), "gp_payments": (9, (2, 3)), "qof_achievement": (3, (2,)),
    "list_size": (8, (2, 3, 4, 5, 6)),
}  # fmt: skip
_REPEATS = ("formulation_swaps", "pca", "dmd_bnf", "appointments", "successors")
_RTT = rtt_extract(weeks=104)
GOOD: dict[str, Good] = {
    "prescribing": Good("epd.csv", _cells(prescribing_columns(_prescribed("201709"))), repeats=True),
    "prescribing, new layout": Good("snomed.csv", _cells(prescribing_columns(_prescribed("202509"), "snomed")),
                                    repeats=True),
    "list_size": Good("quin.csv", _cells(list_sizes()), sums=_SUMS["list_size"]),
    "rtt": Good("rtt.csv", _cells(_RTT), sums=(len(_RTT[0]) - 1, (2, 3, 5))),
    "indicator": Good("saba.csv", [["month", "code", "numerator", "denominator"], ["2024-01-01", "06N", 3, 10.5],
                                   ["2024-01-01", "00L", "", 4], ["2024-02-01", "00L", -1, 0]],
                      words=("--level", "sicbl")),
    "list_size_total": Good("totals.csv", [["practice", "month", "total_list_size"], ["A00001", "2017-08-01", 29],
                                           ["A00001", "2017-09-01", 31]]),
    "icb_lookup": Good("lookup.csv", [
        ["SICBL26CD", "SICBL26CDH", "SICBL26NM", "ICB26CD", "ICB26CDH", "ICB26NM", "NHSER26CD", "NHSER26CDH",
         "NHSER26NM"], ["E1", "16C", "Tees", "E5", "QHM", "North East", "E4", "Y63", "NEY"]]),
    "organisation_tree": Good("tree.csv", [["code", "name", "level", "parent"], ["LOC1", "North", "locality", "16C"],
                                           ["A00001", "A practice", "practice", "LOC1"]]),
    **{name: Good(small.name, small.cells, small.delimiter, small.headless, name in _REPEATS, _SUMS.get(name))
       for name, small in FILES.items()},
}  # fmt: skip


def packed(content: bytes, name: str, how: str) -> tuple[str, bytes]:
    """A file as it is, gzipped, or in a zip, under the name that goes with it."""
    if how == "gzip":
        return f"{name}.gz", gzip.compress(content, mtime=0)
    if how == "zip":
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(zipfile.ZipInfo(name), content)
        return f"{name.rpartition('.')[0]}.zip", out.getvalue()
    return name, content

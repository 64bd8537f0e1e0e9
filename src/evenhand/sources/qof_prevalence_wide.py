"""QOF registers of 2017-18 and 2018-19: one row a practice, two years and several registers side by side.

`AF_N_1718` is a register, `AF_p_1718` its prevalence in percent of a population such as `allAges_1718` or
`ages18plus_1718`. Traps: semicolons between cells, decimal commas, points after thousands (7.389 is 7,389 patients),
`z` for a register that a year did not have, `:` where a practice has none, and in one file a percent column holding a
running text (`DM17p_p_1820`). So the prevalence is worked out, never read; where it is given it must agree with
register and population.
"""

from __future__ import annotations

import re

import pyarrow as pa

from ..errors import InputError
from ..lake import Transaction
from .flat import Cell, read
from .keep import fill, keep_months
from .scan import Scan
from .source import Loaded, Options, Source
from .unpack import Unpacked

_REGISTER = re.compile(r"([A-Za-z]+?)(\d\d)?p?_N_(\d\d)(\d\d)")
_POPULATION = re.compile(r"(allAges|ages(\d+)(plus|to\d+))_(\d\d)(\d\d)")
# The ages that a register is of, as its own name or the publication says; the others are of all ages.
_OF = {"CVDPP": "30_74", "CKD": "18OV", "DM": "17OV", "EP": "18OV", "DEP": "18OV"}
_TOLERANCE = 0.0061  # percent: rounding to two decimals, twice
_BLANK = ("z", "-", ":")  # not in that year; held back; not available


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Registers of two years, a practice's code, and the populations that they are of."""
    if not _registers(file):
        return None
    missing = [] if file.column("practiceCode") else ["practiceCode"]
    there = {(of, year) for _, of, year in _populations(file)}
    for column, register, year in _registers(file):
        if (_OF.get(register, "TOTAL"), year) not in there:
            missing.append(f"the population of {column}")
    return tuple(missing)


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read every register of every year, and hold its prevalence against what is printed."""
    code = Cell("practice", "practiceCode")
    lists = {(of, year): column for column, of, year in _populations(file)}
    found = []
    with Scan(file, transaction.beside("spill").parent) as scan:
        scan.hold()
        for column, register, year in _registers(file):
            of = _OF.get(register, "TOTAL")
            cells = (
                code, Cell("patients", column, "count", missing=True, blanks=_BLANK, decimal=",", most=1_000_000),
                Cell("list_size", lists[of, year], "count", missing=True, blanks=_BLANK, decimal=",", most=1_000_000),
            )  # fmt: skip
            rows = read(scan, cells, key=("practice",), month=f"20{year}-03")
            _agrees(scan, column, lists[of, year])
            found.append(fill("qof_register", rows, register=register, list_type=of))
    whole = pa.concat_tables(found).sort_by([(c, "ascending") for c in ("month", "practice", "register")])
    kept = whole.filter(pa.compute.is_valid(whole["patients"]))
    registers = "-".join(sorted({register.lower() for _, register, _ in _registers(file)}))
    return keep_months(
        transaction, SOURCE, file, "qof_register", kept, layout=f"{len(file.columns)} columns, two years",
        options=options, sums=("patients",), suffix=registers,
    )  # fmt: skip


def _agrees(scan: Scan, column: str, population: str) -> None:
    """The printed percent is the register in its population, where it is a number."""
    percent = scan.file.column(column.replace("_N_", "_p_"))
    if percent is None:
        return
    n, of, p = (f"TRY_CAST(replace(replace({scan.text(c)}, '.', ''), ',', '.') AS DOUBLE)"
                for c in (column, population, percent))  # fmt: skip
    wrong = f"abs(100 * {n} / nullif({of}, 0) - {p}) > {_TOLERANCE}"
    many = scan.one(f"SELECT count(*) FILTER ({wrong}), count({p}) FROM raw")
    if many[0] > 0.01 * many[1]:  # our rule: a few printed percents are misprints, more are a shifted column
        raise InputError(f"{scan.file.name}: column {percent!r} is not {column} in {population} in {many[0]:,} rows")


def _registers(file: Unpacked) -> list[tuple[str, str, str]]:
    """Column, register as the publisher now writes it, and the year that it ends."""
    return [(c, m[1].upper(), m[4]) for c in file.columns if (m := _REGISTER.fullmatch(c.strip()))]


def _populations(file: Unpacked) -> list[tuple[str, str, str]]:
    """Column, list type, and the year that it ends."""
    found = []
    for column in file.columns:
        if m := _POPULATION.fullmatch(column.strip()):
            of = "TOTAL" if m[1] == "allAges" else f"{m[2]}OV" if m[3] == "plus" else f"{m[2]}_{m[3][2:]}"
            found.append((column, of, m[5]))
    return found


SOURCE = Source(
    name="qof_prevalence_wide",
    title="QOF registers by practice, 2017-18 and 2018-19 side by side (NHS Digital)",
    tables=("qof_register",),
    lacks=lacks,
    stage=stage,
)

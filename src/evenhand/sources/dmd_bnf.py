"""dm+d to BNF: which BNF code a VMP, AMP, VMPP or AMPP has, with its ATC class and defined daily dose, in two layouts.

The dm+d supplement (`f_bnf1*.xml` in a zip that a user supplies: BNF, ATC, DDD and its unit, by VMP and AMP), and
NHSBSA's BNF SNOMED mapping (a workbook: `VMP / VMPP/ AMP / AMPP`, `BNF Code`, `SNOMED Code`). The two are held side by
side; ATC and DDD are in the first only. Some codes are mapped to no BNF code and are left out.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from ..errors import InputError
from ..lake import TABLES, Transaction
from .dmd_xml import kinds, records
from .flat import Cell, read
from .flat import lacks as cells_lack
from .keep import fill, keep
from .scan import Scan
from .source import Loaded, Options, Source
from .unpack import Unpacked

_UNITS = {  # SNOMED CT's codes of the units that defined daily doses are in; another keeps its code
    "258684004": "mg", "258682000": "gram", "258685003": "microgram", "258773002": "ml", "767525000": "unit",
}  # fmt: skip
_WORDS = {kind: kind for kind in ("vmp", "vmpp", "amp", "ampp")}
_CELLS = (
    Cell("kind", "VMP / VMPP/ AMP / AMPP", "word", words=_WORDS), Cell("code", "SNOMED Code", "snomed"),
    Cell("bnf_code", "BNF Code", missing=True),
)  # fmt: skip


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """The supplement's file, or the mapping's columns."""
    if file.kind == "xml":
        return () if set(kinds(file)) == {"bnf"} else None
    return cells_lack(file, _CELLS, marks=("VMP / VMPP/ AMP / AMPP|SNOMED Code", "BNF Code"))


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read the supplement or the mapping."""
    if file.kind == "xml":
        rows, counted, key = *_supplement(file), "supplement"
    else:
        with Scan(file, transaction.beside("spill").parent) as scan:
            column = file.column("SNOMED Code") or ""
            scan.check(column, f"coalesce(NOT regexp_matches({scan.text(column)}, '^[0-9]{{6,18}}$'), true)",
                       "a SNOMED code of 6 to 18 digits, as text")  # fmt: skip
            whole = read(scan, _CELLS, key=("kind", "code"), same_again=True)
            counted, key = scan.one("SELECT count(*) FROM raw")[0], "mapping"
        rows = fill("dmd_bnf", whole.filter(pa.compute.is_valid(whole["bnf_code"])))
    return keep(
        transaction, SOURCE, file, key, {"dmd_bnf": rows}, counted=counted, layout=key, options=options,
        totals={"mapped": rows.num_rows},
    )  # fmt: skip


def _supplement(file: Unpacked) -> tuple[pa.Table, int]:
    found: dict[tuple[str, str], dict[str, Any]] = {}
    counted = 0
    for _, element, cells in records(file, "bnf"):
        counted += 1
        kind, code = element.lower(), cells.get("VPID" if element == "VMP" else "APID", "")
        if not (code.isdigit() and 6 <= len(code) <= 18):
            raise InputError(f"{file.name}: {element} {code!r}: expected a SNOMED code of 6 to 18 digits")
        if (kind, code) in found:
            raise InputError(f"{file.name}: {element} {code} is given twice; each must be given once")
        try:
            dose = float(cells["DDD"]) if "DDD" in cells else None
        except ValueError:
            raise InputError(f"{file.name}: {element} {code}: DDD {cells['DDD']!r}: expected a number") from None
        unit = cells.get("DDD_UOMCD")
        found[kind, code] = {
            "kind": kind, "code": code, "bnf_code": cells.get("BNF"), "atc": cells.get("ATC"), "ddd": dose,
            "ddd_unit": None if unit is None else _UNITS.get(unit, unit),
        }  # fmt: skip
    kept = [row for _, row in sorted(found.items()) if row["bnf_code"] or row["atc"]]
    return pa.Table.from_pylist(kept, schema=TABLES["dmd_bnf"]), counted


SOURCE = Source(
    name="dmd_bnf",
    title="BNF codes, ATC and defined daily doses of dm+d (its supplement, or NHSBSA's mapping)",
    tables=("dmd_bnf",),
    lacks=lacks,
    stage=stage,
)

"""List sizes before April 2017: one row a practice, one column a sex and five-year band.

NHS Digital `gp-reg-patients-prac-quin-age` and its like (METHODS D.5: names vary). These files do not say their month:
it is read from the file's name or given with `--month`.
"""

from __future__ import annotations

import re

from ..lake import Transaction
from .keep import month_said
from .list_size_rows import MOST, stage_month
from .scan import Scan, literal, quoted
from .source import Loaded, Options, Source
from .unpack import Unpacked, plain_name

_BAND = re.compile(r"(male|female)_(\d+)(?:_(\d+|plus))?$")
_CODE = ("GP_PRACTICE_CODE", "PRACTICE_CODE", "ORG_CODE", "CODE")


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """A practice's code and twenty bands for each sex."""
    if file.column(*_CODE) is None or file.column("EXTRACT_DATE") is not None:
        return None
    found = _bands(file)
    if len(found) < 20:
        return None
    return tuple(f"{sex}_{low}" for sex in ("MALE", "FEMALE") for low in range(0, 100, 5)
                 if (sex.lower(), low) not in {(s, int(b.split("_")[0].rstrip("+"))) for s, b in found.values()})


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Turn columns into rows, add up every practice, and stage the month."""
    month = month_said(file, options)
    code, bands = file.column(*_CODE) or "", _bands(file)
    with Scan(file, transaction.beside("spill").parent) as scan:
        scan.check(code, f"{scan.text(code)} IS NULL", "a practice's code")
        scan.unique([code])
        for column in bands:
            scan.check(column, f"{scan.no_count(column, most=MOST)} OR {scan.number(column)} < 0",
                       f"a whole number of patients, at most {MOST:,}")  # fmt: skip
        counted = scan.one("SELECT count(*) FROM raw")[0]
        names = ", ".join(f"CAST({scan.number(c)} AS BIGINT) AS {quoted(c)}" for c in bands)
        scan.run("CREATE TABLE band (spelled VARCHAR, sex VARCHAR, age_band VARCHAR)")
        for column, (sex, band) in bands.items():
            scan.run(f"INSERT INTO band VALUES ({literal(column)}, {literal(sex)}, {literal(band)})")
        listed = ", ".join(quoted(c) for c in bands)
        rows = scan.arrow(
            f"SELECT practice, sex, age_band, patients FROM (UNPIVOT (SELECT {scan.text(code)} AS practice, {names} "
            f"FROM raw) ON {listed} INTO NAME spelled VALUE patients) JOIN band USING (spelled)"
        )
    return stage_month(transaction, SOURCE, file, month, "five_year", rows, counted, options)


def _bands(file: Unpacked) -> dict[str, tuple[str, str]]:
    found = {}
    for column in file.columns:
        match = _BAND.fullmatch(plain_name(column))
        if match:
            low = int(match[2])
            found[column] = (match[1], "95+" if low == 95 else f"{low}_{low + 4}")
    return found


SOURCE = Source(
    name="list_size_wide",
    title="Patients registered at a GP practice before April 2017, one column a band",
    tables=("list_size",),
    lacks=lacks,
    stage=stage,
)

"""List sizes: NHS England's patients registered at a GP practice, by sex and five-year band or in total.

METHODS D.5: `gp-reg-pat-prac-quin-age` (ORG_TYPE, ORG_CODE, SEX, AGE_GROUP_5) and `gp-reg-pat-prac-all` (TYPE, CODE,
SEX, AGE); only rows of ORG_TYPE GP are practices. Single years of age come as two files without totals: the
five-year bands of the same month hold the same people, so those files are refused.
"""

from __future__ import annotations

from ..errors import InputError
from ..lake import Transaction
from .list_size_rows import MOST, stage_month
from .scan import Scan, literal
from .source import Loaded, Options, Source, lacking
from .unpack import Unpacked

_NEEDED = (
    "EXTRACT_DATE", "ORG_CODE|CODE|PRACTICE_CODE", "SEX", "AGE_GROUP_5|AGE", "NUMBER_OF_PATIENTS",
)  # fmt: skip
_BANDS = [f"{low}_{low + 4}" for low in range(0, 95, 5)] + ["95+"]


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Columns lacking."""
    return lacking(file, _NEEDED)


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read one month, hold every practice's total against its bands, and stage it."""
    date, code, sex, age, patients = (file.column(*need.split("|")) or "" for need in _NEEDED)
    kind = file.column("ORG_TYPE", "TYPE")
    with Scan(file, transaction.beside("spill").parent) as scan:
        months = sorted(set(scan.months(date).values()))
        if len(months) > 1:
            raise InputError(f"{file.name}: holds {len(months)} months ({months[0]} to {months[-1]}); expected one")
        practices = f"upper({scan.text(kind)}) = 'GP'" if kind else "true"
        counted = scan.one(f"SELECT count(*), count(*) FILTER ({practices}) FROM raw")
        if counted[1] == 0:
            raise InputError(f"{file.name}: no row has {kind} GP; practices are expected")
        scan.run(f"CREATE VIEW everything AS SELECT * FROM raw WHERE {practices}")
        scan.check(code, f"{scan.text(code)} IS NULL", "a practice's code")
        band = f"replace(replace(replace(upper({scan.text(age)}), '-', '_'), ' ', ''), '95_PLUS', '95+')"
        bands = ", ".join(map(literal, ["ALL", *_BANDS]))
        if scan.one(f"SELECT count(*) FILTER (regexp_matches({band}, '^[0-9]+$')) FROM everything")[0]:
            raise InputError(
                f"{file.name}: holds single years of age; load the five-year bands (quin-age) of {months[0]} instead"
            )
        scan.check(sex, f"coalesce(upper({scan.text(sex)}) NOT IN ('ALL', 'MALE', 'FEMALE'), true)",
                   "ALL, MALE or FEMALE")  # fmt: skip
        scan.check(age, f"coalesce({band} NOT IN ({bands}), true)", "ALL or a five-year band as 0_4 ... 90_94, 95+")
        scan.check(patients, f"{scan.no_count(patients, most=MOST)} OR {scan.number(patients)} < 0",
                   f"a whole number of patients, at most {MOST:,}")  # fmt: skip
        scan.unique([*([kind] if kind else []), code, sex, age])
        rows = scan.arrow(
            f"SELECT {scan.text(code)} AS practice, lower({scan.text(sex)}) AS sex, lower({band}) AS age_band, "
            f"CAST({scan.number(patients)} AS BIGINT) AS patients FROM everything"
        )
    flavour = "five_year" if file.column("AGE_GROUP_5") else "total"
    return stage_month(transaction, SOURCE, file, months[0], flavour, rows, counted[1], options)


SOURCE = Source(
    name="list_size",
    title="Patients registered at a GP practice (NHS England), one month a file",
    tables=("list_size",),
    lacks=lacks,
    stage=stage,
)

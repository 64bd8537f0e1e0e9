"""Prescribing: the English Prescribing Dataset, every layout since 2014, one practice-level file a month.

NHSBSA Open Data Portal, `EPD_YYYYMM` to 202506 and `EPD_SNOMED_YYYYMM` since; METHODS D.4. In July 2025
BNF_CHEMICAL_SUBSTANCE changed from a code to a name under the same heading, so columns are told apart by the
whole layout and the chemical is checked against the presentation's own code.
"""

from __future__ import annotations

import hashlib

import numpy as np

from ..errors import InputError
from ..lake import ITEMS, Origin, Transaction, month_number
from . import prescribing_checks as checks
from .prescribing_csv import read_csv
from .prescribing_keys import codes, mentioned, number_codes
from .prescribing_layout import Layout, lacks, layout
from .prescribing_parquet import read, readable
from .prescribing_read import Rows
from .prescribing_sums import reconcile, sums, write
from .scan import Scan, literal
from .source import Loaded, Options, Source, outcome
from .unpack import Unpacked, plain_name

_STAYING = 0.95  # our rule: a later release of a month holds at least this share of the practices held


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read one month, check it, sum it by presentation and practice, reconcile it, and stage it.

    Repeated practice-presentation rows, unknown BNF codes and negative corrections are normal: they load, and are
    counted; unknown codes are listed.
    """
    where = layout(file)
    with Scan(file, transaction.beside("spill").parent) as scan:
        month, rows = _read(transaction, scan, file, where)
        counted = checks.counted(scan, where, rows)
        codes(scan, rows)
        counted |= checks.units(scan, where, len(rows))
        checks.canary(scan, counted)
        counted["negative_rows"] = int(np.count_nonzero((rows.items < 0) | (rows.nic < 0) | (rows.actual_cost < 0)))
        counted["unknown_code_rows"], unknown = checks.unknown_codes(scan, transaction.lake.table("bnf").to_pyarrow())
        practices, presentations = number_codes(scan, transaction, file, rows)
        held = transaction.lake.snapshot("prescribing", month)
        if held is not None and held.sha256 != file.sha256 and not options.replace:
            _cover(transaction, scan, file, month)
        organisation, membership = mentioned(scan, where, month)
    kept = sums(rows, practices, presentations)
    reconcile(file, kept, counted)
    counted["repeated_rows"] = kept.rows - len(kept.cells)
    cells, bands, items = write(kept, month_number(month), transaction.beside)
    origin = Origin(file.label, file.sha256, kept.rows, counted, _fingerprint(file, where), SOURCE.name, unknown)
    snapshot = transaction.stage(
        "prescribing", month,
        {"prescribing": cells, "prescribing_band": bands, ITEMS: items, "organisation": organisation,
         "membership": membership},
        origin,
    )  # fmt: skip
    return outcome(SOURCE, file, [held], [snapshot], note=unknown)


def _read(transaction: Transaction, scan: Scan, file: Unpacked, where: Layout) -> tuple[str, Rows]:
    """The file's month, and its rows as numbers; the engine settles a file whose cells are not what they should be."""
    plain = read_csv(file, where) if file.kind == "csv" else None
    if plain is not None:
        rows, months = plain
        return checks.one_month(scan, where, months), rows
    path = file.path
    if file.kind == "csv" or not readable(path, where):
        path = transaction.beside("settled")
        scan.settle(where.columns, path, numbers=where.numbers)
    return checks.one_month(scan, where), read(path, file.name, where)


def _fingerprint(file: Unpacked, where: Layout) -> str:
    columns = ",".join(sorted(plain_name(column) for column in file.columns))
    return f"{where.name}; {len(file.columns)} columns {hashlib.sha256(columns.encode()).hexdigest()[:12]}"


def _cover(transaction: Transaction, scan: Scan, file: Unpacked, month: str) -> None:
    """A later release of a month may not silently drop practices."""
    snapshot = transaction.lake.snapshot("prescribing", month)
    part = snapshot.part("prescribing") if snapshot else None
    if part is None or not (transaction.lake.path / part.path).exists():
        return
    held, still = scan.one(
        f"SELECT count(*), count(n.practice_id) FROM (SELECT DISTINCT practice_id FROM read_parquet("
        f"{literal(str(transaction.lake.path / part.path))})) h LEFT JOIN (SELECT DISTINCT practice_id FROM "
        "source_practice JOIN practice_key USING (practice)) n USING (practice_id)"
    )
    if still < _STAYING * held:
        raise InputError(
            f"{file.name}: {month} is held with {held:,} practices and this file has {still:,} of them; "
            "say --replace if it is meant to take that month's place"
        )


SOURCE = Source(
    name="prescribing",
    title="English Prescribing Dataset (NHSBSA), one month a file",
    tables=("prescribing", "prescribing_band", "practice_key", "presentation", "organisation", "membership"),
    lacks=lacks,
    stage=stage,
)

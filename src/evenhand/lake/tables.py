"""The lake's tables: names, columns and types, as every reader sees them whether anything is loaded or not."""

from __future__ import annotations

import pyarrow as pa

_INT16, _INT32, _INT64, _FLOAT, _TEXT, _BOOL = (
    pa.int16(), pa.int32(), pa.int64(), pa.float64(), pa.string(), pa.bool_(),
)  # fmt: skip


def _schema(**columns: pa.DataType) -> pa.Schema:
    return pa.schema(list(columns.items()))


TABLES: dict[str, pa.Schema] = {
    # What was prescribed: one row a month, presentation and practice; quantity bands are summed away.
    "prescribing": _schema(
        month=_INT16, practice_id=_INT32, presentation_id=_INT32,
        items=_INT64, quantity=_FLOAT, actual_cost=_FLOAT, nic=_FLOAT,
    ),
    # The same items, split by the quantity of one item.
    "prescribing_band": _schema(
        month=_INT16, practice_id=_INT32, presentation_id=_INT32, quantity_per_item=_FLOAT, items=_INT64,
    ),
    "practice_key": _schema(practice_id=_INT32, practice=_TEXT, unidentified=_BOOL),
    "presentation": _schema(presentation_id=_INT32, bnf_code=_TEXT, name=_TEXT),
    "list_size": _schema(month=_INT16, practice=_TEXT, sex=_TEXT, age_band=_TEXT, patients=_INT64, flavour=_TEXT),
    "organisation": _schema(code=_TEXT, name=_TEXT, level=_TEXT, rank=_INT16, as_of=_INT16),
    "membership": _schema(child=_TEXT, parent=_TEXT, start=_INT16, end=_INT16, rank=_INT16, as_of=_INT16),
    "indicator": _schema(
        measure=_TEXT, version=_TEXT, level=_TEXT, month=_INT16, code=_TEXT, numerator=_FLOAT, denominator=_FLOAT,
    ),
    "rtt": _schema(
        month=_INT16, provider=_TEXT, commissioner=_TEXT, commissioner_parent=_TEXT, part=_TEXT,
        treatment_function=_TEXT, weeks_from=_INT16, open=_BOOL, pathways=_INT64,
    ),
    "rtt_total": _schema(
        month=_INT16, provider=_TEXT, commissioner=_TEXT, commissioner_parent=_TEXT, part=_TEXT,
        treatment_function=_TEXT, total_all=_INT64,
    ),
    # Stored panels at base level, written by measures; can always be built again.
    "panel": _schema(
        measure=_TEXT, definition=_TEXT, level=_TEXT, month=_INT16, code=_TEXT, numerator=_FLOAT, denominator=_FLOAT,
    ),
}  # fmt: skip

# Tables that are computed from others: a newer version replaces an older one, which is swept later.
DERIVED = frozenset({"panel"})

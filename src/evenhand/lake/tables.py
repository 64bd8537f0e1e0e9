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
    # Who follows whom when an organisation merges or closes.
    "successor": _schema(code=_TEXT, successor=_TEXT, month=_INT16, as_of=_INT16),
    # What surrounds a practice: deprivation, disease registers, contract, allocations.
    "deprivation": _schema(edition=_TEXT, level=_TEXT, code=_TEXT, score=_FLOAT, decile=_INT16),
    "qof_register": _schema(
        month=_INT16, practice=_TEXT, register=_TEXT, list_type=_TEXT, list_size=_INT64, patients=_INT64,
    ),
    "qof_achievement": _schema(
        month=_INT16, practice=_TEXT, indicator=_TEXT, numerator=_INT64, denominator=_INT64, pcas=_INT64,
        points=_FLOAT, register=_INT64, newly_diagnosed=_INT64,
    ),
    "qof_points": _schema(
        month=_INT16, practice=_TEXT, list_size=_INT64, points=_FLOAT, points_available=_FLOAT, points_most=_FLOAT,
    ),
    "qof_indicator": _schema(
        month=_INT16, indicator=_TEXT, description=_TEXT, points=_FLOAT, register=_TEXT, register_name=_TEXT,
        list_type=_TEXT,
    ),
    "weighted_population": _schema(month=_INT16, practice=_TEXT, component=_TEXT, patients=_FLOAT),
    "gp_contract": _schema(
        month=_INT16, practice=_TEXT, contract=_TEXT, kind=_TEXT, rurality=_TEXT, dispensing=_BOOL,
        registered_patients=_FLOAT, weighted_patients=_FLOAT,
    ),
    "gp_payment": _schema(month=_INT16, practice=_TEXT, item=_TEXT, amount=_FLOAT),
    "gp_system": _schema(month=_INT16, practice=_TEXT, supplier=_TEXT, system=_TEXT),
    # Access: appointments in general practice, accident and emergency, diagnostics, waits in summary.
    "appointments": _schema(
        month=_INT16, level=_TEXT, code=_TEXT, status=_TEXT, professional=_TEXT, mode=_TEXT, category=_TEXT,
        wait=_TEXT, appointments=_INT64,
    ),
    "appointments_coverage": _schema(
        month=_INT16, level=_TEXT, code=_TEXT, practices=_INT64, practices_open=_INT64, patients=_INT64,
        patients_open=_INT64,
    ),
    "ae": _schema(
        month=_INT16, provider=_TEXT, type=_TEXT, attendances=_INT64, over_4_hours=_INT64, admissions=_INT64,
    ),
    "ae_wait": _schema(
        month=_INT16, provider=_TEXT, waited_4_to_12_hours=_INT64, waited_12_hours=_INT64, other_admissions=_INT64,
    ),
    "dm01": _schema(
        month=_INT16, provider=_TEXT, commissioner=_TEXT, commissioner_parent=_TEXT, test=_TEXT, waiting=_INT64,
        over_6_weeks=_INT64, over_13_weeks=_INT64, waiting_list_activity=_INT64, planned_activity=_INT64,
        unscheduled_activity=_INT64,
    ),
    "dm01_wait": _schema(
        month=_INT16, provider=_TEXT, commissioner=_TEXT, commissioner_parent=_TEXT, test=_TEXT, weeks_from=_INT16,
        open=_BOOL, waiting=_INT64,
    ),
    "rtt_summary": _schema(
        month=_INT16, level=_TEXT, code=_TEXT, treatment_function=_TEXT, pathways=_INT64, within_18_weeks=_INT64,
        over_52_weeks=_INT64, over_65_weeks=_INT64, over_78_weeks=_INT64, median_weeks=_FLOAT, p92_weeks=_FLOAT,
    ),
    "national_series": _schema(series=_TEXT, month=_INT16, item=_TEXT, value=_FLOAT),
    # Medicines beyond what practices prescribe: hospitals, what was dispensed by supplier, prices, codes.
    "scmd": _schema(
        month=_INT16, provider=_TEXT, vmp=_TEXT, name=_TEXT, unit=_TEXT, quantity=_FLOAT, indicative_cost=_FLOAT,
    ),
    "pca": _schema(
        month=_INT16, icb=_TEXT, bnf_code=_TEXT, name=_TEXT, snomed=_TEXT, supplier=_TEXT, unit=_TEXT,
        generic_code=_TEXT, dispenser=_TEXT, items=_INT64, quantity=_FLOAT, nic=_FLOAT,
    ),
    "drug_tariff": _schema(
        month=_INT16, vmpp=_TEXT, vmp=_TEXT, medicine=_TEXT, pack_size=_FLOAT, unit=_TEXT, category=_TEXT,
        price_pence=_INT64,
    ),
    "tariff_change": _schema(
        month=_INT16, previous_month=_INT16, vmpp=_TEXT, bnf_code=_TEXT, name=_TEXT, category=_TEXT,
        previous_category=_TEXT, price_pence=_INT64, previous_price_pence=_INT64,
    ),
    "tariff_category": _schema(month=_INT16, bnf_code=_TEXT, name=_TEXT, category=_TEXT),
    "price_concession": _schema(
        month=_INT16, vmpp=_TEXT, bnf_code=_TEXT, name=_TEXT, pack_size=_FLOAT, price_pence=_INT64,
        tariff_price_pence=_INT64,
    ),
    "concession_month": _schema(month=_INT16, vmpp=_TEXT),
    "concession_cost": _schema(
        flavour=_TEXT, month=_INT16, bnf_code=_TEXT, name=_TEXT, quantity=_FLOAT, usual_cost=_FLOAT,
        extra_cost=_FLOAT,
    ),
    "bnf": _schema(month=_INT16, code=_TEXT, level=_TEXT, name=_TEXT, parent=_TEXT),
    "bnf_change": _schema(old_code=_TEXT, new_code=_TEXT),
    "formulation_swap": _schema(
        code=_TEXT, name=_TEXT, form=_TEXT, alternative=_TEXT, alternative_name=_TEXT, alternative_form=_TEXT,
        equivalent=_BOOL,
    ),
    "adq": _schema(month=_INT16, bnf_code=_TEXT, name=_TEXT, adq=_FLOAT, unit=_TEXT),
    # dm+d, one release at a time. kind: vtm, vmp, amp, vmpp, ampp.
    "dmd_product": _schema(
        kind=_TEXT, code=_TEXT, name=_TEXT, invalid=_BOOL, vtm=_TEXT, vmp=_TEXT, amp=_TEXT, vmpp=_TEXT,
        status=_TEXT, licence=_TEXT, supplier=_TEXT, unit_dose=_FLOAT, unit_dose_unit=_TEXT, unit=_TEXT,
    ),
    "dmd_pack": _schema(
        kind=_TEXT, code=_TEXT, vmp=_TEXT, quantity=_FLOAT, unit=_TEXT, category=_TEXT, price_pence=_INT64,
    ),
    "dmd_form": _schema(vmp=_TEXT, kind=_TEXT, code=_TEXT, name=_TEXT),
    "dmd_ingredient": _schema(
        vmp=_TEXT, ingredient=_TEXT, name=_TEXT, base=_TEXT, base_name=_TEXT, strength=_FLOAT, strength_unit=_TEXT,
        per=_FLOAT, per_unit=_TEXT,
    ),
    "dmd_bnf": _schema(kind=_TEXT, code=_TEXT, bnf_code=_TEXT, atc=_TEXT, ddd=_FLOAT, ddd_unit=_TEXT),
    # Stored panels at base level, written by measures; can always be built again.
    "panel": _schema(
        measure=_TEXT, definition=_TEXT, level=_TEXT, month=_INT16, code=_TEXT, numerator=_FLOAT, denominator=_FLOAT,
    ),
}  # fmt: skip

# Files of a snapshot that are no table: they say again, in the way of `runs`, what one of its tables holds.
ITEMS = "prescribing_items"  # by presentation, practices and their items

# Tables that are computed from others: a newer version replaces an older one, which is swept later.
DERIVED = frozenset({"panel"})

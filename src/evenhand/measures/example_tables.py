"""The further tables of a worked example - dm+d, ADQs, registers, publications - as drawn and as the lake has them."""

from __future__ import annotations

import re
from typing import Any

from ..errors import InputError
from . import drawn
from .model import Example
from .plain import DmdRow, Facts
from .rule import LICENCES

Rows = dict[str, list[dict[str, object]]]
_DMD = ("vmp", "vtm", "form_route", "licence", "atc", "ingredient", "base", "strength", "ddd")
# drawn table -> its columns, all needed
PUBLISHED = {
    "qof": ("code", "indicator", "numerator", "denominator", "exceptions"),
    "appointments": ("code", "status", "professional", "mode", "wait", "appointments"),
    "emergency": ("code", "type", "attendances", "over_4_hours", "admissions"),
    "diagnostics": ("code", "test", "waiting", "over_6_weeks", "over_13_weeks", "activity"),
    "hospital": ("code", "vmp", "name", "quantity", "cost"),
}
_STRENGTH = re.compile(r"([\d.]+) ([a-z]+)(?:/([\d.]+)? ?([a-z]+))?$")


def read_more(example: Example, facts: Facts, where: str) -> None:
    """Add what the example draws beside prescribing, lists and waits."""
    for row in _rows(example.dmd, f"{where}.dmd", ("code",), _DMD):
        facts.dmd.append(_dmd(row, where))
    for row in _rows(example.adq, f"{where}.adq", ("code", "adq", "unit")):
        facts.adq[row["code"]] = (drawn.number(row, "adq", where=where), row["unit"])
    for row in _rows(example.register_size, f"{where}.register_size", ("practice", "register", "patients")):
        size = int(drawn.number(row, "patients", where=where))
        facts.register_size.setdefault(row["practice"], {})[row["register"].strip("-")] = size
    for name, columns in PUBLISHED.items():
        more = ("register", "list") if name == "qof" else ("over_12_hours",) if name == "emergency" else ()
        for row in _rows(getattr(example, name), f"{where}.{name}", columns[:1], (*columns[1:], *more)):
            facts.published.append({"table": name, **row})


def as_tables(facts: Facts, month: int) -> Rows:
    """The same rows in the tables of the lake."""
    found: Rows = {
        "adq": [{"month": month, "bnf_code": code, "name": "", "adq": adq, "unit": unit}
                for code, (adq, unit) in facts.adq.items()],
        "qof_register": [
            {"month": month, "practice": practice, "register": register, "list_type": "", "list_size": None,
             "patients": patients}
            for practice, sizes in facts.register_size.items() for register, patients in sizes.items()
        ],
        "weighted_population": [
            {"month": month, "practice": practice, "component": "prescribing", "patients": float(sizes[""])}
            for practice, sizes in facts.register_size.items() if "" in sizes
        ],
        **_dictionary(facts.dmd),
    }  # fmt: skip
    for row in facts.published:
        for table, content in _publication(row, month):
            found.setdefault(table, []).append(content)
    return found


def _publication(row: dict[str, str], month: int) -> list[tuple[str, dict[str, object]]]:
    where = f"example.{row['table']}"

    def n(column: str) -> float | None:
        return drawn.number(row, column, where=where) if row.get(column, "-") != "-" else None

    at: dict[str, object] = {"month": month}
    if row["table"] == "qof":
        if "register" in row:
            return [("qof_achievement", at | {"practice": row["code"], "indicator": "-"}), ("qof_register", at | {
                "practice": row["code"], "register": row["indicator"], "list_type": "", "list_size": n("list"),
                "patients": n("register")})]  # fmt: skip
        return [("qof_achievement", at | {
            "practice": row["code"], "indicator": row["indicator"], "numerator": n("numerator"),
            "denominator": n("denominator"), "pcas": n("exceptions")})]  # fmt: skip
    if row["table"] == "appointments":
        keys = ("status", "professional", "mode", "wait")
        return [("appointments", at | {"level": "practice", "code": row["code"], "appointments": n("appointments")}
                 | {key: row[key] for key in keys})]  # fmt: skip
    if row["table"] == "emergency":
        kinds = ("attendances", "over_4_hours", "admissions")
        found: list[tuple[str, dict[str, object]]] = []
        if "type" in row:
            found.append(("ae", at | {"provider": row["code"], "type": row["type"]} | {key: n(key) for key in kinds}))
        if "over_12_hours" in row:
            found.append(("ae_wait", at | {"provider": row["code"], "waited_12_hours": n("over_12_hours")}))
        return found
    if row["table"] == "diagnostics":
        counts = {key: n(key) for key in ("waiting", "over_6_weeks", "over_13_weeks")}
        return [("dm01", at | {"provider": row["code"], "commissioner": "-", "commissioner_parent": "-",
                               "test": row["test"], "waiting_list_activity": n("activity")} | counts)]  # fmt: skip
    return [("scmd", at | {"provider": row["code"], "vmp": row["vmp"], "name": row["name"], "unit": "",
                           "quantity": n("quantity"), "indicative_cost": n("cost")})]  # fmt: skip


def _dictionary(rows: list[DmdRow]) -> Rows:
    """dm+d in the lake's tables; each code drawn is its own VMP unless the example names one."""
    product: dict[str, dict[str, object]] = {}
    licensed: list[dict[str, object]] = []
    form: list[dict[str, object]] = []
    ingredient: list[dict[str, object]] = []
    bnf: list[dict[str, object]] = []
    for number, row in enumerate(rows):
        vmp = row.vmp or row.code
        product[vmp] = {"kind": "vmp", "code": vmp, "name": "", "vtm": row.vtm or None}
        if row.licence:
            licensed.append({"kind": "amp", "code": f"amp{number}", "vmp": vmp, "licence": LICENCES[row.licence]})
            bnf.append({"kind": "amp", "code": f"amp{number}", "bnf_code": row.code})
        if row.form_route:
            form.append({"vmp": vmp, "kind": "form_route", "code": "", "name": row.form_route})
        if row.ingredient:
            strength, unit, per, per_unit = row.strength
            ingredient.append({
                "vmp": vmp, "ingredient": row.ingredient, "base": row.base or None,
                "strength": None if strength != strength else strength, "strength_unit": unit or None,
                "per": per or None, "per_unit": per_unit or None,
            })  # fmt: skip
        bnf.append({"kind": "vmp", "code": vmp, "bnf_code": row.code, "atc": row.atc or None,
                    "ddd": row.ddd[0] if row.ddd[1] else None, "ddd_unit": row.ddd[1] or None})  # fmt: skip
    return {"dmd_product": [*product.values(), *licensed], "dmd_form": form, "dmd_ingredient": ingredient,
            "dmd_bnf": bnf}  # fmt: skip


def _dmd(row: drawn.Row, where: str) -> DmdRow:
    cells: dict[str, Any] = {key: "" if value == "-" else value for key, value in row.items()}
    if strength := cells.pop("strength", ""):
        amount, unit, per, per_unit = _amount(strength, where)
        cells["strength"] = (amount, unit, per, per_unit)
    if dose := cells.pop("ddd", ""):
        amount, unit, _, _ = _amount(dose, where)
        cells["ddd"] = (amount, unit)
    return DmdRow(**cells)


def _amount(text: str, where: str) -> tuple[float, str, float, str]:
    match = _STRENGTH.match(text)
    if match is None:
        raise InputError(f"{where}.dmd: {text!r} is not a strength; expected one such as '50 mg' or '10 mg/5 ml'")
    return float(match[1]), match[2], float(match[3]) if match[3] else (1.0 if match[4] else 0.0), match[4] or ""


def _rows(text: str | None, where: str, needs: tuple[str, ...], may: tuple[str, ...] = ()) -> list[drawn.Row]:
    return drawn.read(text, where=where, needs=needs, may=may) if text is not None else []

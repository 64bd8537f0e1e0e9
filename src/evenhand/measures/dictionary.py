"""Dictionary: what the NHS dictionary of medicines and devices (dm+d) says of a product, as rules and sums ask."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fnmatch import fnmatchcase
from math import isnan, nan
from typing import Any

from .rule import LICENCES, Rule, compare, strength_of

# Milligrams in a unit of mass, as dm+d and the ADQ list spell it.
MILLIGRAMS = {
    "nanogram": 1e-6, "nanograms": 1e-6, "microgram": 1e-3, "micrograms": 1e-3, "mcg": 1e-3, "mg": 1.0, "gram": 1e3,
    "gramme": 1e3, "g": 1e3, "kg": 1e6,
}  # fmt: skip
# Unit doses that are poured, not counted: the quantity prescribed is then in millilitres or grams (ours).
_POURED = ("", "ml", "spoonful", "gram", "g", "drop", "dose")
TABLES = ("dmd_product", "dmd_form", "dmd_ingredient", "dmd_bnf")


@dataclass(frozen=True)
class Ingredient:
    """One ingredient of a product: `strength` in `unit`, in `per` of `per_unit` (of one dose where that is empty).

    `mg`: milligrams in one unit of the quantity that is prescribed, NaN where dm+d does not say or it is no mass.
    """

    code: str
    base: str
    strength: float
    unit: str
    per: float
    per_unit: str
    mg: float


@dataclass(frozen=True)
class Product:
    """What dm+d says of everything that one code (BNF, or VMP in hospital) may mean."""

    vmps: frozenset[str]
    vtms: frozenset[str]
    form_routes: frozenset[str]
    licences: frozenset[str]
    atcs: frozenset[str]
    ingredients: frozenset[Ingredient]
    ddd_mg: float


@dataclass(frozen=True)
class Dictionary:
    """Products by BNF code and by VMP; the BNF code of a VMP."""

    by_bnf: dict[str, Product]
    by_vmp: dict[str, Product]
    bnf_of: dict[str, str]


def read(tables: Any) -> Dictionary | None:
    """The dictionary in the lake, or None where no dm+d is loaded; found once for as long as nothing is loaded."""
    remember = getattr(tables, "remember", None)
    found: Dictionary | None = remember("measures.dictionary", lambda: _read(tables)) if remember else _read(tables)
    return found


def meets(rule: Rule, product: Product | None) -> bool:
    """Whether a product meets every dm+d key of one rule, not looking into the rules inside it.

    What dm+d does not know meets nothing. A strength is of the ingredients that the rule names, or else of the only
    one; it must be given in the same terms (mg of a dose, or mg/ml).
    """
    if product is None:
        return False
    if rule.form_route is not None and not any(
        fnmatchcase(name, glob.lower()) for name in product.form_routes for glob in rule.form_route
    ):
        return False
    for wanted, held in ((rule.vtm, product.vtms), (rule.vmp, product.vmps)):
        if wanted is not None and held.isdisjoint(wanted):
            return False
    if rule.licence is not None and product.licences.isdisjoint(LICENCES[word] for word in rule.licence):
        return False
    if rule.atc is not None and not any(code.startswith(rule.atc) for code in product.atcs):
        return False
    count = len({one.code for one in product.ingredients})
    if rule.ingredients is not None and not compare(count, rule.ingredients):
        return False
    named = _named(rule, product)
    if rule.ingredient is not None and not named:
        return False
    return rule.strength is None or any(_strong(one, rule.strength) for one in named)


def milligrams(rule: Rule, product: Product | None) -> float:
    """Milligrams in one unit of quantity: of the ingredients that the rule names, or else of the only one; or NaN."""
    if product is None:
        return nan
    named = _named(rule, product)
    amounts = {one.mg for one in named}
    if len({one.code for one in named}) > 1:
        return nan if any(isnan(amount) for amount in amounts) else sum(one.mg for one in named)
    return next(iter(amounts)) if len(amounts) == 1 else nan


def _named(rule: Rule, product: Product) -> list[Ingredient]:
    if rule.ingredient is None:
        several = {one.code for one in product.ingredients}
        return list(product.ingredients) if len(several) == 1 else []
    return [
        one for one in product.ingredients
        if one.code in rule.ingredient or (rule.base and one.base in rule.ingredient)
    ]  # fmt: skip


def _strong(one: Ingredient, asked: str) -> bool:
    comparison, unit = strength_of(asked)
    mass, _, per_unit = unit.partition("/")
    if per_unit != one.per_unit or isnan(one.strength):
        return False
    amount = one.strength / one.per
    if mass != one.unit:
        if mass not in MILLIGRAMS or one.unit not in MILLIGRAMS:
            return False
        amount = round(amount * MILLIGRAMS[one.unit] / MILLIGRAMS[mass], 9)
    return bool(compare(amount, comparison))


def _read(tables: Any) -> Dictionary | None:
    product, form, ingredient, bnf = (tables.table(name).to_pyarrow().to_pylist() for name in TABLES)
    if not bnf and not product:
        return None
    vmp_rows = {row["code"]: row for row in product if row["kind"] == "vmp"}
    forms, licences, inside = defaultdict(set), defaultdict(set), defaultdict(set)
    for row in form:
        if "." in (row["name"] or ""):  # the ontology's form and route in one word, such as tablet.oral
            forms[row["vmp"]].add(row["name"].lower())
    for row in product:
        if row["kind"] == "amp" and row["licence"]:
            licences[row["vmp"]].add(_licence(row["licence"]))
            licences[row["code"]].add(_licence(row["licence"]))
    for row in ingredient:
        inside[row["vmp"]].add(_ingredient(row, vmp_rows.get(row["vmp"], {})))
    parent = {row["code"]: row["vmp"] or row["code"] for row in product if row["kind"] in ("vmp", "amp")}
    holders, classed, bnf_of = defaultdict(set), defaultdict(list), {}
    for row in bnf:
        vmp = row["code"] if row["kind"] == "vmp" else parent.get(row["code"], "")
        classed[vmp].append(row)
        if row["bnf_code"]:
            holders[row["bnf_code"]].add((row["code"], vmp))
            if row["kind"] == "vmp":
                bnf_of[vmp] = row["bnf_code"]

    def of(pairs: set[tuple[str, str]]) -> Product:
        vmps = {vmp for _, vmp in pairs if vmp}
        rows = [row for vmp in vmps for row in classed[vmp]]
        doses = {_dose(row) for row in rows if row["ddd"]}
        return Product(
            frozenset(vmps),
            frozenset(vmp_rows[v]["vtm"] for v in vmps if v in vmp_rows and vmp_rows[v]["vtm"]),
            frozenset(name for v in vmps for name in forms[v]),
            frozenset(word for code, _ in pairs for word in licences[code]),
            frozenset(row["atc"] for row in rows if row["atc"]),
            frozenset(one for v in vmps for one in inside[v]),
            next(iter(doses)) if len(doses) == 1 else nan,
        )

    by_bnf = {code: of(pairs) for code, pairs in holders.items()}
    by_vmp = {vmp: of({(vmp, vmp)}) for vmp in {*vmp_rows, *inside, *forms} | set(bnf_of)}
    return Dictionary(by_bnf, by_vmp, bnf_of)


def _ingredient(row: dict[str, Any], vmp: dict[str, Any]) -> Ingredient:
    unit, per_unit = (row["strength_unit"] or "").lower(), (row["per_unit"] or "").lower()
    strength = nan if row["strength"] is None else float(row["strength"])
    per = float(row["per"]) if row["per"] else 1.0
    counted = (vmp.get("unit_dose_unit") or "").lower()
    of_dose = per_unit in ("", counted)
    amount = strength * MILLIGRAMS.get(unit, nan) / per
    of_size = not of_dose and (vmp.get("unit") or "").lower() == per_unit and counted not in _POURED
    if of_size and vmp.get("unit_dose"):
        amount *= float(vmp["unit_dose"])  # an ampoule of 2 ml at 10 mg/ml holds 20 mg, and ampoules are counted
    # A dose of a unit that is counted (tablet, capsule) is the plain strength: "mg", not "mg/tablet".
    return Ingredient(row["ingredient"], row["base"] or row["ingredient"], strength, unit, per,
                      "" if of_dose else per_unit, amount)  # fmt: skip


def _dose(row: dict[str, Any]) -> float:
    return float(row["ddd"]) * MILLIGRAMS.get((row["ddd_unit"] or "").lower(), nan)


def _licence(text: str) -> str:
    """The look-up's code, whether the table keeps the code or its words."""
    words = {"none": "0", "medicines - mhra/ema": "1", "devices": "2", "unknown": "3",
             "traditional herbal medicines": "4"}  # fmt: skip
    return words.get(text.strip().lower(), text.strip().lstrip("0") or "0")

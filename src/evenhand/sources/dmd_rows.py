"""The records of a dm+d release as rows of the lake: codes become words, every reference leads to something."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from ..errors import InputError
from .dmd_xml import Record, records
from .unpack import Unpacked

_ID = {"vtm": "VTMID", "vmp": "VPID", "amp": "APID", "vmpp": "VPPID", "ampp": "APPID"}
_RECORD = {"vtm": "VTM", "vmp": "VMP", "amp": "AMP", "vmpp": "VMPP", "ampp": "AMPP"}
_PARENTS = {"vmp": {"VTMID": "vtm"}, "amp": {"VPID": "vmp"}, "vmpp": {"VPID": "vmp"},
            "ampp": {"VPPID": "vmpp", "APID": "amp"}}  # fmt: skip
_LISTS = {"ONT": ("form_route", "FORMCD", "ONT_FORM_ROUTE"), "DFORM": ("form", "FORMCD", "FORM"),
          "DROUTE": ("route", "ROUTECD", "ROUTE")}  # fmt: skip
_MOST = 1e12

Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Release:
    """A release in memory: words by list and code, substances by code, concepts by kind and code, what hangs on them.

    attached: records of the elements VPI, ONT, DFORM, DROUTE, DTINFO and PRICE_INFO.
    """

    name: str
    words: dict[tuple[str, str], str]
    substances: dict[str, str]
    concepts: dict[str, dict[str, Record]]
    attached: dict[str, list[Record]]

    @classmethod
    def read(cls, file: Unpacked) -> Release:
        """Read every file of a release; InputError if a code is given twice or a reference leads nowhere."""
        words = {(section, cells["CD"]): cells.get("DESC", "") for section, _, cells in records(file, "lookup")
                 if "CD" in cells}  # fmt: skip
        substances = {cells["ISID"]: cells.get("NM", "") for _, _, cells in records(file, "ingredient")}
        concepts: dict[str, dict[str, Record]] = {kind: {} for kind in _ID}
        attached: dict[str, list[Record]] = {}
        for kind, identity in _ID.items():
            for _, element, cells in records(file, kind):
                if element != _RECORD[kind]:
                    attached.setdefault(element, []).append(cells)
                    continue
                code = cells.get(identity, "")
                if not (code.isdigit() and 6 <= len(code) <= 18):
                    raise InputError(f"{file.name}: {element} {code!r}: expected a SNOMED code of 6 to 18 digits")
                if code in concepts[kind]:
                    raise InputError(f"{file.name}: {element} {code} is given twice; each must be given once")
                concepts[kind][code] = cells
        release = cls(file.name, words, substances, concepts, attached)
        release.check()
        return release

    def check(self) -> None:
        """Every parent and every product that something hangs on is in the release."""
        for kind, parents in _PARENTS.items():
            for code, cells in self.concepts[kind].items():
                for tag, parent in parents.items():
                    if tag not in cells and kind != "vmp":
                        raise InputError(f"{self.name}: {kind.upper()} {code} has no {tag}")
                    if tag in cells and cells[tag] not in self.concepts[parent]:
                        raise InputError(
                            f"{self.name}: {kind.upper()} {code}: {tag} {cells[tag]} is no {parent.upper()} of this "
                            "release"
                        )
        holders = {"DTINFO": "vmpp", "PRICE_INFO": "ampp"}
        for element, found in self.attached.items():
            kind = holders.get(element, "vmp")
            for cells in found:
                if cells.get(_ID[kind], "") not in self.concepts[kind]:
                    raise InputError(
                        f"{self.name}: {element} of {cells.get(_ID[kind])!r}, no {kind.upper()} of this release"
                    )

    def word(self, section: str, code: str | None) -> str | None:
        """The word for a code of a list; the code's absence is None, an unknown code is refused."""
        if code is None:
            return None
        if (section, code) not in self.words:
            raise InputError(f"{self.name}: {section} {code!r} is not in the release's lookup")
        return self.words[section, code]

    def number(self, cells: Record, tag: str) -> float | None:
        """A number of a record, None if it is not there."""
        text = cells.get(tag)
        try:
            value = None if text is None else float(text)
        except ValueError:
            value = math.nan
        if value is not None and not abs(value) < _MOST:
            raise InputError(f"{self.name}: {tag} {text!r}: expected a number")
        return value

    def substance(self, code: str | None) -> str | None:
        """The name of a substance."""
        if code is not None and code not in self.substances:
            raise InputError(f"{self.name}: substance {code} is not in the release's ingredients")
        return None if code is None else self.substances[code]


def products(release: Release) -> Rows:
    """Every concept with its own code at its own level and its parents' above."""
    found = []
    for kind, concepts in release.concepts.items():
        for code, cells in sorted(concepts.items()):
            place = {**_parents(release, kind, code, cells), kind: code}
            found.append({
                "kind": kind, "code": code, "name": cells.get("DESC") if kind == "amp" else cells.get("NM"),
                "invalid": cells.get("INVALID") == "1", **{level: place.get(level) for level in _ID if level != "ampp"},
                "status": release.word("VIRTUAL_PRODUCT_PRES_STATUS", cells.get("PRES_STATCD")) if kind == "vmp"
                else release.word("AVAILABILITY_RESTRICTION", cells.get("AVAIL_RESTRICTCD")),
                "licence": release.word("LICENSING_AUTHORITY", cells.get("LIC_AUTHCD")),
                "supplier": release.word("SUPPLIER", cells.get("SUPPCD")),
                "unit_dose": release.number(cells, "UDFS"),
                "unit_dose_unit": release.word("UNIT_OF_MEASURE", cells.get("UNIT_DOSE_UOMCD")),
                "unit": release.word("UNIT_OF_MEASURE", cells.get("UDFS_UOMCD")),
            })  # fmt: skip
    return found


def packs(release: Release) -> Rows:
    """Packs with what they hold and cost: a VMPP by the Drug Tariff, an AMPP by its list price."""
    tariff = {cells["VPPID"]: cells for cells in release.attached.get("DTINFO", ())}
    prices = {cells["APPID"]: cells for cells in release.attached.get("PRICE_INFO", ())}
    found = []
    for kind, priced in (("vmpp", tariff), ("ampp", prices)):
        for code, cells in sorted(release.concepts[kind].items()):
            whole = cells if kind == "vmpp" else release.concepts["vmpp"][cells["VPPID"]]
            price = priced.get(code, {})
            pence = release.number(price, "PRICE")
            found.append({
                "kind": kind, "code": code, "vmp": whole["VPID"], "quantity": release.number(whole, "QTYVAL"),
                "unit": release.word("UNIT_OF_MEASURE", whole.get("QTY_UOMCD")),
                "category": release.word("DT_PAYMENT_CATEGORY", price.get("PAY_CATCD")),
                "price_pence": None if pence is None else round(pence),
            })  # fmt: skip
    return found


def forms(release: Release) -> Rows:
    """Forms, routes, and the two as one word, by VMP."""
    return sorted(
        ({"vmp": cells["VPID"], "kind": kind, "code": cells[tag], "name": release.word(section, cells[tag])}
         for element, (kind, tag, section) in _LISTS.items() for cells in release.attached.get(element, ())
         if tag in cells),
        key=lambda row: (row["vmp"], row["kind"], row["code"]),
    )  # fmt: skip


def ingredients(release: Release) -> Rows:
    """What a VMP holds, how much of it and per how much (5 mg per 1 ml); base is what the strength is of."""
    found = [{
        "vmp": cells["VPID"], "ingredient": cells["ISID"], "name": release.substance(cells["ISID"]),
        "base": cells.get("BS_SUBID"), "base_name": release.substance(cells.get("BS_SUBID")),
        "strength": release.number(cells, "STRNT_NMRTR_VAL"),
        "strength_unit": release.word("UNIT_OF_MEASURE", cells.get("STRNT_NMRTR_UOMCD")),
        "per": release.number(cells, "STRNT_DNMTR_VAL"),
        "per_unit": release.word("UNIT_OF_MEASURE", cells.get("STRNT_DNMTR_UOMCD")),
    } for cells in release.attached.get("VPI", ())]  # fmt: skip
    return sorted(found, key=lambda row: (row["vmp"], row["ingredient"] or "", row["strength"] or 0.0))


def _parents(release: Release, kind: str, code: str, cells: Record) -> dict[str, str | None]:
    if kind == "vtm":
        return {}
    if kind == "vmp":
        return {"vtm": cells.get("VTMID")}
    amp = release.concepts["amp"][cells["APID"]] if kind == "ampp" else cells
    vmp = amp["VPID"] if kind != "vmpp" else cells["VPID"]
    above: dict[str, str | None] = {"vmp": vmp, "vtm": release.concepts["vmp"][vmp].get("VTMID")}
    return {**above, "amp": cells["APID"], "vmpp": cells["VPPID"]} if kind == "ampp" else above

"""dm+d: the NHS dictionary of medicines and devices, from the XML release that a user supplies.

Concepts (VTM, VMP, AMP, VMPP, AMPP), packs with their prices, forms and routes, and ingredients with their strengths.
Units, forms, suppliers and the rest stand as the dictionary's own words, not its codes. One release is held at a time;
an older one does not take the place of a newer. Without dm+d only the measures that need it are refused.
"""

from __future__ import annotations

import re
from typing import Any

import pyarrow as pa

from ..errors import InputError
from ..lake import TABLES, Transaction
from .dmd_rows import Release, forms, ingredients, packs, products
from .dmd_xml import kinds
from .keep import keep
from .source import Loaded, Options, Source
from .unpack import Unpacked

_NEEDED = ("vtm", "vmp", "amp", "vmpp", "ampp", "ingredient", "lookup")
_DATE = re.compile(r"(?<!\d)(20\d\d)[-_]?([01]\d)[-_]?([0-3]\d)")


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Files of a release lacking."""
    if file.kind != "xml":
        return None
    there = kinds(file)
    missing = tuple(f"f_{kind}*.xml" for kind in _NEEDED if kind not in there)
    return None if len(missing) > 3 else missing


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read a whole release, hold its references against it, and stage it as the one that is held."""
    match = _DATE.search(file.label)
    layout = f"release {'-'.join(match.groups())}" if match else "release of no date"
    held = transaction.lake.snapshot("dmd_product", "current")
    if held is not None and match and layout < held.fingerprint < "release o" and not options.replace:
        raise InputError(
            f"{file.name}: is the {layout}, and the {held.fingerprint} is held; say --replace if the older is meant"
        )
    release = Release.read(file)
    rows: dict[str, list[dict[str, Any]]] = {
        "dmd_product": products(release), "dmd_pack": packs(release), "dmd_form": forms(release),
        "dmd_ingredient": ingredients(release),
    }  # fmt: skip
    parts = {table: pa.Table.from_pylist(found, schema=TABLES[table]) for table, found in rows.items()}
    counts = {kind: len(release.concepts[kind]) for kind in ("vtm", "vmp", "amp", "vmpp", "ampp")}
    if sum(counts.values()) != parts["dmd_product"].num_rows:
        raise InputError(f"{file.name}: holds {sum(counts.values()):,} concepts but "
                         f"{parts['dmd_product'].num_rows:,} would be kept")  # fmt: skip
    return keep(
        transaction, SOURCE, file, "current", parts, counted=sum(counts.values()), layout=layout, options=options,
        totals={**counts, "ingredients_of_products": len(rows["dmd_ingredient"])},
    )  # fmt: skip


SOURCE = Source(
    name="dmd",
    title="Dictionary of medicines and devices (dm+d), the XML release as a zip",
    tables=("dmd_product", "dmd_pack", "dmd_form", "dmd_ingredient"),
    lacks=lacks,
    stage=stage,
)

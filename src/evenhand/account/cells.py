"""Cells: what a saving claims, so that no pound is counted twice.

A cell is organisation x month x presentation for prescribing, or organisation x month x measure for an
imported indicator (a panel cell). A claim is stored as the product of three lists, and compared without
writing its cells out.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import InputError
from ..records import Record

PRESENTATION, PANEL = "presentation", "panel"


@dataclass(frozen=True, eq=False)
class Shared(Record):
    """Cells of a claim that other savings claim too, and this saving's part of what was reduced there.

    reduction, gross, net: (pence, patients). reduction: what was reduced there in all, against the controls; gross:
    what this saving's own verdict shows there; net: what it counts after the savings that were approved before it.
    """

    organisations: tuple[str, ...]
    months: tuple[str, ...]
    codes: tuple[str, ...]
    reduction: tuple[int, int]
    gross: tuple[int, int]
    net: tuple[int, int]

    def as_json(self) -> dict[str, Any]:
        """As the ledger keeps it, with the overlap between gross and net."""
        overlap = (self.gross[0] - self.net[0], self.gross[1] - self.net[1])
        amounts = {"reduction": self.reduction, "gross": self.gross, "overlap": overlap, "net": self.net}
        return {
            "organisations": sorted(set(self.organisations)), "months": sorted(set(self.months)),
            "codes": sorted(set(self.codes)),
            **{name: {"pence": held[0], "patients": held[1]} for name, held in amounts.items()},
        }  # fmt: skip


@dataclass(frozen=True, eq=False)
class Cells(Record):
    """The product organisations x months x codes. kind: 'presentation' (codes are BNF codes of 15
    characters) or 'panel' (codes are measures). months are YYYY-MM. Every organisation is of `level`.
    shared: the parts of it that are shared with other savings; none overlaps another."""

    kind: str
    level: str
    organisations: tuple[str, ...]
    months: tuple[str, ...]
    codes: tuple[str, ...]
    shared: tuple[Shared, ...] = ()

    def __len__(self) -> int:
        return len(self.organisations) * len(self.months) * len(self.codes)

    def as_json(self) -> dict[str, Any]:
        """Each list sorted and once, so that equal claims are equal text."""
        claimed: dict[str, Any] = {
            "kind": self.kind, "level": self.level, "organisations": sorted(set(self.organisations)),
            "months": sorted(set(self.months)), "codes": sorted(set(self.codes)),
        }  # fmt: skip
        return claimed | ({"shared": [block.as_json() for block in self.shared]} if self.shared else {})


def from_json(document: Mapping[str, Any], *, where: str) -> Cells:
    """The claim that an entry holds."""
    try:
        shared = tuple(
            Shared(*(tuple(block[key]) for key in ("organisations", "months", "codes")),
                   *((block[key]["pence"], block[key]["patients"]) for key in ("reduction", "gross", "net")))
            for block in document.get("shared", ())
        )  # fmt: skip
        cells = Cells(
            document["kind"], document["level"], tuple(document["organisations"]),
            tuple(document["months"]), tuple(document["codes"]), shared,
        )  # fmt: skip
    except (KeyError, TypeError) as error:
        raise InputError(f"{where}: cells: expected kind, level, organisations, months, codes ({error})") from None
    if cells.kind not in (PRESENTATION, PANEL):
        raise InputError(f"{where}: cells: kind must be 'presentation' or 'panel', found {cells.kind!r}")
    return cells

"""The judgement of a scheme: the lake's panels, the sealed allocation and the registered design, put before PROVE."""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np

from .. import account, definition, prove, table
from ..lake import Lake
from ..measures import for_lake
from ..measures import read as read_measure
from ..measures.guardrails import in_weeks
from ..records import Panel, Scheme, Verdict, Window
from ..table import Table
from .guarding import guardrail

LEDGER = Path("people") / "ledger.jsonl"


def read_scheme(path: Path) -> Scheme:
    """A scheme from its YAML file."""
    return definition.load(path, Scheme)


def verdict(
    lake: Lake, scheme: Scheme, *, folder: Path | None = None, allocation: Table | None = None, sealed: str = "",
    design: str | None = None,
) -> Verdict:  # fmt: skip
    """What may be concluded about a scheme from the published data in the lake.

    folder: where its allocation file lies (LAKE/schemes unless given). The design counts as registered if the
    ledger in the lake holds its hash from when the scheme was planned. Whoever keeps the allocation and the
    registered design elsewhere hands them in: `allocation` (columns unit, arm and the scheme's cluster), its seal
    `sealed`, and the hash `design` ('' if none was registered).

    Raises
    ------
    InputError
        If the allocation or the measure cannot be read, or the design judges nothing.
    """
    if allocation is None:
        file = (folder or lake.path / "schemes") / scheme.allocation
        allocation, sealed = table.read(file, needs=("unit", "arm")), seal(file)
    allocation.unique("unit")
    units, arm = allocation.text("unit"), allocation.text("arm")
    clusters = None if scheme.cluster == "unit" else allocation.text(scheme.cluster)
    reading = read_measure(
        lake, scheme.measure, scheme.level, first=scheme.baseline.first, last=scheme.follow_up.last
    )
    panel = reading.panel
    before, outcome = (_totals(panel, window, units) for window in (scheme.baseline, scheme.follow_up))
    everybody, _ = _totals(panel, scheme.baseline, panel.organisations)
    known = for_lake(lake)
    named = {rule.measure: (known[rule.measure].title, known[rule.measure].is_share)
             for rule in scheme.guardrails if rule.measure in known}  # fmt: skip
    named |= {one.measure: (one.title, False) for one in in_weeks().values() if one.title}
    return prove.verdict(
        scheme, arm=arm, baseline=before[0], outcome=outcome[0], months_seen=outcome[1], clusters=clusters,
        guardrails=[guardrail(lake, scheme, rule) for rule in scheme.guardrails],
        registered=registered(lake, scheme) if design is None else design, seal=sealed, peers=everybody.value,
        title=reading.measure.title, is_share=reading.measure.is_share,
        source=(*panel.source, f"allocation {Path(scheme.allocation).name} {sealed}"), named=named,
    )  # fmt: skip


def all_shares(lake: Lake, schemes: tuple[Scheme, ...]) -> bool:
    """Whether every scheme's measure is a share, so that effects may be written in percentage points."""
    known = for_lake(lake)
    return all(scheme.measure in known and known[scheme.measure].is_share for scheme in schemes)


def registered(lake: Lake, scheme: Scheme) -> str:
    """The hash of the design that was put on the ledger when the scheme was planned; '' if none was."""
    file = lake.path / LEDGER
    if not file.is_file():
        return ""
    designs = [e["proof"].get("design") for e in account.read(file) if e["scheme"] == scheme.id]
    return next((str(design) for design in designs if design), "")


def seal(file: Path) -> str:
    """The sha256 of an allocation file: who gets it when, and nobody moved afterwards."""
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _totals(panel: Panel, window: Window, units: list[str] | tuple[str, ...]) -> tuple[prove.Totals, int]:
    """Each unit's sums over the published months of a window (NaN where it lacks one), and how many those are."""
    part = panel.between(window.first, window.last)
    place = {code: row for row, code in enumerate(part.organisations)}
    rows = [place.get(unit, -1) for unit in units]
    absent = np.array([row < 0 for row in rows])
    numerator, denominator = (side[rows].sum(axis=1) for side in (part.numerator, part.denominator))
    return prove.Totals(np.where(absent, np.nan, numerator), np.where(absent, np.nan, denominator)), len(part.months)

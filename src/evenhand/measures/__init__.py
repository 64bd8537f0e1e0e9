"""Measures: YAML definitions, counted over the lake into panels."""

from .asked import side as asked_side
from .build import Built, build, for_lake, keep, kept, matched
from .indicator import Version, versions
from .library import find, load_all, load_pathways, read_files
from .model import Guidance, Measure, Replacement, Search
from .own import own_organisations
from .panel import Reading, adhoc, latest_month, look_up, panel, read, unknown_codes, unnamed
from .pathway import Decision, Pathway
from .prices import UnitPrices, unit_prices
from .publications import Waits
from .quick import counted
from .rows import rows
from .rule import Rule
from .side import Counted, read_codes

__all__ = [
    "Built", "Counted", "Decision", "Guidance", "Measure", "Pathway", "Reading", "Replacement", "Rule", "Search",
    "UnitPrices", "Version", "Waits", "adhoc", "asked_side", "build", "counted", "find", "for_lake", "keep", "kept",
    "latest_month", "load_all", "load_pathways", "look_up", "matched", "own_organisations", "panel", "read",
    "read_codes", "read_files", "rows", "unit_prices", "unknown_codes", "unnamed", "versions",
]  # fmt: skip

"""Measures: YAML definitions, counted over the lake into panels."""

from .build import Built, build, for_lake
from .indicator import Version, versions
from .library import find, load_all, load_pathways
from .model import Guidance, Measure, Replacement, Search
from .panel import Reading, adhoc, latest_month, panel, read
from .pathway import Decision, Pathway
from .rule import Counted, Rule, Waits, read_codes

__all__ = [
    "Built", "Counted", "Decision", "Guidance", "Measure", "Pathway", "Reading", "Replacement", "Rule", "Search",
    "Version", "Waits", "adhoc", "build", "find", "for_lake", "latest_month", "load_all", "load_pathways", "panel",
    "read", "read_codes", "versions",
]  # fmt: skip

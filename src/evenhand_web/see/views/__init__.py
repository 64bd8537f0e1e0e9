"""The pages of SEE."""

from .explore import explore, forget, keep
from .groups import group, groups, new_group, remove_group
from .measures import changed, index, outliers, rows
from .presentations import presentations

__all__ = [
    "changed", "explore", "forget", "group", "groups", "index", "keep", "new_group", "outliers", "presentations",
    "remove_group", "rows",
]  # fmt: skip

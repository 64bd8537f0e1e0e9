"""The pages of SEE."""

from .explore import explore, forget, keep
from .following import follow
from .groups import group, groups, new_group, remove_group
from .measures import changed, index, outliers, rows
from .medicines import medicines
from .presentations import presentations

__all__ = [
    "changed", "explore", "follow", "forget", "group", "groups", "index", "keep", "medicines", "new_group",
    "outliers", "presentations", "remove_group", "rows",
]  # fmt: skip

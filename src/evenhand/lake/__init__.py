"""The lake: immutable Parquet snapshots with a manifest, and the tables that queries see."""

from .beside import Beside
from .lake import Lake
from .months import EPOCH, month_number, month_of
from .snapshot import Origin, Part, Snapshot
from .tables import ITEMS, TABLES
from .transaction import PICKED_GROUP, ROW_GROUP, Transaction

__all__ = [
    "EPOCH", "ITEMS", "PICKED_GROUP", "ROW_GROUP", "TABLES", "Beside", "Lake", "Origin", "Part", "Snapshot",
    "Transaction", "month_number", "month_of",
]  # fmt: skip

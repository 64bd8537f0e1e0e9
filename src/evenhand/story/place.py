"""Place: whose story it is - everybody in the lake, or one organisation and what lies under it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import InputError, did_you_mean
from ..lake import Lake
from ..measures import latest_month
from ..records import LEVELS, Organisations
from ..sources import organisations as organisations_source

PLURAL = {
    "practice": "practices", "provider": "providers", "sicbl": "sub-ICB locations", "pcn": "PCNs", "icb": "ICBs",
    "region": "regions", "specialty": "specialties",
}  # fmt: skip
EVERYBODY = "every organisation in the lake"


@dataclass(frozen=True)
class Place:
    """code is None for everybody. Memberships are those of `as_of`, the latest month of the lake."""

    code: str | None
    name: str
    level: str
    organisations: Organisations
    as_of: np.datetime64 | None

    @classmethod
    def find(cls, lake: Lake, code: str | None) -> Place:
        """The organisation of this code; InputError if the lake does not know it."""
        organisations = organisations_source.read(lake)
        as_of = latest_month(lake) if lake.snapshots() else None
        if code is None:
            return cls(None, EVERYBODY, "nation", organisations, as_of)
        level = organisations.level(code)
        if level is None:
            hint = did_you_mean(code, organisations.codes) if organisations.codes else ""
            raise InputError(f"--organisation {code}: the lake knows no organisation of this code{hint}")
        return cls(code, organisations.name(code), level, organisations, as_of)

    def holds(self, code: str) -> bool:
        """Whether an organisation is the place itself or lies in it."""
        if self.code is None or code == self.code:
            return True
        level = self.organisations.level(code)
        if level is None or self.as_of is None or not self._above(level):
            return False
        return self.organisations.ancestor(code, self.level, self.as_of) == self.code

    def touches(self, code: str) -> bool:
        """Whether an organisation lies in the place or the place in it: then what it plans concerns the place."""
        if self.code is None or self.as_of is None or self.holds(code):
            return True
        level = self.organisations.level(code)
        return level is not None and self.organisations.ancestor(self.code, level, self.as_of) == code

    def _above(self, level: str) -> bool:
        known = level in LEVELS and self.level in LEVELS
        return not known or LEVELS.index(level) > LEVELS.index(self.level)

"""Reports: the Organisation Data Service's predefined reports, each always at one address, without a month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .offer import Offer
from .web import Web

REPORT = "https://www.odsdatasearchandexport.nhs.uk/api/getReport"


@dataclass(frozen=True)
class Report:
    """One report by its name; METHODS D.6."""

    name: str

    def offers(self, web: Web) -> Iterator[list[Offer]]:
        """The report as it stands today; nothing says whether it changed, so it is fetched each time."""
        yield [Offer(f"{self.name}.csv", None, "", lambda: f"{REPORT}?report={self.name}")]

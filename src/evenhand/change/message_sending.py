"""What stands around a feedback message: who sends it, of what data, how often, with what beside it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

State = Literal["met", "not_met", "for_a_person"]
_MONTH = r"^(\d{4}-(0[1-9]|1[0-2]))?$"


class Sending(BaseModel):
    """What stands around a message: who sends it, of what data, how often, with what beside it. All may be left out.

    data_to: the last month of the figures; sent: the month it is sent; times: how often the reader gets it;
    picture: whether a chart stands in it or one click away; level: whose figure it gives; comparator: whom it is held
    against; baseline, benchmark: the reader's figures now and the one aimed at; better: the good direction; goal: the
    guideline or scheme it serves; barriers: the help that is offered.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")
    sender: str = ""
    source: str = ""
    data_to: str = Field(default="", pattern=_MONTH)
    sent: str = Field(default="", pattern=_MONTH)
    times: int | None = Field(default=None, ge=1, le=520)
    picture: bool | None = None
    level: Literal["", "person", "team", "practice", "network", "area"] = ""
    comparator: Literal["", "best", "peers", "average", "none"] = ""
    baseline: float | None = None
    benchmark: float | None = None
    better: Literal["", "lower", "higher"] = ""
    goal: str = ""
    barriers: str = ""
    module: str = ""

    @property
    def months_old(self) -> int | None:
        """How old the figures are when they are read, in months."""
        if not (self.data_to and self.sent):
            return None
        (year, month), (then, since) = ([int(part) for part in text.split("-")] for text in (self.sent, self.data_to))
        return (year - then) * 12 + month - since

"""What a panel says of an effect: the records that `panel` gives."""

from __future__ import annotations

from dataclasses import dataclass

from ..records import Effect, Record


@dataclass(frozen=True, eq=False)
class Average(Record):
    """The mean effect on what was treated, in the measure's unit. `se` is the method's own, as its authors give it;
    `low`, `high` and `p` rest on `se_interval` (see `interval`) and Student's t with `df`. NaN: not to be known."""

    estimate: float
    se: float
    low: float
    high: float
    p: float
    df: float
    se_interval: float
    interval: str


@dataclass(frozen=True, eq=False)
class AtPeriod(Record):
    """The effect so many periods after the start (0: the first treated) or before it (below 0: none is expected)."""

    period: int
    estimate: float
    se: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class GroupTime(Record):
    """The effect on those treated from `group`, in `time` (both counted as the file's periods), over `units`."""

    group: int
    time: int
    estimate: float
    se: float
    units: int


@dataclass(frozen=True, eq=False)
class PanelEffect(Record):
    """What a change did where it came at different times, against where it had not come.

    event: by periods since the start. pretrend_p: whether those before the start are all 0 (NaN: not to be told),
    with its statistic and degrees of freedom. controls: never, or not-yet. n: values used; missing: rows without
    one; left_out: what has no comparison, in words, or empty. treated_clusters: clusters in which some unit is
    treated. indicative: too few clusters for the interval to be held to its level. has_counterfactual: whether a
    saving may rest on it: did2s or event, not indicative, and no trend found before the start. warning: what must be
    said beside it, or empty. overall: other ways to one number. groups: every group and period, if the method has them.
    """

    method: str
    att: Average
    event: tuple[AtPeriod, ...]
    pretrend_p: float
    pretrend_f: float
    pretrend_df: tuple[float, float]
    controls: str
    n: int
    units: int
    treated_units: int
    never_treated_units: int
    periods: int
    clusters: int
    treated_clusters: int
    balanced: bool
    missing: int
    left_out: str
    indicative: bool
    has_counterfactual: bool
    warning: str
    design: str
    overall: dict[str, Average]
    groups: tuple[GroupTime, ...]
    level: float

    def as_effect(self, arm: str = "treated") -> Effect:
        """The mean effect as ACCOUNT takes it, with the error that its interval rests on."""
        att = self.att
        return Effect(arm, att.estimate, att.se_interval, att.low, att.high, att.p, att.df, self.design,
                      self.has_counterfactual, self.level)  # fmt: skip

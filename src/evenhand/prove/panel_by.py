"""The methods of a panel, each from the table to the record."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .cohorts import event_study, sun_abraham
from .group_time import Controls, cells, overall, together
from .inference import hotelling, jackknife, student
from .panel_effect import AtPeriod, Average, GroupTime, PanelEffect
from .panel_table import Table, enough
from .panel_told import at_periods, average, covariance_of, size, told
from .two_stage import leads, two_stage, usable
from .twoway import Coefficients, Errors, two_way

Floats = NDArray[np.float64]

LEADS = 12  # a year of months before the start: what is tested at most
FOR_EACH_LEAD = 3  # treated clusters: with fewer the joint test finds trends that are not there (same place as FEW)


def by_two_stages(table: Table, trends: bool, level: float) -> PanelEffect:
    """The two-stage estimate, with the trend before it."""
    whole = table
    table, left_out = usable(whole)
    enough(table)
    ago = table.since[table.seen & table.treated]
    since = [int(e) for e in np.unique(ago)]
    found = two_stage(table, since, trends=trends)
    before, early = leads(table, _leads(table), trends=trends)
    event = at_periods(since, found, 1, table, level)
    test = hotelling(np.zeros(0), np.zeros((0, 0)), 1)
    if early is not None:
        test = hotelling(early.estimate, jackknife(early.estimate, early.left_out)[0], table.clusters)
        event = at_periods(before, early, 0, table, level) + event
    return told("did2s", whole, table, average(found, table, level), event, test, "not-yet", left_out, level)


def by_groups(table: Table, controls: Controls, level: float) -> PanelEffect:
    """Callaway and Sant'Anna's groups and periods, put together in three ways."""
    whole, always = table, table.start <= table.periods[0]
    left_out = f"{int(always.sum())} units that have no value before they are treated" if always.any() else ""
    table = table.keep(np.broadcast_to(~always[:, None], table.y.shape)) if always.any() else table
    enough(table)
    found = cells(table, controls)
    since = sorted({cell.since for cell in found})
    means = together(table, found, since)
    before = [j for j, e in enumerate(since, 1) if e < 0][-_leads(table):]
    test = hotelling(means.estimate[before], covariance_of(means, before), table.clusters)
    others = {how: average(overall(table, found, how), table, level) for how in ("simple", "dynamic", "group")}
    groups = tuple(GroupTime(c.group, c.period, c.estimate, size(c.influence), c.units) for c in found)
    event = at_periods(since, means, 1, table, level)
    return told("event", whole, table, others["simple"], event, test, controls, left_out, level, others, groups)


def by_regression(table: Table, method: str, errors: Errors, trends: bool, level: float) -> PanelEffect:
    """One regression, for comparison: two-way fixed effects, or Sun and Abraham's."""
    if method == "sunab":
        since, beta, covariance, df = sun_abraham(table, errors=errors)
        found = Coefficients(beta[1:], covariance[1:, 1:], df[1:], float("nan"))
        one = Coefficients(beta[:1], covariance[:1, :1], df[:1], float("nan"))
        before = np.array([j for j, e in enumerate(since) if e < 0][-_leads(table):], dtype=np.int64)
        test = hotelling(found.beta[before], found.covariance[np.ix_(before, before)], table.clusters)
    else:
        one = two_way(table, table.treated.astype(np.float64)[:, :, None], errors=errors, trends=trends)
        since, found = event_study(table, errors=errors, trends=trends)
        before = np.array([j for j, e in enumerate(since) if e < 0], dtype=np.int64)
        known = 0 < len(before) < table.clusters
        test = found.wald(before) if known else (np.nan, np.nan, float(len(before)), np.nan)
    said = f"{errors} by cluster, t" if errors.startswith("CR") else f"{errors}, t"
    (estimate, se, low, high, p), = _rows(one, level)
    att = Average(estimate, se, low, high, p, float(one.df[0]), se, said)
    event = tuple(AtPeriod(e, *row[:4]) for e, row in zip(since, _rows(found, level), strict=True))
    return told(method, table, table, att, event, test, "all", "", level)


def _rows(found: Coefficients, level: float) -> list[tuple[float, float, float, float, float]]:
    """Estimate, error, low, high and p of each coefficient."""
    rows = []
    for beta, variance, df in zip(found.beta, np.diag(found.covariance), found.df, strict=True):
        se = float(np.sqrt(max(float(variance), 0.0)))
        rows.append((float(beta), se, *student(float(beta), se, float(df), level)))
    return rows


def _leads(table: Table) -> int:
    treated = len(np.unique(table.cluster[np.isfinite(table.start)]))
    return max(1, min(LEADS, treated // FOR_EACH_LEAD))

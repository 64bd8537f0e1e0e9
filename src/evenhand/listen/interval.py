"""The interval of a share: logit, Wilson, beta, likelihood and two more, from its standard error and freedom."""

from __future__ import annotations

import math

from scipy.optimize import brentq
from scipy.special import betaincinv, expit, log_expit, logit, stdtrit, xlogy

from ..errors import InputError
from ..stats.wilson import wilson

KINDS = ("logit", "wilson", "beta", "likelihood", "asin", "mean")
NOTHING = (math.nan, math.nan)


def share_interval(
    share: float, se: float, n: int, df: float, *, kind: str = "logit", level: float = 0.95
) -> tuple[float, float]:
    """Where the population's share lies, as (low, high); NaN where the design cannot say.

    Parameters
    ----------
    share, se
        The estimated share and its design-based standard error.
    n, df
        Answers it rests on, and the degrees of freedom of the design.
    kind
        logit: t interval on the logit scale, undefined at 0 and 1. wilson, beta: Wilson's score and
        Clopper-Pearson with the effective number of answers, adjusted for few clusters; at 0 and 1 the number of
        answers. Without weights, strata and clusters `wilson` is the textbook interval. likelihood: the shares
        whose scaled binomial deviance stays within t squared; at 0 and 1 with the number of answers. asin: t
        interval on the arcsine scale; mean: plain t interval, which may leave 0 to 1; both undefined at 0 and 1.

    Raises
    ------
    InputError
        If kind is unknown.

    Source: R `survey::svyciprop` (logit, beta, likelihood, asin, mean; it reads its likelihood limits off a spline,
    which is right to 5e-6); Korn and Graubard (1998), Survey Methodology 24:193; the scaled deviance: Rao and Scott
    (1984), Annals of Statistics 12:46; Wilson with an effective n: Franco and others (2019), JSSAM 7:334.

    >>> low, high = share_interval(0.42, (0.42 * 0.58 / 599) ** 0.5, 600, 599, kind="wilson")
    >>> f"{low:.4f} {high:.4f}"
    '0.3811 0.4599'
    """
    if kind not in KINDS:
        raise InputError(f"no interval {kind!r}; there are: {', '.join(KINDS)}")
    if not df > 0 or not math.isfinite(se):
        return NOTHING
    boundary = min(share, 1 - share) < 1e-12  # the edge, but for rounding
    if boundary and kind in ("logit", "asin", "mean"):
        return NOTHING
    if not boundary and se == 0:
        return share, share
    t_design = float(stdtrit(df, (1 + level) / 2))
    if kind == "logit":
        half = t_design * se / (share * (1 - share))
        centre = float(logit(share))
        return float(expit(centre - half)), float(expit(centre + half))
    if kind == "mean":
        return share - t_design * se, share + t_design * se
    if kind == "asin":
        angle, half = math.asin(math.sqrt(share)), t_design * se / (2 * math.sqrt(share * (1 - share)))
        return math.sin(max(angle - half, 0.0)) ** 2, math.sin(min(angle + half, math.pi / 2)) ** 2
    if kind == "likelihood":
        return _likelihood(share, n if boundary else share * (1 - share) / se**2 * (n - 1) / n, t_design)
    few = (float(stdtrit(n - 1, (1 + level) / 2)) / t_design) ** 2 if n > 1 else 1.0
    share = min(max(share, 0.0), 1.0)
    if kind == "wilson":
        # se^2 of a simple sample is p(1-p)/(n-1), so that this is n there
        effective = (n if boundary else n * share * (1 - share) / (n - 1) / se**2) * few
        found = wilson(effective * (round(share) if boundary else share), effective, level=level)
        return found.low, found.high
    effective = (n if boundary else share * (1 - share) / se**2) * few
    hits = effective * (round(share) if boundary else share)
    low = 0.0 if hits <= 0 else float(betaincinv(hits, effective - hits + 1, (1 - level) / 2))
    high = 1.0 if hits >= effective else float(betaincinv(hits + 1, effective - hits, (1 + level) / 2))
    return low, high


def _likelihood(share: float, effective: float, t: float) -> tuple[float, float]:
    """Where 2 n times the Kullback-Leibler distance of the shares is t squared, on either side of the share found."""
    share = min(max(share, 0.0), 1.0)
    allowed = t**2 / (2 * effective)
    if share < 1e-12:
        return 0.0, -math.expm1(-allowed)
    if share > 1 - 1e-12:
        return math.exp(-allowed), 1.0
    agreement = float(xlogy(share, share) + xlogy(1 - share, 1 - share))

    def beyond(odds: float) -> float:
        return agreement - float(share * log_expit(odds) + (1 - share) * log_expit(-odds)) - allowed

    centre = float(logit(share))
    low = brentq(beyond, -(allowed + 2) / share, centre)  # further out the distance is more than log-odds times share
    high = brentq(beyond, centre, (allowed + 2) / (1 - share))
    return float(expit(low)), float(expit(high))

"""What a change did where it came at different times: staggered difference in differences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .group_time import Controls
from .panel_by import by_groups, by_regression, by_two_stages
from .panel_effect import PanelEffect
from .panel_table import Table, enough, tabulate
from .twoway import Errors

Floats = NDArray[np.float64]
Method = Literal["did2s", "event", "twfe", "sunab"]


def panel(
    units: Sequence[str],
    periods: NDArray[np.int64],
    values: Floats,
    starts: Floats,
    *,
    method: Method = "did2s",
    clusters: Sequence[str] | None = None,
    weights: Floats | None = None,
    covariates: Mapping[str, Floats] | None = None,
    controls: Controls | None = None,
    errors: Errors = "CR1",
    trends: bool = False,
    level: float = 0.95,
) -> PanelEffect:
    """Estimate the effect of a change that units began at different times, against those that had not begun.

    did2s: what is untreated foretells what is treated; event: every group of starters and every period against its
    own controls, then put together; twfe and sunab: regressions, for comparison. It holds if, without the change,
    treated and untreated would have moved alike: `pretrend_p` looks at whether they did before. Units may lack
    periods: did2s, twfe and sunab use every value there is, event every unit with both of the periods compared.

    Parameters
    ----------
    units, periods, values, starts
        One for each row, in any order. periods: whole numbers, one apart; values in the measure's own unit, NaN where
        missing; starts: the unit's first treated period, inf for never.
    clusters
        What the change was given to, if not the unit itself.
    weights
        What each row stands for; not for event.
    covariates
        Name -> values, for event: of units, read in the earlier of the two periods compared.
    controls
        For event: never treated, or not yet treated; never, unless fewer than two units are.
    errors
        For twfe and sunab.
    trends
        Whether each unit may have a straight line of its own; for did2s and twfe.

    Raises
    ------
    InputError
        If nothing can be compared, there are fewer than two treated clusters or two clusters that serve as controls, a
        unit has a period twice, two starts or two clusters, or an option does not go with the method.

    Source: Gardner (2022), arXiv:2207.05943; Callaway and Sant'Anna (2021), Journal of Econometrics 225:200.
    """
    _options(method, weights, covariates, controls, trends)
    table = tabulate(units, periods, values, starts, clusters=clusters, weights=weights, covariates=covariates)
    enough(table)
    if method == "did2s":
        return by_two_stages(table, trends, level)
    if method == "event":
        return by_groups(table, controls or _who(table), level)
    return by_regression(table, method, errors, trends, level)


def _who(table: Table) -> Controls:
    return "never" if int((~np.isfinite(table.start)).sum()) >= 2 else "not-yet"


def _options(
    method: str, weights: Floats | None, covariates: Mapping[str, Floats] | None, controls: str | None, trends: bool
) -> None:
    if method not in get_args(Method):
        raise InputError(f"method: expected one of {', '.join(get_args(Method))}; found {method!r}")
    for name, given, right in (
        ("weights", weights is not None, ("did2s", "twfe", "sunab")), ("covariates", bool(covariates), ("event",)),
        ("controls", controls is not None, ("event",)), ("trends", trends, ("did2s", "twfe")),
    ):  # fmt: skip
        if given and method not in right:
            raise InputError(f"{name} go with method {' or '.join(right)}, not with {method}")

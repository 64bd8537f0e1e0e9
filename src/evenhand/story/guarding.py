"""The guardrails of a scheme: what each could see before launch, and what it says now, from the lake."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .. import prove
from ..errors import InputError
from ..lake import Lake
from ..measures.guardrails import wait_of
from ..records import Guardrail, GuardrailRule, Panel, Record, Scheme
from .panels import panel as stored_panel
from .wait_weeks import wait_weeks

NAN = float("nan")


@dataclass(frozen=True, eq=False)
class Guarded(Record):
    """One guardrail of a scheme: whether it blocks, at which level, what it says, and its power at planning."""

    measure: str
    level: str
    blocks: bool
    says: Guardrail
    power: prove.GuardrailPower


@dataclass(frozen=True)
class _Rows:
    units: list[str]
    months: NDArray[np.datetime64]
    values: NDArray[np.float64]
    treated: list[bool]


def guardrails(lake: Lake, scheme: Scheme) -> tuple[Guarded, ...]:
    """Every guardrail of a scheme, in its order."""
    return tuple(
        Guarded(rule.measure, rule.level, rule.blocks, guardrail(lake, scheme, rule), power(lake, scheme, rule))
        for rule in scheme.guardrails
    )


def guardrail(lake: Lake, scheme: Scheme, rule: GuardrailRule) -> Guardrail:
    """One guardrail over the months up to the end of the follow-up; not assessed where the lake cannot say.

    A breach is told as soon as it is seen. Nothing passes before the last month of the follow-up is there.
    """
    try:
        rows = _rows(lake, scheme, rule)
    except InputError as error:
        return Guardrail(rule.measure, "not_assessed", NAN, NAN, NAN, rule.margin, rule.harm, str(error))
    found = prove.guardrail(
        rows.units, rows.months, rows.values, rows.treated, start=_start(scheme), margin=rule.margin, harm=rule.harm,
        measure=rule.measure, breaks=_breaks(rule),
    )  # fmt: skip
    if found.verdict == "pass" and (absent := _absent(rows, scheme)):
        return replace(found, verdict="not_assessed", effect=NAN, se=NAN, bound=NAN, reason=absent)
    return found


def _absent(rows: _Rows, scheme: Scheme) -> str:
    """The first month of the follow-up that nobody has a row of, in words; empty if none is absent."""
    last = np.datetime64(scheme.follow_up.last, "M")
    needed = np.arange(np.datetime64(scheme.follow_up.first, "M"), last + 1)
    absent = needed[~np.isin(needed, rows.months.astype("datetime64[M]"))]
    more = f" (and {len(absent) - 1} more)" if len(absent) > 1 else ""
    return f"nobody has a value for {absent[0]}{more}, which is needed" if len(absent) else ""


def power(lake: Lake, scheme: Scheme, rule: GuardrailRule) -> prove.GuardrailPower:
    """What a guardrail can tell over the scheme's follow-up, from the months before its start alone."""
    length = prove.months_between(scheme.start, scheme.follow_up.last)
    try:
        rows = _rows(lake, scheme, rule)
    except InputError as error:
        return prove.GuardrailPower(length, NAN, NAN, NAN, NAN, NAN, NAN, f"not known: {error}")
    return prove.guardrail_power(
        rows.units, rows.months, rows.values, rows.treated, start=_start(scheme), margin=rule.margin,
        follow_up=length, breaks=_breaks(rule),
    )  # fmt: skip


def _breaks(rule: GuardrailRule) -> dict[np.datetime64, str]:
    """When the measure itself changed, and why, as the scheme says."""
    return {np.datetime64(one.month, "M"): one.why for one in rule.breaks}


def _start(scheme: Scheme) -> np.datetime64:
    return np.datetime64(f"{scheme.start}-01", "D")


def _rows(lake: Lake, scheme: Scheme, rule: GuardrailRule) -> _Rows:
    named = (*rule.treated, *rule.controls)
    if (percent := wait_of(rule.measure)) is not None:
        held, weeks = wait_weeks(lake, percent, rule.level, named, last=scheme.follow_up.last)
        return _Rows(
            [code for code in named for _ in range(len(held))], np.tile(held, len(named)), weeks.ravel(),
            [code in rule.treated for code in named for _ in range(len(held))],
        )  # fmt: skip
    panel, _ = stored_panel(lake, rule.measure, rule.level, last=scheme.follow_up.last)
    months = len(panel.months)
    return _Rows(
        [code for code in named for _ in range(months)], np.tile(panel.months, len(named)),
        np.concatenate([_row(panel, code) for code in named]),
        [code in rule.treated for code in named for _ in range(months)],
    )  # fmt: skip


def _row(panel: Panel, code: str) -> NDArray[np.float64]:
    row = panel.row(code) if code in panel.organisations else None
    return np.full(len(panel.months), np.nan) if row is None else np.asarray(panel.value[row])

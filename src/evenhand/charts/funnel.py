"""The funnel: each unit's value over its size, inside or outside what chance and shared variation give."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np

from ..records import Funnel
from . import theme
from .labelled import numbers
from .words import number

KINDS = {
    None: ("Within the limits", theme.GREY, "circle"),
    "high": ("Above the limits", theme.ORANGE, "triangle-up"),
    "low": ("Below the limits", theme.BLUE, "triangle-down"),
}
YOU = ("Your organisation", theme.DARK_BLUE, "diamond")
LINES = (("lower_95", [5, 4]), ("upper_95", [5, 4]), ("lower_998", [1, 0]), ("upper_998", [1, 0]))
WIDE = 40.0  # largest over smallest denominator beyond which the axis is logarithmic


def funnel(
    found: Funnel,
    *,
    own: str | None = None,
    title: str,
    unit: str = "",
    size: str = "Size (denominator)",
    share: bool = False,
    width: int = theme.WIDTH,
    height: int = theme.HEIGHT,
) -> Any:
    """Draw a funnel with `own`, a unit's code, marked; other units are dots without names."""
    share = share and found.multiplier == 1
    shown = [i for i in range(len(found.units)) if np.isfinite(found.value[i])]
    rows = [
        {"size": float(found.denominator[i]), "value": float(found.value[i]),
         "kind": YOU[0] if found.units[i] == own else KINDS[found.outlier[i]][0]}
        for i in shown
    ]  # fmt: skip
    values = found.value[shown]
    low, high = _frame(found, values)
    wide = found.curve_at[-1] > WIDE * found.curve_at[0]
    scale = alt.Scale(type="log", nice=False) if wide else alt.Scale(nice=True, zero=False)
    x = alt.X("size:Q", title=size, scale=scale, axis=numbers(False, tickCount=5))

    def y(field: str) -> Any:
        return alt.Y(f"{field}:Q", title=unit or None, scale=alt.Scale(domain=[low, high], nice=False),
                     axis=numbers(share))  # fmt: skip

    curve = alt.Chart(theme.values(_curve(found)))
    layers = [
        curve.mark_line(color=theme.DARK_GREY, strokeWidth=1.5, clip=True, strokeDash=dash).encode(x=x, y=y(name))
        for name, dash in LINES
    ]
    layers.append(curve.mark_line(color=theme.PURPLE, strokeDash=[2, 3]).encode(x=x, y=y("target")))
    layers.append(_dots(rows, x, y("value")))
    drawn = alt.layer(*layers).properties(height=height)
    words = caption(found, share=share)
    counts = {kind: sum(o == kind for o in found.outlier) for kind in ("high", "low")}
    said = f"{len(rows)} units; {counts['high']} above and {counts['low']} below the {found.limit:g}% limits. {words}."
    if own in found.units and np.isfinite(mine := found.value[found.units.index(own)]):
        said += f" Your organisation: {number(float(mine), share=share)}."
    return theme.dress(drawn, title=title, subtitle=words, description=said, width=width)


def caption(found: Funnel, *, share: bool = False) -> str:
    """The target and which limits are drawn, in words."""
    target = number(found.target * found.multiplier, share=share)
    kind = "widened for over-dispersion" if found.adjusted else "for chance alone"
    return f"Average {target} (dotted); limits {kind}: 95% dashed, 99.8% solid"


def _frame(found: Funnel, values: np.ndarray) -> tuple[float, float]:
    """The range of values shown: all units, and the limits where most units are."""
    middle = len(found.curve_at) // 4
    low = min(float(values.min()), float(found.curve.lower_998[middle]))
    upper = float(found.curve.upper_998[middle])
    high = max(float(values.max()), upper if np.isfinite(upper) else 0.0)
    pad = 0.05 * (high - low) or 0.5
    return (max(0.0, low - pad) if low >= 0 else low - pad), high + pad


def _curve(found: Funnel) -> list[dict[str, Any]]:
    names = ("lower_95", "upper_95", "lower_998", "upper_998")
    return [
        {"size": float(at), "target": found.target * found.multiplier,
         **{name: _null(getattr(found.curve, name)[i]) for name in names}}
        for i, at in enumerate(found.curve_at)
    ]  # fmt: skip


def _dots(rows: list[dict[str, Any]], x: Any, y: Any) -> Any:
    used = [kind for kind in (*KINDS.values(), YOU) if any(row["kind"] == kind[0] for row in rows)]
    names = [name for name, _, _ in used]
    size = {"condition": {"test": f"datum.kind === '{YOU[0]}'", "value": 220}, "value": 60}
    return alt.Chart(theme.values(sorted(rows, key=lambda row: bool(row["kind"] == YOU[0])))).mark_point(
        filled=True, opacity=0.85, stroke=theme.WHITE, strokeWidth=0.5
    ).encode(
        x=x, y=y, size=size,
        color=alt.Color("kind:N", scale=alt.Scale(domain=names, range=[c for _, c, _ in used])),
        shape=alt.Shape("kind:N", scale=alt.Scale(domain=names, range=[s for _, _, s in used])),
    )  # fmt: skip


def _null(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None

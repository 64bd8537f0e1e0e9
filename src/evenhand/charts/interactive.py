"""Interactive: the same chart as a Vega specification that a browser can draw, with its values under the pointer."""

from __future__ import annotations

import copy
import json
from typing import Any

import vl_convert

from .render import VEGA_LITE

MOVES = "explore"  # the name of the selection that moves and enlarges the axes
MEASURED = ("quantitative", "temporal")  # an axis of names can neither be moved nor enlarged


def interactive(chart: Any) -> dict[str, Any]:
    """Answer "what is this dot?": the chart with each mark's values under the pointer, and axes that can be moved.

    `chart` is a chart or a Vega-Lite specification. The answer is a Vega specification, compiled here, so that a
    browser needs Vega's runtime alone. Dragging moves a measured axis, the wheel with the shift key held enlarges
    it, a double click puts it back: the wheel alone still scrolls the page.
    """
    spec = copy.deepcopy(chart if isinstance(chart, dict) else chart.to_dict())
    spec.setdefault("config", {}).setdefault("mark", {})["tooltip"] = True
    view, axes = _measured(spec)
    if view is not None:
        select = {"type": "interval", "encodings": axes, "zoom": "wheel![event.shiftKey]", "clear": "dblclick"}
        view.setdefault("params", []).append({"name": MOVES, "select": select, "bind": "scales"})
    compiled: dict[str, Any] = vl_convert.vegalite_to_vega(json.dumps(spec, default=str), vl_version=VEGA_LITE)
    return compiled


def _measured(spec: dict[str, Any]) -> tuple[dict[str, Any] | None, list[str]]:
    """The first single view of a layered specification with a measured axis, and which of its axes those are."""
    if any(key in spec for key in ("hconcat", "vconcat", "concat", "repeat")):
        return None, []
    for layer in spec.get("layer", []):
        view, axes = _measured(layer)
        if view is not None:
            return view, axes
    encoding = spec.get("encoding", {})
    axes = [axis for axis in ("x", "y") if _is_measured(encoding.get(axis, {}))]
    return (spec, axes) if axes and "mark" in spec else (None, [])


def _is_measured(channel: dict[str, Any]) -> bool:
    return "field" in channel and channel.get("type") in MEASURED

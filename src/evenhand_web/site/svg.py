"""A chart's SVG made fit to stand inside a page: only drawing, nothing that a strict policy would block.

`style="a: b"` becomes attributes, whatever is not drawing is dropped, ids are made the page's own, and the
picture has one accessible name; the table below it carries the numbers.
"""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

SVG = "http://www.w3.org/2000/svg"
TAGS = frozenset({
    "svg", "g", "path", "line", "rect", "circle", "ellipse", "polygon", "polyline", "text", "tspan", "title", "desc",
    "defs", "clipPath", "linearGradient", "radialGradient", "stop", "pattern", "symbol", "use", "mask",
})  # fmt: skip
# presentation attributes of SVG 2 that charts use, and geometry
ATTRIBUTES = frozenset({
    "clip-path", "clip-rule", "color", "cx", "cy", "d", "display", "dominant-baseline", "dx", "dy", "fill",
    "fill-opacity", "fill-rule", "font-family", "font-size", "font-style", "font-weight", "gradientTransform",
    "gradientUnits", "height", "letter-spacing", "offset", "opacity", "paint-order", "patternUnits", "points",
    "preserveAspectRatio", "r", "rx", "ry", "shape-rendering", "stop-color", "stop-opacity", "stroke",
    "stroke-dasharray", "stroke-dashoffset", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit",
    "stroke-opacity", "stroke-width", "text-anchor", "transform", "vector-effect", "viewBox", "visibility", "width",
    "x", "x1", "x2", "y", "y1", "y2", "mask", "clipPathUnits",
})  # fmt: skip
_REFERENCE = re.compile(r"url\(\s*['\"]?#([^)'\"]+)['\"]?\s*\)")

_BOX = re.compile(r'viewBox="([-\d. ]+)"')


def inline(svg: str, *, prefix: str, label: str) -> SafeString:
    """The SVG text to write into a page. `prefix` makes its ids unique; `label` is read out in its place."""
    root = _clean(ET.fromstring(svg), prefix)
    for size in ("width", "height"):
        root.attrib.pop(size, None)  # the stylesheet decides; the viewBox keeps the shape
    ET.register_namespace("", SVG)
    body = "".join(ET.tostring(child, encoding="unicode").replace(f' xmlns="{SVG}"', "") for child in root)
    box = escape(root.get("viewBox", ""))
    return mark_safe(
        f'<svg xmlns="{SVG}" viewBox="{box}" role="img" aria-label="{escape(label)}" focusable="false">'
        f'<g aria-hidden="true" fill="none" stroke-miterlimit="10">{body}</g></svg>'
    )


def sketched(svg: str, *, label: str) -> SafeString:
    """A picture of `evenhand.charts.sketch`, which holds drawing attributes only and no ids: nothing to clean."""
    _, _, body = svg.partition(">")
    box = _BOX.search(svg)
    return mark_safe(
        f'<svg xmlns="{SVG}" viewBox="{box[1] if box else ""}" role="img" aria-label="{escape(label)}" '
        f'focusable="false"><g aria-hidden="true">{body.removesuffix("</svg>")}</g></svg>'
    )


def _clean(element: ET.Element, prefix: str) -> ET.Element:
    clean = ET.Element(element.tag)
    given = dict(element.attrib)
    for declaration in given.pop("style", "").split(";"):
        name, _, value = declaration.partition(":")
        given.setdefault(name.strip(), value.strip())
    for name, value in given.items():
        if name == "id":
            clean.set("id", f"{prefix}-{value}")
        elif name.split("}")[-1] == "href" and value.startswith("#"):
            clean.set("href", f"#{prefix}-{value[1:]}")
        elif name in ATTRIBUTES and "url(" not in _REFERENCE.sub("", value):
            clean.set(name, _REFERENCE.sub(rf"url(#{prefix}-\1)", value))
    clean.text, clean.tail = element.text, element.tail
    for child in element:
        if isinstance(child.tag, str) and child.tag.split("}")[-1] in TAGS - {"title", "desc"}:
            clean.append(_clean(child, prefix))
        elif child.tail and len(clean):
            clean[-1].tail = (clean[-1].tail or "") + child.tail
    return clean

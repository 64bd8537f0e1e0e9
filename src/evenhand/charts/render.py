"""Render: any chart as SVG, PNG, PDF or HTML bytes, drawn here and now, with no browser and no network."""

from __future__ import annotations

import hashlib
import html
import json
import re
from typing import Any

import vl_convert

from .pdf_order import in_order

KINDS = ("svg", "png", "pdf", "html")
VEGA_LITE = "6.1"  # the version that Altair 6 writes
# The picture speaks once, by its title and description; Vega's roles for each mark would only be noise.
INNER_ROLES = re.compile(r' (?:role="graphics-[a-z]+"|aria-(?:roledescription|label|hidden)="[^"]*")')
SIZE = re.compile(r'width="([\d.]+)" height="([\d.]+)"')
PNG_SCALE = 2.0  # pixels per unit, so that a page printed or zoomed stays sharp


def render(chart: Any, kind: str) -> bytes:
    """Draw a chart, a Vega-Lite specification, or a list of either one below the other, as `kind`.

    `kind` is svg, png, pdf or html. The SVG carries role, title and description for screen readers; the PNG
    and PDF are made from it.

    Raises
    ------
    ValueError
        If `kind` is none of the four: the caller has checked a user's word.
    """
    if kind not in KINDS:
        raise ValueError(f"kind: expected one of {', '.join(KINDS)}, found {kind!r}")
    several = chart if isinstance(chart, list) else [chart]
    # Vega-Lite refuses what is wrong when it draws; to check against its schema beforehand costs as much as drawing
    specs = [one if isinstance(one, dict) else one.to_dict(validate=False) for one in several]
    svg = _svg(specs[0]) if len(specs) == 1 else _stack([_svg(spec) for spec in specs])
    if kind == "png":
        return bytes(vl_convert.svg_to_png(svg, scale=PNG_SCALE))
    if kind == "pdf":
        return in_order(bytes(vl_convert.svg_to_pdf(svg)))
    return (_page(specs[0], svg) if kind == "html" else svg).encode()


def title_of(spec: dict[str, Any]) -> str:
    """The title of a specification as one line."""
    title = spec.get("title", "")
    text = title.get("text", "") if isinstance(title, dict) else title
    return " ".join(text) if isinstance(text, list) else str(text)


def _svg(spec: dict[str, Any]) -> str:
    drawn: str = vl_convert.vegalite_to_svg(json.dumps(spec), vl_version=VEGA_LITE)
    head, rest = INNER_ROLES.sub("", drawn).split(">", 1)
    mark = hashlib.sha256(drawn.encode()).hexdigest()[:10]  # two charts on one page need different ids
    words = "".join(
        f'<{tag} id="{tag}-{mark}">{html.escape(text)}</{tag}>'
        for tag, text in (("title", title_of(spec)), ("desc", str(spec.get("description", ""))))
        if text
    )
    ids = " ".join(f"{tag}-{mark}" for tag in ("title", "desc") if f"<{tag} " in words)
    role = f' role="img" aria-labelledby="{ids}"' if ids else ' role="img"'
    return f"{head}{role}>{words}{rest}"


def _stack(drawn: list[str]) -> str:
    """Several pictures as one, each keeping its own title and description."""
    sizes = [(float(match[1]), float(match[2])) for one in drawn if (match := SIZE.search(one))]
    tops = [sum(height for _, height in sizes[:i]) for i in range(len(sizes))]
    inside = "".join(one.replace("<svg ", f'<svg y="{top:g}" ', 1) for one, top in zip(drawn, tops, strict=True))
    width, height = max(w for w, _ in sizes), sum(h for _, h in sizes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" version="1.1" '
        f'width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}">{inside}</svg>'
    )


def _page(spec: dict[str, Any], svg: str) -> str:
    title = html.escape(title_of(spec) or "Chart")
    words = html.escape(str(spec.get("description", "")))
    return (
        f'<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1"></head>\n'
        f"<body><main><figure>{svg}<figcaption>{words}</figcaption></figure></main></body>\n</html>\n"
    )

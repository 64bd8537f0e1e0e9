"""Figure: a chart as every page shows it: its sentence, the picture, the table, the download, how it is worked out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from html import escape
from typing import Any

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.safestring import SafeString, mark_safe

from . import svg
from .tables import FORMATS, Sheet

WIDE, NARROW = 620, 320  # pixels: the reading column, and a 375 px phone less its margins
PICTURES = {"svg": "image/svg+xml", "png": "image/png"}

EXPLORED = "vega"  # what "explore this chart" fetches: no download, the browser draws it


@dataclass(frozen=True)
class Figure:
    """One chart on one page.

    name: unique on the page, also the download's name; sentence: what it shows, above it;
    draw: width in pixels -> a chart for evenhand.charts.render (None: a table alone);
    sketch: width in pixels -> SVG text of evenhand.charts.sketches, which stands in the page instead of a drawn chart
    where a page must be quick; downloads and exploring still use `draw`;
    drawn: width -> the drawing as `draw` gave it when a job made it beforehand; it stands in the page as it is;
    columns, rows: the table behind it, full precision; how: how it is worked out, one paragraph an item;
    command: the `evenhand` command that gives the same numbers; source: the snapshots it came from;
    most: rows of the table on the page; a download has them all.
    """

    name: str
    sentence: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    draw: Callable[[int], Any] | None = None
    how: Sequence[str] = ()
    command: str = ""
    source: Sequence[str] = ()
    table_open: bool = False
    sketch: Callable[[int], str] | None = None
    most: int = 200
    drawn: Mapping[int, str] = field(default_factory=dict)

    @property
    def has_picture(self) -> bool:
        """Whether there is more than a table (a template would call `draw` instead of looking at it)."""
        return self.draw is not None

    @property
    def heads(self) -> list[tuple[str, bool]]:
        """Each column's heading, and whether its cells are words: those stand to the left."""
        return list(zip(self.columns, self._words, strict=True))

    @cached_property
    def body(self) -> SafeString:
        """The table's rows as they stand in the page; written here, for a template takes ten times as long."""
        from .templatetags.evenhand import figures as said

        looks = [' class="eh-words"' if words else "" for words in self._words]
        rows = []
        for row in self.rows[: self.most]:
            cells = [f"<td{look}>{escape(said(cell))}</td>" for cell, look in zip(row[1:], looks[1:], strict=True)]
            rows.append(f'<tr><th scope="row">{escape(said(row[0]))}</th>{"".join(cells)}</tr>')
        return mark_safe("".join(rows))

    @property
    def left_out(self) -> int:
        """Rows that only the downloads have."""
        return max(0, len(self.rows) - self.most)

    @cached_property
    def _words(self) -> list[bool]:
        cells = list(zip(*self.rows[: self.most], strict=True)) or [()] * len(self.columns)
        return [any(isinstance(cell, str) for cell in column) for column in cells]

    @cached_property
    def wide(self) -> SafeString:
        """The picture for a wide screen, to stand inside the page."""
        if self.sketch is not None:
            return svg.sketched(self.sketch(WIDE), label=self.sentence)
        return self._inline(WIDE, "w")

    @cached_property
    def narrow(self) -> SafeString:
        """The picture for a phone."""
        if self.sketch is not None:
            return svg.sketched(self.sketch(NARROW), label=self.sentence)
        return self._inline(NARROW, "n")

    def _inline(self, width: int, part: str) -> SafeString:
        drawn = self.drawn.get(width) or _drawn(self, width, "svg").decode()
        return svg.inline(drawn, prefix=f"{self.name}-{part}", label=self.sentence)

    @property
    def kinds(self) -> list[str]:
        """What can be downloaded."""
        return [*FORMATS, *(PICTURES if self.draw is not None else ())]


def download(request: HttpRequest, *figures: Figure) -> HttpResponse | None:
    """The answer to `?download=NAME.csv` (xlsx, parquet, json, svg, png); None if the page itself is wanted.

    Call it first in a view, after the rights: `if response := download(request, spc, funnel): return response`.
    """
    wanted = request.GET.get("download")
    if not wanted:
        return None
    name, _, kind = wanted.rpartition(".")
    figure = next((f for f in figures if f.name == name), None)
    if figure is None or kind not in (*figure.kinds, *([EXPLORED] if figure.has_picture else [])):
        raise Http404(f"no download {wanted!r} on this page")
    if kind == EXPLORED:
        return HttpResponse(_drawn(figure, _width(request), kind), content_type="application/json")
    if kind in FORMATS:
        media, write = FORMATS[kind]
        sheet = Sheet(figure.name, figure.sentence, figure.columns, figure.rows, figure.how, figure.command,
                      figure.source)  # fmt: skip
        body = write(sheet)
    else:
        media, body = PICTURES[kind], _drawn(figure, WIDE, kind)
    return HttpResponse(
        body, content_type=media, headers={"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    )


def _width(request: HttpRequest) -> int:
    """The drawing that suits the reader's screen: one of the two that the page itself shows."""
    return NARROW if request.GET.get("width") == str(NARROW) else WIDE


def _drawn(figure: Figure, width: int, kind: str) -> bytes:
    from evenhand.charts import interactive, render

    assert figure.draw is not None, f"figure {figure.name} has no picture"
    chart = figure.draw(width)
    specification = chart if isinstance(chart, dict) else chart.to_dict()
    drawing = json.dumps(specification, sort_keys=True, default=str)
    key = hashlib.sha256(f"{kind} {drawing}".encode()).hexdigest()
    found: bytes | None = cache.get(key)
    if found is None:
        found = json.dumps(interactive(specification)).encode() if kind == EXPLORED else render(specification, kind)
        cache.set(key, found, 3600)
    return found

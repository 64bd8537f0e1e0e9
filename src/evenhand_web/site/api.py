"""What every part of the API is made of: pages of rows, and a figure as its rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, Any, Generic, TypeVar
from urllib.parse import urlencode

from django.http import HttpRequest
from ninja import Schema
from pydantic import Field

from evenhand.records import plain

from .figures import Figure

Row = TypeVar("Row")
Cell = str | int | float | bool | None
MOST, USUAL = 1000, 100  # rows in one answer: 1,000 rows of ten numbers are about 100 kB


class Paging(Schema):
    """Which part of a list: `limit` rows from row `offset` on."""

    limit: int = Field(USUAL, ge=1, le=MOST, description=f"rows in this answer, at most {MOST}")
    offset: int = Field(0, ge=0, le=1_000_000_000, description="rows left out before it")


class Part(Schema, Generic[Row]):
    """A part of a list in an order that does not change; `next` is the address of the part after it."""

    count: int = Field(description="rows in all")
    limit: int
    offset: int
    next: str | None = Field(description="the address of the next part; null at the end")
    items: list[Row]


class Table(Schema):
    """A figure of a page: its sentence and its table, the same cells as its downloads, under the same names."""

    name: str
    sentence: str = Field(description="what it shows, as the page says it")
    columns: list[str]
    count: int = Field(description="rows in all")
    limit: int
    offset: int
    next: str | None = Field(description="the address of the next part; null at the end")
    rows: list[dict[str, Cell]] = Field(description="one object a row, by column; a missing number is null")
    how: list[str] = Field(description="how it is worked out")
    command: str = Field(description="the command that gives the same numbers")
    source: list[str] = Field(description="the published files it came from")


def part(request: HttpRequest, rows: Sequence[Any], paging: Paging, say: Callable[[Any], Any] | None = None) -> Any:
    """`paging` of these rows; only those are worked out with `say`. A queryset is counted and cut by the database."""
    many = len(rows) if isinstance(rows, (list, tuple)) else rows.count()  # type: ignore[call-arg]
    found = rows[paging.offset : paging.offset + paging.limit]
    return {"count": many, "limit": paging.limit, "offset": paging.offset, "next": _next(request, many, paging),
            "items": [plain(say(row) if say else row) for row in found]}  # fmt: skip


def table(request: HttpRequest, figure: Figure, paging: Paging) -> dict[str, Any]:
    """A figure of a page as the API gives it."""
    rows = [dict(zip(figure.columns, map(plain, row), strict=True))
            for row in figure.rows[paging.offset : paging.offset + paging.limit]]  # fmt: skip
    return {"name": figure.name, "sentence": figure.sentence, "columns": list(figure.columns),
            "count": len(figure.rows), "limit": paging.limit, "offset": paging.offset,
            "next": _next(request, len(figure.rows), paging), "rows": rows, "how": list(figure.how),
            "command": figure.command, "source": [str(line) for line in figure.source]}  # fmt: skip


def whole(figure: Figure | None) -> dict[str, Any] | None:
    """A small figure, all of it: `Table` without parts."""
    if figure is None:
        return None
    rows = [dict(zip(figure.columns, map(plain, row), strict=True)) for row in figure.rows]
    return {"name": figure.name, "sentence": figure.sentence, "columns": list(figure.columns), "count": len(rows),
            "limit": len(rows), "offset": 0, "next": None, "rows": rows, "how": list(figure.how),
            "command": figure.command, "source": [str(line) for line in figure.source]}  # fmt: skip


def _next(request: HttpRequest, many: int, paging: Paging) -> str | None:
    after = paging.offset + paging.limit
    if after >= many:
        return None
    asked = request.GET.copy()
    asked["limit"], asked["offset"] = str(paging.limit), str(after)
    return f"{request.path}?{urlencode(list(asked.items()))}"


Key = Annotated[str, Field(max_length=120)]

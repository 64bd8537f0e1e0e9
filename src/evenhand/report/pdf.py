"""The story as a PDF of exactly four A4 pages, set by Typst with the charts as SVG inside, tagged for readers."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from ..charts import render
from ..story import Chapter, Figure, Story
from ..story.written import table
from .wording import DEMONSTRATION, STEP_NAMES, about, claim, grouped

TEMPLATE = Path(__file__).with_name("report.typ")
PAGES = 4  # PAGES.md, Money: the board report is four A4 pages
WIDTH = 430  # pixels of a chart: half an A4 column, so that its letters stay readable
LONG = 320  # letters: three lines of the smallest type, where a story has to be cut
SHORT = 12  # letters: a column of these is as wide as its content
SIZES = (10.0, 9.0, 8.5, 8.0, 7.5)  # points: the largest type in which the story fits
MOST = (24, 12, 6, 3, 1)  # rows of a table, sentences of a chapter, when even the smallest type is too large


def pdf(story: Story) -> bytes:
    """The story as a PDF of four pages, whatever there is to tell.

    The type is made smaller, down to 7.5 points; then tables and chapters are cut, each saying how much more the HTML
    report has. A story that needs fewer pages has its chapters spread over four, with room for notes.
    """
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        document = _document(story, root)
        (root / "report.typ").write_text(TEMPLATE.read_text(encoding="utf-8"), encoding="utf-8")
        for size, most in (*((size, None) for size in SIZES), *((SIZES[-1], most) for most in MOST)):
            tried = (document if most is None else _cut(document, most)) | {"size": size, "spread": False, "blank": 0}
            made, pages = _set(root, tried)
            if pages <= PAGES:
                break
        if pages < PAGES:
            made, pages = _set(root, tried | {"spread": True})
        if pages > PAGES:  # spread, a chapter ran over its page
            made, pages = _set(root, tried)
        if pages < PAGES:
            made, pages = _set(root, tried | {"blank": PAGES - pages})
        return made


def _set(root: Path, document: dict[str, Any]) -> tuple[bytes, int]:
    """The PDF, and how many pages it takes."""
    import typst

    (root / "story.json").write_text(json.dumps(document), encoding="utf-8")
    made: bytes = typst.compile(root / "report.typ", root=root, format="pdf", pdf_standards="ua-1")
    last: list[int] = json.loads(typst.query(root / "report.typ", "<pages>", root=root, field="value", one=True))
    return made, int(last[0])


def _cut(document: dict[str, Any], most: int) -> dict[str, Any]:
    """The same with no more than `most` rows in a table and sentences in a chapter, and what was left out in words."""
    chapters = []
    for chapter in document["chapters"]:
        says, tables = chapter["says"], chapter["tables"]
        left = [f"{len(says) - most} more sentences stand in the HTML report."] if len(says) > most else []
        chapters.append(chapter | {
            "says": [_short(line) for line in says[:most]] + left, "charts": chapter["charts"][:most],
            "tables": [_rows_cut(part, most) for part in tables[:most]],
        })  # fmt: skip
    sources = document["sources"]
    if len(sources) > most:
        more = [f"{len(sources) - most} more in the HTML report", "", "", "", ""]
        sources = [*sources[:most], more]
    return document | {"chapters": chapters, "sources": sources}


def _rows_cut(part: dict[str, Any], most: int) -> dict[str, Any]:
    rows = part["rows"]
    cut = [[_short(cell) for cell in row] for row in rows[:most]]
    if len(rows) > most:
        cut.append([f"{len(rows) - most} more in the HTML report", *[""] * (len(part["columns"]) - 1)])
    return part | {"rows": cut, "says": _short(part["says"])}


def _short(text: str) -> str:
    """A sentence that leaves room for others."""
    return text if len(text) <= LONG else text[:LONG].rsplit(" ", 1)[0] + " ..."


def _document(story: Story, root: Path) -> dict[str, Any]:
    """What the template reads: text only, numbers already written, charts as files beside it."""
    return {
        "title": story.title, "name": story.name[:1].upper() + story.name[1:], "about": about(story),
        "claim": claim(story), "demonstration": DEMONSTRATION if story.demonstration else "",
        "date": story.figures_date or "", "head": story.ledger_head or "no ledger yet",
        "chapters": [_chapter(chapter, root) for chapter in story.chapters],
        "sources": [list(row) for row in grouped(story)],
    }  # fmt: skip


def _chapter(chapter: Chapter, root: Path) -> dict[str, Any]:
    return {
        "name": STEP_NAMES[chapter.step], "question": chapter.question, "says": list(chapter.says),
        "next": chapter.next_step,
        "charts": [_chart(chapter, figure, root) for figure in chapter.figures if figure.draw is not None],
        "tables": [_table(figure) for figure in chapter.figures if figure.draw is None or figure.in_print],
    }  # fmt: skip


def _chart(chapter: Chapter, figure: Figure, root: Path) -> dict[str, str]:
    assert figure.draw is not None
    name = f"{chapter.step}-{figure.id}.svg"
    (root / name).write_bytes(render(figure.draw(WIDTH), "svg"))
    return {"file": name, "says": figure.says}


def _table(figure: Figure) -> dict[str, Any]:
    rows = table(figure)
    longest = [max(len(cell) for cell in column) for column in zip(figure.columns, *rows, strict=True)]
    text = [kind == "text" and n > SHORT for n, kind in zip(longest, figure.kinds, strict=True)]
    widths = [min(n, 40) if wide else 0 for n, wide in zip(longest, text, strict=True)]  # 0: as wide as its content
    return {
        "says": "" if figure.draw is not None else figure.says, "columns": list(figure.columns), "rows": rows,
        "widths": widths, "right": [kind != "text" for kind in figure.kinds],
    }  # fmt: skip

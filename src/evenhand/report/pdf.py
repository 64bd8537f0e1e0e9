"""The story as a PDF of at most four A4 pages, set by Typst with the charts as SVG inside, tagged for readers."""

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
MOST_PAGES = 4  # PAGES.md, Money: the board report is four A4 pages
WIDTH = 430  # pixels of a chart: half an A4 column, so that its letters stay readable
SHORT = 12  # letters: a column of these is as wide as its content
SIZES = (10.0, 9.0, 8.5, 8.0, 7.5)  # points: the largest type in which the story fits


def pdf(story: Story) -> bytes:
    """The story as a PDF. The type is made smaller, down to 7.5 points, until it fits four pages."""
    import typst

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        document = _document(story, root)
        (root / "report.typ").write_text(TEMPLATE.read_text(encoding="utf-8"), encoding="utf-8")
        for size in SIZES:
            (root / "story.json").write_text(json.dumps(document | {"size": size}), encoding="utf-8")
            made: bytes = typst.compile(root / "report.typ", root=root, format="pdf", pdf_standards="ua-1")
            if _pages(root) <= MOST_PAGES:
                break
        return made


def _pages(root: Path) -> int:
    """How many pages the document takes."""
    import typst

    last: list[int] = json.loads(typst.query(root / "report.typ", "<pages>", root=root, field="value", one=True))
    return int(last[0])


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

"""The story as one HTML page that needs nothing else: charts inline, a table behind each, readable on a phone."""

from __future__ import annotations

import re
from html import escape
from pathlib import Path

from ..charts import render
from ..story import Chapter, Figure, Source, Story
from ..story.written import table
from .wording import DEMONSTRATION, STEP_NAMES, about, claim

STYLE = Path(__file__).with_name("report.css")
CODE = re.compile(r"`([^`]+)`")
WIDE, NARROW = 620, 328  # pixels: a column of the page, and a phone of 360 less its margins


def html(story: Story) -> str:
    """The story as a page. Nothing in it is fetched from elsewhere, and it runs no script."""
    banner = f'<p class="banner" role="note">{DEMONSTRATION}</p>' if story.demonstration else ""
    name = escape(story.name[:1].upper() + story.name[1:])
    chapters = "\n".join(_chapter(number, chapter) for number, chapter in enumerate(story.chapters, 1))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(story.title)} {name}</title>
<style>{STYLE.read_text(encoding="utf-8")}</style>
</head>
<body>
{banner}
<header><p class="service">Evenhand</p><h1>{escape(story.title)}</h1><p class="place">{name}</p>
<p class="date">{escape(about(story))}</p></header>
<main>
<p class="lead">{escape(claim(story))}</p>
{chapters}
{_sources(story)}
</main>
<footer><p>{escape(_head(story))}</p></footer>
</body>
</html>
"""


def _chapter(number: int, chapter: Chapter) -> str:
    says = "".join(f"<p>{_text(line)}</p>" for line in chapter.says)
    figures = "\n".join(_figure(figure) for figure in chapter.figures)
    return f"""<section aria-labelledby="{chapter.step}">
<h2 id="{chapter.step}"><span class="step">{number}</span> {STEP_NAMES[chapter.step]}</h2>
<p class="question">{escape(chapter.question)}</p>
{says}
{figures}
<p class="next"><strong>Next:</strong> {_text(chapter.next_step)}</p>
</section>"""


def _text(line: str) -> str:
    """A sentence, what stands between backticks as code."""
    return CODE.sub(r"<code>\1</code>", escape(line))


def _figure(figure: Figure) -> str:
    body = _table(figure)
    if figure.draw is None:
        return f'<div class="figure">{body}</div>'
    wide, narrow = (render(figure.draw(width), "svg").decode() for width in (WIDE, NARROW))
    return f"""<figure class="figure"><div class="wide">{wide}</div><div class="narrow">{narrow}</div>
<figcaption>{escape(figure.says)}</figcaption>
<details><summary>The numbers behind this chart</summary>{body}</details></figure>"""


def _table(figure: Figure) -> str:
    numeric = ['' if kind == "text" else ' class="number"' for kind in figure.kinds]
    heads = "".join(f'<th scope="col"{c}>{escape(h)}</th>' for h, c in zip(figure.columns, numeric, strict=True))
    rows = []
    for row in table(figure):
        first = f'<th scope="row">{escape(row[0])}</th>'
        rows.append(first + "".join(f"<td{c}>{escape(v)}</td>" for v, c in zip(row[1:], numeric[1:], strict=True)))
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    name = f"{figure.id}-says"
    return (
        f'<p class="caption" id="{name}">{escape(figure.says)}</p>'
        f'<div class="scroll" tabindex="0" role="region" aria-labelledby="{name}">'
        f'<table aria-labelledby="{name}"><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _sources(story: Story) -> str:
    if not story.sources:
        return ""
    rows = "".join(_source(source) for source in story.sources)
    return f"""<section aria-labelledby="sources"><h2 id="sources">Where the figures come from</h2>
<p>Every figure above is counted from these {len(story.sources)} published files, and can be counted again.</p>
<details><summary>Files, months and sha256</summary>
<div class="scroll" tabindex="0" role="region" aria-label="Files, months and sha256">
<table><caption>Files that were loaded</caption><thead><tr><th scope="col">file</th><th scope="col">table</th>
<th scope="col">months</th><th scope="col" class="number">rows</th><th scope="col">sha256</th></tr></thead>
<tbody>{rows}</tbody></table></div></details></section>"""


def _source(source: Source) -> str:
    return (
        f'<tr><th scope="row">{escape(source.file)}</th><td>{escape(source.table)}</td><td>{escape(source.months)}</td>'
        f'<td class="number">{source.rows:,}</td><td class="hash">{source.sha256}</td></tr>'
    )


def _head(story: Story) -> str:
    return f"Ledger head: {story.ledger_head}" if story.ledger_head else "There is no ledger yet."

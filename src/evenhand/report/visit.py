"""A pack for a visit: two A4 pages about one organisation, to be read together and written on. Set by Typst."""

from __future__ import annotations

import json
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

TEMPLATE = Path(__file__).with_name("visit.typ")
PAGES = 2
SIZES = (10.0, 9.5, 9.0, 8.5, 8.0, 7.5)  # points: the largest type in which it fits two pages
FEWER = (9, 6, 3, 1)  # measures in the table, where the smallest type does not do
LONGEST = 400, 1200  # characters of a promise or a scheme's title, and of one part of a definition
SHARES = (0.75, 0.5, 0.25)  # of these, where one measure alone does not do: a server's fonts may be wide


@dataclass(frozen=True)
class Line:
    """One measure in the table: everything already written out; `dots` is an SVG."""

    title: str
    value: str
    middle: str
    gain: str
    change: str
    dots: str


@dataclass(frozen=True)
class Topic:
    """The measure to talk about: its sentence, its pictures (SVG), and what its definition says."""

    title: str
    sentence: str
    spread: str
    course: str
    why: str
    how: str
    cautions: str
    find: str
    checked: str


@dataclass(frozen=True)
class Visit:
    """What the two pages say. demonstration: the banner's words, or nothing."""

    name: str
    level: str
    about: str
    demonstration: str
    lines: tuple[Line, ...]
    topic: Topic | None
    promised: tuple[str, ...]
    schemes: tuple[str, ...]


def visit(pack: Visit) -> bytes:
    """The pack as a PDF of two pages, whatever it says: the type is made smaller, down to 7.5 points, until it fits;
    then the table is made shorter, and says how many measures were left out; then the longest texts are cut short."""
    import typst

    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        document = asdict(pack)
        for number, line in enumerate(pack.lines):
            document["lines"][number]["dots"] = _picture(root, f"dots-{number}", line.dots)
        if pack.topic is not None:
            for name in ("spread", "course"):
                document["topic"][name] = _picture(root, name, getattr(pack.topic, name))
        (root / "visit.typ").write_text(TEMPLATE.read_text(encoding="utf-8"), encoding="utf-8")
        every = len(pack.lines)
        tries = [(size, every, 1.0) for size in SIZES] + [(SIZES[-1], few, 1.0) for few in FEWER if few < every]
        for size, most, share in [*tries, *((SIZES[-1], min(every, FEWER[-1]), share) for share in SHARES)]:
            said = _bounded(document, share) | {"left_out": every - most, "size": size}
            said["lines"] = said["lines"][:most]
            (root / "visit.json").write_text(json.dumps(said), encoding="utf-8")
            made: bytes = typst.compile(root / "visit.typ", root=root, format="pdf", pdf_standards="ua-1")
            if _pages(root) <= PAGES:
                break
        return made


def _bounded(document: dict[str, Any], share: float) -> dict[str, Any]:
    """The same with texts that no page could hold cut short, to a share of the longest there may be."""
    words, part = (round(share * most) for most in LONGEST)
    topic = document["topic"]
    parts = ("title", "sentence", "why", "how", "cautions", "find", "checked")
    return document | {
        "name": _cut(document["name"], words),
        **{name: [_cut(text, words) for text in document[name]] for name in ("promised", "schemes")},
        "lines": [line | {"title": _cut(line["title"], words // 2)} for line in document["lines"]],
        "topic": topic and topic | {name: _cut(topic[name], part) for name in parts},
    }


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most].rsplit(' ', 1)[0]} …"


def _pages(root: Path) -> int:
    import typst

    last: list[int] = json.loads(typst.query(root / "visit.typ", "<pages>", root=root, field="value", one=True))
    return int(last[0])


def _picture(root: Path, name: str, svg: str) -> str:
    """A picture as a file beside the template; '' for none."""
    if not svg:
        return ""
    (root / f"{name}.svg").write_text(svg, encoding="utf-8")
    return f"{name}.svg"

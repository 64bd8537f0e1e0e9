"""Reflections for appraisal as a PDF, for their owner. Set by Typst."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ..change.reflection import PARTS, Reflection, about, result_lines

TEMPLATE = Path(__file__).with_name("reflection.typ")


def reflections(found: Sequence[Reflection], *, demonstration: str = "") -> bytes:
    """Reflections as a PDF, each on a page of its own. `demonstration`: the words of the banner, or nothing."""
    import typst

    document = {"demonstration": demonstration, "reflections": [_said(one) for one in found]}
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "reflection.typ").write_text(TEMPLATE.read_text(encoding="utf-8"), encoding="utf-8")
        (root / "reflection.json").write_text(json.dumps(document), encoding="utf-8")
        made: bytes = typst.compile(root / "reflection.typ", root=root, format="pdf", pdf_standards="ua-1")
        return made


def _said(one: Reflection) -> dict[str, object]:
    parts = [[name, getattr(one, field).strip() or "–"] for name, field in PARTS]
    return {"title": one.title, "about": about(one), "parts": parts, "result": list(result_lines(one))}

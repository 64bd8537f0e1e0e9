"""What every chart that a page sketches must be: drawing alone, within its frame, with its figures in words."""

from __future__ import annotations

import re
from xml.etree import ElementTree

ALLOWED = {"svg", "g", "path", "circle", "polygon", "text"}


def is_drawing_alone(pictures: dict[str, str], width: int) -> None:
    """Nothing in a picture but drawing: no style, no link, no script, no number that is none; as wide as asked."""
    for name, text in pictures.items():
        root = ElementTree.fromstring(text)
        assert {node.tag.split("}")[1] for node in root.iter()} <= ALLOWED, name
        assert not re.search(r"style=|href=|\bon\w+=|nan|inf\b", text), name
        assert f"0 0 {width} " in root.get("viewBox"), name


def words(text: str) -> str:
    """Every word of a picture."""
    return " ".join(node.text or "" for node in ElementTree.fromstring(text).iter() if node.tag.endswith("text"))

"""Every act that is kept in the audit trail is told in docs/reference/people.md, and no other is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import evenhand_web
import joining

ROOT = Path(evenhand_web.__file__).parent
DOCS = Path(__file__).resolve().parents[2] / "docs" / "reference" / "people.md"


def acts() -> set[str]:
    """The acts in the calls of trail.keep and trail.watch."""
    found = set()
    for file in ROOT.rglob("*.py"):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func) in ("trail.keep", "trail.watch"):
                word = call.args[0 if ast.unparse(call.func) == "trail.keep" else 1]
                found |= {part.value for part in ast.walk(word) if isinstance(part, ast.Constant)}
    return found


def test_the_docs_tell_every_act_of_the_trail_and_no_other():
    told = DOCS.read_text(encoding="utf-8").split("## The audit trail")[1]
    assert set(re.findall(r"\*([a-z][a-z -]+)\*", told)) == acts()


def test_what_belongs_to_no_place_is_shown_to_who_looks_after_the_top(people):
    from evenhand_web.people import trail

    trail.keep("sign-in failed")
    shown = [joining.signed_in(joining.administrator(at, at.lower())).get(f"/organisations/{at}/people/trail/")
             .content.decode().count("sign-in failed") for at in ("NATION", "ICB1")]  # fmt: skip
    assert shown == [1, 0]

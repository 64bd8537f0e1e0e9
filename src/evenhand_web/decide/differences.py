"""What changed between two versions, line by line, for reading."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

AROUND = 2  # unchanged lines shown before and after a change, so that one knows where it is


@dataclass(frozen=True)
class Line:
    """One line: its number before and after (None where it is not there); kind: same, added, removed, gap."""

    before: int | None
    after: int | None
    kind: str
    text: str

    @property
    def sign(self) -> str:
        """The mark that says it without colour."""
        return {"added": "+", "removed": "−"}.get(self.kind, "")

    @property
    def words(self) -> str:
        """The mark as a screen reader says it."""
        return {"added": "added", "removed": "removed", "gap": "unchanged lines left out"}.get(self.kind, "unchanged")


def differences(before: str, after: str, *, around: int = AROUND) -> list[Line]:
    """The changed lines of two texts with a few unchanged ones about them; an empty list if nothing changed.

    >>> [(line.sign, line.text) for line in differences("a: 1", "a: 2")]
    [('−', 'a: 1'), ('+', 'a: 2')]
    """
    old, new = before.splitlines(), after.splitlines()
    groups = list(SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(around))
    lines: list[Line] = []
    for group in groups:
        if group[0][1] > 0:
            lines.append(Line(None, None, "gap", "…"))
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                lines += [Line(i1 + k + 1, j1 + k + 1, "same", old[i1 + k]) for k in range(i2 - i1)]
                continue
            lines += [Line(i + 1, None, "removed", old[i]) for i in range(i1, i2)]
            lines += [Line(None, j + 1, "added", new[j]) for j in range(j1, j2)]
    if groups and groups[-1][-1][2] < len(old):
        lines.append(Line(None, None, "gap", "…"))
    return lines

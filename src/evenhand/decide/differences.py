"""What changed between two versions of a scheme: line by line for reading, and field by field for deciding."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from ..records import Record, Scheme

AROUND = 2  # unchanged lines shown before and after a change, so that one knows where it is
# Fields whose change alters what was signed for or how it is judged; the others are words.
SUBSTANCE = frozenset({
    "measure", "level", "area", "start", "baseline", "follow_up", "allocation", "treated_arms", "control_arm",
    "cluster",
    "planned_effect", "planned_saving_pounds", "why_not_randomised", "money", "guardrails", "quality_impact",
})  # fmt: skip


@dataclass(frozen=True, eq=False)
class Line(Record):
    """One line: its number before and after (None where it is not there); kind: same, added, removed, gap."""

    before: int | None
    after: int | None
    kind: str
    text: str


@dataclass(frozen=True, eq=False)
class FieldChange(Record):
    """One field of a scheme that changed: its name (`money.pounds_per_unit`), before and after, None where it is not
    there; substance: whether it changes what was signed for or how it is judged."""

    field: str
    before: Any
    after: Any
    substance: bool


def lines(before: str, after: str, *, around: int = AROUND) -> tuple[Line, ...]:
    """The changed lines of two texts with a few unchanged ones about them; none if nothing changed.

    >>> [(line.kind, line.text) for line in lines("a: 1", "a: 2")]
    [('removed', 'a: 1'), ('added', 'a: 2')]
    """
    old, new = before.splitlines(), after.splitlines()
    groups = list(SequenceMatcher(None, old, new, autojunk=False).get_grouped_opcodes(around))
    found: list[Line] = []
    for group in groups:
        if group[0][1] > 0:
            found.append(Line(None, None, "gap", "…"))
        for tag, i1, i2, j1, j2 in group:
            if tag == "equal":
                found += [Line(i1 + k + 1, j1 + k + 1, "same", old[i1 + k]) for k in range(i2 - i1)]
                continue
            found += [Line(i + 1, None, "removed", old[i]) for i in range(i1, i2)]
            found += [Line(None, j + 1, "added", new[j]) for j in range(j1, j2)]
    if groups and groups[-1][-1][2] < len(old):
        found.append(Line(None, None, "gap", "…"))
    return tuple(found)


def amendments(before: Scheme, after: Scheme) -> tuple[FieldChange, ...]:
    """Which fields an amendment changes, in the order of the scheme; order of lines and comments are no change.

    Any amendment voids the signatures; `substance` says which changes a signer must look at first.
    """
    old, new = _flat(before.model_dump(mode="json", by_alias=True)), _flat(after.model_dump(mode="json", by_alias=True))
    names = dict.fromkeys([*new, *old])
    return tuple(
        FieldChange(name, old.get(name), new.get(name), name.split(".")[0] in SUBSTANCE)
        for name in names
        if old.get(name) != new.get(name)
    )


def _flat(content: Mapping[str, Any], within: str = "") -> dict[str, Any]:
    """Every value by its path; a list is one value."""
    found: dict[str, Any] = {}
    for key, value in content.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{within}{key}.")
        else:
            found[within + key] = value
    return found

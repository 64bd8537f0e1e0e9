"""Participants: who may be counted, where they work, and what they declared themselves to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ..errors import InputError
from ..records import Record
from ..table import Table

TRUE, FALSE = frozenset({"1", "1.0", "true", "yes", "y"}), frozenset({"", "0", "0.0", "false", "no", "n"})


@dataclass(frozen=True, eq=False)
class Participants(Record):
    """The people of a round, by pseudonym.

    organisation: where each works, '' if not said; removed: those whom a moderator took out (their votes do
    not count); declared: for each declared column (profession, say) what each person declared, '' if nothing.
    """

    organisation: Mapping[str, str]
    removed: frozenset[str] = frozenset()
    declared: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def read(table: Table, *, declared: tuple[str, ...] = ()) -> Participants:
    """Participants of a file `participant[,organisation,removed_by_moderator,<declared columns>]`.

    Raises
    ------
    InputError
        If a participant is blank or given twice, a declared column is missing, or a removal is neither yes nor no.
    """
    table.need("participant", *declared)
    table.unique("participant")
    people = table.text("participant")
    if "" in people:
        raise table.refuse(people.index(""), "participant", "", "an identifier")
    work = table.text("organisation") if table.has("organisation") else [""] * len(people)
    removed: set[str] = set()
    if table.has("removed_by_moderator"):
        for i, (person, word) in enumerate(zip(people, table.text("removed_by_moderator"), strict=True)):
            if word.lower() in TRUE:
                removed.add(person)
            elif word.lower() not in FALSE:
                raise table.refuse(i, "removed_by_moderator", word, "1 or 0 (true or false)")
    said = {column: dict(zip(people, table.text(column), strict=True)) for column in declared}
    return Participants(dict(zip(people, work, strict=True)), frozenset(removed), said)


def read_groups(table: Table) -> dict[str, str]:
    """The opinion group of each person, from a file `participant,group`; a blank group is no group.

    A Polis export (`participant,group-id`) and the members that `decide groups` writes are read alike.
    """
    column = "group-id" if table.has("group-id") and not table.has("group") else "group"
    table.need("participant", column)
    table.unique("participant")
    groups = dict(zip(table.text("participant"), table.text(column), strict=True))
    if not any(groups.values()):
        raise InputError(f"{table.name}: column {column!r} is blank in every row; expected an opinion group")
    return groups

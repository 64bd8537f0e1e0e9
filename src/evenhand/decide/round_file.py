"""The open round file: one ZIP from which anybody can count a round again, and nobody can tell who voted how.

It holds no person, no pseudonym, no time and no order: how each set of ten or more people voted on each statement, the
frame's margins, the statements with what was decided of them, the figures and the methods. The log itself stays where
it is; who holds it can check the file against it.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import InputError
from ..records import Record
from .disclosure import FEW, WITHHELD, Cell, Key, cells
from .groups import Groups
from .participants import Participants
from .tally import EVERYONE, GROUP
from .verdict import FEWEST, Count, Judgement, judge

FORMAT = "evenhand round 1"
TOLD = ("verdict", "except_by", "needs_votes_from")
EPOCH = (1980, 1, 1, 0, 0, 0)  # the first moment a ZIP can say: the file tells no time of its making
VOTES = ("statement", "column", "value", "agree", "disagree", "pass", "hidden")
FIGURES = ("statement", "lower_bound", "group_aware_consensus", "verdict", "except_by", "needs_votes_from", "rests_on")
STATEMENTS = ("statement", "text", "moderation", "reason")
LOG = "the log"  # what a verdict rests on if a set of ten or more is withheld to protect a smaller one
METHODS = f"""\
Votes. Of each person's votes on a statement the last one counts; one taken back does not; people whom a moderator
removed are not counted; votes on a duplicate move to its original where the person has none there.
Bound. lower_bound is the one-sided 90% Wilson bound of agree among those who saw the statement (agreed, disagreed or
passed).
Verdict. agreed: every opinion group and every declared profession has a lower bound above one half. disagreed: the
same of disagree. agreed_except: everyone together and at least one of them, but not those named. needs_more_votes:
fewer than {FEWEST} of a group or profession have seen it. divided: anything else.
Groups. Latent classes of agree and disagree votes; one more group only if it foretells held-out votes better by 1%
and beyond chance, with answering styles allowed for. One group means that there are no camps.
Privacy. No cell of fewer than {FEWEST} people is shown, nor one that could be worked out from others. In a later file
of the same round a statement's figures stand as they were until ten people or more have changed each of them.
Checking. Verdicts that rest on 'this file' are computed again by `evenhand decide round FILE --check`; those that rest
on 'the log' need the votes of sets that are withheld: whoever holds the log adds --votes.
"""


@dataclass(frozen=True, eq=False)
class RoundFile(Record):
    """What an open round file holds. about: round.json; frame: (column, value) -> people, ten or more; statements:
    rows of id, text, moderation, reason; figures: rows as they are written."""

    about: Mapping[str, Any]
    cells: tuple[Cell, ...]
    frame: Mapping[tuple[str, str], int]
    statements: tuple[Mapping[str, str], ...]
    figures: tuple[Mapping[str, str], ...]


def pack(
    found: Groups,
    statements: Sequence[Mapping[str, str]],
    participants: Participants | None = None,
    declared: Sequence[str] = (),
    *,
    about: Mapping[str, str] | None = None,
    previous: bytes | None = None,
) -> bytes:
    """The open round file of a round, the same bytes whenever it is made of the same round.

    Parameters
    ----------
    found
        The round's groups with its tally.
    statements
        Every statement: id (`statement`), `text`, `moderation` and the public `reason`, as far as known.
    participants, declared
        Of whom margins are published, by which columns; none under ten.
    about
        Title, question and dates, as they are public.
    previous
        The file given away before of the same round; without it, two files could be compared for one person's vote.
    """
    before = None if previous is None else read(previous)
    shown = cells(found.tally, None if before is None else {cell.key: cell for cell in before.cells})
    head = {
        "format": FORMAT, **(about or {}), "declared": list(declared), **about_groups(found),
        "follows": "" if previous is None else hashlib.sha256(previous).hexdigest(),
    }  # fmt: skip
    parts = {
        "round.json": json.dumps(head, indent=1, ensure_ascii=False, sort_keys=True) + "\n",
        "votes.csv": _csv(VOTES, [cell.as_json() for cell in shown]),
        "frame.csv": _csv(("column", "value", "people"), _frame(participants, declared, before)),
        "statements.csv": _csv(STATEMENTS, sorted(statements, key=lambda row: row["statement"])),
        "figures.csv": _csv(FIGURES, _with_the_log(figures(shown), found, shown, before)),
        "methods.txt": METHODS,
    }
    return _zip(parts)


def opened(found: Groups) -> dict[str, Any]:
    """What of groups and their tally may be given away as JSON: cells, figures, sizes by tens, no member."""
    shown = cells(found.tally)
    return about_groups(found) | {"cells": list(shown), "figures": figures(shown)}


def about_groups(found: Groups) -> dict[str, Any]:
    """How many groups, how large, how well they foretell, and what sets them apart; rounded so that none is told."""
    return {
        "groups": found.groups, "group_sizes_rounded_down_to_ten": [_tens(n) for n in found.sizes],
        "heldout_log_loss": round(found.heldout_log_loss, 2), "marginal_log_loss": round(found.marginal_log_loss, 2),
        "seed": found.seed, "participants_rounded_down_to_ten": _tens(found.tally.participants),
        "representative": [[row.statement for row in rows] for rows in found.representative],
    }  # fmt: skip


def _tens(people: int) -> int:
    return people // 10 * 10


def _with_the_log(
    rows: list[dict[str, str]], found: Groups, shown: Sequence[Cell], before: RoundFile | None
) -> list[dict[str, str]]:
    """Verdicts that only the log can tell; where a statement's cells stand as they were, its verdict does too."""
    old = {} if before is None else {row["statement"]: dict(row) for row in before.figures}
    was = set() if before is None else {repr(cell) for cell in before.cells}
    fresh = {cell.statement for cell in shown if repr(cell) not in was}
    judged = {row.statement: row.judgement for row in found.tally.statements}
    for row in rows:
        if row["rests_on"] == LOG:
            told = old.get(row["statement"]) if row["statement"] not in fresh else None
            row |= told if told is not None else _words(judged[row["statement"]])
    return rows


def figures(shown: Sequence[Cell]) -> list[dict[str, str]]:
    """Bound, consensus and verdict of each statement, from the cells alone.

    rests_on: 'this file', or 'the log' where a set of ten or more is withheld, so that only the log could tell.
    """
    rows = []
    for statement in dict.fromkeys(cell.statement for cell in shown):
        mine = [cell for cell in shown if cell.statement == statement]
        everyone = next((cell for cell in mine if (cell.column, cell.value) == EVERYONE), None)
        units = [cell for cell in mine if cell is not everyone]
        if everyone is None or everyone.hidden:
            told, bound = Judgement("needs_more_votes"), ""
        else:
            all_, counts = _count(everyone), [_count(cell) for cell in units]
            told, bound = judge(all_, counts), repr(all_.lower_bound)
        only_log = any(c.hidden == WITHHELD for c in units) and not any(c.hidden == FEW for c in units)
        groups = [cell for cell in units if cell.column == GROUP]
        known = groups and not any(cell.hidden for cell in groups)
        product = float(np.prod([(cell.agree + 1) / (sum(cell.counts) + 2) for cell in groups])) if known else None
        few = {(cell.column, cell.value) for cell in units if cell.hidden != WITHHELD}
        told = Judgement(told.verdict, told.except_by, tuple(unit for unit in told.needs_votes_from if unit in few))
        rows.append({
            "statement": statement, "lower_bound": bound,
            "group_aware_consensus": "" if product is None else repr(product),
            **(_words(Judgement("")) if only_log else _words(told)), "rests_on": LOG if only_log else "this file",
        })  # fmt: skip
    return rows


def _words(told: Judgement) -> dict[str, str]:
    return {
        "verdict": told.verdict, "except_by": "; ".join("=".join(unit) for unit in told.except_by),
        "needs_votes_from": "; ".join("=".join(unit) for unit in told.needs_votes_from),
    }  # fmt: skip


def read(content: bytes, name: str = "round file") -> RoundFile:
    """An open round file.

    Raises
    ------
    InputError
        If it is no ZIP of this format, a part is missing, or a row cannot be read.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as file:
            parts = {one: file.read(one).decode() for one in file.namelist()}
        about = json.loads(parts["round.json"])
        votes, frame = _rows(parts["votes.csv"]), _rows(parts["frame.csv"])
        shown = tuple(_cell(row) for row in votes)
        people = {(row["column"], row["value"]): int(row["people"]) for row in frame}
        rows = tuple(_rows(parts["statements.csv"])), tuple(_rows(parts["figures.csv"]))
    except (zipfile.BadZipFile, KeyError, ValueError, EOFError, RuntimeError, zlib.error) as error:
        right = "expected what `evenhand decide round` wrote"
        raise InputError(f"{name}: not an open round file ({error}); {right}") from None
    if about.get("format") != FORMAT:
        raise InputError(f"{name}: its format is {about.get('format')!r}; expected {FORMAT!r}")
    return RoundFile(about, shown, people, *rows)


def faults(found: RoundFile) -> tuple[str, ...]:
    """What in the file does not follow from its own votes, or should not be in it: nothing, if all is well."""
    told = []
    again = {row["statement"]: row for row in figures(found.cells)}
    given = {row["statement"]: row for row in found.figures}
    for statement in dict.fromkeys([*again, *given]):
        if statement not in given or statement not in again:
            told.append(f"statement {statement!r} has {'figures' if statement in given else 'votes'} only")
            continue
        told += [f"statement {statement!r}: {name} says {given[statement].get(name)!r}, its votes say {value!r}"
                 for name, value in again[statement].items()
                 if given[statement].get(name) != value and not (again[statement]["rests_on"] == LOG and name in TOLD)
                 ]  # fmt: skip
    told += [f"statement {c.statement!r}: {c.column} {c.value} shows {sum(c.counts):g} people, under {FEWEST}"
             for c in found.cells if not c.hidden and sum(c.counts) < FEWEST]  # fmt: skip
    told += [f"frame: {column} {value} shows {n} people, under {FEWEST}"
             for (column, value), n in found.frame.items() if n < FEWEST]  # fmt: skip
    return tuple(told)


def differs(found: RoundFile, fresh: RoundFile) -> tuple[str, ...]:
    """Where a file and one made anew from the log say different things, part by part."""
    told = []
    old: dict[Key, Cell] = {cell.key: cell for cell in found.cells}
    for cell in fresh.cells:
        was = old.get(cell.key)
        if was is None or was.as_json() != cell.as_json():
            told.append(f"statement {cell.statement!r}, {cell.column} {cell.value}: the log says otherwise")
    told += [f"statement {key[0]!r}, {key[1]} {key[2]}: the log has no such votes"
             for key in old if key not in {cell.key for cell in fresh.cells}]  # fmt: skip
    for name in ("groups", "group_sizes_rounded_down_to_ten", "representative", "heldout_log_loss"):
        if found.about.get(name) != fresh.about.get(name):
            told.append(f"round.json: {name} is {found.about.get(name)!r}, from the log {fresh.about.get(name)!r}")
    return tuple(told)


def _count(cell: Cell) -> Count:
    """A hidden cell counts as nobody: it is not judged."""
    agree, disagree, passes = (0.0, 0.0, 0.0) if cell.hidden else cell.counts
    return Count.of(cell.column, cell.value, agree, disagree, passes, int(agree + disagree + passes))


def _cell(row: Mapping[str, str]) -> Cell:
    counts = [float(row[name]) if row[name] else np.nan for name in ("agree", "disagree", "pass")]
    if not row["hidden"] and any(not n >= 0 for n in counts):
        raise ValueError(f"a row of votes.csv without counts: {row['statement']!r}, {row['value']!r}")
    return Cell(row["statement"], row["column"], row["value"], counts[0], counts[1], counts[2], row["hidden"])


def _frame(
    participants: Participants | None, declared: Sequence[str], before: RoundFile | None
) -> list[dict[str, Any]]:
    """How many people of each declared value could vote; none under ten, none that is the total minus the rest.

    A number that differs from the one given before by fewer than ten stands as it was.
    """
    rows: list[dict[str, Any]] = []
    if participants is None:
        return rows
    there = [person for person in participants.organisation if person not in participants.removed]
    for column in declared:
        heads = Counter(participants.declared[column].get(person, "") for person in there)
        kept = sorted((n, value) for value, n in heads.items() if value and n >= FEWEST)
        while kept and 0 < len(there) - sum(n for n, _ in kept) < FEWEST:
            kept.pop(0)
        for n, value in sorted(kept, key=lambda row: row[1]):
            was = n if before is None else before.frame.get((column, value), n)
            rows.append({"column": column, "value": value, "people": was if abs(was - n) < FEWEST else n})
    return rows


def _csv(columns: Sequence[str], rows: Sequence[Mapping[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([["" if row.get(name) is None else row.get(name) for name in columns] for row in rows])
    return text.getvalue()


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def _zip(parts: Mapping[str, str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name in sorted(parts):
            file.writestr(zipfile.ZipInfo(name, EPOCH), parts[name], zipfile.ZIP_DEFLATED)
    return out.getvalue()

"""What people said and promised, as files beside a lake: LAKE/people/*.csv and LAKE/schemes/*.yaml.

A file that is not there is a step that has nothing to tell yet. Nothing here is fetched from a database: whoever keeps
one hands in what stands in it (`Kept`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np

from .. import account, change, decide, listen, table
from ..decide.moderation import read as read_moderation
from ..decide.participants import read as read_participants
from ..decide.signatures import read as read_signatures
from ..decide.signatures import read_pairs
from ..decide.votes import read as read_votes
from ..errors import InputError
from ..lake import Lake
from ..records import EngagementFunnel, Scheme, Verdict
from ..table import Table
from .forecasting import Promised
from .judge import LEDGER, read_scheme
from .place import Place
from .watching import Watch

DECLARED = "profession"


@dataclass(frozen=True)
class Kept:
    """What people said and decided where a database keeps it, and which of it may be told.

    tables: by the name of the file that each stands for, with that file's columns (survey, statements,
    engagement_events, commitments); design: how the rows of the survey stand for their frame; allocations: by scheme;
    parties: the organisations that sign each plan.
    """

    tables: Mapping[str, Table] = field(default_factory=dict)
    design: listen.Design | None = None
    tally: decide.Tally | None = None
    force: decide.InForce | None = None
    parties: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    schemes: tuple[Scheme, ...] = ()
    allocations: Mapping[str, Table] = field(default_factory=dict)


@dataclass(frozen=True)
class People:
    """The files of one lake, read when asked for; each reader gives None where its file is not there.

    Where ledger, verdicts and target are kept elsewhere (a database, say), they are handed in: `entries`, `judged`
    by scheme, `target_pence` and its last day `target_by`, and the live funnels `promised`, by scheme; a scheme that
    is not in `judged` has not been judged yet, and is not judged here; `watched` by scheme is what is watched beside
    it, and none is looked at here where `judged` is handed in. kept: everything else, and then no file is read.
    as_of: the month (YYYY-MM) at which it is asked whether savings last, the latest booking's unless given.
    """

    folder: Path
    schemes_folder: Path
    entries: tuple[account.Entry, ...] | None = None
    judged: Mapping[str, Verdict] | None = None
    watched: Mapping[str, Watch] = field(default_factory=dict)
    target_pence: int | None = None
    target_by: date | None = None
    promised: Mapping[str, Promised] | None = None
    as_of: str | None = None
    kept: Kept | None = None

    @classmethod
    def of(cls, lake: Lake) -> People:
        """The files beside a lake."""
        return cls(lake.path / "people", lake.path / "schemes")

    def table(self, name: str) -> Table | None:
        """One file as a table; None if it is not there or has no rows."""
        if self.kept is not None:
            return self.kept.tables.get(name)
        file = self.folder / f"{name}.csv"
        if not file.is_file():
            return None
        try:
            return table.read(file)
        except InputError as error:
            if str(error).endswith("has a header but no rows"):
                return None
            raise

    def digest(self, name: str) -> str:
        """The sha256 of one file."""
        return hashlib.sha256((self.folder / f"{name}.csv").read_bytes()).hexdigest()

    def schemes(self) -> tuple[Scheme, ...]:
        """Every scheme, by file name."""
        if self.kept is not None:
            return self.kept.schemes
        return tuple(read_scheme(file) for file in sorted(self.schemes_folder.glob("*.yaml")))

    def survey(self) -> Table | None:
        """The frame with the answers of those who answered."""
        return self.table("survey")

    def design(self, survey: Table) -> listen.Design:
        """How the answers stand for the frame: raked to its professions, regions and network where it says them, and
        as a sample of so many people and no more."""
        if self.kept is not None and self.kept.design is not None:
            return self.kept.design
        responded = np.array([cell in ("1", "true", "yes") for cell in survey.text("responded")])
        known = [c for c in (DECLARED, "region", "network") if survey.has(c)]
        columns = [c for c in known if _each_answered(survey.text(c), responded)]
        return listen.Design(
            len(survey), responded=responded, rake={c: survey.text(c) for c in columns},
            population_size=np.full(len(survey), float(len(survey))),
        )  # fmt: skip

    def tally(self) -> decide.Tally | None:
        """The votes, counted, every profession protected like an opinion group."""
        if self.kept is not None:
            return self.kept.tally
        votes = self.table("votes")
        if votes is None:
            return None
        people, statements = self.table("participants"), self.table("statements")
        declared = (DECLARED,) if people is not None and people.has(DECLARED) else ()
        return decide.tally(
            read_votes(votes),
            participants=None if people is None else read_participants(people, declared=declared),
            statements=None if statements is None else read_moderation(statements), declared=declared,
        )  # fmt: skip

    def texts(self) -> dict[str, str]:
        """What each statement says."""
        statements = self.table("statements")
        if statements is None or not statements.has("text"):
            return {}
        return dict(zip(statements.text("statement"), statements.text("text"), strict=True))

    def in_force(self) -> decide.InForce | None:
        """Which plans are signed, and whose name is missing."""
        if self.kept is not None:
            return self.kept.force
        versions, parties = self.table("plan_versions"), self.table("plan_organisations")
        if versions is None or parties is None:
            return None
        signed = self.table("signatures")
        return decide.signatures(
            read_pairs(versions, "plan", "version"), read_pairs(parties, "plan", "organisation"),
            () if signed is None else read_signatures(signed),
        )  # fmt: skip

    def parties(self) -> dict[str, tuple[str, ...]]:
        """The organisations that sign each plan."""
        if self.kept is not None:
            return dict(self.kept.parties)
        held = self.table("plan_organisations")
        found = read_pairs(held, "plan", "organisation") if held is not None else {}
        return {plan: tuple(organisations) for plan, organisations in found.items()}

    def signed_on(self, plan: str, version: str, role: str) -> str:
        """The latest day on which this role signed; '' if it has not."""
        signed = self.table("signatures")
        if signed is None:
            return ""
        rows = zip(*(signed.text(c) for c in ("plan", "version", "role", "signed")), strict=True)
        return max((row[3] for row in rows if row[:3] == (plan, version, role)), default="")

    def engagement(self, plan: str | None = None) -> EngagementFunnel | None:
        """From reached to verified, over all content or one scheme's."""
        events = self.table("engagement_events")
        if events is None:
            return None
        content = events.text("content")
        keep = [i for i, word in enumerate(content) if plan in (None, word)]
        if not keep:
            return None
        person, stage = events.text("person"), events.text("stage")
        return change.funnel(
            [person[i] for i in keep], [content[i] for i in keep], [stage[i] for i in keep],
            events.dates("time")[keep],
        )  # fmt: skip

    def commitments(self, plan: str | None = None) -> list[dict[str, str]]:
        """The promises: one row each, as text."""
        promised = self.table("commitments")
        if promised is None:
            return []
        rows = [dict(zip(promised.columns, row, strict=True)) for row in zip(*promised.columns.values(), strict=True)]
        return [row for row in rows if plan in (None, row.get("plan"))]

    def allocation(self, scheme: Scheme) -> Table | None:
        """Who was allocated to what."""
        if self.kept is not None:
            return self.kept.allocations.get(scheme.id)
        file = self.schemes_folder / scheme.allocation
        return table.read(file, needs=("unit", "arm")) if file.is_file() else None

    def ledger(self) -> tuple[account.Entry, ...]:
        """Every ledger entry; none if there is no ledger."""
        if self.entries is not None:
            return self.entries
        file = self.folder.parent / LEDGER
        return tuple(account.read(file)) if file.is_file() else ()

    def schemes_of(self, place: Place) -> tuple[Scheme, ...]:
        """The schemes that concern a place: in it, or around it."""
        return tuple(scheme for scheme in self.schemes() if place.touches(scheme.area))


def _each_answered(labels: list[str], responded: np.ndarray) -> bool:
    """Whether every label is known and has someone who answered, so that it can be raked to."""
    answered = {label for label, yes in zip(labels, responded, strict=True) if yes}
    return all(labels) and set(labels) == answered

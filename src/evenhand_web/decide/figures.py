"""What is agreed as figures, and each count as a bar."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

import numpy as np
from django.utils.safestring import SafeString, mark_safe

from evenhand import charts
from evenhand.charts import survey_sketches
from evenhand.decide import Count
from evenhand.decide.verdict import AGREED, DISAGREED, DIVIDED, EXCEPT, FEWEST, MORE
from evenhand_web.site.figures import Figure
from evenhand_web.site.templatetags.evenhand import percent

from .agreement import Agreement, Said
from .models import Round

HEADINGS = {
    AGREED: ("Agreed by every profession", "More than half agree in each of them, with chance taken off."),
    EXCEPT: ("Agreed, with an exception", "Together people agree, and at least one profession by itself; not all do."),
    DIVIDED: ("Divided", "Neither agreeing nor disagreeing is sure of more than half."),
    DISAGREED: ("Rejected by every profession", "More than half disagree in each of them, with chance taken off."),
    MORE: ("Needs more votes", "Fewer than ten people of a profession have seen it, so nobody can say."),
}
HOW = (
    "Each person's last vote on a statement counts, and a vote that was taken back does not. Votes on a statement that "
    "was said before move to the first one. The people whom a moderator removed are left out.",
    "A profession agrees if the one-sided 90% Wilson lower bound of its share that agrees is above one half, out of "
    "all who saw the statement: who passes has seen it too. It disagrees by the same rule.",
    "Professions of ten people or more are judged by themselves, and so is each opinion group where there are camps. "
    "Others count among everyone.",
    "No profession under ten votes is shown, nor one from which such a one could be worked out.",
)
COMMAND = "evenhand decide tally VOTES --participants PEOPLE --statements STATEMENTS --declared profession --json"


@dataclass(frozen=True)
class Bar:
    """One count as a bar from left to right: agree, pass, disagree; positions in percent, as SVG writes them."""

    name: str
    count: Count

    @property
    def agree(self) -> float:
        """The share that agrees, of those who saw it."""
        return self.count.agree / self.count.seen

    @property
    def disagree(self) -> float:
        """The share that disagrees."""
        return self.count.disagree / self.count.seen

    @property
    def passes(self) -> float:
        """The share that passes."""
        return self.count.passes / self.count.seen

    @property
    def drawn(self) -> SafeString:
        """The bar; written here, as `words`, for a round has 150 of each, and a template takes ten times as long."""
        widths = (("agree", self.agree), ("pass", self.passes), ("disagree", self.disagree))
        at, pieces = 0.0, ""
        for what, share in widths:
            pieces += f'<rect class="eh-bar__{what}" x="{100 * at:.2f}" y="0" width="{100 * share:.2f}" height="6"/>'
            at += share
        return mark_safe(
            '<svg class="eh-bar" viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
            f'{pieces}<rect class="eh-bar__half" x="49.85" y="0" width="0.3" height="6"/></svg>'
        )

    @property
    def words(self) -> SafeString:
        """The shares in words."""
        return mark_safe(
            f"<strong>{percent(self.agree, 0)} agree</strong> (at least {percent(self.count.lower_bound, 0)}), "
            f"{percent(self.disagree, 0)} disagree, {percent(self.passes, 0)} pass"
        )


@dataclass(frozen=True)
class Shown:
    """One statement as the page shows it: its row, its bar, one for each profession that may be shown."""

    said: Said
    everyone: Bar | None
    professions: tuple[Bar, ...]

    @property
    def by_profession(self) -> SafeString:
        """The bar of each profession, an item of a list each."""
        return mark_safe("".join(
            f'<li><p class="eh-said__group">{escape(bar.name)} <span class="eh-quiet">{bar.count.people:,} people'
            f"</span></p>{bar.drawn}<p>{bar.words}</p></li>" for bar in self.professions
        ))  # fmt: skip


def show(said: Said) -> Shown:
    """One statement's bars."""
    everyone = Bar("Everyone", said.everyone) if said.everyone else None
    return Shown(said, everyone, tuple(Bar(unit.value, unit) for unit in said.professions if unit.seen))


def words(said: Said) -> str:
    """The verdict of one statement, in words."""
    if said.verdict == EXCEPT:
        return f"Agreed, except by {_and(said.except_by)}"
    if said.verdict == MORE:
        names = said.needs if said.needs != ("all",) else ("everyone",)
        return f"Needs more votes from {_and(names)}"
    return HEADINGS[said.verdict][0]


def statements(round_: Round, found: Agreement) -> Figure:
    """Every statement with ten votes or more, by everyone."""
    rows = [row for row in found.said if row.everyone is not None]
    counts = [row.everyone for row in rows if row.everyone is not None]
    table = [
        (row.statement.text, words(row), int(c.seen), int(c.agree), int(c.disagree), int(c.passes),
         c.agree / c.seen, c.lower_bound)
        for row, c in zip(rows, counts, strict=True)
    ]  # fmt: skip
    kinds = (np.array([getattr(c, name) for c in counts], dtype=float) for name in ("agree", "disagree", "passes"))
    agree, disagree, passes = kinds
    return Figure(
        name=f"{round_.key}-statements", sentence=sentence(found), how=HOW, command=COMMAND, rows=table,
        columns=("statement", "what is agreed", "seen", "agree", "disagree", "pass", "share that agrees", "at least"),
        draw=None if not rows else lambda width: charts.diverging(
            [row.statement.text for row in rows], agree, disagree, passes, title=round_.title, width=width
        ),
        sketch=None if not rows else lambda width: survey_sketches.diverging(
            [row.statement.text for row in rows], agree, disagree, passes, width=width
        ),
    )  # fmt: skip


def by_profession(round_: Round, found: Agreement) -> Figure:
    """The counts of each profession on each statement: those that may be shown."""
    rows: list[tuple] = []
    for row in found.said:
        rows += [
            (row.statement.text, c.value, int(c.seen), int(c.agree), int(c.disagree), int(c.passes), c.agree / c.seen,
             c.lower_bound)
            for c in row.professions if c.seen
        ]  # fmt: skip
        rows += [(row.statement.text, name, f"fewer than {FEWEST}, or hidden with one", *[None] * 5)
                 for name in row.hidden]  # fmt: skip
    return Figure(
        name=f"{round_.key}-professions", sentence="Every statement by profession.", how=HOW, command=COMMAND,
        rows=rows,
        columns=("statement", "profession", "seen", "agree", "disagree", "pass", "share that agrees", "at least"),
    )  # fmt: skip


def sentence(found: Agreement) -> str:
    """How many statements are agreed, in one sentence."""
    many = {verdict: len(found.of(verdict)) for verdict in HEADINGS}
    parts = [f"{many[AGREED]} of {len(found.said)} statements are agreed by every profession"]
    if many[EXCEPT]:
        parts.append(f"{many[EXCEPT]} with an exception")
    if many[DIVIDED]:
        parts.append(f"{many[DIVIDED]} divide{'s' if many[DIVIDED] == 1 else ''} people")
    if many[DISAGREED]:
        parts.append(f"{many[DISAGREED]} {'is' if many[DISAGREED] == 1 else 'are'} rejected by all")
    if many[MORE]:
        parts.append(f"{many[MORE]} {'needs' if many[MORE] == 1 else 'need'} more votes")
    return f"{_and(parts)}."


def _and(parts: tuple[str, ...] | list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"

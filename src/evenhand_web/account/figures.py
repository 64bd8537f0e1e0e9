"""The pictures and tables of ACCOUNT: the target bar, where the money came from, every entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from evenhand import account, charts
from evenhand.charts import account_sketches
from evenhand.story import counting
from evenhand_web.prove.record import scheme_of
from evenhand_web.site.figures import Figure
from evenhand_web.site.templatetags.evenhand import month

from .gathering import Line

STATES = {"committed": "promised", "in_flight": "reported", "evidenced": "proved"}
KINDS = {"move": "moved on", "verdict": "verdict noted", "restatement": "booked anew", "reversal": "taken off",
         "persistence": "kept in a later year"}  # fmt: skip
CLASSES = {"cash_releasing": "releases cash", "other_efficiency": "saves in other ways than cash"}
COMMAND = "evenhand account ledger check ledger.jsonl --head HASH --json"


def bar(found: account.Progress, whole: account.Check) -> Figure:
    """The target bar: one bar a state, none added to another."""
    stand, parts = [s for s in found.states if s.state in counting.SHOWN], counting.origins(found)
    rows = [(word(s.state), s.savings, s.pence / 100, s.patients, *(each[row] for each in parts.values()))
            for row, s in enumerate(stand)]
    target = found.target_pence / 100 if found.target_pence else float("nan")

    def draw(width: int) -> object:
        return charts.waterfall(
            [row[0] for row in rows], [row[2] for row in rows], target=target,
            parts=parts, title="Where the money stands, state by state", width=width,
        )  # fmt: skip

    def sketch(width: int) -> str:
        return account_sketches.waterfall([row[0] for row in rows], [row[2] for row in rows], target=target,
                                          parts=parts, width=width)  # fmt: skip

    return Figure(
        name="target-bar", sentence=counting.says(found, whole)[0], draw=draw, sketch=sketch, rows=rows,
        columns=("state", "savings", "£", "patients", *(f"£ from {words}" for words in parts)),
        how=("Each saving stands in one state. Only what is confirmed counts: proved against controls, its guardrails "
             "held, confirmed by a finance lead and a clinical lead. Amounts of different states are never added. "
             "The strip under a bar says where its pounds come from.",
             "Booked is the one-sided lower 80% bound until twelve months are seen, then the median; net of what "
             "it cost."),
        command="evenhand flow --lake LAKE --json",
    )  # fmt: skip


def origins(found: account.Progress) -> list[tuple[str, list[tuple[str, float]]]]:
    """Each state that holds something, with where its pounds come from."""
    parts = counting.origins(found)
    stand = [s for s in found.states if s.state in counting.SHOWN]
    return [(s.state, [(words, each[row]) for words, each in parts.items()])
            for row, s in enumerate(stand) if s.savings]  # fmt: skip


def classes(found: account.Progress) -> list[tuple[str, float]]:
    """What is confirmed, by whether cash is released, in words."""
    return [(CLASSES.get(name, word(name)), pence / 100) for name, pence in found.by_class.items()]


def kind(line: Line) -> str:
    """Of one saving: where it comes from, whether cash is released, and whether it comes again; as its scheme says."""
    money = line.standing.scheme.money
    again = "year after year" if money.recurrent else "once"
    how = CLASSES.get(money.saving_class, word(money.saving_class))
    return f"from {counting.ORIGINS[money.origin]}; {how}, {again}"


def lasts(line: Line, due: frozenset[str]) -> str:
    """Of a confirmed saving that comes again: the months it was shown for, and what a later year asks for."""
    now = line.standing
    last = now.last
    if last is None or now.state != "confirmed" or not last["recurrent"]:
        return ""
    window = last["window"] or (now.booked.verdict["window"] if now.booked else None)  # a verdict noted has no window
    if not window:
        return ""
    first, until = (month(one) for one in window)
    due_now = " A year has passed since: it is due to be shown again." if now.saving in due else ""
    if now.next is not None:
        months = scheme_of(now.next).follow_up
        due_now += (f" It is judged again on {month(months.first)} to {month(months.last)}, by the same comparison: "
                    f"registered on {now.next.at:%-d %B %Y}.")  # fmt: skip
    return (f"Shown for {first} to {until}. A later year counts only once its own verdict shows the effect again, and "
            f"then by the difference alone.{due_now}")  # fmt: skip


def portions(
    line: Line, titles: Mapping[str, str]
) -> list[tuple[int, list[tuple[str, str, int, int, int, bool]]]]:  # fmt: skip
    """For each set of cells that is shared: what fell there in all (pence), and who would count what of it: title, when
    approved, shown there, counted there, in all (pence); whether it is this saving."""
    if line.sharing is None:
        return []
    return [(part.reduction[0], [
        (titles.get(one.saving, word(one.saving)), one.approved, one.gross[0], one.net[0], one.counts[0],
         one.saving == line.sharing.saving) for one in part.portions
    ]) for part in line.sharing.parts]  # fmt: skip


def ledger(entries: Sequence[account.Entry]) -> Figure:
    """Every entry that concerns a place, the latest first."""
    rows = [
        (e.number, e["booked"], e.saving, KINDS[e.kind], word(e.state), pounds(e), e["basis"], e["organisation"],
         "yes" if e["recurrent"] else "no", e["saving_class"].replace("_", " "), e["origin"].replace("_", " "), e.hash)
        for e in reversed(entries)
    ]  # fmt: skip
    return Figure(
        name="ledger", rows=rows, command=COMMAND,
        columns=("entry", "booked", "saving", "what", "state", "£ in this state", "basis", "organisation",
                 "year after year", "class", "from", "hash"),
        sentence=f"{len(rows)} entr{'y' if len(rows) == 1 else 'ies'} on savings here, above and below; "
                 "nothing is ever changed or taken out.",
        how=("Each entry takes the amount out of one state and puts it into another, and carries the hash of the "
             "entry before it. A person is a number and a role, never a name.",),
    )  # fmt: skip


def word(state: str) -> str:
    """A state as pages say it: promised, reported and proved are three words, the same everywhere."""
    return STATES.get(state, state.replace("_", " "))


def pounds(entry: account.Entry) -> float | None:
    """What this entry puts into its state; None where it moves nothing."""
    moved = [line["pence"] for line in entry["lines"] if line["account"] == entry.state]
    return sum(moved) / 100 if moved else None

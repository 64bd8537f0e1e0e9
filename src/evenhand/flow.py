"""The whole story in order, on one page: LISTEN, SEE, DECIDE, CHANGE, PROVE, ACCOUNT. Start reading here.

`story` tells it for everybody in a lake, or for one organisation. Each step below asks its own package for the
numbers and says them in a sentence; where a lake holds nothing for a step yet, the step says that, and what to do
next. Published data lies in the lake; what people said lies beside it, in LAKE/people and LAKE/schemes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from . import account
from .account import Saving
from .lake import Lake
from .records import Scheme, Verdict
from .story import (
    Chapter,
    People,
    Place,
    Story,
    book,
    changing,
    counting,
    deciding,
    figures_date,
    files_behind,
    forecast_words,
    forecasting,
    judge,
    listening,
    look,
    proving,
    reaching,
    rows_behind,
    seeing,
    sources,
    waiting,
    watch_words,
    watching,
)

__all__ = ["STEPS", "Story", "book", "files_behind", "rows_behind", "saving", "story", "verdict"]

TITLE = "Is this variation warranted?"
# where a database says what there is, of which nothing is told before ten people have said it
_ASKED = ("No survey of this place has closed with ten answers or more.",
          "Ask your clinicians, and let the survey run to its end.")  # fmt: skip
_FEW_VOTES = "No round of votes here has ten voters yet, and no scheme is drafted."


def story(lake: Lake | Path, organisation: str | None = None, *, people: People | None = None) -> Story:
    """Tell the whole story of a lake, or of one organisation in it, step by step.

    people: what people said and decided, if it is not (or not all) in the files beside the lake.

    Raises
    ------
    InputError
        If there is no lake, or it does not know the organisation; or if a file beside it cannot be read.
    """
    opened = lake if isinstance(lake, Lake) else Lake.open(lake)
    place = Place.find(opened, organisation)
    people = people or People.of(opened)
    if opened.demonstration and people.entries is None:
        book(opened)  # a demonstration brings its own signatories; does nothing if its ledger is there
    ledger = people.ledger()
    return Story(
        title=TITLE, organisation=place.code, name=place.name, level=place.level, demonstration=opened.demonstration,
        figures_date=figures_date(opened),
        ledger_head=ledger[-1].hash if ledger else None,
        chapters=tuple(step(opened, place, people) for step in STEPS), sources=sources(opened),
    )  # fmt: skip


def verdict(lake: Lake | Path, scheme: Scheme | Path) -> Verdict:
    """What may be concluded about one scheme: panel, allocation, trial, guardrails, and the design as registered.

    A scheme given as a file has its allocation beside it; one given as a record has it in LAKE/schemes.
    """
    opened = lake if isinstance(lake, Lake) else Lake.open(lake)
    if isinstance(scheme, Path):
        return judge.verdict(opened, judge.read_scheme(scheme), folder=scheme.parent)
    return judge.verdict(opened, scheme)


def saving(lake: Lake | Path, scheme: Scheme | Path) -> Saving:
    """What one scheme saved against its counterfactual, net, and how much of it may be booked."""
    given = judge.read_scheme(scheme) if isinstance(scheme, Path) else scheme
    return account.saving(verdict(lake, scheme), given)


def hear(lake: Lake, place: Place, people: People) -> Chapter:
    """LISTEN: what clinicians know, believe and want."""
    question = "What do clinicians know, believe and want?"
    survey = people.survey()
    if survey is None:
        return _nothing("listen", question, *(_ASKED if people.kept is not None else (
            "Nobody has been asked yet.", "Send the survey in definitions/surveys to your clinicians, and put the "
            "answers in people/survey.csv beside the lake.",
        )))  # fmt: skip
    asked = listening.questions(survey)
    found = listening.results(asked, people.design(survey))
    return Chapter(
        "listen", question, True, listening.says(asked, found, survey),
        "Ask again after the campaign, and show people what became of it.",
        {name: result.group().as_json() for name, result in found.items()}, (listening.figure(asked, found),),
    )  # fmt: skip


def see(lake: Lake, place: Place, people: People) -> Chapter:
    """SEE: where clinical decisions vary, and how much of it is more than chance."""
    question = "Where do clinical decisions vary, and how much of it is unwarranted?"
    sights = look(lake, place)
    if not sights:
        return _nothing("see", question, seeing.nothing(lake),
                        "Load published prescribing, waits or an indicator with `evenhand load`.")  # fmt: skip
    return Chapter(
        "see", question, True, (*seeing.says(lake, sights, place), *waiting.says(lake, place)),
        "Ask the clinicians concerned why: variation is a question, not a verdict.",
        {sight.measure.id: seeing.numbers(sight) for sight in sights}, seeing.figures(sights, place),
    )  # fmt: skip


def decide(lake: Lake, place: Place, people: People) -> Chapter:
    """DECIDE: what clinicians want to do about it, and what was signed."""
    question = "What do clinicians want to do about it, here?"
    tally, force = people.tally(), people.in_force()
    if tally is None and force is None:
        says = "Nothing has been put to the vote yet." if people.kept is None else _FEW_VOTES
        return _nothing("decide", question, says,
                        "Put it to your clinicians as statements they can agree or disagree with.")  # fmt: skip
    texts, titles = people.texts(), {scheme.id: scheme.title for scheme in people.schemes()}
    force = deciding.near(force, people.parties(), place)
    numbers: dict[str, Any] = {"votes": tally.votes, "participants": tally.participants} if tally else {}
    numbers |= force.as_json() if force else {}
    return Chapter(
        "decide", question, True, deciding.says(tally, force, texts), deciding.next_step(force, titles), numbers,
        (deciding.figure(tally, texts),) if tally else (),
    )  # fmt: skip


def change(lake: Lake, place: Place, people: People) -> Chapter:
    """CHANGE: who has seen it, promised, done it."""
    question = "Who has seen it, promised, done it?"
    schemes = people.schemes_of(place)
    funnel = people.engagement()
    if funnel is None and not schemes:
        return _nothing("change", question, "No campaign has been sent yet.",
                        "Plan randomised waves with `evenhand change power` and `change randomise`.")  # fmt: skip
    return Chapter(
        "change", question, True, changing.says(people, schemes, funnel),
        "What people report is shown and never counted: only the data counts.",
        funnel.as_json() if funnel else {}, (changing.figure(funnel),) if funnel else (),
    )  # fmt: skip


def prove(lake: Lake, place: Place, people: People) -> Chapter:
    """PROVE: did practice change, because of this?"""
    question = "Did practice really change, because of this?"
    schemes = people.schemes_of(place)
    if not schemes:
        return _nothing("prove", question, "No scheme is registered, so nothing can be proved.",
                        "Write a scheme as a YAML file in schemes/ beside the lake, and register its design before "
                        "its outcome is read.")  # fmt: skip
    if people.judged is not None:
        schemes = tuple(scheme for scheme in schemes if scheme.id in people.judged)
    if not schemes:
        return _nothing("prove", question, "No verdict has been asked for yet.",
                        "Register each design before its outcome is read; ask once its follow-up is over.")  # fmt: skip
    judged = [judge.verdict(lake, s) if people.judged is None else people.judged[s.id] for s in schemes]
    watched = [watching.watch(lake, s) for s in schemes] if people.judged is None else [
        people.watched[s.id] for s in schemes if s.id in people.watched]  # fmt: skip
    titles = {scheme.id: scheme.title for scheme in schemes}
    return Chapter(
        "prove", question, True,
        (*proving.says(schemes, judged), *watch_words.of_all(watched, [titles[one.scheme] for one in watched])),
        proving.next_step(judged, people.ledger()),
        {found.scheme: found.as_json() for found in judged},
        proving.figures(schemes, judged, share=judge.all_shares(lake, schemes)),
    )  # fmt: skip


def count(lake: Lake, place: Place, people: People) -> Chapter:
    """ACCOUNT: what it is worth, and how far it has come towards the target."""
    question = "What is it worth, and will we reach the target?"
    ledger = people.ledger()
    if not ledger:
        return _nothing("account", question, "The ledger is empty: no pound is claimed.",
                        "An opportunity comes on the ledger first; it is confirmed when a verdict is evidenced and a "
                        "finance lead and a clinical lead have signed.")  # fmt: skip
    schemes = people.schemes_of(place)
    target = people.target_pence
    if target is None:
        target = round(100 * sum(scheme.planned_saving_pounds for scheme in schemes))
    near = {entry["organisation"] for entry in ledger if place.touches(entry["organisation"])}
    titles = {scheme.id: scheme.title for scheme in people.schemes()}
    found = account.progress(ledger, target, organisations=near, as_of=people.as_of)
    whole = account.check(ledger)
    by = people.target_by or forecasting.year_end(schemes)
    chance = None
    if target > 0 and by is not None:
        chance = forecasting.ahead(
            ledger, people.schemes(), target=target / 100, by=by, organisations=near,
            promised=reaching.promised(people) if people.promised is None else people.promised,
        )  # fmt: skip
    looking = (forecast_words.says(chance), *forecast_words.drivers(chance, titles)) if chance else ()
    numbers = found.as_json() | {"broken": [b.as_json() for b in whole.broken]}
    return Chapter(
        "account", question, True, (*counting.says(found, whole), *looking), counting.next_step(found),
        numbers | {"forecast": chance.as_json() if chance else None},
        (*counting.figures(found, [e for e in ledger if e["organisation"] in near], titles),
         *(forecast_words.figures(chance, titles) if chance else ())),
    )  # fmt: skip


STEPS: tuple[Callable[[Lake, Place, People], Chapter], ...] = (hear, see, decide, change, prove, count)


def _nothing(step: str, question: str, says: str, next_step: str) -> Chapter:
    return Chapter(step, question, False, (says,), next_step)

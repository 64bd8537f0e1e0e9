"""Every page of the site with an address in the demonstration, and somebody who may look at it.

The pages are taken from the URL resolver: one that somebody adds is found, and the tests fail until it can be opened.
HOW TO ADD A PAGE whose address names a thing: give the thing in `_things`, under the page's name or its step's.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from evenhand_web.account.models import LedgerEntry
from evenhand_web.change.models import Bulletin, Campaign, Commitment, Cycle, Reflection
from evenhand_web.decide.models import Blocker, Explanation, KeyDecision, Plan, Statement
from evenhand_web.listen import answering
from evenhand_web.listen.models import SurveyWave
from evenhand_web.people import tokens
from evenhand_web.people.demo_known import WAITING
from evenhand_web.people.models import Identity, OneTimeLink, Organisation, Post
from evenhand_web.prove.models import VerdictRecord
from evenhand_web.see.models import Group, SavedSearch

MEASURE, MODULE, ROUND, OPEN, JUDGED = (
    "diabetes_dpp4_cost", "diabetes_dpp4_choice", "diabetes-first", "diabetes_dpp4", "null_strips",
)  # fmt: skip
BEFORE = "what-we-are-trying-to-do-before"  # a survey of the area that has closed
OF_A_ROUND = ("round", "vote", "my_votes", "stand", "add", "moderation", "draft", "draft_plain")
OF_A_REFLECTION = ("reflection", "edit_reflection", "attach_result", "delete_reflection", "export_reflection")
QUERY = {"see:rows": "?month=2026-03", "see:explore": "?n=0601023AE&d=patients&level=practice",
         "listen:answer": "?question=heard_of_qipp", "home:find": "?q=demonstration"}  # fmt: skip
LOOKERS = ("gp", "pharmacist", "clinical-lead", "administrator", "finance-director", "practice-manager",
           "board-member")  # fmt: skip
TOKEN = "a-link-of-a-test"
PACKED = {"accept-encoding": "gzip, deflate, br"}
# shown to nobody of the demonstration: no trust stands below its administrator, so that there is no ward to add
UNSEEN = frozenset({"people:add_unit"})
REFUSALS = {"people:not_signed_in": 403}  # a page that says why it is none
# no pages: they are downloaded, and tested where they are made
FILES = frozenset({"account:report", "account:ledger_file", "home:visit", "change:export_reflection",
                   "change:export_reflections", "people:my_data"})  # fmt: skip


@dataclass(frozen=True)
class Page:
    """One page: the name of its URL, its address, who looks at it ('' nobody signed in), and what was answered.

    size: bytes as sent to a browser that takes packed answers."""

    name: str
    url: str
    who: str
    status: int
    html: bool
    size: int


def routes(resolver: URLResolver | None = None, space: str = "", before: str = "") -> Iterator[tuple[str, str]]:
    """(name with its step, route) of every URL of the site but the API's, which have tests of their own; its own page
    for people is one of these."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        if route.startswith("api/") and pattern.pattern.name != "api_home":
            continue
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, f"{pattern.namespace}:" if pattern.namespace else space, route)
        elif isinstance(pattern, URLPattern):
            yield f"{space}{pattern.name}", route


def parts(route: str) -> set[str]:
    """What an address is made of."""
    return set(re.findall(r"<(?:\w+:)?(\w+)>", route))


def everywhere() -> list[Page]:
    """Every page as the first who may see it gets it; an AssertionError names a page that nobody can open."""
    things, codes = _things(), _codes()
    clients = {"": Client(headers=PACKED), **{who: _signed_in(who) for who in LOOKERS}}
    found, missed = [], []
    for name, route in routes():
        if name in FILES or name in UNSEEN:
            continue
        needs = parts(route)
        known = {**things.get(name.split(":")[0], {}), **things.get(name, {})}
        lacking = needs - {"code"} - set(known)
        if lacking:
            missed.append(f"{name}: tests/everywhere.py knows no {', '.join(sorted(lacking))} for it")
            continue
        kwargs = {part: known[part] for part in needs - {"code"}}
        page = _first(name, kwargs, codes if "code" in needs else [""], clients)
        if isinstance(page, str):
            missed.append(page)
        else:
            found.append(page)
    assert not missed, "; ".join(missed)
    return found


def _first(name: str, kwargs: dict[str, Any], codes: list[str], clients: dict[str, Client]) -> Page | str:
    """The page as the first gets it who is let in, or what they all were answered."""
    said = set()
    for who, client in clients.items():
        if codes != [""] and not who:
            continue
        for code in codes:
            url = reverse(name, kwargs={**kwargs, **({"code": code} if code else {})}) + QUERY.get(name, "")
            answer = client.get(url)
            said.add(answer.status_code)
            onward = answer.status_code == 302 and "/sign-in/" not in answer["Location"]
            if answer.status_code in (200, 405, REFUSALS.get(name)) or onward:
                html = answer.status_code in (200, 403) and answer["Content-Type"].startswith("text/html")
                html = html and "Content-Disposition" not in answer
                return Page(name, url, who, answer.status_code, html, len(b"".join(answer)))
    return f"{name}: nobody can open it ({', '.join(map(str, sorted(said)))})"


def _signed_in(username: str) -> Client:
    client = Client(headers=PACKED)
    client.force_login(Identity.objects.get(username=username))
    return client


def _codes() -> list[str]:
    """Where pages are looked at: the GP's practice, the areas of the open scheme and of the judged one, the nation."""
    practice = Identity.objects.get(username="gp").person.organisation_id
    areas = [Plan.objects.get(key=key).organisation_id for key in (OPEN, JUDGED)]
    return [practice, *areas, *Organisation.objects.filter(level="nation").values_list("code", flat=True)[:1]]


def _things() -> dict[str, dict[str, Any]]:
    """Real keys: step -> what its addresses are made of; a whole name goes before its step."""
    gp = Identity.objects.get(username="gp").person
    wave = SurveyWave.objects.get(key="awareness-2")
    place = answering.invitation(wave, gp)
    answering.save(place, {q.id: "" for q in answering.instrument(wave).questions}, "submitted")
    promise = Commitment.objects.create(
        person=gp, organisation=gp.organisation, measure=MEASURE, what="Sitagliptin first", by="2026-12-31"
    )
    practices = Organisation.objects.filter(level="practice").values_list("code", flat=True)[:5]
    group = Group.objects.create(owner=gp, name="Valley", codes=list(practices))
    kept = {"title": "Gliptins", "question": "n=0601&d=all"}
    search = SavedSearch.objects.create(owner=gp, organisation=gp.organisation, **kept)
    letter = Bulletin.objects.filter(person__identity__username__in=LOOKERS).first()
    soon = timezone.now() + timedelta(hours=1)
    OneTimeLink.objects.create(sha256=hashlib.sha256(TOKEN.encode()).hexdigest(), purpose="sign_in",
                               email="gp@demonstration.invalid", until=soon)  # fmt: skip
    OneTimeLink.objects.create(sha256=hashlib.sha256(b"new").hexdigest(), purpose="new_email", identity=gp.identity,
                               email="gp.new@demonstration.invalid", until=soon)  # fmt: skip
    tokens.make(gp.identity, "A notebook", 30)
    waiting = Identity.objects.get(username=WAITING)
    draft = Campaign.objects.filter(sealed_at=None).first()
    return {
        "listen": {"key": "awareness-2"}, "listen:wave": {"key": "awareness-1"},
        "listen:became": {"key": BEFORE},
        "see": {"measure": MEASURE, "key": group.key}, "home": {"measure": MEASURE, "pathway": "diabetes"},
        "see:forget": {"key": search.key},
        "decide": {
            "key": OPEN, "number": 2, "measure": MEASURE, "pk": Explanation.objects.get(measure=MEASURE).pk,
            "statement": Statement.objects.filter(round__key=ROUND).first().key,
        },
        "decide:decision": {"pk": KeyDecision.objects.filter(taken=None).get().pk},
        "decide:blocker": {"pk": Blocker.objects.filter(organisation=gp.organisation, answer=None).get().pk},
        "change": {"key": OPEN, "content": MODULE, "pk": promise.pk, "measure": MEASURE, "kind": "md"},
        "change:campaign": {"key": JUDGED}, "change:spread": {"key": JUDGED}, "change:outcome": {"key": JUDGED},
        "change:design": {"key": draft.key if draft else OPEN},
        "change:cycle": {"pk": Cycle.objects.filter(organisation=gp.organisation).first().pk},
        **{f"change:{page}": {"pk": Reflection.objects.filter(person=gp).first().pk} for page in OF_A_REFLECTION},
        "letters": {"token": letter.token}, "change:own_letter": {"pk": letter.pk},
        "people": {"token": TOKEN, "key": waiting.person_id, "pk": 1,
                   "number": Post.objects.filter(organisation=gp.organisation).first().pk},
        "people:confirm_email": {"token": "new"}, "prove": {"key": OPEN},
        "prove:verdict": {"key": JUDGED, "pk": VerdictRecord.objects.get(design__version__plan__key=JUDGED).pk},
        "account": {"key": OPEN, "number": LedgerEntry.objects.get(saving=OPEN).number, "kind": "html"},
        **{f"decide:{page}": {"key": ROUND} for page in OF_A_ROUND},
    }  # fmt: skip

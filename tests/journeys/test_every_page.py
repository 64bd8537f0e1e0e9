"""Every page of the site: an outsider gets in nowhere, axe-core finds nothing, nothing scrolls sideways.

The pages are taken from the URL resolver: a page that somebody adds is not forgotten, the tests fail until it is here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLResolver, get_resolver, reverse

import cast
from browsing import look, send, sign_in
from evenhand_web.account.models import LedgerEntry
from evenhand_web.change.models import Commitment, Cycle, Reflection
from evenhand_web.decide.models import Blocker, Explanation, KeyDecision, Plan, Statement
from evenhand_web.listen import answering
from evenhand_web.listen.models import SurveyWave
from evenhand_web.people.models import Identity, Organisation
from evenhand_web.prove.models import VerdictRecord
from evenhand_web.see.models import Group, SavedSearch

pytestmark = pytest.mark.browser
MEASURE, MODULE, ROUND, OPEN, JUDGED = (
    "diabetes_dpp4_cost", "diabetes_dpp4_choice", "diabetes-first", "diabetes_dpp4", "null_strips",
)  # fmt: skip
OF_A_ROUND = ("round", "vote", "my_votes", "stand", "add", "moderation", "draft")
OF_A_REFLECTION = ("reflection", "edit_reflection", "attach_result", "delete_reflection", "export_reflection")
ANYONE = ("home:front", "home:about", "site:accessibility", "people:sign_in")
# no pages: they are downloaded, and tested where they are made
FILES = {"account:report": ("pdf", "html"), "home:visit": ("pdf",),
         "change:export_reflection": ("md", "txt", "pdf"), "change:export_reflections": ("md", "txt", "pdf")}


def routes(resolver: URLResolver | None = None, space: str = "", before: str = "") -> Iterator[tuple[str, str]]:
    """(name with its step, route) of every URL of the site."""
    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, f"{pattern.namespace}:" if pattern.namespace else space, route)
        else:
            yield f"{space}{pattern.name}", route


def of_an_organisation() -> dict[str, set[str]]:
    """Every URL that begins with an organisation: its name, and what else it is made of."""
    parts = {name: set(re.findall(r"<(?:\w+:)?(\w+)>", route)) for name, route in routes()}
    return {name: found - {"code"} for name, found in parts.items() if "code" in found}


@pytest.fixture
def keys(demo_address) -> dict[str, dict[str, Any]]:
    """Real keys: step -> what its URLs are made of; a whole name goes before its step."""
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
    return {
        "listen": {"key": "awareness-2"}, "listen:wave": {"key": "awareness-1"},
        "see": {"measure": MEASURE, "key": group.key}, "home": {"measure": MEASURE, "pathway": "diabetes"},
        "see:forget": {"key": search.key},
        "decide": {
            "key": OPEN, "number": 2, "measure": MEASURE, "pk": Explanation.objects.get(measure=MEASURE).pk,
            "statement": Statement.objects.filter(round__key=ROUND).first().key,
        },
        "decide:decision": {"pk": KeyDecision.objects.filter(taken=None).get().pk},
        "decide:blocker": {"pk": Blocker.objects.filter(organisation=gp.organisation, answer=None).get().pk},
        "change": {"key": OPEN, "content": MODULE, "pk": promise.pk, "measure": MEASURE, "kind": "md"},
        "change:campaign": {"key": JUDGED}, "change:spread": {"key": JUDGED},
        "change:cycle": {"pk": Cycle.objects.filter(organisation=gp.organisation).first().pk},
        **{f"change:{page}": {"pk": Reflection.objects.get(person=gp).pk} for page in OF_A_REFLECTION},
        "prove": {"key": OPEN},
        "prove:verdict": {"key": JUDGED, "pk": VerdictRecord.objects.get(design__version__plan__key=JUDGED).pk},
        "account": {"key": OPEN, "number": LedgerEntry.objects.get(saving=OPEN).number, "kind": "html"},
        **{f"decide:{page}": {"key": ROUND} for page in OF_A_ROUND},
    }  # fmt: skip


def address_of(name: str, code: str, keys: dict[str, dict[str, Any]]) -> str:
    """The address of a page of one organisation."""
    known = keys.get(name.split(":")[0], {}) | keys.get(name, {})
    parts = of_an_organisation()[name]
    return reverse(name, kwargs={"code": code} | {part: known[part] for part in parts})


def test_an_outsider_gets_in_nowhere(page, demo_address, keys):
    practice = Identity.objects.get(username="gp").person.organisation_id
    area = Plan.objects.get(key=OPEN).organisation_id
    sign_in(page, demo_address, cast.OUTSIDER)
    tried = 0
    for name in of_an_organisation():
        for code in (practice, area):
            url = demo_address + address_of(name, code, keys)
            status = page.request.get(url).status
            assert status in (403, 405), f"GET {url}: {status}"  # 405: nothing but a form is taken there
            status, text = send(page, url)
            assert (status, "you need" in text) == (403, True), f"POST {url}: {status}"
            tried += 1
    assert tried >= 2 * 40
    page.context.clear_cookies()
    for name in of_an_organisation():
        url = demo_address + address_of(name, area, keys)
        answer = page.request.get(url, max_redirects=0)
        assert answer.status == 405 or "/sign-in/" in answer.headers["location"], url


# who can see it, and where: the GP in the practice unless it is said otherwise
ELSEWHERE = {
    cast.PHARMACIST: (
        "home:organisation", "home:measure", "home:pathway", "see:index", "decide:scheme", "decide:draft",
        "decide:amend", "prove:scheme", "account:index", "account:entry",
    ),
    cast.CLINICAL_LEAD: ("decide:moderation", "decide:record", "decide:decision", "decide:blocker", "decide:leads"),
    cast.BOARD_MEMBER: ("prove:verdict", "change:campaign", "change:spread"),  # of a finished scheme, from the nation
}  # fmt: skip
QUERY = {"see:rows": "?month=2026-03", "see:explore": "?n=0601023AE&d=patients&level=practice",
         "listen:answer": "?question=heard_of_qipp"}


def test_every_page_is_for_everybody_at_both_widths(page, demo_address, keys):
    gp = Identity.objects.get(username="gp").person
    area = Plan.objects.get(key=OPEN).organisation
    nation = SurveyWave.objects.get(key="awareness-1").organisation_id
    for name in ANYONE:
        page.goto(demo_address + reverse(name))
        look(page, f"every-{name.replace(':', '-')}")
    seen = {*ANYONE, *FILES}
    where = {name: who for who, names in ELSEWHERE.items() for name in names}
    for who in (cast.GP, *ELSEWHERE):
        sign_in(page, demo_address, who)
        for name in of_an_organisation():
            if name in FILES or where.get(name, cast.GP) != who:
                continue
            code = gp.organisation_id if who is cast.GP else nation if who is cast.BOARD_MEMBER else area.code
            url = demo_address + address_of(name, code, keys) + QUERY.get(name, "")
            answer = page.request.get(url, max_redirects=0)
            seen.add(name)
            if answer.status == 405:
                continue  # nothing but a form is taken there
            assert answer.status == 200, f"{url}: {answer.status}"
            page.goto(url)
            look(page, f"every-{name.replace(':', '-')}")
    missed = {name for name, _ in routes()} - seen - {"people:sign_out"}
    assert not missed, f"nobody looks at {sorted(missed)}"

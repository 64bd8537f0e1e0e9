"""Every address that is read (GET), with what it names: pages, the API and files, as the URL resolver knows them.

An address that names a thing is asked for with up to `MANY` things of its kind, each at its own organisation; one that
names an organisation alone is asked for at organisations of every level. What nobody can open is told, not left out.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

PACKED = {"accept-encoding": "gzip"}
LEVELS = ("practice", "pcn", "sicbl", "icb", "region", "nation", "provider")
MANY = 6
TOKEN = "a-link-of-a-benchmark"
READERS = ("benchmark-reader", "administrator", "pharmacist", "clinical-lead", "finance-director", "gp",
           "practice-manager", "board-member")  # fmt: skip
FILES = frozenset({"home:visit", "account:report", "change:export_reflection", "change:export_reflections",
                   "people:my_data", "api:openapi-json"})  # fmt: skip  downloads, measured and not judged
QUERY = {"see:explore": "?n=0601023AE&d=0601023&level=icb", "home:find": "?q=surgery",
         "listen:answer": "?question=heard_of_qipp"}  # fmt: skip
OF_A_ROUND = ("round", "vote", "my_votes", "stand", "add", "moderation", "draft")
OF_A_REFLECTION = ("reflection", "edit_reflection", "attach_result", "delete_reflection", "export_reflection")


@dataclass(frozen=True)
class Address:
    """One way to ask for an address. level: of the organisation, or 'own' (that of the thing or the reader)."""

    name: str
    url: str
    level: str
    who: str = ""


def routes(resolver: Any = None, space: str = "", before: str = "") -> Iterator[tuple[str, frozenset[str]]]:
    """Name of every address with its step, and what it is made of."""
    from django.urls import URLPattern, URLResolver, get_resolver

    for pattern in (resolver or get_resolver()).url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from routes(pattern, f"{pattern.namespace}:" if pattern.namespace else space, route)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield f"{space}{pattern.name}", frozenset(re.findall(r"<(?:\w+:)?(\w+)>", route))


def addresses(visits: int, rng: random.Random) -> tuple[list[list[Address]], list[str]]:
    """Groups of addresses of one name and level, each visited in turn; and the names that could not be filled."""
    from django.urls import reverse

    known, own = _things(rng), _own_places()
    found, missing = [], []
    for name, needs in sorted(routes()):
        step = name.split(":")[0]
        rows = next((known[at] for at in (name, step) if at in known), [{}])
        rows = [row for row in rows if needs - {"code"} <= set(row)]
        if not rows:
            missing.append(f"{name} ({', '.join(sorted(needs - {'code'}))})")
            continue
        bound = any("code" in row for row in rows)
        for level in ("own",) if bound or "code" not in needs else (*LEVELS, "own"):
            codes = [""] if bound or "code" not in needs else own if level == "own" else drawn(level, visits + 1, rng)
            group = []
            for at in range(max(len(codes), len(rows)) if bound or len(rows) > 1 else len(codes)):
                row = rows[at % len(rows)]
                parts = {"code": codes[at % len(codes)] if codes else "", **row} if codes or bound else None
                if parts is None:
                    continue
                kwargs = {part: parts[part] for part in needs}
                group.append(Address(name, reverse(name, kwargs=kwargs) + QUERY.get(name, row.get("query", "")), level))
            if group:
                found.append(group)
    return found, missing


def drawn(level: str, count: int, rng: random.Random) -> list[str]:
    """So many organisations of a level."""
    from evenhand_web.people.models import Organisation

    codes = sorted(Organisation.objects.filter(level=level).values_list("code", flat=True))
    return rng.sample(codes, min(count, len(codes)))


def readers() -> dict[str, Any]:
    """A signed-in client for every account that looks; the first may read everywhere: an analyst of the nation."""
    from django.test import Client

    from evenhand_web.people.models import Identity, Organisation, Person, Post

    nation = Organisation.objects.filter(level="nation").first() or Organisation.objects.filter(level="region").first()
    if not Identity.objects.filter(username=READERS[0]).exists():
        person = Person.objects.create(profession="Pharmacist", organisation=nation, identity_level=2)
        known = Identity.objects.create(person=person, username=READERS[0], name="Benchmark reader")
        known.set_unusable_password()
        known.save()
        for role in ("analyst", "administrator", "medicines_optimisation"):
            Post.objects.create(person=person, organisation=nation, role=role)
    clients = {"": Client(headers=PACKED, raise_request_exception=False)}
    for identity in Identity.objects.filter(username__in=READERS):
        clients[identity.username] = Client(headers=PACKED, raise_request_exception=False)
        clients[identity.username].force_login(identity)
    return {name: clients[name] for name in (*READERS, "") if name in clients}


def _own_places() -> list[str]:
    """Where the accounts of the demonstration work."""
    from evenhand_web.people.models import Post

    held = Post.objects.filter(person__identity__username__in=READERS[1:]).order_by("pk")
    return list(dict.fromkeys(held.values_list("organisation_id", flat=True)))


def _things(rng: random.Random) -> dict[str, list[dict[str, Any]]]:
    """Real keys by name or step, several of each where there are several."""
    from django.utils import timezone

    from evenhand.story import sights
    from evenhand_web.account.models import LedgerEntry
    from evenhand_web.change.models import Bulletin, Campaign, Commitment, Cycle, Reflection
    from evenhand_web.decide.models import Blocker, Explanation, KeyDecision, Plan, Round, Statement
    from evenhand_web.home.pathway import known as pathways
    from evenhand_web.listen import answering
    from evenhand_web.listen.models import Invitation, SurveyWave
    from evenhand_web.people.models import Identity, OneTimeLink, Organisation, Post
    from evenhand_web.prove.models import VerdictRecord
    from evenhand_web.see.models import Group, SavedSearch
    from evenhand_web.site.lake import lake

    held = lake()
    stored = list(sights.stored(held)) if held else []
    some = [{"measure": m.id} for m in rng.sample(stored, min(MANY * 4, len(stored)))]
    counted = [{"measure": m.id} for m in stored if m.kind == "prescribing"][: MANY * 4]
    rng.shuffle(counted)
    gp = Identity.objects.get(username="gp").person
    home = gp.organisation_id
    wave = SurveyWave.objects.filter(invitations__person=gp).last()
    if wave is not None:
        place = answering.invitation(wave, gp)
        answering.save(place, {q.id: "" for q in answering.instrument(wave).questions}, "submitted")
    promises = list(Commitment.objects.filter(person=gp)[:MANY]) or [Commitment.objects.create(
        person=gp, organisation=gp.organisation, measure=counted[0]["measure"], what="Choose the other first",
        by="2026-12-31")]  # fmt: skip
    practices = sorted(Organisation.objects.filter(level="practice").values_list("code", flat=True))
    for size in (5, 200):
        Group.objects.get_or_create(owner=gp, name=f"Valley of {size}", defaults={"codes": practices[:size]})
    soon = timezone.now() + timedelta(hours=1)
    for use, extra in (("sign_in", ""), ("new_email", "-new")):
        OneTimeLink.objects.get_or_create(
            sha256=hashlib.sha256(f"{TOKEN}{extra}".encode()).hexdigest(),
            defaults={"purpose": use, "email": "gp@demonstration.invalid", "until": soon})  # fmt: skip
    SavedSearch.objects.get_or_create(owner=gp, organisation=gp.organisation, title="Gliptins", question="n=0601&d=all")
    schemes = [{"code": p.organisation_id, "key": p.key, "scheme": p.key, "number": v.number, "measure": v.measure}
               for p in Plan.objects.all() if (v := p.latest())]  # fmt: skip
    rounds = [{"code": r.organisation_id, "key": r.key,
               "statement": Statement.objects.filter(round=r).order_by("?").first().key}
              for r in Round.objects.all()]  # fmt: skip
    campaigns = [{"code": c.version.plan.organisation_id if c.version else c.organisation_id, "key": c.key}
                 for c in Campaign.objects.all()]  # fmt: skip
    drafts = [row for row, c in zip(campaigns, Campaign.objects.all(), strict=True) if c.sealed_at is None]
    letters = [{"code": home, "token": b.token, "pk": b.pk}
               for b in Bulletin.objects.filter(person=gp)[:MANY]]  # fmt: skip
    reflections = [{"code": home, "pk": r.pk, "kind": "md"} for r in Reflection.objects.filter(person=gp)[:MANY]]
    verdicts = [{"code": v.design.version.plan.organisation_id, "key": v.design.version.plan.key, "pk": v.pk}
                for v in VerdictRecord.objects.select_related("design__version__plan")]  # fmt: skip
    of_scheme = {p["key"]: p["code"] for p in schemes}
    entries = [{"code": of_scheme[e.saving], "number": e.number}
               for e in LedgerEntry.objects.filter(saving__in=of_scheme)[: MANY * 4]]  # fmt: skip
    mine = {"code": home}
    waves = [{"code": w.organisation_id, "key": w.key} for w in SurveyWave.objects.all()]
    asked = [{"code": home, "key": i.wave.key} for i in Invitation.objects.filter(person=gp).select_related("wave")]
    own_waves = [row for row in asked if wave is not None and row["key"] == wave.key]
    month = str(held.snapshots("panel")[-1].key) if held and held.snapshots("panel") else ""
    things: dict[str, list[dict[str, Any]]] = {
        "listen": own_waves or asked, "listen:index": [{}], "listen:wave": waves, "api:survey": waves,
        "home:pathway": [{"pathway": name} for name in pathways()],
        "home:measure": some, "home": [{}], "see": [{}],
        "see:presentations": counted, "see:rows": [row | {"query": f"?month={month}"} for row in counted],
        "see:group": [mine | {"key": g.key} for g in Group.objects.filter(owner=gp)],
        "see:forget": [{"key": s.key} for s in SavedSearch.objects.filter(owner=gp)[:1]],
        "see:remove_group": [{"key": g.key} for g in Group.objects.filter(owner=gp)[:1]],
        "decide": schemes, **{f"decide:{name}": [{}] for name in (
            "index", "mine", "register", "record", "ask", "leads", "priorities")},
        **{f"decide:{name}": rounds for name in OF_A_ROUND},
        "decide:reasons": counted,
        "decide:weigh": [{"code": home, "measure": e.measure, "pk": e.pk} for e in Explanation.objects.all()[:1]],
        "decide:decision": [{"code": d.organisation_id, "pk": d.pk} for d in KeyDecision.objects.all()[:MANY]],
        "decide:blocker": [{"code": b.organisation_id, "pk": b.pk} for b in Blocker.objects.all()[:MANY]],
        "change": [{}],
        **{f"change:{name}": campaigns for name in ("campaign", "outcome", "spread", "seal", "launch")},
        "change:design": drafts or campaigns,
        **{f"change:{name}": _modules() for name in ("module", "aside", "promise")},
        "change:promise_measure": [mine | row for row in counted[:MANY]],
        "change:promise_scheme": [row | mine for row in schemes], "change:plan_cycle_of_scheme": schemes,
        "change:plan_cycle": [mine | row for row in counted[:MANY]],
        "change:report": [mine | {"pk": p.pk} for p in promises],
        "change:cycle": [{"code": c.organisation_id, "pk": c.pk} for c in Cycle.objects.all()[:MANY]],
        "change:own_letter": letters, "letters": letters,
        "change:export_reflections": [mine | {"kind": "md"}],
        **{f"change:{name}": reflections for name in OF_A_REFLECTION},
        "prove": schemes, "prove:index": [{}], "prove:verdict": verdicts,
        "account": [{}], "account:entry": entries, "account:move": schemes, "account:confirm": schemes,
        "account:report": [{"kind": "html"}],
        "people": [{"token": TOKEN, "pk": 1}],
        "people:confirm_email": [{"token": f"{TOKEN}-new"}],
        "people:verify": [{"code": i.person.organisation_id or home, "key": i.person_id}
                          for i in Identity.objects.select_related("person").order_by("-pk")[:MANY]],
        "people:end_post": [{"code": p.organisation_id, "number": p.pk} for p in Post.objects.all()[:MANY]],
        "api": [{}], **{f"api:{name}": some for name in ("measure", "standing", "spread", "over_time", "course")},
        "api:round": rounds, **{f"api:{name}": schemes for name in ("scheme", "versions", "version", "verdict")},
        "api:campaign": campaigns, "api:entry": entries, "api_not_there": [{"rest": "nowhere"}],
    }  # fmt: skip
    return things


def _modules() -> list[dict[str, Any]]:
    from evenhand_web.change import reading

    return [{"content": name} for name in reading.modules()]

"""The first run: nothing loaded, nobody but one administrator; every page opens and says what to do next."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from evenhand import measures
from evenhand_web.change.reading import modules
from evenhand_web.home import pathway
from evenhand_web.home.loading import load
from evenhand_web.people.models import Identity, Organisation, Person, Post

CODE = "A81001"
FILES = {"visit.pdf", "report.pdf", "report.html"}


@pytest.fixture
def administrator(db, settings, tmp_path) -> Client:
    """The first person of an empty installation, in its one organisation; no lake, no backup."""
    settings.EVENHAND_LAKE, settings.EVENHAND_BACKUPS = tmp_path / "lake", tmp_path / "kept"
    here = Organisation.objects.create(code=CODE, name="The first practice", level="practice")
    person = Person.objects.create(profession="Manager", organisation=here, identity_level=1)
    identity = Identity.objects.create(person=person, username="first", name="First administrator")
    Post.objects.create(person=person, organisation=here, role="administrator")
    client = Client()
    client.force_login(identity)
    return client


def addresses() -> dict[str, str]:
    """Every page that needs nothing which the first run lacks: an organisation, or what the product brings with it."""
    brought = {
        "code": CODE, "measure": sorted(measures.load_all())[0], "pathway": sorted(pathway.known())[0],
        "content": sorted(modules())[0],
    }  # fmt: skip
    found = {}
    for name, route in _routes(get_resolver().url_patterns, "", ""):
        parts = set(re.findall(r"<(?:\w+:)?(\w+)>", route))
        if parts <= set(brought) and not name.startswith("api:"):  # the API says 404 where a page says what is next
            found[name] = reverse(name, kwargs={part: brought[part] for part in parts})
    return found


def _routes(patterns, space: str, before: str):
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace and ":" not in space else space
            yield from _routes(pattern.url_patterns, inner, route)
        elif isinstance(pattern, URLPattern) and pattern.name and not pattern.name.startswith("api"):
            yield f"{space}{pattern.name}", route


def test_every_page_of_an_empty_installation_opens(administrator):
    opened = {}
    for name, address in addresses().items():
        if "sign-out" in address or "sign-in" in address:
            continue
        answer = administrator.get(address)
        assert answer.status_code in (200, 302, 403, 404, 405), f"{name}: {answer.status_code}"
        opened[name] = answer.status_code
    firm = [name for name, status in opened.items() if status == 200]
    assert len(firm) >= 30, sorted(set(opened) - set(firm))
    # a practice has no wards, and register extracts are uploaded at the board above it
    assert {name for name, status in opened.items() if status == 404} <= {"people:add_unit", "people:extracts"}


# where somebody who has just begun looks first, and a word of what it must say about what happens next
NEXT = {
    "home:organisation": "Once a month of it is",
    "home:desk": "python -m evenhand_web load FILES",
    "home:desk_data": "Load the English Prescribing Dataset",
    "see:index": "loaded", "listen:index": "survey", "decide:index": "statement", "change:index": "module",
    "prove:index": "scheme", "account:index": "saving",
}  # fmt: skip


@pytest.mark.parametrize("name", NEXT)
def test_an_empty_page_says_what_happens_next(administrator, name):
    text = administrator.get(reverse(name, args=[CODE])).content.decode()
    main = text.split('id="maincontent"')[1].split("</main>")[0]
    assert NEXT[name].lower() in re.sub(r"<[^>]+>", " ", main).lower()


def test_a_measure_without_data_says_so_and_does_not_vanish(administrator):
    name = sorted(measures.load_all())[0]
    answer = administrator.get(reverse("home:measure", args=[CODE, name]))
    assert answer.status_code == 200
    assert "python -m evenhand_web load" in answer.content.decode() or "loaded" in answer.content.decode()


@pytest.mark.parametrize(
    "name", ["account:budgets", "see:explore", "see:changed", "see:outliers", "see:medicines", "home:desk",
             "home:visit"],
)
def test_where_only_organisations_are_loaded_pages_open_and_offer_nothing_that_fails(
    name, administrator, settings, tmp_path
):
    tree = tmp_path / "tree.csv"
    tree.write_text(f"code,name,level,parent\nQWX,A board,icb,\n{CODE},The first practice,practice,QWX\n")
    load(settings.EVENHAND_LAKE, [tree], work_out=False)
    answer = administrator.get(reverse(name, args=[CODE]))
    assert answer.status_code == 200
    asked = re.findall(rb'href="([?][^"]+)"', answer.content)
    assert [q for q in asked if administrator.get(answer.wsgi_request.path + q.decode()).status_code != 200] == []


def test_before_anybody_is_there_the_front_page_says_how_to_begin(db):
    text = Client().get("/").content.decode()
    assert "python -m evenhand_web name_administrator" in text
    Person.objects.create(profession="Manager")
    Identity.objects.create(person=Person.objects.first(), username="x", name="X")
    assert "name_administrator" not in Client().get("/").content.decode()

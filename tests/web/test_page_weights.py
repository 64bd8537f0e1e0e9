"""A page with its first chart weighs 300 kB at most: itself and all that a first visit loads with it."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.test import Client

from evenhand_web.site.nhsuk import NotInstalled, prepare
from everywhere import everywhere

MOST = 300_000  # bytes, issue E: as sent, styles and scripts packed as every browser asks for them
LINKED = re.compile(r"""<(?:link rel="(?:stylesheet|icon)[^>]* href|script[^>]* src|img[^>]* src)="(/static/[^"]+)""")
IMPORTED = re.compile(r"""^import [^"']*["'](\.[^"']+)""", re.M)


@pytest.fixture
def visitor() -> Client:
    """A browser that takes packed answers."""
    try:
        prepare(settings.NODE_MODULES, settings.VAR / "nhsuk")
    except NotInstalled:
        pytest.skip("no node_modules: `make test` brings them with npm")
    return Client(headers={"accept-encoding": "gzip, deflate, br"})


def sent(visitor: Client, url: str, known: dict[str, int]) -> int:
    """What a file and what it imports at once weigh as sent, in bytes; each is counted once."""
    if url in known:
        return 0
    answer = visitor.get(url)
    assert answer.status_code == 200, url
    body = b"".join(answer)
    known[url] = len(body)
    plain = b"".join(Client().get(url)).decode(errors="replace") if url.endswith(".js") else ""
    folder = url.rpartition("/")[0]
    return known[url] + sum(sent(visitor, _join(folder, path), known) for path in IMPORTED.findall(plain))


def _join(folder: str, path: str) -> str:
    while path.startswith("../"):
        folder, path = folder.rpartition("/")[0], path[3:]
    return f"{folder}/{path.removeprefix('./')}"


def test_every_page_with_its_first_chart_weighs_300_kb_at_most(demo, db, visitor, settings, tmp_path):
    settings.EVENHAND_LAKE = demo.path
    pages = [page for page in everywhere() if page.html]
    common: dict[str, int] = {}
    text = Client().get("/about/").content.decode()
    frame = sum(sent(visitor, url, common) for url in LINKED.findall(text))
    assert {url.rpartition("/")[2] for url in common} >= {"nhsuk.css", "nhsuk.js", "evenhand.css", "start.js"}
    heavy = {page.name: page.size + frame for page in pages if page.size + frame > MOST}
    assert not heavy, f"the frame is {frame:,} bytes; {heavy}"
    assert len(pages) >= 70

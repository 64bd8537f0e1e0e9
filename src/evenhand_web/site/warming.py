"""Warming: what the first visits to a process would wait for is done before it takes any.

A server calls `warm` once, when it has loaded its applications: addresses and templates are compiled, the lake is
opened, definitions are read, and every step does what it has named by `first`. What then lives on is put aside from
the collection of garbage, which would else look through all of it, a quarter of a second, in the middle of a visit.
"""

from __future__ import annotations

import atexit
import gc
import logging
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connections
from django.template.loader import get_template
from django.template.utils import get_app_template_dirs
from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse

from evenhand.errors import EvenhandError

from .lake import hand_on, lake

# objects made and not yet let go, after which the young ones are looked through. A page leaves some 400 that only this
# finds, and a spread of 6,500 organisations with them: of 100 pages together that takes 60 to 100 ms, of two 1 ms
YOUNG = 1_000
MIDDLE, OLD = 20, 50  # of those rounds, after which the next older are looked through too

_named: list[Callable[[], object]] = []


def first(do: Callable[[], object]) -> None:
    """Have this done when a server starts; it may read the lake and the database, and keeps what it finds itself."""
    if do not in _named:
        _named.append(do)


def warm() -> None:
    """Do what first visits would wait for. A part that cannot be done yet (no tables, no lake) is left to them; so is
    one that fails, whatever the fault: a page that fails as well says so to its reader, and the others are served."""
    log = logging.getLogger(__name__)
    for do in (_addresses, _templates, _definitions, *_named):
        try:
            do()
        except (DatabaseError, EvenhandError) as error:
            log.info("not warmed: %s", error)
        except Exception:
            log.exception("not warmed: %s.%s", do.__module__, getattr(do, "__qualname__", do))
    connections.close_all()  # each thread that answers opens its own
    hand_on()  # the lake is free for the first visit
    settle()


def settle() -> None:
    """Put what lives now aside from the collection of garbage, and look for garbage less often."""
    gc.collect()
    gc.freeze()
    atexit.register(gc.unfreeze)  # what is put aside would else be left over at the end, and DuckDB says so
    gc.set_threshold(YOUNG, MIDDLE, OLD)


def _addresses() -> None:
    """Every address's pattern, as it is read and as it is written."""
    for name, pattern in _patterns(get_resolver()):
        _ = pattern.pattern.regex
        parts = pattern.pattern.converters if isinstance(pattern, URLPattern) else {}
        try:
            reverse(name, kwargs={"code": "1", **dict.fromkeys(parts, "1")})
        except NoReverseMatch:
            continue  # written without an organisation, or with a word that "1" is not: its step is read all the same


def _patterns(resolver: URLResolver, space: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            within = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield f"{within}-", pattern
            yield from _patterns(pattern, within)
        elif pattern.name:
            yield f"{space}{pattern.name}", pattern


def _templates() -> None:
    """Every template of ours, compiled."""
    ours = Path(__file__).resolve().parents[1]
    folders = [Path(folder) for folder in get_app_template_dirs("templates") if ours in Path(folder).parents]
    for folder in folders:
        for file in chain(folder.rglob("*.html"), folder.rglob("*.txt")):
            get_template(file.relative_to(folder).as_posix())


def _definitions() -> None:
    """The lake, and every measure that it or Evenhand knows."""
    from evenhand import measures

    found = lake()
    known = measures.load_all() if found is None else measures.for_lake(found)
    measures.load_pathways(known)

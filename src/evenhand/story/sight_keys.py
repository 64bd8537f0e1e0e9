"""What a stored spread rests on, as one short word: the method, the definition, and every snapshot of the lake."""

from __future__ import annotations

import hashlib
import json
from functools import lru_cache

from ..lake import Lake
from ..measures import Measure
from ..measures.held import WITHOUT_ROWS

METHOD = 2  # rises when the same data would give other numbers
DERIVED = ("panel",)  # the lake's own, made from the snapshots that the key holds; but where there are no rows


def key(lake: Lake, measure: Measure) -> str:
    """What a stored spread rests on: the method, the definition, and every snapshot of the lake."""
    return key_under(state(lake), measure)


def key_under(state_: str, measure: Measure) -> str:
    """The same, where the hash of the snapshots is at hand."""
    return _keyed(state_, _definition(measure))


@lru_cache(maxsize=2_000)  # a page asks for each measure's several times
def _keyed(state_: str, definition: str) -> str:
    return hashlib.sha256(f"{METHOD}\n{definition}\n{state_}".encode()).hexdigest()[:20]


_definitions: dict[int, tuple[Measure, str]] = {}


def _definition(measure: Measure) -> str:
    """A hash of the whole definition; a frozen object is hashed once."""
    held = _definitions.get(id(measure))
    if held is None or held[0] is not measure:
        held = (measure, hashlib.sha256(measure.model_dump_json(exclude_defaults=True).encode()).hexdigest())
        _definitions[id(measure)] = held
    return held[1]


def state(lake: Lake) -> str:
    """A hash of everything that was loaded: it changes when any number may."""

    def find() -> str:
        counted = [s for s in lake.snapshots() if s.table not in DERIVED or s.source == WITHOUT_ROWS]
        held = [(s.table, s.key, *(part.sha256 for part in s.parts)) for s in counted]
        return hashlib.sha256(json.dumps(held).encode()).hexdigest()

    return lake.remember("sights.snapshots", find)

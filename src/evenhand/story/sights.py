"""Sights: the store of spreads beside the lake's tables, so that a page reads what it shows and works nothing out.

One Parquet file a measure and level, LAKE/sights/MEASURE~LEVEL~KEY.parquet, one row an organisation; and one file a
level, `standing~LEVEL~KEY.parquet`, with every measure's rows sorted by organisation. KEY is a hash of the method, the
definition and every snapshot of the lake: a file whose name fits holds, any other is out of date and swept. Each file
is built beside and renamed, so that whatever a crash leaves is whole or not there; the store may be deleted any time.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq

from ..lake import Lake
from ..lake.files import write_whole
from ..measures import Measure, for_lake
from ..measures.library import DEFINITIONS
from ..records import Panel
from ..records.spread import Spread, Standing
from ..stats.ranks import percent_rank
from .sight_files import (
    COURSE,
    GROUP,
    NUMBERS,
    WORDS,
    facts_in,
    facts_of,
    facts_of_standing,
    in_order,
    panel_from,
    spread_from,
    standing_from,
    standings_in,
    table_of,
    write,
)
from .sight_keys import key, key_under, state
from .spreads import LEVELS, spreads

FEW = 8  # measures that are not worth a second process, which takes three seconds to begin
# of all, with each standing
ABOUT = ("first", "last", "together", "months", "middle", "tenths", "compared", "compared_by", "price")


@dataclass(frozen=True)
class Stored:
    """What `build` did: measures worked out, those that stood, and levels put in order."""

    done: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    nothing: tuple[str, ...] = ()
    levels: tuple[str, ...] = field(default=())


def build(
    lake: Lake, ids: Iterable[str] | None = None, *, progress: Callable[[str], None] | None = None, workers: int = 1
) -> Stored:
    """Work out and store every measure (or `ids`) at every level. Running it again changes nothing; cut short, it
    goes on where it stopped. `workers`: processes that share the measures, each with the memory of one."""
    every = known(lake)
    folder = _folder(lake)
    folder.mkdir(exist_ok=True)
    wanted = {str(name) for name in ids} if ids is not None else set(every)
    asked = [name for name in every if name in wanted]
    todo = [name for name in asked if not (folder / f"{name}~{key(lake, every[name])}.done").exists()]
    found: dict[str, tuple[str, ...]] = {}
    for name, levels in _worked(lake, every, todo, workers):
        found[name] = levels
        if progress is not None:
            progress(f"{name}: {', '.join(levels) or 'nothing in this lake'}")
    done = tuple(name for name in todo if found[name])
    nothing = tuple(name for name in todo if not found[name])
    stored = _stored(lake, every)
    ordered = tuple(level for level in LEVELS if _put_in_order(lake, stored, level))
    _sweep(lake, every, stored)
    return Stored(done, tuple(name for name in asked if name not in found), nothing, ordered)


def spread(lake: Lake, measure: Measure, level: str, *, course: bool = False) -> Spread | None:
    """One measure at one level, as stored; worked out now if it is not. None if the lake has nothing of it there.

    course: also every organisation's months.
    """
    file = _file(lake, measure, level)
    if not file.exists():
        if is_stored(lake, measure):
            return None
        return work_out(lake, measure).get(level)
    held = pq.ParquetFile(file, memory_map=True)
    names = [n for n in held.schema_arrow.names if course or n not in COURSE]
    return spread_from(measure.id, level, held.read(columns=names, use_threads=False), facts_in(held), course)


def course(lake: Lake, measure: Measure, level: str) -> Panel | None:
    """The months of one measure at one level, as `measures.panel` counted them; None where the store has nothing."""
    file = _file(lake, measure, level)
    if not file.exists():
        return None
    held = pq.ParquetFile(file, memory_map=True)
    return panel_from(measure.id, level, held.read(columns=["code", *COURSE], use_threads=False), facts_in(held))


def is_stored(lake: Lake, measure: Measure) -> bool:
    """Whether this very definition stands in the store over this very data."""
    return (_folder(lake) / f"{measure.id}~{key(lake, measure)}.done").exists()


def known(lake: Lake) -> dict[str, Measure]:
    """The measures of the lake, read again when a file came or went, or one of the lake's own has changed.

    A page asks several times; to look at each of Evenhand's own files would take it longer than the rest.
    """
    own = lake.path / "measures"
    files = sorted(own.iterdir()) if own.is_dir() else []
    state_ = tuple((f.name, f.stat().st_mtime_ns) for f in files), (DEFINITIONS / "measures").stat().st_mtime_ns
    found: dict[str, Measure] = lake.remember(f"sights.measures.{hash(state_)}", lambda: for_lake(lake))
    return found


def stored(lake: Lake) -> list[Measure]:
    """The measures that are stored over the data as it is."""
    return _stored(lake, known(lake))


def waiting(lake: Lake) -> tuple[str, ...]:
    """The measures that are not stored, or whose definition or data have changed since."""
    every = known(lake)
    there = {m.id for m in _stored(lake, every)}
    return tuple(name for name in every if name not in there)


def standings(
    lake: Lake, places: Sequence[tuple[str, str]], ids: Sequence[str] | None = None
) -> list[Standing]:
    """What is stored of these organisations, (level, code) each, on every measure or on `ids`; nothing is worked out
    here."""
    stored = _stored(lake, known(lake))
    found: list[Standing] = []
    for level, code in dict.fromkeys(places):
        file = _standing_file(lake, stored, level)
        if file.exists():
            found += standings_in(file, level, code, ids)
        elif earlier := _standing_before(lake, stored, level):
            file, still = earlier
            found += standings_in(file, level, code, [name for name in still if ids is None or name in ids])
    return found


def is_in_order(lake: Lake, level: str) -> bool:
    """Whether what is stored of a level stands by organisation: not after a definition changed, until `build` runs."""
    return _standing_file(lake, stored(lake), level).exists()


def _folder(lake: Lake) -> Path:
    return lake.path / "sights"


def _file(lake: Lake, measure: Measure, level: str) -> Path:
    return _folder(lake) / f"{measure.id}~{level}~{key(lake, measure)}.parquet"


def _names(lake: Lake) -> frozenset[str]:
    folder = _folder(lake)
    return frozenset(os.listdir(folder)) if folder.is_dir() else frozenset()


def _stored(lake: Lake, every: dict[str, Measure]) -> list[Measure]:
    names, now = _names(lake), state(lake)
    return [m for m in every.values() if f"{m.id}~{key_under(now, m)}.done" in names]


def _standing_file(lake: Lake, stored: list[Measure], level: str) -> Path:
    now = state(lake)
    keys = hashlib.sha256("".join(key_under(now, measure) for measure in stored).encode()).hexdigest()[:20]
    return _folder(lake) / f"standing~{level}~{keys}.parquet"


def _standing_before(lake: Lake, stored: list[Measure], level: str) -> tuple[Path, list[str]] | None:
    """A level's newest standing file of another set of measures, with those of them that hold as they did then: after
    one definition changed, the rest is there until `build` has run."""
    files = (_folder(lake) / name for name in _names(lake) if name.startswith(f"standing~{level}~"))
    now = state(lake)
    for file in sorted(files, key=lambda file: (-file.stat().st_mtime_ns, file.name)):
        then = facts_of_standing(file)
        if still := [m.id for m in stored if then.get(m.id, {}).get("key") == key_under(now, m)]:
            return file, still
    return None


def _worked(
    lake: Lake, every: dict[str, Measure], todo: list[str], workers: int
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each measure to do, with the levels that were stored; in the order of `todo`."""
    if workers < 2 or len(todo) < FEW:
        for name in todo:
            yield name, _keep(lake, every[name])
        return
    # begun anew, not forked: a fork would share the query engine's threads
    with ProcessPoolExecutor(min(workers, len(todo)), mp_context=get_context("spawn")) as pool:
        yield from zip(todo, pool.map(partial(_keep_by_name, lake.path), todo), strict=True)


def _keep_by_name(path: Path, name: str) -> tuple[str, ...]:
    lake = _own_lake(path)
    return _keep(lake, known(lake)[name])


@lru_cache(maxsize=1)
def _own_lake(path: Path) -> Lake:
    return Lake.open(path)


def _keep(lake: Lake, measure: Measure) -> tuple[str, ...]:
    """Work one measure out and store it; its levels."""
    found = spreads(lake, measure)
    for level, spread in found.items():
        write(_file(lake, measure, level), [table_of(spread)], facts_of(spread))
    write_whole(_folder(lake) / f"{measure.id}~{key(lake, measure)}.done", b"")  # also of one with nothing here
    return tuple(found)


def _put_in_order(lake: Lake, stored: list[Measure], level: str) -> bool:
    """Write a level's standing file: every measure's rows, by organisation; False if nothing is stored there."""
    file = _standing_file(lake, stored, level)
    held = {m.id: _file(lake, m, level) for m in stored if _file(lake, m, level).exists()}
    if file.exists() or not held:
        return file.exists()
    codes: set[str] = set()
    facts: dict[str, Any] = {}
    for name, path in held.items():
        codes |= set(pq.read_table(path, columns=["code"])["code"].to_pylist())
        about = facts_in(pq.ParquetFile(path))
        facts[name] = {k: about[k] for k in ABOUT} | {"key": path.stem.rsplit("~", 1)[1]}
    write(file, in_order(held, sorted(codes)), facts, GROUP)
    return True


def standing_of(whole: Spread, code: str) -> Standing | None:
    """One organisation's standing in a spread that was worked out with its course."""
    at = whole.row(code)
    if at is None:
        return None
    row: dict[str, Any] = {name: getattr(whole, name)[at] for name in (*NUMBERS, *WORDS, "fair", *COURSE)}
    rank = percent_rank(np.where(whole.fair, whole.value, np.nan))[at]
    return standing_from(whole.level, row | {"code": code, "measure": whole.measure, "rank": rank}, facts_of(whole))


def work_out(lake: Lake, measure: Measure, levels: tuple[str, ...] = LEVELS) -> dict[str, Spread]:
    """What `build` would store, for a reader who cannot wait for it; facts as they read back. Of `levels`, practices
    come first: what an area's gain together is told from them."""
    return {level: replace(found, facts=facts_of(found)) for level, found in spreads(lake, measure, levels).items()}


def _sweep(lake: Lake, every: dict[str, Measure], stored: list[Measure]) -> None:
    """Remove what no longer holds, and what a crash left."""
    folder = _folder(lake)
    keys = {key(lake, measure) for measure in every.values()}
    keys.add(_standing_file(lake, stored, LEVELS[0]).stem.rsplit("~", 1)[1])
    for file in folder.iterdir():
        if file.name.startswith(".") or file.stem.rsplit("~", 1)[-1] not in keys:
            file.unlink(missing_ok=True)

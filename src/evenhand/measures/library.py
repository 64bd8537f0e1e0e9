"""The measures and pathways that Evenhand knows: its own, and a user's beside them."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.resources import files
from pathlib import Path

from ..definition import load
from ..errors import InputError, did_you_mean
from .model import Measure
from .pathway import Pathway

DEFINITIONS = Path(str(files("evenhand") / "definitions"))
State = tuple[str, int, int]  # a file, when it was written, and its size


def load_all(extra_paths: Iterable[str | Path] = ()) -> dict[str, Measure]:
    """Every measure by id: Evenhand's own, then those in `extra_paths` (YAML files or folders of them).

    Raises
    ------
    InputError
        If a file does not say what a measure needs, two files use one id, or a measure names another
        (a guardrail, a part of a sum) that does not exist; the message starts with the file.
    """
    return dict(_checked(tuple(_states([DEFINITIONS / "measures", *extra_paths]))))


@lru_cache(maxsize=8)
def _checked(states: tuple[State, ...]) -> dict[str, Measure]:
    """Every measure of these files, as they are now: every panel asks for all of them."""
    found: dict[str, tuple[Path, Measure]] = {}
    for path, measure in map(_read_one, states):
        if measure.id in found and found[measure.id][0].resolve() != path.resolve():
            other = found[measure.id][0]
            raise InputError(f"{path}: measure {measure.id!r} already stands in {other}; choose another id")
        found[measure.id] = (path, measure)
    measures = {name: measure for name, (_, measure) in found.items()}
    for path, measure in found.values():
        _check_names(path, measure, measures)
    return measures


def read_files(paths: Iterable[str | Path]) -> dict[str, Measure]:
    """Only the measures in these YAML files or folders, by id; what they name is not looked up."""
    return {measure.id: measure for _, measure in map(_read_one, _states(paths))}


def load_pathways(measures: dict[str, Measure]) -> dict[str, Pathway]:
    """Every pathway by id; each measure it names must be among `measures`."""
    pathways = {}
    for path in sorted((DEFINITIONS / "pathways").glob("*.yaml")):
        pathway = load(path, Pathway)
        for name in pathway.measures:
            if name not in measures:
                raise InputError(f"{path}: no measure {name!r}{did_you_mean(name, measures)}")
        pathways[pathway.id] = pathway
    return pathways


def find(measures: dict[str, Measure], name: str) -> Measure:
    """One measure by id, or an InputError with the nearest right word."""
    if name not in measures:
        raise InputError(f"no measure {name!r}{did_you_mean(name, measures)}; `evenhand measures list` shows them all")
    return measures[name]


def _states(paths: Iterable[str | Path]) -> Iterator[State]:
    """The YAML files that paths (files or folders of them) stand for, each with what changes when it does."""
    for path in paths:
        if not os.path.isdir(path):
            yield _state(os.fspath(path))
            continue
        with os.scandir(path) as entries:
            names = [(entry.path, entry) for entry in entries if entry.name.endswith(".yaml")]
        for name, entry in sorted(names, key=lambda pair: pair[0]):
            yield _state(name, entry)


def _state(name: str, entry: os.DirEntry[str] | None = None) -> State:
    try:
        held = entry.stat() if entry is not None else os.stat(name)
    except OSError:
        return name, 0, 0  # reading it says what is wrong with it
    return name, held.st_mtime_ns, held.st_size


def _read_one(state: State) -> tuple[Path, Measure]:
    path = Path(state[0])
    return path, _unchanged(path, state[1], state[2]) if path.is_file() else load(path, Measure)


@lru_cache(maxsize=1000)
def _unchanged(path: Path, modified: int, size: int) -> Measure:
    """A file is read once, and again when it has changed."""
    return load(path, Measure)


def _check_names(path: Path, measure: Measure, measures: dict[str, Measure]) -> None:
    for key, names in (("guardrails", measure.guardrails), ("sum_of", measure.sum_of or ())):
        for name in names:
            if name not in measures:
                raise InputError(f"{path}: {key}: no measure {name!r}{did_you_mean(name, measures)}")
    parts = [measures[name] for name in measure.sum_of or ()]
    for part in parts:
        if part.kind != "prescribing" or part.sum_of is not None:
            raise InputError(f"{path}: sum_of: {part.id!r} is not a plain measure of prescribing; name those only")
        if part.denominator.model_dump(exclude={"words"}) != parts[0].denominator.model_dump(exclude={"words"}):
            raise InputError(
                f"{path}: sum_of: {part.id!r} and {parts[0].id!r} have different denominators; "
                "only measures over the same denominator can be added"
            )
        if part.numerator.sum != parts[0].numerator.sum:
            raise InputError(f"{path}: sum_of: {part.id!r} and {parts[0].id!r} sum different things")

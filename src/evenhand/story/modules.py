"""Content modules beside what they are about: each names a measure of its pathway, or a question of a survey."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from ..change import Content, Known, check_links, load_all_content, load_content
from ..errors import InputError
from ..listen.instrument import instruments, load_instrument
from ..measures import Measure, load_all, load_pathways
from ..measures.library import DEFINITIONS

CONTENT = DEFINITIONS / "content"


def known(measures: Mapping[str, Measure] | None = None) -> Known:
    """What a module may name: measures (Evenhand's own if none are given), pathways, questions and their answers."""
    every = dict(measures) if measures is not None else load_all()
    asked = {name: load_instrument(name).questions for name in instruments()}
    return Known(
        {name: one.pathway for name, one in every.items()},
        {name: one.measures for name, one in load_pathways(every).items()},
        {name: {q.id: tuple(q.values()) for q in questions} for name, questions in asked.items()},
    )


def modules(paths: Iterable[str | Path] = (), measures: Mapping[str, Measure] | None = None) -> dict[str, Content]:
    """The modules in these Markdown files or folders, by id, read strictly and their links checked; all of Evenhand's
    own if no path is given.

    Raises
    ------
    InputError
        If a module is not what it should be, names what does not exist, or has the id of another; a path with no
        module. The message starts `file:line:`.
    """
    own = load_all_content(CONTENT)
    found: dict[str, Content] = {}
    for one in [module for path in paths for module in _read(Path(path))] or own.values():
        other = found.get(one.id) or own.get(one.id)
        if other is not None and Path(other.where).resolve() != Path(one.where).resolve():
            raise InputError(f"{one.at('id')}: id {one.id!r} is already the id of {other.where}; choose another id")
        found[one.id] = one
    names = known(measures)
    for one in found.values():
        check_links(one, names)
    return found


def _read(path: Path) -> list[Content]:
    if not path.is_dir():
        return [load_content(path)]
    found = list(load_all_content(path).values())
    if not found:
        raise InputError(f"{path}: no module here; expected files ending in .md")
    return found

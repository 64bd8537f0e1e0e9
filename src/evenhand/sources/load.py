"""Load: recognise published files by their columns and take them into the lake, all or none."""

from __future__ import annotations

import importlib
import pkgutil
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import cache
from pathlib import Path

from ..errors import InputError, did_you_mean
from ..lake import Lake, Transaction
from . import strangers, workbook
from .source import Loaded, Options, Source, refuse_lacking, summary
from .unpack import NotForTheLake, Unpacked, files_under, from_input, sha256_of, unpack


@cache
def known() -> dict[str, Source]:
    """Every source by name: each file of this folder that offers a `SOURCE` is one."""
    package = __package__ or "evenhand.sources"
    folder = str(Path(__file__).parent)
    modules = [importlib.import_module(f"{package}.{m.name}") for m in pkgutil.iter_modules([folder])]
    sources = [source for module in modules for source in _offered(module)]
    return {source.name: source for source in sorted(sources, key=lambda s: s.name)}


def recognise(path: str | Path) -> tuple[str, ...]:
    """The names of the sources that a file (or each table in a zip) is; InputError if one is none."""
    with tempfile.TemporaryDirectory() as scratch:
        place = Path(scratch)
        counter = iter(range(1_000_000))

        def beside(name: str) -> Path:
            return place / f"{next(counter)}-{name}"

        files = unpack(Path(path), beside, "")
        chosen = [known for file in files for _, known in _offers(file, None, True, beside)]
    for found in chosen:
        if isinstance(found, str):
            raise InputError(found)
    return tuple(found.name for found in chosen if isinstance(found, Source))


def load(
    lake: Lake,
    paths: str | Path | Iterable[str | Path],
    as_: str | None = None,
    *,
    options: Options | None = None,
    when: datetime | None = None,
    tell: Callable[[str], None] | None = None,
) -> tuple[Loaded, ...]:
    """Load files, folders and zips: everything that is given, or after an error nothing.

    A file that was loaded before is left alone. A file named on its own must be recognised; in a folder or a zip
    one that is not is passed over, and said so. `tell` hears which file is being read.

    Raises
    ------
    InputError
        If a file cannot be read, holds what it should not, or does not add up; the lake is then as it was.
    """
    source = None if as_ is None else _named(as_)
    given = [paths] if isinstance(paths, (str, Path)) else list(paths)
    with lake.transaction(when) as transaction:
        done: list[Loaded] = []
        for path in given:
            files = files_under(path)
            alone = str(path) == "-" or Path(path).is_file()
            for number, file in enumerate(files, start=1):
                if tell is not None:
                    tell(f"reading {file.name} ({number} of {len(files)})")
                piped = str(file) == "-"
                actual = from_input(transaction.beside) if piped else file
                name = "standard input" if piped else ""
                done += _one(transaction, actual, source, options or Options(), alone, name)
        if not any(loaded.state != "skipped" for loaded in done):
            raise InputError(f"{given[0]}: nothing here is known; there are: {', '.join(known())}")
    return tuple(done)


def begin(path: str | Path) -> tuple[Lake, bool]:
    """The lake in a folder, begun if there is none; and whether it was."""
    new = not (Path(path) / "lake.json").exists()
    return Lake.create(path), new


def abandon(path: str | Path, *, folder_was_there: bool) -> None:
    """Take back a lake that was begun for a load that was refused."""
    place = Path(path)
    (place / "lake.json").unlink(missing_ok=True)
    for name in ("building", "tables", "snapshots"):
        shutil.rmtree(place / name, ignore_errors=True)
    if not folder_was_there:
        place.rmdir()


def _one(
    transaction: Transaction, path: Path, source: Source | None, options: Options, alone: bool, name: str
) -> list[Loaded]:
    """Load one file, whatever it packs."""
    sha256 = sha256_of(path)
    before = _loaded_before(transaction, sha256, source, options)
    if before:
        return before
    done = []
    try:
        for file in unpack(path, transaction.beside, sha256, name):
            done += [_staged(transaction, file, chosen, options)
                     for file, chosen in _offers(file, source, alone, transaction.beside)]  # fmt: skip
    except NotForTheLake as error:
        done.append(Loaded("", name or path.name, "skipped", sha256=sha256, note=str(error)))
    if alone and all(loaded.state == "skipped" for loaded in done):
        raise InputError(done[0].note)
    return _in_one(done, name or path.name)


def _in_one(done: list[Loaded], label: str) -> list[Loaded]:
    """Many tables of one zip that are passed over for one reason, said once."""
    reasons = {loaded.note.partition(": ")[2] for loaded in done}
    if len(done) < 2 or len(reasons) > 1 or any(loaded.state != "skipped" for loaded in done):
        return done
    return [replace(done[0], file=label, note=f"{label}: {len(done)} tables, each {reasons.pop()}")]


def _offers(
    file: Unpacked, source: Source | None, alone: bool, beside: Callable[[str], Path]
) -> list[tuple[Unpacked, Source | str]]:
    """A file and the source that it is; of a workbook that no source knows as a whole, those sheets that one knows."""
    chosen = _chosen(file, source, alone)
    if file.kind != "xlsx" or not isinstance(chosen, str):
        return [(file, chosen)]
    found = [(sheet, _chosen(sheet, source, alone)) for sheet in workbook.tables(file, beside)]
    return [(sheet, known) for sheet, known in found if isinstance(known, Source)] or [(file, chosen)]


def _staged(transaction: Transaction, file: Unpacked, chosen: Source | str, options: Options) -> Loaded:
    if isinstance(chosen, str):
        return Loaded("", file.label, "skipped", sha256=file.sha256, note=chosen)
    try:
        return chosen.stage(transaction, file, options)
    except NotForTheLake as error:
        return Loaded("", file.label, "skipped", sha256=file.sha256, note=str(error))


def _loaded_before(transaction: Transaction, sha256: str, source: Source | None, options: Options) -> list[Loaded]:
    """What a file gave when it was loaded, if all of it still stands."""
    held = [s for s in transaction.lake.snapshots() if s.sha256 == sha256 and s.totals]
    same_source = source is None or all(s.source == source.name for s in held)
    whole = all(len(held) == s.of_file and transaction.lake.whole(s) for s in held)
    if not held or not same_source or not whole or options != Options():  # options may ask for something else
        return []
    labels = dict.fromkeys((s.source, s.file) for s in held)
    return [summary(name, label, "unchanged", [s for s in held if (s.source, s.file) == (name, label)])
            for name, label in labels]  # fmt: skip


def _chosen(file: Unpacked, source: Source | None, alone: bool) -> Source | str:
    """The source that a file is, or why it is none; one that only lacks a column of a published file is refused."""
    columns = f"its columns are {_some(file.columns)}" if file.columns else "it has no header that can be read"
    if source is not None and source.names_columns and file.columns:
        return source
    if source is not None:
        missing = source.lacks(file)
        if missing:
            raise refuse_lacking(file, source, missing)
        return f"{file.name}: does not look like {source.name}; {columns}" if missing is None else source
    found = {s.name: missing for s in known().values() if (missing := s.lacks(file)) is not None}
    name = min(found, key=lambda n: len(found[n]), default=None)
    if name is None:
        return f"{file.name}: {strangers.what(file) or f'not a known table; {columns}'}"
    if found[name]:
        refusal = refuse_lacking(file, known()[name], found[name])
        if alone or not known()[name].names_columns:
            raise refusal
        return str(refusal)
    return known()[name]


def _named(name: str) -> Source:
    if name not in known():
        raise InputError(f"--as {name}: no such source{did_you_mean(name, known())}; there are: {', '.join(known())}")
    return known()[name]


def _offered(module: object) -> Iterator[Source]:
    source = getattr(module, "SOURCE", None)
    if isinstance(source, Source):
        yield source


def _some(columns: tuple[str, ...]) -> str:
    shown = ", ".join(columns[:8])[:200]
    return f"{shown}, ..." if len(columns) > 8 else shown

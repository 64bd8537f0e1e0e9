"""Unpack: a path as given (file, folder, zip, gzip, `-`) becomes plain files with their columns, nothing trusted.

Whatever is compressed is written out beside the lake, checked to its last byte, with a ceiling against bombs.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import hashlib
import io
import re
import shutil
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq

from ..errors import InputError
from . import xls

# what the standard library raises at packed bytes that are broken, cut short, locked, or packed in a way it cannot read
BROKEN = (zipfile.BadZipFile, gzip.BadGzipFile, EOFError, zlib.error, RuntimeError, NotImplementedError)
_BLOCK = 1 << 20
_RATIO = 200  # the largest published file unpacks to 24 times its size; repeated text reaches about 100
_SMALL = 200 << 20  # bytes that may unpack at any ratio
_TABLES = (".csv", ".txt", ".gz", ".parquet", ".xlsx", ".xls")
_NOT_TABLES = (".pdf", ".doc", ".docx", ".html", ".md", ".json", ".yaml", ".png", ".py", ".ipynb")


class NotForTheLake(InputError):
    """A file that is no table, or one that no source takes: refused when named, passed over in a folder."""


@dataclass(frozen=True)
class Unpacked:
    """One plain file with a header that has been read.

    name: how messages call it; label: what the manifest keeps (no folder); path: the plain bytes;
    kind: csv, parquet, xlsx (or xls; its columns are its sheets) or xml (a zip of such files, its columns their names);
    sha256: of the file as it was given; top: the first rows of a CSV, header first; delimiter: between its cells.
    """

    name: str
    label: str
    path: Path
    kind: str
    sha256: str
    encoding: str = "utf-8"
    columns: tuple[str, ...] = ()
    top: tuple[tuple[str, ...], ...] = ()
    delimiter: str = ","

    def column(self, *names: str) -> str | None:
        """The file's own spelling of the first of these columns that it has; case and punctuation do not count."""
        known = _spellings(self.columns)
        return next((known[plain_name(name)] for name in names if plain_name(name) in known), None)


@lru_cache(maxsize=256)
def _spellings(columns: tuple[str, ...]) -> dict[str, str]:
    """A header's own spelling of each plain name: every source asks about the same file."""
    return {plain_name(column): column for column in columns}


@lru_cache(maxsize=10_000)
def plain_name(column: str) -> str:
    """A column's name without case and punctuation.

    >>> plain_name("Treatment  Function Code")
    'treatment_function_code'
    """
    return re.sub(r"[^a-z0-9]+", "_", column.strip().lower()).strip("_")


def files_under(path: str | Path) -> list[Path]:
    """The files that a path stands for: itself, or everything in a folder that may be a table, by name."""
    place = Path(path)
    if str(path) == "-" or place.is_file():
        return [place]
    if not place.is_dir():
        raise InputError(f"{place}: there is no such file or folder")
    inside = sorted(p for p in place.rglob("*") if p.is_file() and not _hidden(p.relative_to(place)))
    found = [p for p in inside if p.suffix.lower() not in _NOT_TABLES]
    if not found:
        raise InputError(f"{place}: the folder holds no file that could be a table")
    return found


def sha256_of(path: Path) -> str:
    """The sha256 of a file as given."""
    digest = hashlib.sha256()
    with _opened(path) as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def unpack(path: Path, beside: Callable[[str], Path], sha256: str, name: str = "") -> Iterator[Unpacked]:
    """The plain tables in one file; `beside(name)` says where an unpacked one may lie. InputError if none.

    Messages call the file `name`, or else by its path.
    """
    name, label = name or str(path), name if name else path.name
    magic = _magic(path)
    if magic == b"PK\x03\x04":
        yield from _zip(path, beside, sha256, name, label)
    elif magic == b"PK\x05\x06":
        raise InputError(f"{name}: the zip holds no files")
    elif magic == xls.MAGIC[:4]:
        yield Unpacked(name, label, path, "xlsx", sha256, columns=tuple(xls.sheets(path, name)))
    elif magic[:2] == b"\x1f\x8b":
        target = beside("unpacked")
        _copy(partial(gzip.GzipFile, path), target, path.stat().st_size, name, "gzip")
        yield _plain(target, name, label, sha256)
    else:
        yield _plain(path, name, label, sha256)


def from_input(beside: Callable[[str], Path]) -> Path:
    """Standard input as a file."""
    target = beside("standard-input")
    with target.open("wb") as out:
        shutil.copyfileobj(sys.stdin.buffer, out)
    return target


def _zip(path: Path, beside: Callable[[str], Path], sha256: str, given: str, kept: str) -> Iterator[Unpacked]:
    try:
        archive = zipfile.ZipFile(path)
    except (*BROKEN, OSError, ValueError) as error:  # a name that is no text is a ValueError
        raise InputError(f"{given}: the zip is broken or cut short ({error})") from error
    with archive:
        if "[Content_Types].xml" in archive.namelist():
            _check_size(archive, path.stat().st_size, given)
            try:
                sheets = _sheets(archive)
            except BROKEN as error:
                raise InputError(f"{given}: the workbook is broken or cut short ({error})") from error
            yield Unpacked(given, kept, path, "xlsx", sha256, columns=sheets)
            return
        members = [m for m in archive.infolist() if not m.is_dir() and not _hidden(Path(m.filename))]
        tables = [m for m in members if Path(m.filename).suffix.lower() in _TABLES]
        listed = _xml_listed(archive, members)
        if not tables and listed:
            _check_size(archive, path.stat().st_size, given)
            yield Unpacked(given, kept, path, "xml", sha256, columns=listed)
            return
        if not tables:
            raise NotForTheLake(f"{given}: the zip holds no CSV or Parquet file")
        for member in tables:
            name, label = f"{given}/{member.filename}", f"{kept}/{member.filename}"
            target = beside("unpacked")
            _copy(partial(archive.open, member), target, max(member.compress_size, 1), name, "zip")
            if _magic(target)[:2] == b"\x1f\x8b":
                packed, target = target, beside("unpacked")
                _copy(partial(gzip.GzipFile, packed), target, packed.stat().st_size, name, "gzip")
                packed.unlink()
            yield _plain(target, name, label, sha256)
            target.unlink(missing_ok=True)


def _xml_listed(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo]) -> tuple[str, ...]:
    """The XML files in a zip, and as `zip!member` those in a small zip within it."""
    found = [m.filename for m in members if m.filename.lower().endswith(".xml")]
    for member in members:
        if member.filename.lower().endswith(".zip") and member.file_size <= _SMALL:
            try:
                with zipfile.ZipFile(io.BytesIO(archive.read(member))) as inner:
                    within = [name for name in inner.namelist() if name.lower().endswith(".xml")]
                    found += [f"{member.filename}!{name}" for name in within]
            except (*BROKEN, ValueError):
                continue
    return tuple(found)


def _check_size(archive: zipfile.ZipFile, packed: int, name: str) -> None:
    """Refuse a workbook or release that says it unpacks to more than is safe; none gives more than it says."""
    unpacked = sum(member.file_size for member in archive.infolist())
    if unpacked > max(_SMALL, packed * _RATIO):
        raise InputError(f"{name}: unpacks to {unpacked:,} bytes from {packed:,}; refused as unsafe")


def _sheets(archive: zipfile.ZipFile) -> tuple[str, ...]:
    """The names of a workbook's sheets, without reading the sheets."""
    if "xl/workbook.xml" not in archive.namelist():
        return ()
    text = archive.read("xl/workbook.xml").decode("utf-8", errors="replace")
    return tuple(re.findall(r"<sheet\b[^>]*?\bname=\"([^\"]*)\"", text))


def _copy(opened: Callable[[], IO[bytes] | gzip.GzipFile], target: Path, packed: int, name: str, kind: str) -> None:
    room = min(max(_SMALL, packed * _RATIO), shutil.disk_usage(target.parent).free)
    done = 0
    try:
        with opened() as source, target.open("wb") as out:
            while block := source.read(_BLOCK):
                done += len(block)
                if done > room:
                    raise InputError(f"{name}: unpacks to more than {room:,} bytes from {packed:,}; refused as unsafe")
                out.write(block)
    except BROKEN as error:
        raise InputError(f"{name}: the {kind} stream is broken or cut short ({error})") from error


def _plain(path: Path, name: str, label: str, sha256: str) -> Unpacked:
    start = _magic(path)
    if not start:
        raise InputError(f"{name}: the file is empty; expected a header and rows")
    if start == b"PAR1":
        try:
            schema = pq.read_schema(path)
            columns = tuple(schema.names)
        except (pa.ArrowInvalid, OSError) as error:
            raise InputError(f"{name}: the Parquet file is broken or cut short ({error})") from error
        if nested := [field.name for field in schema if pa.types.is_nested(field.type)]:
            raise InputError(f"{name}: column {nested[0]!r} holds lists or records; expected one value a cell")
        return Unpacked(name, label, path, "parquet", sha256, columns=columns)
    if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise InputError(f"{name}: the text is UTF-16; expected UTF-8 or Latin-1")
    encoding = _encoding(path, name)
    top, delimiter = _top(path, encoding, name)
    columns = tuple(column or f"column {i}" for i, column in enumerate(top[0], start=1))  # R and pandas leave one blank
    return Unpacked(name, label, path, "csv", sha256, encoding, columns, top, delimiter)


def _encoding(path: Path, name: str) -> str:
    """utf-8 if every byte is; else latin-1, as NHS files before 2020 are. Binary bytes are refused."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    encoding = "utf-8"
    with _opened(path) as file:
        while block := file.read(_BLOCK):
            if b"\x00" in block:
                raise NotForTheLake(f"{name}: not a table of text (it holds binary bytes); expected CSV or Parquet")
            if encoding == "utf-8" and not block.isascii():
                try:
                    decoder.decode(block)
                except UnicodeDecodeError:
                    encoding = "latin-1"
            elif encoding == "utf-8" and decoder.getstate()[0]:
                encoding = "latin-1"  # a character was cut by plain text
    return encoding


def _top(path: Path, encoding: str, name: str) -> tuple[tuple[tuple[str, ...], ...], str]:
    """The first rows, and what stands between their cells: a comma, or a semicolon where the header has no comma."""
    with _opened(path) as file:
        raw = file.read(1 << 16)
    text = raw.decode(encoding, errors="ignore").removeprefix("\ufeff")
    first = text.split("\n", 1)[0]
    delimiter = ";" if "," not in first and first.count(";") > 1 else ","
    try:
        rows = [row for _, row in zip(range(6), csv.reader(io.StringIO(text), delimiter=delimiter), strict=False)]
    except csv.Error as error:
        raise InputError(f"{name}: not readable as CSV ({error})") from error
    top = tuple(tuple(cell.strip() for cell in row) for row in rows)
    if not top or not any(top[0]):
        raise InputError(f"{name}: the first row is empty; expected column names")
    return top, delimiter


def _opened(path: Path) -> IO[bytes]:
    try:
        return path.open("rb")
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error


def _magic(path: Path) -> bytes:
    """A file's first four bytes, which say what it is."""
    with _opened(path) as file:
        return file.read(4)


def _hidden(path: Path) -> bool:
    return any(part.startswith((".", "__")) and part != ".." for part in path.parts)

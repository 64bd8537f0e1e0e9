"""Proof: is it really the file: known by its columns from its head alone, before it is accepted."""

from __future__ import annotations

import gzip
import hashlib
import tempfile
import zipfile
from pathlib import Path
from typing import IO

from ..errors import InputError
from ..sources import recognise
from ..sources.unpack import BROKEN

_HEAD = 1 << 20  # bytes of each table that are looked at; a header and its first rows
_BLOCK = 1 << 20
_TABLES = (".csv", ".txt", ".parquet")
_MEMBERS = 500  # the largest release, QOF, has below 20


def sha256_of(path: Path) -> str:
    """A file's sha256."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def prove(path: Path, name: str, gives: tuple[str, ...], sha256: str | None) -> str:
    """The sha256 of a fetched file that is what was asked for.

    sha256: as the publisher says it, of the file or of the one table in its zip.

    Raises
    ------
    InputError
        If it is empty, is not one of the sources in `gives`, or has another sha256 than was published.
    """
    if path.stat().st_size == 0:
        raise InputError(f"{name}: came empty")
    digest = sha256_of(path)
    if sha256 is not None and sha256 not in (digest, _of_member(path)):
        raise InputError(f"{name}: has sha256 {digest[:12]}... but {sha256[:12]}... was published")
    found, why = _known(path)
    if not found & set(gives):
        reason = f"it is {', '.join(sorted(found))}" if found else why.replace(str(path), name)
        raise InputError(f"{name}: is not what was asked for ({' or '.join(gives)}); {reason}")
    return digest


def _known(path: Path) -> tuple[set[str], str]:
    """The sources that a file's tables are, and why one of them is none."""
    found: set[str] = set()
    why = "it holds no table"
    with tempfile.TemporaryDirectory() as scratch:
        for head in _heads(path, Path(scratch)):
            try:
                found |= set(recognise(head))
            except InputError as error:
                why = str(error).replace(f"{scratch}/", "")
    return found, why


def _heads(path: Path, scratch: Path) -> list[Path]:
    """The beginnings of the tables in a file; the file itself where only the whole can be read."""
    with path.open("rb") as file:
        magic = file.read(4)
    try:
        if magic[:2] == b"\x1f\x8b":
            with gzip.open(path) as packed:
                return [_head(packed, scratch / "head.csv")]
        if magic == b"PK\x03\x04":
            with zipfile.ZipFile(path) as archive:
                inside = [m for m in archive.infolist() if Path(m.filename).suffix.lower() in _TABLES[:2]]
                if not inside or "[Content_Types].xml" in archive.namelist():
                    return [path]
                heads = []
                for number, member in enumerate(inside[:_MEMBERS]):
                    with archive.open(member) as packed:
                        heads.append(_head(packed, scratch / f"{number}-{Path(member.filename).name}"))
                return heads
        if magic == b"PAR1" or magic == b"PK\x05\x06" or magic[:2] == b"\xd0\xcf":
            return [path]
        with path.open("rb") as plain:
            return [_head(plain, scratch / path.name.removesuffix(".part"))]
    except (*BROKEN, OSError) as error:
        raise InputError(f"{path.name.removesuffix('.part')}: broken or cut short ({error})") from error


def _head(file: IO[bytes] | gzip.GzipFile, target: Path) -> Path:
    start = file.read(_HEAD)
    if len(start) == _HEAD:
        start = start[: start.rfind(b"\n") + 1] or start
    target.write_bytes(start)
    return target


def _of_member(path: Path) -> str | None:
    """The sha256 of the one file in a zip."""
    try:
        with zipfile.ZipFile(path) as archive:
            inside = [m for m in archive.infolist() if not m.is_dir()]
            if len(inside) != 1:
                return None
            digest = hashlib.sha256()
            with archive.open(inside[0]) as packed:
                while block := packed.read(_BLOCK):
                    digest.update(block)
            return digest.hexdigest()
    except (*BROKEN, OSError):
        return None

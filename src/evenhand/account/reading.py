"""Reading a ledger file: line by line, or in blocks that other processes read, in the order of the file."""

from __future__ import annotations

import gzip
import marshal
import sys
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import ExitStack
from io import BufferedReader
from multiprocessing import get_context
from pathlib import Path
from typing import cast

from ..errors import InputError
from . import line as lines
from .facts import Facts, flat, look, unflat

BLOCK = 4 << 20  # bytes that are handed to a process at once: some four thousand entries
_BOM = b"\xef\xbb\xbf"
_GZIP = b"\x1f\x8b"


def raw_lines(path: str | Path) -> Iterator[tuple[str, bytes]]:
    """Every line that holds something, without its end, after where it stands: `file:line`.

    Raises
    ------
    InputError
        If the file cannot be read or holds no line.
    """
    name = _name(path)
    count = 0
    for first, block in _blocks(path, name):
        for number, line in enumerate(block.split(b"\n"), start=first):
            if line.strip():
                count += 1
                yield f"{name}:{number}", line.rstrip(b"\r")
    if not count:
        raise InputError(f"{name}: the file is empty; expected one ledger entry in JSON a line")


def facts_of(path: str | Path, *, processes: int = 1) -> Iterator[Facts]:
    """The facts of every entry of a file, in order. With more than one process they are read beside this one.

    Raises
    ------
    InputError
        If the file cannot be read or holds no entry, or a line is no entry.
    """
    name = _name(path)
    count = 0
    apart = processes > 1 and _is_long(path)
    for found in _read_apart(Path(path), processes) if apart else _read(path, name):
        count += len(found)
        yield from found
    if not count:
        raise InputError(f"{name}: the file is empty; expected one ledger entry in JSON a line")


def _is_long(path: str | Path) -> bool:
    """Whether a file is worth other processes: plain, and longer than a block. They take longer to begin than to read
    a small one, and neither standard input nor a packed file can be read from the middle."""
    try:
        with open(path, "rb") as file:
            return str(path) != "-" and file.read(2) != _GZIP and file.seek(0, 2) > BLOCK
    except OSError:
        return False  # `_blocks` says why


def _read(path: str | Path, name: str) -> Iterator[list[Facts]]:
    for number, block in _blocks(path, name):
        yield list(_facts(number, block, name))


def _read_apart(path: Path, processes: int) -> Iterator[list[Facts]]:
    """Block by block, each read and looked at in another process; a line that is no entry is read again here, where
    its number is known."""
    number = 1
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        waiting: deque[tuple[int, int, Future[tuple[int, bytes]]]] = deque()
        try:
            for start, end in _ranges(path):
                waiting.append((start, end, pool.submit(_packed, path, start, end)))
                if len(waiting) > 3 * processes:  # so that no more than a few blocks are in memory
                    lines_read, content = _ready(path, number, *waiting.popleft())
                    number += lines_read
                    yield _unpacked(content)
            while waiting:
                lines_read, content = _ready(path, number, *waiting.popleft())
                number += lines_read
                yield _unpacked(content)
        finally:
            for _, _, future in waiting:
                future.cancel()


def _ranges(path: Path) -> Iterator[tuple[int, int]]:
    """Where each block of whole lines begins and ends, in bytes."""
    start = 0
    with open(path, "rb") as file:
        size = file.seek(0, 2)
        while start < size:
            file.seek(start + BLOCK)
            file.readline()
            end = min(file.tell(), size)
            yield start, end
            start = end


def _bytes(path: Path, start: int, end: int) -> bytes:
    with open(path, "rb") as file:
        file.seek(start)
        block = file.read(end - start)
    return block.removeprefix(_BOM) if start == 0 else block


def _ready(path: Path, number: int, start: int, end: int, future: Future[tuple[int, bytes]]) -> tuple[int, bytes]:
    try:
        return future.result()
    except InputError:
        list(_facts(number, _bytes(path, start, end), _name(path)))  # says the line
        raise


def _packed(path: Path, start: int, end: int) -> tuple[int, bytes]:
    """How many lines end in a block, and its facts in bytes; in another process."""
    import gc

    gc.disable()
    block = _bytes(path, start, end)
    facts = [flat(facts) for facts in _facts(1, block, _name(path))]
    # without looking for values that come again: that takes longer than it spares
    return block.count(b"\n"), marshal.dumps(facts, 2)


def _unpacked(content: bytes) -> list[Facts]:
    return [unflat(values) for values in marshal.loads(content)]


def _facts(first: int, block: bytes, name: str) -> Iterator[Facts]:
    for number, line in enumerate(block.split(b"\n"), start=first):
        if line.strip():
            yield look(*lines.read(line.rstrip(b"\r"), where=f"{name}:{number}"))


def _blocks(path: str | Path, name: str) -> Iterator[tuple[int, bytes]]:
    """(number of its first line, whole lines) until the file ends."""
    try:
        with ExitStack() as closing:
            opened = sys.stdin.buffer if str(path) == "-" else closing.enter_context(open(path, "rb"))
            stream = cast(BufferedReader, opened)
            if stream.peek(2)[:2] == _GZIP:
                stream = cast(BufferedReader, closing.enter_context(gzip.GzipFile(fileobj=stream)))
            number, rest = 1, b""
            while chunk := stream.read(BLOCK):
                if number == 1 and not rest:
                    chunk = chunk.removeprefix(_BOM)
                head, newline, tail = chunk.rpartition(b"\n")
                if newline:
                    block, rest = rest + head, tail
                    yield number, block
                    number += block.count(b"\n") + 1
                else:
                    rest += tail
            if rest:
                yield number, rest
    except (OSError, EOFError) as error:
        raise InputError(f"{name}: cannot be read ({getattr(error, 'strerror', None) or error})") from None


def _name(path: str | Path) -> str:
    return "standard input" if str(path) == "-" else str(path)

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
    for found in _read(_blocks(path, name), name, processes):
        count += len(found)
        yield from found
    if not count:
        raise InputError(f"{name}: the file is empty; expected one ledger entry in JSON a line")


def _read(blocks: Iterator[tuple[int, bytes]], name: str, processes: int) -> Iterator[list[Facts]]:
    """Block by block. A small file is read here: another process takes longer to begin than to read it."""
    first = next(blocks, None)
    second = next(blocks, None) if first else None
    if first and (processes < 2 or second is None):
        for block in filter(None, (first, second)):
            yield list(_facts(*block, name))
        for number, block_read in blocks:
            yield list(_facts(number, block_read, name))
    elif first and second:
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            waiting: deque[Future[bytes]] = deque()
            try:
                for block in (first, second):
                    waiting.append(pool.submit(_packed, *block, name))
                for number, block_read in blocks:
                    waiting.append(pool.submit(_packed, number, block_read, name))
                    if len(waiting) > 2 * processes:  # so that no more than a few blocks are in memory
                        yield _unpacked(waiting.popleft().result())
                while waiting:
                    yield _unpacked(waiting.popleft().result())
            finally:
                for future in waiting:
                    future.cancel()


def _packed(first: int, block: bytes, name: str) -> bytes:
    """The facts of a block in bytes, in another process."""
    import gc

    gc.disable()
    facts = [flat(facts) for facts in _facts(first, block, name)]
    return marshal.dumps(facts, 2)  # without looking for values that come again: that takes longer than it spares


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
            if stream.peek(2)[:2] == b"\x1f\x8b":
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

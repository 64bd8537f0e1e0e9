"""Reading a ledger file: line by line, or in blocks that other processes read, in the order of the file."""

from __future__ import annotations

import gc
import gzip
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from io import BufferedReader
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, cast

from ..errors import InputError
from .facts import Facts, looked_at, packed, unpacked
from .line import read_all
from .step import Step

BLOCK = 2 << 20  # bytes that a process reads before it hands on what it found: some two thousand entries
CHUNK = 64 << 10  # bytes that are read and looked at at once: little enough to stay in a processor's own memory
PIPE = 1 << 20  # bytes that may wait for the one that keeps the book, as most that Linux allows: a block and a half
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
    first = 1
    for chunk in _chunks(path, name):
        lines = chunk.split(b"\n")
        for number, line in enumerate(lines, start=first):
            if line.strip():
                count += 1
                yield f"{name}:{number}", line.rstrip(b"\r")
        first += len(lines) - 1
    if not count:
        raise InputError(f"{name}: the file is empty; expected one ledger entry in JSON a line")


def facts_of(path: str | Path, *, processes: int = 1) -> Iterator[Facts | Step]:
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
        return False  # `_chunks` says why


def _read(path: str | Path, name: str) -> Iterator[list[Facts | Step]]:
    number = 1
    for chunk in _chunks(path, name):
        found, ends = read_all(chunk, name=name, number=number)
        yield looked_at(found)
        number += ends


def _read_apart(path: Path, processes: int) -> Iterator[list[Facts | Step]]:
    """Block by block, each read and looked at in another process; these take turns."""
    number, ranges = 1, list(_ranges(path))
    context: Any = get_context(_start())  # Process is told of each kind of context alone
    with ExitStack() as closing:
        pipes = []
        for turn in range(min(processes, len(ranges))):
            ours, theirs = context.Pipe(duplex=False)
            pipes.append(closing.enter_context(ours))
            process = context.Process(target=_tell, args=(path, ranges[turn::processes], theirs), daemon=True)
            process.start()
            closing.callback(process.join)
            closing.callback(process.terminate)  # where it is done already, nothing
            theirs.close()
        for place, (start, end) in enumerate(ranges):
            pipe = pipes[place % processes]
            ends, parts = cast(tuple[int, int | None], _heard(pipe.recv, path))
            if parts is None:
                with open(path, "rb") as file:
                    for chunk in _whole(file, start, end):
                        found, ends = read_all(chunk, name=_name(path), number=number)
                        yield looked_at(found)
                        number += ends
            else:
                for _ in range(parts):
                    yield unpacked(_heard(pipe.recv_bytes, path))
                number += ends


def _heard(ask: Callable[[], Any], path: Path) -> Any:
    """What a process beside this one says; one that was stopped from outside, as for want of memory, says nothing."""
    try:
        return ask()
    except EOFError:
        raise InputError(f"{path}: a process that read it was stopped before its end; check it again") from None


def _tell(path: Path, ranges: Sequence[tuple[int, int]], pipe: Connection) -> None:
    """Of each block how many lines end in it, in how many parts its facts follow, and these; in another process. None
    for a block that has a line that is no entry, or an amount too great to be packed: it is read again where the number
    of its first line is known."""
    gc.disable()
    _widen(pipe)
    with open(path, "rb") as file, suppress(BrokenPipeError):  # nobody asks any more
        for start, end in ranges:
            total, parts = 0, []
            try:
                for chunk in _whole(file, start, end):
                    found, ends = read_all(chunk, name="", number=1)
                    parts.append(packed(looked_at(found)))
                    total += ends
            except (InputError, OverflowError):
                pipe.send((0, None))
                continue
            pipe.send((total, len(parts)))
            for part in parts:
                pipe.send_bytes(part)


def _widen(pipe: Connection) -> None:
    """Let a pipe hold a block, so that its two ends need not wait for one another; only Linux can."""
    if sys.platform == "linux":
        import fcntl

        with suppress(OSError):
            fcntl.fcntl(pipe.fileno(), fcntl.F_SETPIPE_SZ, PIPE)


def _start() -> str:
    """How the processes start: as copies of this one, which spares each a second of imports, where that is safe: on
    Linux, while no thread of Python's could hold a lock that is copied. Python warns from 3.12 on of any thread, also
    of those that numpy keeps and nothing here uses."""
    copied = sys.platform == "linux" and sys.version_info < (3, 12) and threading.active_count() == 1
    return "fork" if copied else "spawn"


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


def _whole(file: BufferedReader, start: int, end: int) -> Iterator[bytes]:
    """Whole lines, some at once, of a part of a file."""
    file.seek(start)
    while start < end and (chunk := _chunk(file, end - start)):
        yield chunk.removeprefix(_BOM) if start == 0 else chunk
        start += len(chunk)


def _chunks(path: str | Path, name: str) -> Iterator[bytes]:
    """Whole lines, some at once, until the file ends."""
    try:
        with ExitStack() as closing:
            opened = sys.stdin.buffer if str(path) == "-" else closing.enter_context(open(path, "rb"))
            stream = cast(BufferedReader, opened)
            if stream.peek(2)[:2] == _GZIP:
                stream = cast(BufferedReader, closing.enter_context(gzip.GzipFile(fileobj=stream)))
            chunk = _chunk(stream).removeprefix(_BOM)
            while chunk:
                yield chunk
                chunk = _chunk(stream)
    except (OSError, EOFError) as error:
        raise InputError(f"{name}: cannot be read ({getattr(error, 'strerror', None) or error})") from None


def _chunk(stream: BufferedReader, most: int = CHUNK) -> bytes:
    chunk = stream.read(min(most, CHUNK))
    return chunk if chunk.endswith(b"\n") else chunk + stream.readline()


def _name(path: str | Path) -> str:
    return "standard input" if str(path) == "-" else str(path)

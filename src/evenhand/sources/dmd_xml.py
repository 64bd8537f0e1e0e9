"""The XML files of a dm+d release, read record by record from the zip that a user supplies (TRUD asks for a log-in).

A release holds `f_vtm2*.xml`, `f_vmp2*`, `f_amp2*`, `f_vmpp2*`, `f_ampp2*`, `f_ingredient2*` and `f_lookup2*`; the
supplement holds `f_bnf1*`, in a zip within the zip. A record is an element whose children are leaves: `<VMP><VPID>..`.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import IO, cast
from xml.etree import ElementTree

from ..errors import InputError
from .unpack import BROKEN, Unpacked

RECORDS = {
    "vtm": ("VTM",), "vmp": ("VMP", "VPI", "ONT", "DFORM", "DROUTE"), "amp": ("AMP",), "vmpp": ("VMPP", "DTINFO"),
    "ampp": ("AMPP", "PRICE_INFO"), "ingredient": ("ING",), "lookup": ("INFO",), "bnf": ("VMP", "AMP"),
}  # fmt: skip
_FILE = re.compile(r"f_(vtm|vmpp|vmp|ampp|amp|ingredient|lookup|bnf)\d*_?[\d_]*\.xml$", re.IGNORECASE)
_INNER = 300 << 20  # bytes that a zip within the zip may hold; our rule: the supplement's holds 30 MB
_START = re.compile(rb"<!DOCTYPE|<!ENTITY", re.IGNORECASE)

Record = dict[str, str]


def kinds(file: Unpacked) -> dict[str, str]:
    """Which files of a release a zip holds: kind and member, with `zip!member` for one in a zip within it."""
    found = {m[1].lower(): name for name in file.columns if (m := _FILE.search(name))}
    return dict(sorted(found.items()))


def records(file: Unpacked, kind: str) -> Iterator[tuple[str, str, Record]]:
    """Section (the element around the record), the record's element, and its cells, in file order."""
    member = kinds(file)[kind]
    name = f"{file.name}/{member}"
    with zipfile.ZipFile(file.path) as archive:
        try:
            with _opened(archive, member) as stream:
                yield from _parsed(stream, RECORDS[kind], name)
        except (*BROKEN, OSError) as error:
            raise InputError(f"{name}: the zip stream is broken or cut short ({error})") from error


def _parsed(stream: IO[bytes], wanted: tuple[str, ...], name: str) -> Iterator[tuple[str, str, Record]]:
    head = stream.read(4096)
    if _START.search(head):
        raise InputError(f"{name}: declares entities of its own, which a release of dm+d never does; refused as unsafe")
    parser: ElementTree.XMLPullParser[ElementTree.Element] = ElementTree.XMLPullParser(("start", "end"))
    path: list[str] = []
    try:
        block = head
        while block:
            parser.feed(block)
            for found in parser.read_events():  # only starts and ends were asked for, and both have an element
                element = cast(ElementTree.Element, found[-1])
                if found[0] == "start":
                    path.append(element.tag)
                    continue
                path.pop()
                if element.tag in wanted and path and len(element):
                    cells = {child.tag: (child.text or "").strip() for child in element}
                    yield path[-1], element.tag, {tag: text for tag, text in cells.items() if text}
                if element.tag in wanted or len(path) <= 1:
                    element.clear()
            block = stream.read(1 << 20)
        parser.close()
    except ElementTree.ParseError as error:
        raise InputError(f"{name}: not readable as XML, broken or cut short ({error})") from error
    if path:
        raise InputError(f"{name}: not readable as XML, cut short within <{path[-1]}>")


def _opened(archive: zipfile.ZipFile, member: str) -> IO[bytes]:
    outer, _, inner = member.partition("!")
    if not inner:
        return archive.open(outer)
    if archive.getinfo(outer).file_size > _INNER:
        raise InputError(f"{outer}: holds more than {_INNER:,} bytes; refused as unsafe")
    nested = zipfile.ZipFile(io.BytesIO(archive.read(outer)))
    if nested.getinfo(inner).file_size > _INNER:
        raise InputError(f"{outer}: unpacks to more than {_INNER:,} bytes; refused as unsafe")
    return nested.open(inner)

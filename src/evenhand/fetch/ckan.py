"""CKAN: NHSBSA's Open Data Portal: a package lists its resources, each resource has a short-lived address.

METHODS D.4. Answers are nested once or twice under `result`; a zip's address expires after about an hour, so it is
asked for just before it is used.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

from ..errors import InputError
from .offer import Offer
from .web import Web

API = "https://opendata.nhsbsa.net/api/3/action"
_LATER = ("WIP", "PROVISIONAL", "", "FINAL")  # of two resources of a month, which takes the other's place
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Packages:
    """Packages whose resources' names match; the earlier package is preferred where two hold a month.

    pattern: has the groups `month` (YYYYMM), and where there are such `state` (final, provisional) and `version`.
    """

    ids: tuple[str, ...]
    pattern: str

    def offers(self, web: Web) -> Iterator[list[Offer]]:
        """One file a month, newest first.

        Raises
        ------
        InputError
            If no package answers, an answer has an unknown shape, or no resource has such a name.
        """
        best: dict[str, tuple[tuple[Any, ...], dict[str, Any]]] = {}
        refused: list[InputError] = []
        for place, package in enumerate(self.ids):
            try:
                found = _resources(web, package)
            except InputError as error:
                refused.append(error)
                continue
            for resource in found:
                match = _named(self.pattern, resource)
                if match is None:
                    continue
                groups = match.groupdict()
                month = f"{groups['month'][:4]}-{groups['month'][4:]}"
                rank = (
                    -place, _LATER.index((groups.get("state") or "").upper()), int(groups.get("version") or 0),
                    str(resource.get("last_modified") or resource.get("created") or ""),
                )  # fmt: skip
                if month not in best or rank > best[month][0]:
                    best[month] = rank, resource
        if not best:
            raise (
                refused[0]
                if refused
                else InputError(f"{API}/package_show?id={self.ids[0]}: lists no resource named like {self.pattern}")
            )
        yield [_offer(web, month, best[month][1]) for month in sorted(best, reverse=True)]


def _offer(web: Web, month: str, resource: dict[str, Any]) -> Offer:
    changed = str(resource.get("last_modified") or resource.get("created") or "")
    published = str(resource.get("sha256") or resource.get("hash") or "").lower()
    published = published.removeprefix("sha256:")
    return Offer(
        name=str(resource.get("name") or resource["id"]), month=month,
        revision=" ".join(filter(None, (str(resource["id"]), changed))), address=lambda: _address(web, resource),
        sha256=published if _SHA256.fullmatch(published) else None,
    )  # fmt: skip


def _address(web: Web, resource: dict[str, Any]) -> str:
    """A fresh address of a resource: its zip, else its file."""
    where = f"{API}/resource_show?id={quote(str(resource['id']), safe='')}"
    shown = _answer(web.json(where), where)
    given = shown if isinstance(shown, dict) else {}
    several = given.get("gc_urls")
    first = several[0] if isinstance(several, list) and several and isinstance(several[0], dict) else {}
    for found in (given.get("zip_url"), given.get("url"), first.get("url")):
        if isinstance(found, str) and found.strip():
            return found.strip()
    raise InputError(f"{where}: answered in a shape that is not known; expected zip_url or url, found {_keys(shown)}")


def _resources(web: Web, package: str) -> list[dict[str, Any]]:
    where = f"{API}/package_show?id={quote(package, safe='')}"
    answer = _answer(web.json(where), where)
    found = answer.get("resources") if isinstance(answer, dict) else None
    if not isinstance(found, list) or not all(isinstance(r, dict) and r.get("id") for r in found):
        raise InputError(
            f"{where}: answered in a shape that is not known; expected resources with an id, found {_keys(answer)}"
        )
    return found


def _answer(document: Any, where: str) -> Any:
    """What is inside `result`, however often it is nested."""
    if not isinstance(document, dict) or "result" not in document:
        said = document.get("error") if isinstance(document, dict) else None
        reason = said.get("message") if isinstance(said, dict) else said
        if reason:
            raise InputError(f"{where}: answered {str(reason)[:200]!r}")
        raise InputError(f"{where}: answered in a shape that is not known; expected result, found {_keys(document)}")
    while isinstance(document, dict) and "result" in document:
        document = document["result"]
    return document


def _named(pattern: str, resource: dict[str, Any]) -> re.Match[str] | None:
    """The match of a resource's name, of its table's, or of the file at the end of its address."""
    file = urlsplit(str(resource.get("url") or "")).path.rpartition("/")[2].rpartition(".")[0]
    names = (str(resource.get("name") or "").strip(), str(resource.get("bq_table_name") or "").strip(), file)
    return next((m for name in names if (m := re.fullmatch(pattern, name, re.IGNORECASE))), None)


def _keys(found: Any) -> str:
    """What an answer is, in a few words."""
    return ", ".join(map(str, list(found)[:8]))[:200] if isinstance(found, dict) else type(found).__name__

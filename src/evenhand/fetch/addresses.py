"""Addresses: which may be asked. Only http and https, only public hosts, or the mirror that the user named."""

from __future__ import annotations

import ipaddress
import socket
from urllib.parse import SplitResult, urlsplit, urlunsplit
from urllib.request import getproxies, proxy_bypass

from ..errors import InputError

PUBLISHERS = frozenset({
    "opendata.nhsbsa.net", "www.nhsbsa.nhs.uk", "www.england.nhs.uk", "digital.nhs.uk", "files.digital.nhs.uk",
    "www.odsdatasearchandexport.nhs.uk",
})  # fmt: skip


class Addresses:
    """Turns a publisher's address into the one to ask, and refuses what must not be asked.

    base_url: a mirror that answers under the publishers' own paths; None asks the publishers.

    Raises
    ------
    InputError
        If base_url is no http(s) address.

    >>> Addresses("http://127.0.0.1:8123/nhs").of("https://opendata.nhsbsa.net/api/3/action/package_list")
    'http://127.0.0.1:8123/nhs/api/3/action/package_list'
    """

    def __init__(self, base_url: str | None = None) -> None:
        self._base = None if base_url is None else _split(base_url, "--base-url")

    @property
    def near(self) -> bool:
        """Whether what is asked is a mirror on this machine, which needs no pauses."""
        return self._base is not None and _loopback(self._base.hostname or "")

    def of(self, address: str) -> str:
        """The address to ask: a publisher's on the mirror, if there is one; checked.

        Raises
        ------
        InputError
            If it is not http(s), names a user or password, or is on a host that is not public.
        """
        parts = _split(address, "address")
        if self._base is not None and parts.hostname in PUBLISHERS:
            before = self._base.path.rstrip("/")
            path = parts.path if before and parts.path.startswith(f"{before}/") else f"{before}{parts.path}"
            parts = parts._replace(scheme=self._base.scheme, netloc=self._base.netloc, path=path)
        self._check(parts)
        return urlunsplit(parts._replace(fragment=""))

    def _check(self, parts: SplitResult) -> None:
        host = parts.hostname or ""
        named = self._base is not None and (host == self._base.hostname or (self.near and _loopback(host)))
        if not named and not _public(host, parts.scheme):
            raise InputError(f"{shown(urlunsplit(parts))}: is on a host that is not public; it is not asked")


def shown(address: str) -> str:
    """An address for people and for the manifest: without its query, which may hold a signature."""
    parts = urlsplit(address)
    query = parts.query if len(parts.query) < 100 and "sign" not in parts.query.lower() else ""
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, query, ""))[:300]


def _split(address: str, what: str) -> SplitResult:
    try:
        parts = urlsplit(address.strip())
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise InputError(f"{what} {address[:200]!r}: cannot be read as an address") from None
    if parts.scheme not in ("http", "https") or not host or any(c <= " " for c in address.strip()):
        raise InputError(f"{what} {address[:200]!r}: expected an http or https address")
    if "@" in parts.netloc:
        raise InputError(f"{what} {shown(address)!r}: names a user; expected an address without one")
    return parts


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _public(host: str, scheme: str) -> bool:
    """Whether every address behind a name is public; a proxy resolves names itself."""
    try:
        return ipaddress.ip_address(host).is_global
    except ValueError:
        pass
    if host == "localhost" or "." not in host or host.endswith((".local", ".internal", ".localhost")):
        return False
    if scheme in getproxies() and not proxy_bypass(host):
        return True
    try:
        found = {str(entry[4][0]) for entry in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)}
    except OSError:
        return True  # no such name: the request itself says so
    return all(ipaddress.ip_address(address.partition("%")[0]).is_global for address in found)

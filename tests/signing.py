"""A real OpenID provider for tests: npm oidc-provider on loopback (oidc_provider.mjs), and our settings for it."""

from __future__ import annotations

import importlib
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urljoin, urlsplit

import pytest
import requests
from django.conf import settings as django_settings
from django.core.cache import cache
from django.test import Client
from django.urls import clear_url_caches

from browsing import ROOT

SECRET = "a-secret-of-the-tests"
PROVIDERS = ("cis2", "nhsmail")


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


@contextmanager
def provider(port: int, *homes: str) -> Iterator[str]:
    """The provider, for services at these addresses; its issuer. Started anew it has a new key."""
    node, modules = shutil.which("node"), django_settings.NODE_MODULES
    if node is None or not (modules / "oidc-provider").is_dir():
        pytest.skip("no node or no oidc-provider in node_modules: `make test` brings them with npm")
    callbacks = [f"{home}/sign-in/{key}/back/" for home in homes for key in PROVIDERS]
    running = subprocess.Popen(
        [node, str(ROOT / "tests" / "oidc_provider.mjs"), str(port), *callbacks],
        env=os.environ | {"EVENHAND_NODE_MODULES": str(modules)}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        text=True, start_new_session=True,
    )  # fmt: skip
    try:
        assert running.stdout.readline().strip() == "ready"
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(running.pid, signal.SIGTERM)  # a node that pip brought is a script with the real one below it
        running.wait(10)
        running.stdout.close()


@contextmanager
def configured(settings, issuer: str, **changes: str) -> Iterator[None]:
    """Our pages with both services named by the environment, and without them again."""
    service = {"issuer": issuer, "client_id": "evenhand", "client_secret": SECRET, "scopes": "openid profile"} | changes
    settings.EVENHAND_OIDC = dict.fromkeys(PROVIDERS, service)
    settings.AUTHENTICATION_BACKENDS = [*settings.AUTHENTICATION_BACKENDS, "evenhand_web.people.oidc.Backend"]
    _addresses()
    try:
        yield
    finally:
        settings.EVENHAND_OIDC = {}
        settings.AUTHENTICATION_BACKENDS = settings.AUTHENTICATION_BACKENDS[:-1]
        _addresses()


def _addresses() -> None:
    import evenhand_web.people.urls
    import evenhand_web.urls

    cache.clear()
    importlib.reload(evenhand_web.people.urls)
    importlib.reload(evenhand_web.urls)
    clear_url_caches()


def go(client: Client, key: str, who: str) -> str:
    """Sign in at the provider as somebody: the address by which they come back, with code and state."""
    there = client.get(f"/sign-in/{key}/")
    assert there.status_code == 302, there.content.decode()
    visitor, url = requests.Session(), there.url
    visitor.trust_env = False
    for _ in range(8):
        if urlsplit(url).path.startswith("/who/"):
            url = f"{url}/{who}"
        answer = visitor.get(url, allow_redirects=False, timeout=20)
        url = urljoin(url, answer.headers["Location"])
        if urlsplit(url).hostname == "testserver":
            return url.removeprefix("http://testserver")
    raise AssertionError(f"the provider led nowhere: {url}")

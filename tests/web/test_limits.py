"""Rate limits: who tries too often is told to wait, and nobody is kept out by working or by somebody else."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client

import cast
from evenhand_web.site import limits
from evenhand_web.site.limits import LIMITS, Limit
from evenhand_web.site.models import Attempts

ROOT = Path(__file__).resolve().parents[2]
SIGN_IN = "/sign-in/"


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """A clock that stands at the beginning of a span, until a test moves it."""
    now = [3600 * 1_000_000.0]
    monkeypatch.setattr(limits, "_now", lambda: now[0])
    return now


def lower(monkeypatch, name: str, per: str, most: int) -> None:
    """Make one limit small, and leave the others out."""
    (one,) = [limit for limit in LIMITS if (limit.name, limit.per) == (name, per)]
    small = Limit(one.name, one.views, one.methods, one.per, most, one.seconds, one.failed)
    monkeypatch.setattr(limits, "LIMITS", (small,))


def guess(client: Client, username: str = "gp", password: str = "wrong", **more) -> int:
    return client.post(SIGN_IN, {"username": username, "password": password}, **more).status_code


def test_passwords_cannot_be_guessed_on_and_on(people, monkeypatch):
    lower(monkeypatch, "sign-in", "account", 3)
    assert [guess(Client()) for _ in range(5)] == [422, 422, 422, 429, 429]
    refused = Client().post(SIGN_IN, {"username": "GP ", "password": cast.PASSWORD})
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "900")
    assert "Content-Security-Policy" in refused.headers
    assert guess(Client(), "clinical-lead") == 422  # somebody else is not kept out


def test_the_wait_ends(people, monkeypatch, clock):
    lower(monkeypatch, "sign-in", "account", 1)
    assert [guess(Client()), guess(Client())] == [422, 429]
    clock[0] += 900
    assert guess(Client(), password=cast.PASSWORD) == 302


def test_signing_in_rightly_counts_for_nothing(people, monkeypatch):
    lower(monkeypatch, "sign-in", "address", 2)
    assert [guess(Client(), password=cast.PASSWORD) for _ in range(4)] == [302] * 4


def test_many_names_from_one_address_are_refused_and_another_address_is_not(people, monkeypatch):
    lower(monkeypatch, "sign-in", "address", 2)
    assert [guess(Client(), f"name-{i}") for i in range(3)] == [422, 422, 429]
    assert guess(Client(REMOTE_ADDR="192.0.2.7"), "name-9") == 422


def test_an_address_cannot_be_made_up_in_a_header(people, monkeypatch, settings):
    lower(monkeypatch, "sign-in", "address", 1)
    assert [guess(Client(), headers={"x-forwarded-for": f"192.0.2.{i}"}) for i in range(2)] == [422, 429]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # behind a proxy: what it wrote last
    told = [{"x-forwarded-for": f"192.0.2.{i}, 198.51.100.1"} for i in range(2)]
    assert [guess(Client(), headers=one) for one in told] == [422, 429]


def test_the_api_answers_so_many_requests_a_minute_and_then_says_how_long_to_wait(as_, settings, clock):
    settings.EVENHAND_API_A_MINUTE = 3
    client, other = as_(cast.GP), as_(cast.CLINICAL_LEAD)
    assert [client.get("/api/me").status_code for _ in range(4)] == [200, 200, 200, 429]
    refused = client.get("/api/me")
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert refused.headers["Retry-After"] == "60"
    assert other.get("/api/me").status_code == 200
    assert client.get("/about/").status_code == 200  # pages are not the API
    clock[0] += 60
    assert client.get("/api/me").status_code == 200


def test_tokens_cannot_be_guessed_on_and_on(people, monkeypatch):
    lower(monkeypatch, "api-refused", "address", 3)
    got = [Client().get("/api/me", headers={"authorization": f"Bearer evh_{i}"}).status_code for i in range(5)]
    assert got == [401, 401, 401, 429, 429]


def test_a_mailbox_is_not_filled_with_letters(people, monkeypatch):
    lower(monkeypatch, "letter", "account", 2)
    got = [Client().post("/sign-in/link/", {"email": "somebody@nhs.net"}).status_code for _ in range(3)]
    assert got[-1] == 429
    assert 429 not in got[:2]


def test_votes_are_counted_by_account(as_, monkeypatch):
    import deciding

    round_ = deciding.a_round("Sitagliptin should be the first gliptin.")
    lower(monkeypatch, "vote", "account", 2)
    vote = {"statement": "s01", "value": "agree"}
    address = f"/organisations/PRACTICE1/decide/rounds/{round_.key}/vote/"
    assert [as_(cast.GP).post(address, vote).status_code for _ in range(3)] == [302, 302, 429]
    assert as_(cast.CLINICAL_LEAD).post(address.replace("PRACTICE1", "ICB1"), vote).status_code == 302


def test_no_address_and_no_account_can_be_read_from_what_is_counted(people):
    guess(Client())
    rows = Attempts.objects.values_list("who", flat=True)
    assert len(rows) == 2  # by account and by address
    assert all(re.fullmatch("[0-9a-f]{64}", who) for who in rows)


def test_what_is_over_is_swept(people, clock):
    clock[0] -= 10 * 365 * 24 * 3600
    guess(Client(), "one")
    clock[0] += 10 * 365 * 24 * 3600
    guess(Client(), "two")
    assert Attempts.objects.count() == 2


def test_two_at_once_are_both_counted(people):
    limit = LIMITS[0]
    assert [limits.add(limit, "w" * 64) for _ in range(3)] == [1, 2, 3]
    assert limits.count(limit, "w" * 64) == 3


def test_every_limit_is_in_the_docs_as_it_is():
    told = re.findall(r"^\| `([\w-]+)` \| (\w+) \| ([\d,]+)( failed)? \| ([\d,]+) s \|",
                      (ROOT / "docs/reference/security.md").read_text(), re.M)  # fmt: skip
    described = {(name, per, int(most.replace(",", "")), bool(failed), int(seconds.replace(",", "")))
                 for name, per, most, failed, seconds in told}  # fmt: skip
    assert described == {(x.name, x.per, x.most, x.failed, x.seconds) for x in LIMITS}

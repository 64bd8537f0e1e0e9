"""Sign-in by OpenID Connect against a real provider on loopback: who gets in, at which level, and who does not."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.exceptions import SuspiciousOperation
from django.test import Client

import joining
import signing
from evenhand_web.people import levels, providers
from evenhand_web.people.models import Identity, SignInSubject, TrailRow

pytest.importorskip("mozilla_django_oidc", reason="the extra `oidc` is not installed")


@pytest.fixture(scope="module")
def issuer():
    with signing.provider(signing.free_port(), "http://testserver") as found:
        yield found


@pytest.fixture
def service(issuer, settings, people):
    with signing.configured(settings, issuer):
        yield issuer


def sign_in(client: Client, key: str, who: str):
    return client.get(signing.go(client, key, who))


def refused(answer) -> bool:
    return (answer.status_code, answer.headers.get("Location")) == (302, "/sign-in/not/")


def test_nothing_of_it_is_there_without_configuration(people):
    assert Client().get("/sign-in/cis2/").status_code == 404
    code = "import sys, django; django.setup(); import evenhand_web.urls; print('mozilla_django_oidc' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False,
                          env={"DJANGO_SETTINGS_MODULE": "evenhand_web.settings", "EVENHAND_DEMO": "1"})  # fmt: skip
    assert done.stdout.strip() == "False", done.stderr


def test_the_request_carries_state_nonce_and_a_pkce_challenge(service):
    asked = parse_qs(urlsplit(Client().get("/sign-in/cis2/").url).query)
    assert len(asked["state"][0]) >= 32
    assert len(asked["nonce"][0]) >= 32
    assert (asked["code_challenge_method"], asked["response_type"]) == (["S256"], ["code"])


@pytest.mark.parametrize(("key", "who", "level"), [
    ("cis2", "doctor", 3), ("cis2", "clerk", 3), ("cis2", "weak", 0), ("cis2", "mail", 0),
    ("nhsmail", "mail", 1), ("nhsmail", "elsewhere", 0), ("nhsmail", "doctor", 0),
])  # fmt: skip
def test_each_service_gives_the_level_that_its_claims_allow_and_no_more(service, key, who, level):
    client = Client()
    assert sign_in(client, key, who).status_code == 302
    identity = Identity.objects.get(subjects__subject=who)
    assert identity.person.identity_level == level
    assert f"Level {level}" in client.get("/me/").content.decode()


def test_what_a_service_says_of_somebody_as_a_signed_jwt_is_read_after_its_key(issuer, settings, people, monkeypatch):
    with signing.configured(settings, issuer, client_id="evenhand-signed"):
        from evenhand_web.people.oidc import Backend

        asked, read = [], Backend._claims
        monkeypatch.setattr(Backend, "_claims", lambda self, text, key, needs: (
            asked.append((jwt.get_unverified_header(text)["alg"], needs)), read(self, text, key, needs=needs))[1])
        client = Client()
        assert not refused(sign_in(client, "cis2", "doctor"))
    assert ("RS256", ("iss", "sub", "aud")) in asked
    identity = Identity.objects.get(subjects__subject="doctor")
    assert (identity.family_name, identity.person.identity_level) == ("Oneill", 3)


def test_a_smartcard_makes_nobody_a_clinician_whose_role_is_not_clinical(service):
    for who, level in (("clerk", 1), ("doctor", 3)):
        client = Client()
        sign_in(client, "cis2", who)
        details = {k: v for k, v in joining.AMY.items() if k not in ("email", "number")}
        client.post("/me/details/", details | {"number": "7000001"})
        assert Identity.objects.get(subjects__subject=who).person.identity_level == level


def test_the_second_time_it_is_the_same_account_by_its_subject(service):
    for _ in range(2):
        sign_in(Client(), "cis2", "doctor")
    assert SignInSubject.objects.get().identity.person.steps.count() == 1


def test_an_address_alone_never_links_an_account(service):
    joining.join()
    client = Client()
    answer = sign_in(client, "nhsmail", "thief")
    assert refused(answer)
    assert "Have a link sent to it" in client.get("/sign-in/not/").content.decode()
    assert not SignInSubject.objects.exists()
    assert client.get("/me/").status_code == 302


def test_who_is_signed_in_connects_their_own_card_and_then_acts_at_level_three(service):
    amy, client = joining.join(family_name="O'Neill")
    sign_in(client, "cis2", "doctor")
    assert amy.subjects.get().subject == "doctor"
    assert "Level 3" in client.get("/me/").content.decode()
    assert levels.without_care_identity(amy.person) == 1


def test_somebody_elses_card_is_not_connected(service):
    amy, client = joining.join()
    assert refused(sign_in(client, "cis2", "clerk"))
    assert not amy.subjects.exists()


def test_a_code_that_comes_back_twice_signs_in_once(service):
    client = Client()
    back = signing.go(client, "cis2", "doctor")
    assert client.get(back).url == "/"
    assert refused(client.get(back))


def test_a_code_that_another_browser_brings_is_refused(service):
    assert refused(Client().get(signing.go(Client(), "cis2", "doctor")))
    other = Client()
    signing.go(other, "cis2", "doctor")
    assert refused(other.get(signing.go(Client(), "cis2", "doctor")))
    assert not SignInSubject.objects.exists()


def test_a_token_with_another_nonce_is_refused(service):
    client = Client()
    back = signing.go(client, "cis2", "doctor")
    session = client.session
    state = parse_qs(urlsplit(back).query)["state"][0]
    session["oidc_states"][state]["nonce"] = "another"
    session.save()
    assert refused(client.get(back))


def test_a_verifier_that_does_not_fit_the_challenge_is_refused_by_the_provider(service):
    client = Client()
    back = signing.go(client, "cis2", "doctor")
    session = client.session
    session["oidc_states"][parse_qs(urlsplit(back).query)["state"][0]]["code_verifier"] = "x" * 64
    session.save()
    assert refused(client.get(back))


def test_a_token_that_is_too_old_by_our_clock_is_refused(service, monkeypatch):
    from evenhand_web.people import oidc

    client = Client()
    back = signing.go(client, "cis2", "doctor")
    monkeypatch.setattr(oidc, "SKEW", -700)  # the provider's tokens live for 600 seconds
    assert refused(client.get(back))


def test_a_provider_that_calls_itself_another_is_refused(issuer, settings, people):
    with signing.configured(settings, issuer.replace("127.0.0.1", "localhost")):
        assert refused(Client().get("/sign-in/cis2/"))


def test_a_provider_that_does_not_answer_is_told_on_a_page(settings, people):
    with signing.configured(settings, f"http://127.0.0.1:{signing.free_port()}"):
        client = Client()
        assert refused(client.get("/sign-in/cis2/"))
        assert "did not answer" in client.get("/sign-in/not/").content.decode()


def test_outside_the_demonstration_a_service_is_reached_by_https_alone(issuer, settings):
    settings.OPEN = False
    service = providers.Provider("cis2", "", issuer, "", "", "")
    with pytest.raises(providers.NotAnsweringError, match="by https"):
        providers.endpoints(service)


def test_a_key_that_was_changed_is_found(settings, people):
    port = signing.free_port()
    for who in ("doctor", "clerk"):
        with signing.provider(port, "http://testserver") as found, signing.configured(settings, found):
            assert not refused(sign_in(Client(), "cis2", who))
    assert SignInSubject.objects.count() == 2


def test_somebody_who_changed_their_mind_is_told_so(service):
    client = Client()
    assert refused(client.get("/sign-in/cis2/back/?error=access_denied&state=x"))
    assert TrailRow.objects.filter(act="sign-in refused").exists()


def test_a_closed_account_stays_closed(service):
    sign_in(Client(), "cis2", "doctor")
    Identity.objects.filter(subjects__subject="doctor").update(is_active=False)
    assert refused(sign_in(Client(), "cis2", "doctor"))


KEY, OTHER = (rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2))
GOOD = {"iss": "https://cis2.example", "sub": "s", "aud": "us", "nonce": "n"}


def token(key=KEY, algorithm: str = "RS256", age: int = 0, life: int = 600, **changes: object) -> str:
    now = datetime.now(UTC) - timedelta(seconds=age)
    claims = {**GOOD, "iat": now, "exp": now + timedelta(seconds=life), **changes}
    return jwt.encode({k: v for k, v in claims.items() if v is not None}, key, algorithm=algorithm)


@pytest.fixture
def backend():
    from evenhand_web.people.oidc import Backend

    found = Backend()
    found.provider = providers.Provider("cis2", "", "https://cis2.example", "us", "secret", "openid")
    return found


def test_a_good_token_is_read_also_by_a_clock_that_is_a_little_off(backend):
    for age in (-45, 0, 645):
        assert backend.get_payload_data(token(age=age), KEY.public_key())["sub"] == "s"


@pytest.mark.parametrize("changes", [
    {"iss": "https://other.example"}, {"iss": None}, {"aud": "them"}, {"aud": None}, {"sub": None}, {"exp": None},
    {"iat": None}, {"age": 700}, {"age": -120}, {"key": OTHER}, {"aud": ["us", "them"]},
    {"aud": ["us", "them"], "azp": "them"}, {"nbf": time.time() + 3600},
], ids=" ".join)  # fmt: skip
def test_a_token_that_is_not_ours_not_theirs_or_not_now_is_refused(backend, changes):
    with pytest.raises(SuspiciousOperation):
        backend.get_payload_data(token(**changes), KEY.public_key())


@pytest.mark.parametrize("made", [
    token(b"the secret of the client, 32 bytes", "HS256"), token(None, "none"), "x.y.z", "", token() + "x",
])  # fmt: skip
def test_a_token_signed_another_way_is_refused(backend, made):
    with pytest.raises(SuspiciousOperation):
        backend.get_payload_data(made, KEY.public_key())


class Answer:
    """What a service says when asked who somebody is."""

    def __init__(self, body: str, kind: str) -> None:
        self.text, self.headers = body, {"content-type": kind}

    def raise_for_status(self) -> None:
        pass

    def json(self) -> object:
        return json.loads(self.text)


def told(backend, monkeypatch, body: str, kind: str = "application/jwt; charset=utf-8"):
    """What the backend makes of such an answer."""
    backend.OIDC_OP_USER_ENDPOINT = "https://cis2.example/userinfo"
    monkeypatch.setattr("evenhand_web.people.oidc.requests.get", lambda *_, **__: Answer(body, kind))
    monkeypatch.setattr(type(backend), "retrieve_matching_jwk", lambda *_: KEY.public_key())
    return backend.get_userinfo("access", "id", {"sub": "s"})


def test_a_signed_answer_without_dates_is_read_and_a_plain_one_too(backend, monkeypatch):
    bare = jwt.encode({k: v for k, v in GOOD.items() if k != "nonce"}, KEY, algorithm="RS256")
    assert told(backend, monkeypatch, bare)["sub"] == "s"
    assert told(backend, monkeypatch, '{"sub": "s"}', "application/json") == {"sub": "s"}


@pytest.mark.parametrize("made", [
    token(key=OTHER), token(iss="https://other.example"), token(iss=None), token(aud="them"), token(aud=None),
    token(sub=None), token(age=700), token(b"the secret of the client, 32 bytes", "HS256"), token(None, "none"), "x.y",
])  # fmt: skip
def test_a_signed_answer_that_is_not_theirs_or_not_for_us_is_refused(backend, monkeypatch, made):
    with pytest.raises(SuspiciousOperation):
        told(backend, monkeypatch, made)


def test_an_answer_that_is_nothing_of_somebody_is_refused(backend, monkeypatch):
    with pytest.raises(SuspiciousOperation):
        told(backend, monkeypatch, '["s"]', "application/json")


@pytest.mark.parametrize("missing", ["EVENHAND_CIS2_CLIENT_ID", "EVENHAND_CIS2_CLIENT_SECRET"])
def test_a_service_named_by_halves_stops_the_start(monkeypatch, missing):
    from django.core.exceptions import ImproperlyConfigured

    from evenhand_web import settings

    for word in ("ISSUER", "CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.setenv(f"EVENHAND_CIS2_{word}", "https://x.example")
    assert set(settings._services()) == {"cis2"}
    monkeypatch.delenv(missing)
    with pytest.raises(ImproperlyConfigured, match="EVENHAND_CIS2_ISSUER needs"):
        settings._services()

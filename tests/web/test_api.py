"""The API: the pages' numbers to the last digit, with the same rights; parts, errors, caching, tokens."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone

import cast
from evenhand.cli.main import main
from evenhand_web.api import api
from evenhand_web.people import tokens
from evenhand_web.people.models import AccessToken, Identity

MEASURE = "diabetes_sglt2"
AREA = "/api/organisations/DEMO-I1"


@pytest.fixture(autouse=True)
def _lake(settings, demo, demo_lake):
    settings.EVENHAND_LAKE = demo_lake


@pytest.fixture
def practice(db) -> str:
    """The GP's own practice."""
    return Identity.objects.get(username="gp").person.organisation_id


def read(client: Client, address: str, **asked) -> dict:
    response = client.get(address, asked)
    assert response.status_code == 200, response.content
    return response.json()


def downloaded(client: Client, page: str, name: str) -> list[dict]:
    return json.loads(client.get(page, {"download": f"{name}.json"}).content)


# ---- one function behind page, download, API and command


@pytest.mark.parametrize(("path", "page", "name"), [
    (f"measures/{MEASURE}/spread", f"measures/{MEASURE}/", f"{MEASURE}-spread"),
    (f"measures/{MEASURE}/over-time", f"measures/{MEASURE}/", f"{MEASURE}-over-time"),
    (f"measures/{MEASURE}/course", f"measures/{MEASURE}/", f"{MEASURE}-course"),
    ("changed", "see/changed/", "changed"), ("outliers", "see/outliers/", "outliers"),
    ("money", "account/", "target-bar"), ("decisions", "decide/register/", "decision-register"),
])  # fmt: skip
def test_a_table_of_the_api_is_the_download_of_the_page(as_demo, path, page, name):
    client = as_demo(cast.CLINICAL_LEAD)
    found = read(client, f"{AREA}/{path}", limit=1000)
    assert found["rows"] == downloaded(client, f"/organisations/DEMO-I1/{page}", name)
    assert found["name"] == name


def test_a_list_of_measures_is_the_table_of_the_page(as_demo, practice):
    client = as_demo(cast.GP)
    items = read(client, f"/api/organisations/{practice}/measures", sort="title")["items"]
    rows = downloaded(client, f"/organisations/{practice}/see/?sort=title", "measures") or downloaded(
        client, f"/organisations/{practice}/see/", "measures"
    )
    by_title = {row["measure"]: row for row in rows}
    assert [item["title"] for item in items] == sorted(by_title, key=str.lower)
    for item in items:
        row = by_title[item["title"]]
        assert (item["value"], item["middle"], item["to_gain_pounds"], item["certainty"]) == (
            row["value"], row["middle of the others"], row["to gain (pounds)"], row["certainty"]
        )  # fmt: skip


def test_a_course_is_what_the_command_says_of_the_same_panel(as_demo, practice, demo_lake, tmp_path, capsys):
    panel = tmp_path / "panel.csv"
    assert main(["panel", MEASURE, "--level", "practice", "--lake", str(demo_lake), "--out", str(panel)]) in (0, None)
    lines = panel.read_text().splitlines()
    head = lines[0].split(",")
    own = tmp_path / "own.csv"
    at = head.index("organisation")
    own.write_text("\n".join([lines[0], *(line for line in lines[1:] if line.split(",")[at] == practice)]))
    capsys.readouterr()
    main(["see", "spc", str(own), "--date", "month", "--value", "value", "--improves", "increase", "--json"])
    points = json.loads(capsys.readouterr().out)["points"]
    rows = read(as_demo(cast.GP), f"/api/organisations/{practice}/measures/{MEASURE}/course")["rows"]
    assert [(r["value"], r["mean"], r["lower limit"], r["upper limit"]) for r in rows] == [
        pytest.approx((p["value"], p["mean"], p["lower"], p["upper"]), rel=1e-12) for p in points
    ]  # fmt: skip


def test_a_survey_hides_the_same_small_groups_as_its_page(as_demo):
    client = as_demo(cast.CLINICAL_LEAD)
    found = read(client, f"{AREA}/surveys/awareness-1")
    for figure in found["figures"]:
        page = downloaded(client, "/organisations/DEMO-I1/listen/awareness-1/", figure["name"])
        assert figure["rows"] == page
    counted = [row["answers"] for figure in found["figures"] for row in figure["rows"] if "answers" in row]
    assert counted
    assert all(n == "fewer than 10" or isinstance(n, str) or n >= 10 for n in counted)


def test_a_round_tells_what_is_agreed_and_nobodys_vote(as_demo, practice):
    client = as_demo(cast.GP)
    found = read(client, f"/api/organisations/{practice}/rounds/diabetes-first")
    said = json.dumps(found)
    assert found["statements"]["rows"]
    assert not [key for key in Identity.objects.values_list("person_id", flat=True) if key in said]


def test_a_ledger_is_the_latest_first_and_each_entry_has_its_trail(as_demo):
    client = as_demo(cast.FINANCE_DIRECTOR)
    items = read(client, f"{AREA}/ledger")["items"]
    assert [item["number"] for item in items] == sorted((item["number"] for item in items), reverse=True)
    trail = read(client, f"{AREA}/ledger/{items[0]['number']}")
    assert [step["question"] for step in trail["trail"]][:2] == ["Which published rows?", "Which measure?"]
    assert items[0]["saving"] in trail["line"]


def test_single_practices_budgets_are_for_those_who_may_see_them(as_demo):
    assert read(as_demo(cast.FINANCE_DIRECTOR), f"{AREA}/budgets")["by_practice"]["count"] > 1
    assert read(as_demo(cast.BOARD_MEMBER), f"{AREA}/budgets")["by_practice"] is None


def test_names_behind_the_dots_are_for_those_who_lead_there(as_demo):
    named = read(as_demo(cast.CLINICAL_LEAD), f"{AREA}/measures/{MEASURE}/spread")["rows"]
    assert {row["organisation"] for row in named} == {"you", "–"}


def test_before_its_verdict_is_due_a_campaign_tells_no_outcome_by_arm(as_demo):
    found = read(as_demo(cast.PHARMACIST), f"{AREA}/campaigns/diabetes_dpp4")
    assert found["verdict_due"] is None
    assert set(found) == {
        "key", "title", "kind", "scheme", "measure", "content", "level", "arms", "why_not_randomised", "sealed_at",
        "seal", "launched_at", "verdict_due", "balance", "reported", "verified", "self_report_gap", "funnel",
    }  # fmt: skip


# ---- parts, and an order that stays


def test_parts_together_are_the_whole(as_demo):
    client = as_demo(cast.FINANCE_DIRECTOR)
    whole = read(client, "/api/organisations", limit=1000)["items"]
    parts, address = [], "/api/organisations?limit=20"
    while address:
        part = client.get(address).json()
        parts, address = parts + part["items"], part["next"]
    assert parts == whole
    assert [o["code"] for o in whole] == sorted(o["code"] for o in whole)


def test_a_search_keeps_to_what_one_may_read(as_demo):
    found = read(as_demo(cast.FINANCE_DIRECTOR), "/api/organisations", search="demonstration", limit=1000)["items"]
    assert found
    assert not [o for o in found if o["code"] in ("DEMO-I2", "DEMO-I3")]
    assert read(as_demo(cast.OUTSIDER), "/api/organisations")["count"] == 0
    level = read(as_demo(cast.FINANCE_DIRECTOR), "/api/organisations", level="pcn")["items"]
    assert {o["level"] for o in level} == {"pcn"}


def test_the_tree_says_what_is_above_below_and_what_one_may_do(as_demo, practice):
    found = read(as_demo(cast.GP), f"/api/organisations/{practice}")
    assert [o["level"] for o in found["above"]][:2] == ["pcn", "sicbl"]
    assert "vote" in found["may"]
    assert "set_budget" not in found["may"]


# ---- errors, caching


@pytest.mark.parametrize(("path", "asked", "status", "says"), [
    ("/api/organisations/NOWHERE", {}, 404, "No Organisation"),
    ("/api/organisations/DEMO-I2", {}, 403, "you need a role in it, above it or below it"),
    ("/api/organisations", {"limit": 0}, 422, "limit: "),
    ("/api/organisations", {"offset": "x"}, 422, "offset: "),
    ("/api/measures/nonsense", {}, 404, "There is no measure 'nonsense'."),
    (f"{AREA}/ledger/99999", {}, 404, "There is no entry 99999"),
    (f"{AREA}/surveys/awareness-2", {}, 404, "This survey is still open."),
    ("/api/elsewhere", {}, 404, "the endpoints are listed at /api/"),
])  # fmt: skip
def test_an_error_is_a_problem_document_with_one_sentence(as_demo, path, asked, status, says):
    response = as_demo(cast.FINANCE_DIRECTOR).get(path, asked)
    told = response.json()
    assert (response.status_code, told["status"], response.headers["Content-Type"]) == (
        status, status, "application/problem+json"
    )  # fmt: skip
    assert says in told["detail"]


def test_nobody_is_asked_to_sign_in_with_a_page(demo, db):
    response = Client().get("/api/me")
    assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, 'Bearer realm="Evenhand"')
    assert response.headers["Content-Type"] == "application/problem+json"


def test_nothing_is_changed_through_it(as_demo):
    for method in ("post", "put", "patch", "delete"):
        assert getattr(as_demo(cast.FINANCE_DIRECTOR), method)(f"{AREA}/ledger").status_code == 405


def test_what_has_not_changed_is_not_sent_again(as_demo):
    client = as_demo(cast.GP)
    first = client.get("/api/measures")
    again = client.get("/api/measures", headers={"if-none-match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert {"Cookie", "Authorization"} <= set(first.headers["Vary"].split(", "))


def test_our_own_page_of_the_api_lists_every_endpoint(as_demo):
    page = Client().get("/api/").content.decode()
    document = Client().get("/api/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    assert all(path in page for path in document["paths"])
    assert api.get_openapi_schema(path_prefix="/api/") is api.get_openapi_schema(path_params={})  # made once


def test_an_address_with_a_nul_is_refused(as_demo):
    assert as_demo(cast.GP).get("/api/organisations/%00").status_code == 400
    assert as_demo(cast.GP).get("/api/organisations?search=%00").status_code == 400


# ---- tokens


def bearing(text: str) -> Client:
    return Client(headers={"authorization": f"Bearer {text}"})


@pytest.fixture
def token(as_demo) -> str:
    """A token of the GP's, made on its page."""
    page = as_demo(cast.GP).post("/account/tokens/", {"name": "A notebook", "days": 30}).content.decode()
    return page.split("evh_", 1)[1].split("<", 1)[0].join(("evh_", "")).strip()


def test_a_token_is_shown_once_and_kept_as_a_hash(as_demo, token):
    assert token not in as_demo(cast.GP).get("/account/tokens/").content.decode()
    kept = AccessToken.objects.get()
    assert token not in json.dumps([str(value) for value in vars(kept).values()])


def test_a_token_has_the_rights_of_its_owner_and_no_more(token, practice):
    client = bearing(token)
    assert read(client, "/api/me")["posts"][0]["organisation"] == practice
    assert client.get("/api/organisations/DEMO-I2").status_code == 403
    assert client.get(f"/organisations/{practice}/").status_code == 302  # pages take no token
    assert not client.cookies


def test_a_token_that_is_over_taken_away_or_of_a_closed_account_opens_nothing(as_demo, token):
    kept = AccessToken.objects.get()
    for change, back in (
        ({"expires": timezone.now() - timedelta(seconds=1)}, {"expires": timezone.now() + timedelta(days=1)}),
        ({"revoked_at": timezone.now()}, {"revoked_at": None}),
    ):
        AccessToken.objects.filter(pk=kept.pk).update(**change)
        assert bearing(token).get("/api/me").status_code == 401
        AccessToken.objects.filter(pk=kept.pk).update(**back)
        assert bearing(token).get("/api/me").status_code == 200
    Identity.objects.filter(username="gp").update(is_active=False)
    assert bearing(token).get("/api/me").status_code == 401


def test_a_wrong_token_is_refused_also_where_somebody_is_signed_in(as_demo):
    assert as_demo(cast.GP).get("/api/me", headers={"authorization": "Bearer evh_wrong"}).status_code == 401


def test_a_token_is_taken_away_by_its_owner_alone(as_demo, token):
    kept = AccessToken.objects.get()
    assert as_demo(cast.CLINICAL_LEAD).post(f"/account/tokens/{kept.pk}/revoke/").status_code == 404
    assert bearing(token).get("/api/me").status_code == 200
    as_demo(cast.GP).post(f"/account/tokens/{kept.pk}/revoke/")
    assert bearing(token).get("/api/me").status_code == 401


def test_one_person_has_so_many_tokens_and_each_has_an_end(as_demo, demo):
    owner = Identity.objects.get(username="gp")
    for _ in range(tokens.MOST):
        tokens.make(owner, "x", 7)
    page = as_demo(cast.GP).post("/account/tokens/", {"name": "one more", "days": 7})
    assert page.status_code == 422
    assert f"You have {tokens.MOST} tokens" in page.content.decode()
    assert as_demo(cast.GP).post("/account/tokens/", {"name": "for ever", "days": 99999}).status_code == 422


def test_a_token_goes_with_its_owners_account(as_demo, token):
    Identity.objects.get(username="gp").delete()
    assert not AccessToken.objects.exists()
    assert bearing(token).get("/api/me").status_code == 401


def test_the_docs_list_every_endpoint_as_it_is():
    from evenhand_web.api import listed

    told = (Path(__file__).resolve().parents[2] / "docs/reference/api.md").read_text()
    assert listed() in told, "python -m evenhand_web endpoints prints what docs/reference/api.md should say"

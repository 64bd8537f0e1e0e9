"""The frame of every page: who gets in, who is told what, and what never stands on a page."""

from __future__ import annotations

import re

import pytest
from django.test import Client, override_settings

import cast

INLINE = re.compile(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=|javascript:", re.I)
OPEN_PAGES = ["/", "/about/", "/accessibility/", "/sign-in/"]


@pytest.mark.parametrize("path", OPEN_PAGES)
def test_anybody_reads_the_open_pages(db, path):
    response = Client().get(path)
    assert response.status_code == 200
    assert not INLINE.search(response.content.decode())


@pytest.mark.parametrize("path", [*OPEN_PAGES, "/nowhere/"])
def test_every_answer_carries_the_policy_without_exceptions(db, path):
    policy = Client().get(path).headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "unsafe" not in policy
    assert "*" not in policy
    assert "data:" not in policy


def test_every_page_says_that_the_data_are_made_up(db):
    assert "Demonstration data." in Client().get("/").content.decode()


def test_a_stranger_is_sent_to_the_sign_in_page_and_comes_back(people):
    client = Client()
    response = client.get("/organisations/PRACTICE1/")
    assert response.headers["Location"] == "/sign-in/?next=/organisations/PRACTICE1/"
    done = client.post("/sign-in/", {"username": "gp", "password": cast.PASSWORD, "next": "/organisations/PRACTICE1/"})
    assert done.headers["Location"] == "/organisations/PRACTICE1/"


def test_a_way_back_to_another_site_is_not_taken(people):
    answer = {"username": "gp", "password": cast.PASSWORD, "next": "https://elsewhere.example/"}
    assert Client().post("/sign-in/", answer).headers["Location"] == "/"


@pytest.mark.parametrize("password", ["", "wrong"])
def test_a_wrong_password_signs_nobody_in(people, password):
    client = Client()
    response = client.post("/sign-in/", {"username": "gp", "password": password})
    assert response.status_code == 422
    assert "There is a problem" in response.content.decode()
    assert client.get("/organisations/PRACTICE1/").status_code == 302


def test_outside_the_demonstration_no_password_signs_in_and_no_session_lasts(people, as_):
    client = as_(cast.GP)
    with override_settings(EVENHAND_DEMO=False):
        assert client.get("/organisations/PRACTICE1/").status_code == 302
        page = Client().post("/sign-in/", {"username": "gp", "password": cast.PASSWORD}).content.decode()
    assert "demonstration" not in page
    assert "<input" not in page.replace('type="hidden"', "") or "password" not in page.lower()


@pytest.mark.parametrize("character", cast.CAST[:-1], ids=lambda c: c.username)
def test_everybody_lands_where_they_work(as_, character):
    response = as_(character).get("/")
    assert response.headers["Location"] == f"/organisations/{character.posts[0][1]}/"


def test_an_outsider_is_told_how_to_get_a_role(as_):
    assert "You have no role in any organisation yet" in as_(cast.OUTSIDER).get("/").content.decode()


@pytest.mark.parametrize("code", cast.TREE)
def test_an_outsider_opens_no_organisation(as_, code):
    for path in (f"/organisations/{code}/", f"/organisations/{code}/switch/"):
        assert as_(cast.OUTSIDER).get(path).status_code == 403


def test_a_gp_reads_the_practice_and_what_is_above_and_nothing_beside(as_):
    client = as_(cast.GP)
    status = {code: client.get(f"/organisations/{code}/").status_code for code in cast.TREE}
    allowed = {code for code, answer in status.items() if answer == 200}
    assert allowed == {"PRACTICE1", "PCN1", "PLACE1", "ICB1", "REGION", "NATION"}


def test_a_refusal_says_what_would_be_needed_and_not_what_is_there(as_):
    response = as_(cast.GP).get("/organisations/PRACTICE2/")
    assert response.status_code == 403
    assert "you need a role in it, above it or below it" in response.content.decode()


def test_a_code_that_does_not_exist_is_not_found(as_):
    assert as_(cast.GP).get("/organisations/NONE/").status_code == 404


def test_the_switch_links_only_to_what_may_be_read(as_):
    page = as_(cast.BOARD_MEMBER).get("/organisations/REGION/switch/").content.decode()
    assert 'href="/organisations/ICB1/"' in page
    assert 'href="/organisations/ICB2/"' not in page
    assert "Icb Two" in page


def test_signing_out_needs_a_form(as_):
    client = as_(cast.GP)
    assert client.get("/sign-out/").status_code == 405
    client.post("/sign-out/")
    assert client.get("/organisations/PRACTICE1/").status_code == 302


def test_a_form_without_its_token_saves_nothing_and_says_so(people):
    client = Client(enforce_csrf_checks=True)
    response = client.post("/sign-in/", {"username": "gp", "password": cast.PASSWORD})
    assert response.status_code == 403
    assert "This form was open for too long" in response.content.decode()


def test_a_fault_of_ours_shows_a_page_without_the_database(rf):
    from evenhand_web.site.views import broken

    response = broken(rf.get("/"))
    assert response.status_code == 500
    assert "Something went wrong on our side" in response.content.decode()

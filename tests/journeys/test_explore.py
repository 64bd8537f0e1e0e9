"""A chart that can be explored is fetched when somebody asks for it, and the drawn one needs none of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

import cast
from browsing import look, sign_in
from evenhand_web.people.models import Identity

pytestmark = pytest.mark.browser


@pytest.fixture
def measure(page, demo_address):
    """A measure's page, read by its practice's doctor, and what the browser fetched for it."""
    code = Identity.objects.get(username="gp").person.organisation.code
    sign_in(page, demo_address, cast.GP)
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(f"{demo_address}/organisations/{code}/measures/diabetes_dpp4_cost/")
    return page, fetched


def test_an_interactive_chart_loads_only_when_it_is_asked_for(measure):
    page, fetched = measure
    figure = page.locator("figure.eh-figure", has=page.get_by_role("button", name="Explore this chart")).first
    expect(figure.locator("svg").first).to_be_visible()
    assert not [url for url in fetched if "vega" in url or "explore" in url]
    figure.get_by_role("button", name="Explore this chart").click()
    canvas = figure.locator("canvas")
    expect(canvas).to_be_visible()
    expect(figure.get_by_role("status")).to_have_text("Point at a mark to read its values.")
    assert [url for url in fetched if url.endswith("vega.js")]
    look(page, "explore")


def test_the_value_under_the_pointer_is_said_in_words(measure):
    page, _ = measure
    figure = page.locator("figure.eh-figure", has=page.get_by_role("button", name="Explore this chart")).first
    figure.get_by_role("button", name="Explore this chart").click()
    canvas = figure.locator("canvas")
    expect(canvas).to_be_visible()
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    said = figure.get_by_role("status")
    for down in range(10, int(box["height"]), 6):
        for across in range(10, int(box["width"]), 12):
            page.mouse.move(box["x"] + across, box["y"] + down)
            if ": " in said.inner_text():
                return
    pytest.fail("no mark under the pointer says a value")


def test_the_button_opens_and_closes_by_keyboard(measure):
    page, _ = measure
    button = page.get_by_role("button", name="Explore this chart").first
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "false")

"""A chart that can be explored is fetched when somebody asks for it, and the drawn one needs none of it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

import cast
from browsing import look, sign_in
from evenhand_web.people.models import Identity

pytestmark = pytest.mark.browser
WAITING = "Point at a mark to read its values."


def test_an_interactive_chart_loads_only_when_it_is_asked_for_and_says_its_values(page, demo_address):
    code = Identity.objects.get(username="gp").person.organisation.code
    sign_in(page, demo_address, cast.GP)
    fetched: list[str] = []
    page.on("request", lambda request: fetched.append(request.url))
    page.goto(f"{demo_address}/organisations/{code}/measures/diabetes_dpp4_cost/")
    figure = page.locator("figure.eh-figure", has=page.get_by_role("button", name="Explore this chart")).first
    drawn, button = figure.locator(".eh-figure__wide svg"), figure.get_by_role("button", name="Explore this chart")
    expect(drawn).to_be_visible()
    assert not [url for url in fetched if "vega" in url or "explore" in url]

    button.focus()
    page.keyboard.press("Enter")
    expect(figure.get_by_role("status")).to_have_text(WAITING)
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(drawn).to_be_hidden()
    assert [url for url in fetched if url.endswith("vega.js")]
    assert ": " in said_under_the_pointer(page, figure)
    look(page, "explore")

    button.press("Enter")
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(drawn).to_be_visible()


def said_under_the_pointer(page: Page, figure: Locator) -> str:
    """What the figure says when the pointer goes over it, from the middle outward, until it meets a mark."""
    canvas, said = figure.locator("canvas"), figure.get_by_role("status")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    for down in sorted(range(10, int(box["height"]), 6), key=lambda row: abs(row - box["height"] / 2)):
        for across in range(10, int(box["width"]), 12):
            page.mouse.move(box["x"] + across, box["y"] + down)
            if said.inner_text() != WAITING:
                return said.inner_text()
    return ""

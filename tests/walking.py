"""One window that several people use one after the other: by menu, link and button, and not without the right."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Page, expect

import cast
from browsing import send, sign_in


@dataclass
class Walk:
    """One window on the demonstration. practice: the GP's; area: where the scheme is."""

    page: Page
    address: str
    practice: str
    area: str

    def enter(self, who: cast.Character) -> None:
        """Sign in as somebody else."""
        sign_in(self.page, self.address, who)

    def to(self, path: str, *, area: bool = True) -> None:
        """Go to a page of the area, or of the practice."""
        self.page.goto(self.url(path, area=area))

    def url(self, path: str, *, area: bool = True) -> str:
        return f"{self.address}/organisations/{self.area if area else self.practice}/{path}"

    def menu(self, step: str) -> None:
        """A step, by the menu at the top."""
        self.page.get_by_role("navigation", name="Menu").get_by_role("link", name=step).click()

    def link(self, words: str) -> None:
        self.page.get_by_role("link", name=words).first.click()

    def press(self, words: str, says: str = "") -> None:
        """Press a button; then the page says this."""
        self.page.get_by_role("button", name=words).first.click()
        if says:
            self.says(says)

    def says(self, words: str) -> None:
        expect(self.page.get_by_text(words).first).to_be_visible()

    def cannot(self, button: str, path: str, **form: str) -> None:
        """The button is not here, and what it would send is refused for want of the right."""
        expect(self.page.get_by_role("button", name=re.compile(button))).to_have_count(0)
        status, text = send(self.page, self.url(path), **form)
        assert (status, "you need" in text) == (403, True), f"{path} {form}: {status}"

"""Many people at once: what a small server does with more requests than it can answer."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from evenhand_web.site.turns import in_turns


def test_everybody_is_answered_and_never_more_than_agreed_at_once() -> None:
    inside, most, lock, first_three = 0, 0, threading.Lock(), threading.Barrier(3)

    def slow(environ: dict[str, Any], start_response: Any) -> list[bytes]:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        if environ["number"] < 3:
            first_three.wait(10)  # so that three are inside together
        with lock:
            inside -= 1
        if environ["number"] == 7:
            raise ValueError("our mistake")
        return [b"page"]

    app = in_turns(slow, at_once=3)
    with ThreadPoolExecutor(12) as pool:
        asked = [pool.submit(app, {"number": number}, None) for number in range(12)]
    answers = [one.exception() or list(one.result()) for one in asked]

    assert [str(answer) for answer in answers if answer != [b"page"]] == ["our mistake"]
    assert most == 3

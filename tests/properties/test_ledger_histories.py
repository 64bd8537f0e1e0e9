"""The ledger under random histories, and its check under junk. In full: benchmarks/ledger_histories.py."""

from __future__ import annotations

import copy
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand import account
from evenhand.errors import InputError
from histories import History, slow_check
from savings import confirmed


@pytest.mark.parametrize("seed", range(40))
def test_every_invariant_holds_after_any_history(seed):
    history = History(np.random.default_rng(seed)).play()
    assert account.check(history.ledger.entries, history.ledger.head).broken == ()
    slow_check(history)


def test_the_histories_try_everything():
    seen = [History(np.random.default_rng(seed)).play() for seed in range(40, 70)]
    kinds = {entry.kind for history in seen for entry in history.ledger.entries}
    shared = [e for history in seen for e in history.ledger.entries if (e["cells"] or {}).get("shared")]
    assert (kinds, bool(shared)) == ({"move", "verdict", "restatement", "persistence", "reversal"}, True)


def whole_file():
    ledger = confirmed()
    ledger.reverse("gliptins", booked="2026-09-01", reason="a coding change")
    return "".join(entry.line() + "\n" for entry in ledger.entries).encode()


WHOLE = whole_file()


@settings(max_examples=100, deadline=None)
@given(place=st.integers(0, len(WHOLE) - 2), byte=st.integers(1, 255))
def test_any_byte_changed_is_a_broken_chain_or_a_line_refused(place, byte, tmp_path_factory):
    path = tmp_path_factory.mktemp("ledger") / "ledger.jsonl"
    content = bytearray(WHOLE)
    content[place] ^= byte
    path.write_bytes(content)
    try:
        found = {broken.invariant for broken in account.check_file(path).broken}
    except InputError as error:
        found = {"refused"} if "ledger.jsonl:" in str(error) else set()
    assert found & {"broken chain", "refused"}


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**25), 10**25) | st.text(max_size=4) | st.just("2025-13"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "people", "verdict"]), inner),
    max_leaves=4,
)


def places(value, path=()):
    """Every place in a document."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, part in inner for place in places(part, (*path, key)))]


DOCUMENTS = [json.loads(line) for line in WHOLE.splitlines()]
PLACES = [(number, *path) for number, document in enumerate(DOCUMENTS) for path in places(document)[1:]]


@settings(max_examples=120, deadline=None)
@given(place=st.sampled_from(PLACES), junk=JUNK, sealed=st.booleans())
def test_junk_anywhere_is_listed_or_refused_in_one_line(place, junk, sealed, tmp_path_factory):
    documents = copy.deepcopy(DOCUMENTS)
    inner = documents
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = junk
    if sealed:
        documents[place[0]]["hash"] = account.seal(documents[place[0]])
    path = tmp_path_factory.mktemp("ledger") / "ledger.jsonl"
    path.write_text("".join(account.canonical(document) + "\n" for document in documents), encoding="utf-8")
    head = documents[-1]["hash"] if isinstance(documents[-1]["hash"], str) else None
    assert told(path, head, place[0] + 1) == (documents != DOCUMENTS)


def told(path, head, line):
    """Whether the check says that something is wrong: a broken invariant, or this line refused in one sentence."""
    try:
        return bool(account.check_file(path, head).broken)
    except InputError as error:
        return f"ledger.jsonl:{line}: " in str(error) and "\n" not in str(error)

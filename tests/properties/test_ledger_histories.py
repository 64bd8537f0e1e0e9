"""The ledger under random histories, and its check under junk. In full: benchmarks/ledger_histories.py."""

from __future__ import annotations

import copy
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand import account
from evenhand.account.facts import of_document
from evenhand.account.position import Book
from evenhand.errors import InputError
from histories import History, slow_check
from savings import confirmed


@pytest.mark.parametrize("seed", range(40))
def test_every_invariant_holds_after_any_history(seed):
    history = History(np.random.default_rng(seed)).play()
    assert account.check(history.ledger.entries, history.ledger.head).broken == ()
    slow_check(history)


@pytest.mark.parametrize("seed", range(12))
def test_a_file_is_judged_as_its_entries_are_one_by_one(seed, tmp_path):
    """In a file plain entries go a shorter way (`step.py`): good or bad, and sealed anew, they are judged the same."""
    rng = np.random.default_rng(seed)
    documents = [dict(e.document) for e in History(np.random.default_rng(200 + seed)).play().ledger.entries]
    path, told = tmp_path / "ledger.jsonl", []
    for _ in range(12):
        spoilt = copy.deepcopy(documents)
        spoil(spoilt, rng)
        entries = sealed_anew(spoilt, first=int(rng.choice([1, 1, 1, 2])))
        path.write_text("".join(entry.line() + "\n" for entry in entries), encoding="utf-8")
        found = account.check_file(path)
        told.append(len(found.broken))
        assert found == account.check(entries)
    assert sum(told) > 0


def spoil(documents, rng):
    """Something wrong with one or two early entries, or with their order."""
    for document in rng.choice([d for d in documents if d["lines"]], 2):
        lines = document["lines"] = [dict(line) for line in document["lines"]]
        act = rng.integers(7)
        if act == 0:
            lines[0]["pence"] += 1
        elif act == 1:
            lines[-1]["account"] = str(rng.choice(["spend", "idea", "committed", "elsewhere"]))
        elif act == 2:
            lines.reverse()
        elif act == 3:
            lines.append(dict(lines[0]))
        elif act == 4:
            document["scheme"], document["measure"] = "another", str(rng.choice(["m", "another"]))
        elif act == 5:
            documents.remove(document)
        else:
            document["from"], document["proof"] = str(rng.choice(["idea", "planned", "committed"])), {}


def sealed_anew(documents, first):
    """The entries, numbered from `first` and chained again."""
    entries, head = [], account.GENESIS
    for number, document in enumerate(documents, start=first):
        document = {**document, "entry": number, "previous": head}
        entries.append(account.Entry({**document, "hash": account.seal(document)}))
        head = entries[-1].hash
    return entries


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


LAST = len(DOCUMENTS) - 1
# what a reversal may say otherwise without being another one: its words, that it names no months, and keys in its proof
# that prove nothing (docs/reference/ledger.md)
HARMLESS = {
    (LAST, "reason"): lambda junk: isinstance(junk, str) and bool(junk.strip()),
    (LAST, "window"): lambda junk: junk is None,
    (LAST, "proof"): lambda junk: isinstance(junk, dict) and "verdict" not in junk,
}


def misled(place, junk, sealed, path):
    """Whether the check is silent on a ledger with `junk` in this place, or tells of one that is as it was."""
    documents = copy.deepcopy(DOCUMENTS)
    inner = documents
    for key in place[:-1]:
        inner = inner[key]
    inner[place[-1]] = junk
    if sealed:
        documents[place[0]]["hash"] = account.seal(documents[place[0]])
    path.write_text("".join(account.canonical(document) + "\n" for document in documents), encoding="utf-8")
    head = documents[-1]["hash"] if isinstance(documents[-1]["hash"], str) else None
    harmless = sealed and place in HARMLESS and HARMLESS[place](junk)
    return told(path, head, place[0] + 1) != (
        account.canonical(documents) != account.canonical(DOCUMENTS) and not harmless
    )


@settings(max_examples=120, deadline=None)
@given(place=st.sampled_from(PLACES), junk=JUNK, sealed=st.booleans())
def test_junk_anywhere_is_listed_or_refused_in_one_line(place, junk, sealed, tmp_path_factory):
    assert not misled(place, junk, sealed, tmp_path_factory.mktemp("ledger") / "ledger.jsonl")


def test_junk_in_a_last_entry_sealed_anew_is_told_wherever_it_stands(tmp_path):
    """Nothing follows the last entry, so that no chain tells of it: its own words must."""
    kinds = (
        None, True, False, 0, 1, -1, 10**25, "", " ", "a", "2025-13", "2025-02-30", "2025-10", "1999-98", [], [None],
        ["a"], {}, {"people": []}, {"verdict": 0},
    )  # fmt: skip
    last = [place for place in PLACES if place[0] == LAST]
    wrong = [(place, junk) for place in last for junk in kinds if misled(place, junk, True, tmp_path / "ledger.jsonl")]
    assert wrong == []


@pytest.mark.parametrize(("key", "other"), [
    ("measure", "another"), ("organisation", "ICB2"), ("level", "pcn"), ("origin", "management_cost"),
    ("recurrent", False), ("saving_class", "other_efficiency"), ("price_year", "2026-27"), ("scheme", "another"),
])  # fmt: skip
def test_a_saving_cannot_become_another_one_on_its_way(key, other):
    ledger = confirmed()
    document = {**ledger.last("gliptins").document, key: other}
    book = Book()
    for entry in ledger.entries[:-1]:
        book.apply(of_document(entry.document))
    document["hash"] = account.seal(document)
    found = book.faults(of_document(document))
    assert [invariant for invariant, _ in found] == ["another saving"]
    assert key in found[0][1]
    assert str(other) in found[0][1]


def told(path, head, line):
    """Whether the check says that something is wrong: a broken invariant, or this line refused in one sentence."""
    try:
        return bool(account.check_file(path, head).broken)
    except InputError as error:
        return f"ledger.jsonl:{line}: " in str(error) and "\n" not in str(error)

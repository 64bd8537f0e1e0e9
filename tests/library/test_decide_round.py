"""The open round file: anybody can count it again, and no attack tells how somebody voted.

Each attack plays somebody who holds the file (or two of them) and knows who took part; it may do no better than
somebody who guesses from the published margins, and here it learns nothing at all.
"""

from __future__ import annotations

import io
import json
import zipfile

import numpy as np
import pytest

from evenhand.cli.main import main
from evenhand.decide import Participants, Votes, groups, tally
from evenhand.decide.disclosure import FEW, WITHHELD, cells
from evenhand.decide.round_file import faults, pack, read
from voting import as_csv, null, two

PROFESSIONS = ("gp", "nurse", "pharmacist", "consultant")
HOW_MANY = (90, 40, 14, 6)


def a_round(seed=0, people=150, statements=12):
    """One opinion, four professions (six consultants), every one voting on most statements."""
    rng = np.random.default_rng(seed)
    said = dict(zip((f"p{i:03}" for i in range(people)), np.repeat(PROFESSIONS, HOW_MANY).tolist(), strict=True))
    share = rng.beta(3, 2, statements)
    rows = [(p, f"s{j:02}", int(rng.choice([1, -1])) if rng.random() < 0.2 else (1 if rng.random() < share[j] else -1))
            for p in said for j in range(statements) if rng.random() < 0.8]  # fmt: skip
    return rows, Participants(dict.fromkeys(said, ""), declared={"profession": said})


def packed(rows, people, previous=None):
    found = groups(Votes.of(rows), people, declared=("profession",))
    statements = [{"statement": s, "moderation": "accepted"} for s in sorted({row[1] for row in rows})]
    return pack(found, statements, people, ("profession",), previous=previous)


def parts(content):
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        return {name: file.read(name).decode() for name in file.namelist()}


@pytest.fixture(scope="module")
def released():
    rows, people = a_round()
    return rows, people, packed(rows, people)


def test_the_file_is_the_same_bytes_and_its_figures_follow_from_its_votes(released):
    rows, people, content = released
    assert packed(rows, people) == content
    found = read(content)
    assert faults(found) == ()
    counted = {r.statement: r for r in tally(Votes.of(rows)).statements}
    for cell in found.cells:
        if cell.column == "participants":
            e = counted[cell.statement].everyone
            assert cell.counts == (e.agree, e.disagree, e.passes)


def test_attack_small_cells_none_is_shown_and_none_can_be_worked_out(released):
    _, _, content = released
    found = read(content)
    assert all(sum(c.counts) >= 10 for c in found.cells if not c.hidden)
    for statement in {c.statement for c in found.cells}:
        mine = [c for c in found.cells if c.statement == statement]
        everyone = next(c for c in mine if c.column == "participants")
        for column in {c.column for c in mine} - {"participants"}:
            rest = sum(everyone.counts) - sum(sum(c.counts) for c in mine if c.column == column and not c.hidden)
            assert rest == 0 or rest >= 10
        assert {c.hidden for c in mine if c.value == "consultant"} == {FEW}
        assert {c.hidden for c in mine if c.value == "pharmacist"} <= {WITHHELD, FEW}
    assert "consultant" not in {value for _, value in found.frame}
    assert all(n >= 10 for n in found.frame.values())


@pytest.mark.parametrize("change", ["one more", "changes their mind", "takes it back", "is removed", "nine more"])
def test_attack_differencing_two_files_differ_by_no_one(released, change):
    rows, people, content = released
    victim = "p000"
    mine = [row for row in rows if row[0] == victim]
    newcomers = {f"new{i}": "nurse" for i in range(9 if change == "nine more" else 1)}
    later, who = list(rows), people
    if change in ("one more", "nine more"):
        said = people.declared["profession"] | newcomers
        who = Participants(dict.fromkeys(said, ""), declared={"profession": said})
        later += [(p, s, 1) for p in newcomers for s in sorted({row[1] for row in rows})]
    elif change == "changes their mind":
        later += [(victim, s, -v if v else 1) for _, s, v in mine]
    elif change == "takes it back":
        later += [(victim, s, "retract") for _, s, _ in mine]
    else:
        who = Participants(people.organisation, removed=frozenset({victim}), declared=people.declared)
    after, before = parts(packed(later, who, previous=content)), parts(content)
    for part in ("votes.csv", "figures.csv", "frame.csv", "statements.csv"):
        assert after[part] == before[part]
    without = parts(packed(later, who))
    assert without["votes.csv"] != before["votes.csv"]  # the attack would have told, had the rule not been kept


def test_ten_more_people_of_each_shown_profession_move_the_figures(released):
    rows, people, content = released
    new = {f"new{k}{i}": kind for k, kind in enumerate(PROFESSIONS[:2]) for i in range(12)}
    said = people.declared["profession"] | new
    who = Participants(dict.fromkeys(said, ""), declared={"profession": said})
    later = [*rows, *((p, s, 1) for p in new for s in sorted({row[1] for row in rows}))]
    after = packed(later, who, previous=content)
    assert read(after).cells != read(content).cells
    assert faults(read(after)) == ()


def test_attack_timing_and_order_the_file_is_the_same_whoever_came_when(released):
    rows, people, content = released
    order = np.random.default_rng(5).permutation(len(rows))
    shuffled = [rows[i] for i in order]
    then = [(p, s, -v if v else 1) for p, s, v in rows[:200]]  # earlier votes that were changed later leave no trace
    turned = Participants(dict(reversed(list(people.organisation.items()))), declared=people.declared)
    assert packed([*then, *shuffled], turned) == content
    assert "time" not in json.loads(parts(content)["round.json"])
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert {one.date_time for one in file.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_attack_join_no_pseudonym_is_in_it_and_other_pseudonyms_make_the_same_file(released):
    rows, people, content = released
    text = "".join(parts(content).values())
    assert not any(person in text for person in people.organisation)
    other = {person: f"q{i * 7919 % 1009:04}" for i, person in enumerate(people.organisation)}
    renamed = Participants(
        {other[p]: "" for p in people.organisation},
        declared={"profession": {other[p]: v for p, v in people.declared["profession"].items()}},
    )
    again, before = parts(packed([(other[p], s, v) for p, s, v in rows], renamed)), parts(content)
    for part in ("votes.csv", "figures.csv", "frame.csv", "statements.csv"):
        assert again[part] == before[part]


def test_guessing_a_colleagues_vote_from_the_file_is_no_better_than_from_the_margins(released):
    """The best guess that the file allows is the majority of the colleague's set; there is no row to look up."""
    rows, people, content = released
    shown = {cell.key: cell for cell in read(content).cells if not cell.hidden}
    hits = margin = n = 0
    for person, statement, vote in rows:
        if vote == 0:
            continue
        all_ = shown[statement, "participants", "all"]
        own = shown.get((statement, "profession", people.declared["profession"][person]), all_)
        hits += vote == (1 if own.agree >= own.disagree else -1)
        margin += vote == (1 if all_.agree >= all_.disagree else -1)
        n += 1
    assert abs(hits - margin) / n < 0.03  # one opinion: a profession's published margin adds next to nothing


def test_withdrawal_and_erasure_leave_the_trail_true(released):
    rows, people, _ = released
    gone = [(p, s, "retract") for p, s, _ in rows if p == "p001"]
    counted = tally(Votes.of([*rows, *gone]), participants=people).as_json()
    never = tally(Votes.of([row for row in rows if row[0] != "p001"]), participants=people).as_json()
    by = {row["statement"]: row for row in counted["statements"]}
    assert by == {row["statement"]: row for row in never["statements"]}
    # erasure: identity sits apart and is deleted, what was declared goes with it; the log and its counts stand
    erased = Participants(
        people.organisation, declared={"profession": people.declared["profession"] | {"p002": ""}}
    )
    after = tally(Votes.of(rows), participants=erased, declared=("profession",))
    assert after.votes == len(rows)


def test_a_statement_that_few_saw_tells_only_its_name():
    rows = [(f"p{i}", "s", 1) for i in range(30)] + [(f"p{i}", "rare", -1) for i in range(9)]
    found = cells(tally(Votes.of(rows), {f"p{i}": "1" for i in range(30)}))
    assert {c.hidden for c in found if c.statement == "rare"} == {FEW}
    assert all(np.isnan(c.counts).all() for c in found if c.statement == "rare")


def test_groups_are_in_the_file_by_size_rounded_down_and_never_by_member():
    made = two("mirrored", np.random.default_rng(2), people=123)
    found = groups(made.votes)
    content = pack(found, [{"statement": s, "moderation": "accepted"} for s in made.votes.statements])
    about = json.loads(parts(content)["round.json"])
    assert about["groups"] == 2
    assert all(n % 10 == 0 for n in about["group_sizes_rounded_down_to_ten"])
    assert not any(person in parts(content)["votes.csv"].split(",") for person in made.votes.people)


def test_what_tally_and_groups_give_away_openly_holds_no_small_cell_and_no_member(released, tmp_path, capsys):
    rows, people, _ = released
    (tmp_path / "v.csv").write_text("participant,statement,vote\n" + "".join(f"{p},{s},{v}\n" for p, s, v in rows))
    said = people.declared["profession"].items()
    (tmp_path / "p.csv").write_text("participant,profession\n" + "".join(f"{p},{v}\n" for p, v in said))
    words = ["--participants", f"{tmp_path}/p.csv", "--declared", "profession", "--open", "--json"]
    for command in ("tally", "groups"):
        assert main(["decide", command, f"{tmp_path}/v.csv", *words]) == 0
        out = capsys.readouterr().out
        assert not any(f'"{person}"' in out for person in people.organisation)
        told = json.loads(out)
        assert all(c["agree"] + c["disagree"] + c["pass"] >= 10 for c in told["cells"] if not c["hidden"])
        assert {c["hidden"] for c in told["cells"] if c["value"] == "consultant"} == {FEW}


def test_the_command_writes_checks_and_finds_what_was_altered(tmp_path, capsys):
    made = null("plain", np.random.default_rng(3), people=80, statements=15)
    file, votes = tmp_path / "round.zip", tmp_path / "v.csv"
    votes.write_text(as_csv(made.votes))
    assert main(["decide", "round", str(file), "--votes", str(votes), "--title", "Diabetes", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["about"]["title"] == "Diabetes"
    assert main(["decide", "round", str(file), "--check", "--json"]) == 0
    assert main(["decide", "round", str(file), "--check", "--votes", str(votes), "--json"]) == 0
    capsys.readouterr()
    inside = parts(file.read_bytes())
    row = "s0,participants,all,"
    for part, old, new in (("figures.csv", "divided", "agreed"), ("votes.csv", row, f"{row}9")):
        assert old in inside[part]
        with zipfile.ZipFile(file, "w") as altered:
            for name, text in inside.items():
                altered.writestr(name, text.replace(old, new, 1) if name == part else text)
        assert main(["decide", "round", str(file), "--check", "--json"]) == 1
        assert not json.loads(capsys.readouterr().out)["holds"]
    file.write_bytes(b"no zip")
    assert main(["decide", "round", str(file), "--check"]) == 2
    assert "not an open round file" in capsys.readouterr().err
    assert main(["decide", "round", str(tmp_path / "other.zip")]) == 2
    assert not (tmp_path / "other.zip").exists()

"""Free text by theme: counted by words, suggested by likeness, never shown under ten."""

from __future__ import annotations

import json

import numpy as np
import pytest

from evenhand.cli.main import main
from evenhand.listen.themes import NONE, Themes, by_words, suggest

FILE = """title: What holds us back
written_by: A test
themes:
  time: {title: No time, words: [time, busy, work*]}
  data: {title: No figures, words: [figures, 'how we compare']}
  pay: {title: No money, words: [money]}
"""
TIME = ["There is no time", "Too BUSY with clinics", "the workload is heavy", "busy, always busy"]
DATA = ["We never see our figures", "I cannot see how  we compare", "no figures at all"]


@pytest.fixture
def themes(tmp_path):
    path = tmp_path / "themes.yaml"
    path.write_text(FILE)
    return path


def answers():
    return TIME * 6 + DATA * 4 + ["money"] * 3 + ["sometimes nothing"] * 2 + [""] * 5


def run(tmp_path, capsys, *words, said=None):
    path = tmp_path / "answers.csv"
    path.write_text("idea\n" + "".join(f'"{a}"\n' for a in said or answers()))
    code = main(["listen", "themes", str(path), "--question", "idea", *map(str, words), "--json"])
    out, err = capsys.readouterr()
    return json.loads(out) if code == 0 else (code, err)


def test_answers_are_counted_by_whole_words_and_beginnings(themes, tmp_path, capsys):
    found = run(tmp_path, capsys, "--themes", themes)
    assert found["answers"] == 24 + 12 + 3 + 2
    counts = {row["theme"]: row["n"] for row in found["themes"]}
    assert counts["time"] == 24  # "sometimes" holds no whole word `time`
    assert counts["data"] == 12


def test_a_theme_under_ten_is_hidden_and_cannot_be_worked_out(themes, tmp_path, capsys):
    rows = {row["theme"]: row["n"] for row in run(tmp_path, capsys, "--themes", themes)["themes"]}
    assert rows["pay"] is None
    assert rows[None] is None
    more = answers() + ["nothing of that"] * 9
    rows = {row["theme"]: row["n"] for row in run(tmp_path, capsys, "--themes", themes, said=more)["themes"]}
    assert rows["pay"] is None
    assert sorted(n for n in rows.values() if n is not None) == [12, 24]  # the next smallest goes with the only one


def test_an_answer_without_a_theme_is_offered_the_one_it_is_most_like(themes):
    book = Themes.model_validate({"title": "T", "written_by": "W", "themes": {
        "time": {"title": "No time", "words": ["time"]}, "data": {"title": "No figures", "words": ["figures"]}}})
    said = ["no time for clinics"] * 3 + ["never see our figures"] * 3 + ["clinics clinics clinics", "zzz"]
    found = by_words(said, book)
    assert found.nearest.tolist() == [-1] * 6 + [0, -1]
    assert 0 < found.likeness[6] <= 1


def test_two_subjects_are_suggested_as_two_themes_and_the_same_way_twice():
    rng = np.random.default_rng(1)
    a = ["insulin", "needle", "pen", "injection", "dose", "device"]
    b = ["referral", "wait", "letter", "clinic", "appointment", "hospital"]
    truth = [k for k in (0, 1) for _ in range(40)]
    said = [" ".join(rng.choice((a, b)[k], 4, replace=False)) for k in truth]
    first, second = suggest(said, most=2), suggest(said, most=2)
    assert (first.holds == second.holds).all()
    groups = first.holds.argmax(axis=1)
    assert max(np.mean(groups == truth), np.mean(groups != truth)) == 1.0
    assert [t.n for t in first.themes if t.title != NONE] == [40, 40]


def test_the_words_of_a_theme_that_few_speak_of_are_not_shown():
    said = ["no time for this work"] * 40 + ["doctor quixote rides a windmill"] * 4
    hidden = [t for t in suggest(said, most=2).themes if t.n is None and t.theme]
    assert hidden
    assert all(not t.words and t.title == t.theme for t in hidden)


def test_what_is_coded_is_every_answer_once(themes, tmp_path, capsys):
    run(tmp_path, capsys, "--themes", themes, "--coded", tmp_path / "coded.csv")
    lines = (tmp_path / "coded.csv").read_text().splitlines()
    assert len(lines) == 1 + 24 + 12 + 3 + 2


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (FILE.replace("words: [money]", "words: ['*']"), "holds no word"),
        (FILE.replace("title: No money,", ""), "themes.yaml:6: 'themes.pay.title' is missing"),
        (FILE.replace("themes:", "theme:"), "did you mean 'themes'"),
    ],
)
def test_a_theme_file_is_read_strictly(text, said, tmp_path, capsys):
    (tmp_path / "themes.yaml").write_text(text)
    code, err = run(tmp_path, capsys, "--themes", tmp_path / "themes.yaml")
    assert (code, err.count("\n")) == (2, 1)
    assert said in err


def test_too_few_answers_suggest_nothing(tmp_path, capsys):
    code, err = run(tmp_path, capsys, said=["one answer"] * 9)
    assert code == 2
    assert "found 9" in err

"""`evenhand see rates`, `inequality`, `shrink` of values and the plain funnel, as a user meets them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from evenhand.cli.main import main
from evenhand.see import direct, indirect


def told(capsys, *words):
    assert main(["see", *(str(word) for word in words), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def refused(capsys, *words):
    assert main(["see", *(str(word) for word in words)]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    return err


def file(folder, text, name="given.csv"):
    (folder / name).write_text(text)
    return folder / name


AREAS = """place,band,died,people
007,65+,40,900
008,0-64,9,6000
007,0-64,12,4000
008,65+,60,1100
"""
COLUMNS = ("--numerator", "died", "--denominator", "people", "--age", "band", "--by", "place")


def test_a_published_standard_is_asked_for_by_name(capsys, tmp_path):
    found = told(capsys, "rates", file(tmp_path, AREAS), *COLUMNS, "--kind", "dsr", "--standard", "esp2013",
                 "--multiplier", 1000)  # fmt: skip
    ours = direct(["007", "007", "008", "008"], ["o", "y"] * 2, [40, 12, 60, 9], [900, 4000, 1100, 6000],
                  [19500, 80500] * 2)  # fmt: skip
    assert [row["group"] for row in found["rows"]] == ["007", "008"]
    assert list(found["rows"][0])[:6] == ["group", "value", "lower_95", "upper_95", "lower_998", "upper_998"]
    assert [row["value"] for row in found["rows"]] == pytest.approx(1000 * ours.value)
    assert [row["upper_998"] for row in found["rows"]] == pytest.approx(1000 * ours.high[1])


@pytest.mark.parametrize("text", ["age,population\n0-64,3\n65+,1\n", "band,who\n65+,1\n0-64,3\n"])
def test_a_standard_of_ones_own_is_a_file(capsys, tmp_path, text):
    found = told(capsys, "rates", file(tmp_path, AREAS), *COLUMNS, "--kind", "dsr", "--standard",
                 file(tmp_path, text, "standard.csv"))  # fmt: skip
    assert found["rows"][0]["value"] == pytest.approx((40 / 900 + 3 * 12 / 4000) / 4)


def test_expected_events_come_from_all_rows_unless_a_file_gives_them(capsys, tmp_path):
    path = file(tmp_path, AREAS)
    young, old = 21 / 10000, 100 / 2000
    found = told(capsys, "rates", path, *COLUMNS, "--kind", "smr")
    assert found["rows"][0]["expected"] == pytest.approx(4000 * young + 900 * old)
    assert found["rows"][0]["value"] == pytest.approx(52 / (4000 * young + 900 * old))
    reference = file(tmp_path, "band,died,people\n0-64,3,1000\n65+,30,1000\n", "reference.csv")
    rate = told(capsys, "rates", path, *COLUMNS, "--kind", "isr", "--standard", reference)
    ours = indirect(["a", "a"], ["o", "y"], [40, 12], [900, 4000], [30, 3], [1000, 1000], rate=True)
    assert rate["rows"][0]["value"] == pytest.approx(ours.value[0])


def test_an_age_that_one_place_lacks_is_missing_and_not_nought(capsys, tmp_path):
    path = file(tmp_path, AREAS.replace("008,0-64,9,6000\n", ""))
    assert main(["see", "rates", str(path), *COLUMNS, "--kind", "dsr", "--json"]) == 0
    out, err = capsys.readouterr()
    assert [row["value"] is None for row in json.loads(out)["rows"]] == [False, True]
    assert "008 has fewer than 10 events, a missing number, or nobody of some age" in err


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--kind", "dsr", "--standard", "nowhere.csv"), "expected esp2013, a column of"),
        (("--kind", "smr", "--standard", "esp2013"), "holds people and no events"),
        (("--kind", "smr", "--reference-numerator", "died"), "expected both or neither"),
        (("--kind", "asr"), "--kind asr: expected one of proportion, rate, dsr, isr, smr, mean"),
        (("--kind", "dsr", "--multiplier", "0"), "--multiplier 0: expected a number above 0"),
    ],
)
def test_a_standard_that_is_none_is_refused(capsys, tmp_path, options, says):
    assert says in refused(capsys, "rates", file(tmp_path, AREAS), *COLUMNS, *options)


def test_an_indirect_rate_is_on_one_scale_whatever_ages_a_place_lacks(capsys, tmp_path):
    path = file(tmp_path, "place,band,died,people\na,young,20,1000\na,old,50,500\nb,young,30,3000\n")
    ratio, rate = (told(capsys, "rates", path, *COLUMNS, "--kind", kind)["rows"] for kind in ("smr", "isr"))
    assert [row["value"] for row in ratio] == pytest.approx([70 / 62.5, 30 / 37.5])
    assert [row["value"] for row in rate] == pytest.approx([row["value"] * 100 / 4500 for row in ratio])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("band,people\n0-64,3\n0-64,4\n65+,1\n", "standard.csv: row 3: band='0-64' was already given in row 2"),
        ("band,people\n0-64,-3\n65+,1\n", "standard.csv: row 2, column 'people': expected a number of 0 or more"),
    ],
)
def test_what_is_wrong_with_a_standard_is_said_of_its_own_file(capsys, tmp_path, text, says):
    said = refused(capsys, "rates", file(tmp_path, AREAS), *COLUMNS, "--kind", "dsr", "--standard",
                   file(tmp_path, text, "standard.csv"))  # fmt: skip
    assert says in said
    assert "given.csv" not in said


def test_means_need_no_denominator(capsys, tmp_path):
    path = file(tmp_path, "w,stay\na,1\na,2\na,3\nb,7\n")
    found = told(capsys, "rates", path, "--kind", "mean", "--numerator", "stay", "--by", "w")
    assert found["rows"][0]["value"] == 2
    assert found["rows"][1]["lower_95"] is None


TENTHS = "tenth,people,share,error,hits\n" + "".join(
    f"{i},1000,{0.5 - i / 50},0.01,{500 - 20 * i}\n" for i in range(1, 11)
)


def test_inequality_is_one_document_of_six_numbers(capsys, tmp_path):
    path = file(tmp_path, TENTHS)
    found = told(capsys, "inequality", path, "--group", "tenth", "--population", "people", "--value", "share", "--se",
                 "error")  # fmt: skip
    assert list(found)[:6] == ["sii", "rii", "sii_low", "sii_high", "rii_low", "rii_high"]
    assert found["sii"] == pytest.approx(-0.2)
    counted = told(capsys, "inequality", path, "--group", "tenth", "--population", "people", "--numerator", "hits",
                   "--kind", "proportion")  # fmt: skip
    assert counted["sii"] == pytest.approx(-0.2)
    assert counted["sii_low"] < -0.2 < counted["sii_high"]


def test_an_index_over_nothing_is_null_and_says_no_more(capsys, tmp_path):
    path = file(tmp_path, "decile,population,value,se\n1,1,0,0\n2,1,0,0\n3,1,0,0\n")
    found = told(capsys, "inequality", path)
    assert (found["sii"], found["rii"]) == (0, None)
    near = file(tmp_path, "decile,population,value,se\n1,1,1,0.1\n2,1,3,0.1\n3,1,5,0.1\n")
    assert told(capsys, "inequality", near)["rii"] is None  # a line through 0: 2e15 is a rounding over another


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (("--multiplier", "-1"), "--multiplier -1: expected a number above 0"),
        (("--multiplier", "nan"), "expected a finite number, found 'nan'"),
        (("--low", "share"), "--low and --high: expected both or neither"),
        (("--numerator", "none", "--kind", "rate"), "group 1: expected a rate above 0, found 0"),
        (("--numerator", "people", "--kind", "proportion"), "group 1: expected a share between 0 and 1, found 1"),
    ],
)
def test_an_inequality_that_cannot_be_asked_for_is_refused(capsys, tmp_path, options, says):
    path = file(tmp_path, "decile,population,value,se,share,none,people\n" + "".join(
        f"{i},10,{i},1,0.5,0,10\n" for i in range(1, 5)))  # fmt: skip
    assert says in refused(capsys, "inequality", path, *options)


def test_values_known_without_error_have_an_index_without_error(capsys, tmp_path):
    path = file(tmp_path, "decile,population,value,se\n" + "".join(f"{i},10,{i / 9},0\n" for i in range(1, 5)))
    found = told(capsys, "inequality", path, "--kind", "rate", "--transform")
    assert found["sii_low"] == pytest.approx(found["sii"])
    assert found["sii_high"] == pytest.approx(found["sii"])
    one = file(tmp_path, "decile,population,value,se\n" + "".join(
        f"{i},10,{i / 9},{0.1 * (i == 2)}\n" for i in range(1, 5)))  # fmt: skip
    wide = told(capsys, "inequality", one, "--kind", "rate", "--transform")
    assert wide["sii_low"] < found["sii"] < wide["sii_high"]


def test_a_frequency_or_an_error_of_nothing_is_refused_by_its_row(capsys, tmp_path):
    path = file(tmp_path, "unit,age,numerator,denominator,f\na,0-64,10,100,1\nb,65+,8,50,0\n")
    says = "row 3, column 'f': expected a number above 0, found '0'"
    assert says in refused(capsys, "rates", path, "--kind", "dsr", "--frequency", "f")
    assert says in refused(capsys, "shrink", path, "--family", "normal", "--standard-error", "f")


def test_values_are_shrunk_by_their_own_noise(capsys, tmp_path):
    rng = np.random.default_rng(1)
    rows = "".join(f"{u},{10 + u + rng.normal():.3f}\n" for u in range(8) for _ in range(3))
    found = told(capsys, "shrink", file(tmp_path, "unit,y\n" + rows), "--family", "normal", "--numerator", "y")
    assert [unit["raw"] for unit in found["units"]] == sorted(unit["raw"] for unit in found["units"])
    assert "expected --family normal" in refused(capsys, "shrink", file(tmp_path, "unit,y\n" + rows),
                                                 "--standard-error", "y")  # fmt: skip


def test_the_plain_funnel_knows_no_over_dispersion(capsys, tmp_path):
    rows = "".join(f"u{i},{30 + 10 * (i % 5)},100\n" for i in range(20))
    found = told(capsys, "funnel", file(tmp_path, "unit,numerator,denominator\n" + rows), "--method", "phe")
    assert found["tau2"] == 0
    assert {unit["outlier"] for unit in found["units"]} == {None, "low", "high"}

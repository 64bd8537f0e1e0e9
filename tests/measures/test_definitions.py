"""Every measure that ships keeps the promises of its kind: read aloud, worked through, no HTML, real codes."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from evenhand.errors import InputError
from evenhand.measures import load_all, load_pathways, read_files
from evenhand.measures.catalogue import Catalogue
from evenhand.measures.example import by_engine, check, read_facts
from evenhand.measures.library import DEFINITIONS
from evenhand.measures.plain import Facts, count
from shared import DATA, needs_data

FILES = sorted((DEFINITIONS / "measures").glob("*.yaml"))
MEASURES = load_all()
DPP4 = (DEFINITIONS / "measures" / "diabetes_dpp4_cost.yaml").read_text(encoding="utf-8")
# The hierarchy at hand is of February 2020: tirzepatide came later (0601023AZ, NHSBSA).
SINCE_2020 = {"0601023AZ"}
# Two shops' own vitamins, which became supplements, and reslizumab, which is no inhaler and moved to its own section.
MOVED_ELSEWHERE = {
    ("best_value_vitamin_b", "0906027G0BEAAAB"), ("best_value_vitamin_b", "0906027G0BFAAAB"),
    *((measure, code) for measure in ("respiratory_saba", "respiratory_high_dose_steroid")
      for code in ("0302000W0AAABAB", "0302000W0BBABAB")),
}  # fmt: skip


@pytest.mark.parametrize("name", list(MEASURES))
def test_the_worked_example_comes_out_on_both_engines(name: str) -> None:
    assert check(MEASURES[name], MEASURES)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_is_named_like_its_measure(path: Path) -> None:
    assert list(read_files([path])) == [path.stem]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_measure_holds_html(path: Path) -> None:
    assert not re.search(r"</?[a-zA-Z][^>]*>", path.read_text(encoding="utf-8"))


def test_html_is_refused() -> None:
    with pytest.raises(InputError, match="holds HTML"):
        _loaded(DPP4.replace("The gliptins", "The <b>gliptins</b>"))


def test_every_measure_says_who_wrote_it_and_that_no_clinician_has_checked_it() -> None:
    assert {(m.authored_by, m.checked_by) for m in MEASURES.values()} == {
        ("Evenhand project", "not yet checked by a clinician")
    }


PRIORITY = ("diabetes", "mental_health", "coronary_heart_disease", "cancer")


@pytest.mark.parametrize("pathway", [*PRIORITY, "respiratory", "antimicrobials", "opioids", "best_value"])
def test_five_measures_or_more_stand_for_each_area(pathway: str) -> None:
    named = set(load_pathways(MEASURES)[pathway].measures) if pathway in PRIORITY else set()
    assert len(named | {m.id for m in MEASURES.values() if m.pathway == pathway}) >= 5


def test_sixty_measures_and_ten_of_them_not_about_prescribing() -> None:
    others = {m.kind for m in MEASURES.values()} - {"prescribing"}
    assert len(MEASURES) >= 60
    assert sum(m.kind in others for m in MEASURES.values()) >= 10
    assert others >= {"qof", "waits", "diagnostics", "appointments", "emergency", "hospital", "indicator"}


def test_consultants_and_low_priority_have_their_measures_and_some_better_ones_cost_money() -> None:
    assert sum("consultant" in m.tags for m in MEASURES.values()) >= 5
    assert sum("lowpriority" in m.tags for m in MEASURES.values()) >= 8
    assert {m.id for m in MEASURES.values() if m.direction == "higher" and m.kind == "prescribing"} >= {
        "chd_statin_intensity", "diabetes_sglt2",
    }  # fmt: skip


@pytest.mark.parametrize("area", PRIORITY)
def test_a_pathway_runs_from_prevention_to_aftercare_and_names_its_measures(area: str) -> None:
    pathway = load_pathways(MEASURES)[area]
    stages = [decision.stage for decision in pathway.decisions]
    assert stages[0] == "prevention"
    assert stages[-1] == "aftercare"
    assert {"treatment", "monitoring", "referral"} <= set(stages)
    assert pathway.clinical_lead == "vacant"
    assert {m.id for m in MEASURES.values() if m.pathway == area} <= set(pathway.measures)


@pytest.mark.parametrize("name", list(MEASURES))
def test_a_measure_is_complete(name: str) -> None:
    measure = MEASURES[name]
    assert measure.find_patients.tested == "not tested in a clinical system"
    assert measure.minimum_denominator > 0
    assert {m for m in measure.guardrails if MEASURES[m].kind != "waits"} == set()
    assert measure.guardrails or measure.kind != "prescribing" or measure.direction == "neutral"
    for guidance in measure.guidance:
        numbered = re.search(r"\b(NG|CG|PH)(\d+)", guidance.title)
        assert (numbered is None) == ("nice.org.uk" not in (guidance.link or ""))
        assert numbered is None or (guidance.link or "").endswith(f"/{numbered[1].lower()}{numbered[2]}")


def test_a_measure_that_money_rests_on_has_a_replacement() -> None:
    judged = [m for m in MEASURES.values() if m.direction != "neutral" and m.kind == "prescribing"]
    assert {m.id for m in judged if m.replacement is None} == {"respiratory_inhaler_carbon"}  # counts kilograms


@needs_data
def test_every_code_is_one_of_the_nhsbsas() -> None:
    with zipfile.ZipFile(DATA / "09_prices" / "bnf_hierarchy_2020-02.zip") as archive:
        text = archive.read(archive.namelist()[0]).decode("latin-1")
    rows = [(r["BNF Presentation Code"], r["BNF Presentation"]) for r in csv.DictReader(io.StringIO(text))]
    import numpy as np

    held = Catalogue(np.arange(len(rows), dtype=np.int32), tuple(r[0] for r in rows), tuple(r[1] for r in rows))
    sides = [s for m in MEASURES.values() for s in (m.numerator, m.denominator, m.replacement) if s is not None]
    written = {code for side in sides for code in side.codes()}
    later = {code for code in written if not held.by_code(code).any()}
    assert later - _changed(later) == SINCE_2020


FUNCTIONS = {"cardiology": "Cardiology", "gastroenterology": "Gastroenterology", "mental_health": "Mental Health",
             "orthopaedics": "Trauma and Orthopaedic", "within_18_weeks_ophthalmology": "Ophthalmology",
             "within_18_weeks_other_medical": "Medical"}  # fmt: skip


@needs_data
def test_a_wait_is_counted_in_the_treatment_function_it_names() -> None:
    with gzip.open(DATA / "08_access_guardrails" / "rtt_icb_specialty_2022-10_to_2025-03.csv.gz", "rt") as file:
        names = {row["TF_Code"]: row["Treatment_Function"] for row in csv.DictReader(file)}
    for measure, name in FUNCTIONS.items():
        waits = MEASURES[f"wait_{measure}"].numerator.waits
        assert waits is not None
        assert {re.sub(r"^Other - | Services?$", "", names[code]) for code in waits.functions} == {name}


@needs_data
def test_a_presentation_whose_code_was_changed_stays_counted() -> None:
    import numpy as np

    changes = _changes()
    codes = sorted({code for change in changes for code in change})
    held = Catalogue(np.arange(len(codes), dtype=np.int32), tuple(codes), ("",) * len(codes))
    row = {code: i for i, code in enumerate(codes)}
    lost = set()
    for measure in MEASURES.values():
        for side in (measure.numerator, measure.denominator, measure.replacement):
            if side is None or not side.codes() or side.uses("unit_price") or side.uses("quantity_per_item"):
                continue
            mask = held.matches(side)
            lost |= {(measure.id, old) for old, new in changes if mask[row[old]] and not mask[row[new]]}
    assert lost == MOVED_ELSEWHERE


def _changes() -> list[tuple[str, str]]:
    with gzip.open(DATA / "09_prices" / "bnf_code_mapping_changes.csv.gz", "rt", encoding="utf-8-sig") as file:
        return [(row["old_code"], row["new_code"]) for row in csv.DictReader(file)]


def _changed(codes: set[str]) -> set[str]:
    """Those of some codes that an older one became since, by the list of changed codes."""
    new = [later for _, later in _changes()]
    parts = {code: code.split("_") for code in codes}
    return {code for code, (start, *end) in parts.items()
            if any(one.startswith(start) and one.endswith("".join(end)) for one in new)}  # fmt: skip


def _loaded(text: str, where: str = "m.yaml"):
    from evenhand.definition import loads
    from evenhand.measures import Measure

    return loads(text, Measure, where=where)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("direction: lower", "direction: down", "direction"),
        ("unit: share of items", "units: share of items", "unknown key 'units'; did you mean 'unit'?"),
        ("is_share: yes", "is_share: perhaps", "is_share"),
        ("kind: prescribing", "kind: waits", "waits need `waits:`"),
        ("  sum: items\n  bnf:\n    - 0601023AA   #", "  sum: cost\n  bnf:\n    - 0601023AA   #", "one thing on both"),
        ("review_due: 2027-03-31", "review_due: soon", "review_due"),
        ("title: Gliptins other than sitagliptin", "title: ' '", "is empty"),
        ("  bnf: [0601023X0]\n\nguidance", "\nguidance", "none: yes"),
        ("id: diabetes_dpp4_cost", "id: Diabetes", "id"),
        ("cautions: |", "caution: |", "unknown key 'caution'; did you mean 'cautions'?"),
    ],
)
def test_a_measure_that_says_something_else_is_refused(old: str, new: str, says: str) -> None:
    assert old in DPP4
    with pytest.raises(InputError) as refused:
        _loaded(DPP4.replace(old, new, 1))
    assert "m.yaml:" in str(refused.value)
    assert says in str(refused.value)


def test_a_wrong_worked_example_is_refused_with_both_numbers() -> None:
    wrong = _loaded(DPP4.replace("|        40 |         100 | 0.4", "|        41 |         100 | 0.41"))
    with pytest.raises(InputError, match="numerator is drawn as 41, but the engine counts 40"):
        check(wrong, MEASURES)


def test_a_practice_that_the_example_forgets_is_refused() -> None:
    wrong = _loaded(DPP4.replace("    C            |         0 |           0 | -\n", ""))
    with pytest.raises(InputError, match="C has rows, but no line"):
        check(wrong, MEASURES)


def test_a_ragged_table_is_refused() -> None:
    wrong = _loaded(DPP4.replace("|     8 |      224 | 248.00 | 266.00", "|     8 |      224 | 248.00"))
    with pytest.raises(InputError, match="row 5 has 6 cells, the heading 7"):
        check(wrong, MEASURES)


def test_a_guardrail_that_does_not_exist_is_refused_with_the_nearest(tmp_path: Path) -> None:
    text = DPP4.replace("id: diabetes_dpp4_cost", "id: mine").replace("[wait_within_18_weeks,", "[wait_within_18_week,")
    (tmp_path / "mine.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="no measure 'wait_within_18_week'; did you mean 'wait_within_18_weeks'"):
        load_all([tmp_path])


def test_two_files_with_one_id_are_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text(DPP4, encoding="utf-8")
    with pytest.raises(InputError, match="already stands in"):
        load_all([tmp_path])


def test_measures_over_the_same_denominator_can_be_added(tmp_path: Path) -> None:
    _write_sum(tmp_path, "patients: 1000", "patients: 1000")
    measures = load_all([tmp_path])
    lines = check(measures["both"], measures)
    assert [(line.organisation, line.numerator, line.denominator) for line in lines] == [("A", 7.0, 2.0)]


def test_measures_over_different_denominators_cannot_be_added(tmp_path: Path) -> None:
    _write_sum(tmp_path, "patients: 1000", "patients: 1")
    with pytest.raises(InputError, match="different denominators"):
        load_all([tmp_path])


def test_better_words_rebuild_nothing_and_another_rule_does() -> None:
    measure = MEASURES["diabetes_dpp4_cost"]
    reworded = _loaded(DPP4.replace("items of all gliptins", "all items of gliptins").replace("NG28", "NG-28"))
    changed = _loaded(DPP4.replace("    - 0601023AK   # alogliptin\n", "", 1))
    assert reworded.definition() == measure.definition() != changed.definition()


def test_the_two_engines_are_two_and_both_are_asked() -> None:
    measure = MEASURES["diabetes_dpp4_cost"]
    facts = read_facts(measure, "here")
    more = replace(facts, prescribing=[replace(r, items=r.items * 2) for r in facts.prescribing])
    assert by_engine(measure, MEASURES, more) == count(measure, MEASURES, more) != count(measure, MEASURES, facts)
    assert count(measure, MEASURES, Facts()) == {}


def _write_sum(folder: Path, one: str, two: str) -> None:
    head = DPP4[DPP4.index("why_it_matters") : DPP4.index("numerator:")]
    tail = DPP4[DPP4.index("cautions: |") : DPP4.index("guardrails:")]
    rows = (
        "practice | code | name | items | quantity | cost | nic\n"
        "    A | 0601023AEAAAAAA | Linagliptin | 3 | 84 | 9 | 9\n"
        "    A | 0601023X0AAAAAA | Sitagliptin | 4 | 112 | 2 | 2"
    )
    lists = "practice | sex | age_band | patients\n    A | all | all | 2000"

    def measure(name: str, numerator: str, denominator: str, expected: str, extra: str = "") -> None:
        (folder / f"{name}.yaml").write_text(
            f"id: {name}\ntitle: {name}\npathway: diabetes\nkind: prescribing\n{head}numerator: {{{numerator}}}\n"
            f"denominator: {{{denominator}}}\nunit: items\nis_share: no\ndirection: neutral\nminimum_denominator: 0\n"
            f"{extra}{tail}review_due: 2027-01-01\nexample:\n  prescribing: |\n    {rows}\n"
            f"  list_size: |\n    {lists}\n"
            f"  expected: |\n    organisation | numerator | denominator | value\n    {expected}\n",
            encoding="utf-8",
        )

    per = 2 if one.endswith("1000") else 2000
    measure("one", "sum: items, bnf: [0601023AE]", one, f"A | 3 | {per} | {3 / per}")
    per = 2 if two.endswith("1000") else 2000
    measure("two", "sum: items, bnf: [0601023X0]", two, f"A | 4 | {per} | {4 / per}")
    measure("both", "words: both", "words: patients", "A | 7 | 2 | 3.5", "sum_of: [one, two]\n")

"""Every construct that a published measure needs can be said, and counts the same on the engine and on its slow twin.

The constructs are those of the three peers' definitions: prefixes, exceptions, brands, form and route, ingredient,
strength, licence, names, quantity and price bands, doses, milligrams, factors, weighted and registered patients.
"""

from __future__ import annotations

import pytest

from evenhand.definition import loads
from evenhand.errors import InputError
from evenhand.measures import Measure
from evenhand.measures.example import by_engine, check, read_facts

ROWS = """
    practice | code            | name                       | items | quantity | cost | nic | quantity_per_item
    A        | 0407020A0AAABAB | Morphine 10mg/5ml oral sol |     2 |      800 |   12 |  13 | 400
    A        | 0407020A0AAACAC | Morphine 30mg MR tablets   |     3 |      180 |   30 |  33 | 60
    A        | 0407020A0BBABAC | Zomorph 30mg MR capsules   |     1 |       60 |    8 |   9 | 60
    A        | 0407020C0AAAEAE | Codeine 30mg tablets       |    10 |     1000 |   25 |  27 | 100
    B        | 0407020C0AAAEAE | Codeine 30mg tablets       |     4 |      112 |    3 |   4 | 28
    B        | 0212000B0AAADAD | Atorvastatin 80mg tablets  |     5 |      140 |    8 |   9 | 28
    B        | 0212000B0AAABAB | Atorvastatin 20mg tablets  |     5 |      140 |    6 |   7 | 28
    B        | 130201000AACACA | Herbal drops               |     1 |       30 |    5 |   5 | 30
"""
DMD = """
    code            | vmp     | vtm     | form_route                  | licence            | atc     | ingredient | base    | strength   | ddd
    0407020A0AAABAB | 1000001 | 2000001 | solution.oral               | medicine           | N02AA01 | 3000001    | 4000001 | 10 mg/5 ml | 100 mg
    0407020A0AAACAC | 1000002 | 2000001 | tabletmodified-release.oral | medicine           | N02AA01 | 3000001    | 4000001 | 30 mg      | 100 mg
    0407020A0BBABAC | 1000003 | 2000001 | capsulemodified-release.oral| medicine           | N02AA01 | 3000001    | 4000001 | 30 mg      | 100 mg
    0407020C0AAAEAE | 1000004 | 2000002 | tablet.oral                 | medicine           | R05DA04 | 3000002    | -       | 30 mg      | 100 mg
    0212000B0AAADAD | 1000005 | 2000003 | tablet.oral                 | medicine           | C10AA05 | 3000003    | -       | 80 mg      | 20 mg
    0212000B0AAABAB | 1000006 | 2000003 | tablet.oral                 | medicine           | C10AA05 | 3000003    | -       | 20 mg      | 20 mg
    130201000AACACA | 1000007 | -       | drops.oral                  | traditional_herbal | -       | 3000004    | -       | -          | -
    130201000AACACA | 1000007 | -       | drops.oral                  | traditional_herbal | -       | 3000005    | -       | -          | -
"""  # noqa: E501
LISTS = """
    practice | sex    | age_band | patients
    A        | male   | 0_4      | 100
    A        | female | 20_24    | 200
    A        | all    | all      | 300
    B        | female | 0_4      | 10
    B        | male   | 95+      | 50
    B        | all    | all      | 60
"""
ADQ = """
    code            | adq | unit
    0407020C0AAAEAE | 240 | mg
    0407020A0AAABAB | 10  | ml
"""
REGISTERS = """
    practice | register | patients
    A        | DM       | 40
    A        | -        | 333
    B        | DM       | 7
    B        | -        | 66
"""
OVER = "sum: items, everything: yes"


def measure(numerator: str, denominator: str = OVER) -> Measure:
    """A measure with these two sides over the rows above."""
    drawn = "".join(
        f"  {name}: |{text}" for name, text in
        (("prescribing", ROWS), ("dmd", DMD), ("list_size", LISTS), ("adq", ADQ), ("register_size", REGISTERS))
    )  # fmt: skip
    text = (
        f"id: tried\ntitle: Tried\npathway: none\nkind: prescribing\nwhy_it_matters: Because.\n"
        f"numerator: {{{numerator}}}\ndenominator: {{{denominator}}}\nunit: one\nis_share: no\ndirection: neutral\n"
        f"cautions: None.\nhow_to_change: No.\nfind_patients: {{words: None}}\nminimum_denominator: 0\n"
        f"review_due: 2027-01-01\nexample:\n{drawn}"
        "  expected: |\n    organisation | numerator | denominator | value\n"
    )
    return loads(text, Measure)


def counted(numerator: str, denominator: str = OVER) -> tuple[dict, dict]:
    """Numerators and denominators by practice, after the twin has agreed with the engine."""
    asked = measure(numerator, denominator)
    found = by_engine(asked, {}, read_facts(asked, "here"))
    lines = "".join(
        f"    {code} | {top!r} | {below!r} | {top / below if below else '-'}\n" for code, (top, below) in found.items()
    )
    head = "    organisation | numerator | denominator | value\n"
    drawn = asked.example.model_copy(update={"expected": head + lines.replace("nan", "-")})
    assert check(asked.model_copy(update={"example": drawn}), {})
    return {code: pair[0] for code, pair in found.items()}, {code: pair[1] for code, pair in found.items()}


@pytest.mark.parametrize(
    ("numerator", "a", "b"),
    [
        ("sum: items, bnf: [0407020]", 16, 4),  # prefix
        ("sum: items, bnf: ['04'], not: {bnf: [0407020C0]}", 6, 0),  # exception
        ("sum: items, bnf: [0407020A0AAACAC, 0407020C0AAAEAE]", 13, 4),  # exact codes
        ("sum: items, bnf: [0407020A0_AC]", 4, 0),  # one strength and form of any brand
        ("sum: items, bnf: [0407020A0], product: generic", 5, 0),
        ("sum: items, bnf: [0407020A0], product: branded", 1, 0),
        ("sum: items, name: ['*tablets']", 13, 14),
        ("sum: items, bnf: ['04'], form_route: ['*modified-release.oral']", 4, 0),
        ("sum: items, bnf: ['04'], not: {form_route: ['tablet.oral', 'solution.*']}", 4, 0),
        ("sum: items, ingredient: ['3000002']", 10, 4),
        ("sum: items, ingredient: ['4000001'], base: yes", 6, 0),  # a base counts where the rule looks through to it
        ("sum: items, everything: yes, ingredients: '= 2'", 0, 1),
        ("sum: items, bnf: ['02'], strength: '>= 0.05 gram'", 0, 5),
        ("sum: items, bnf: ['04'], strength: '= 2 mg/ml'", 2, 0),
        ("sum: items, vtm: ['2000001']", 6, 0),
        ("sum: items, vmp: ['1000004', '1000005']", 10, 9),
        ("sum: items, licence: [traditional_herbal]", 0, 1),
        ("sum: items, atc: [N02AA, C10]", 6, 10),
        ("sum: quantity, bnf: [0407020A0_AB], quantity_per_item: '> 300'", 800, 0),
        ("sum: items, bnf: [0407020C0], quantity_per_item: '<= 28'", 0, 4),
        ("sum: items, bnf: ['0407'], unit_price: '>= 0.1'", 4, 0),
        ("sum: items, any: [{bnf: ['02'], name: ['*80mg*']}, {all: [{bnf: ['04']}, {name: ['Zom*']}]}]", 1, 5),
        ("sum: cost, bnf: ['04']", 75, 3),
        ("sum: mg, bnf: [0407020]", 800 * 2 + 240 * 30 + 1000 * 30, 112 * 30),
        ("sum: ddd, bnf: ['0212']", 0, 140 * 4 + 140),
        ("sum: adq, bnf: ['04', '02']", 800 / 10 + 1000 / 8, 112 / 8),
        ("sum: quantity, bnf: [0212], times: [{bnf: [0212000B0_AD], factor: 2}, {bnf: [0212], factor: 0.5}]", 0, 350),
        ("sum: mg, bnf: [0407020], times: [{ingredient: ['4000001'], base: yes, form_route: ['*.oral'], factor: 1}, "
         "{ingredient: ['3000002'], factor: 0.1}]", 1600 + 7200 + 3000, 336),
    ],
)  # fmt: skip
def test_every_construct_of_prescribing_counts_the_same_twice(numerator: str, a: float, b: float) -> None:
    assert counted(numerator)[0] == pytest.approx({"A": a, "B": b})


@pytest.mark.parametrize(
    ("denominator", "a", "b"),
    [
        ("patients: 1000", 0.3, 0.06),
        ("patients: 1, age: 0 to 4", 100, 10),
        ("patients: 1, age: 20+, sex: female", 200, 0),
        ("patients: 1, on_register: DM", 40, 7),
        ("patients: 1000, weighted: prescribing", 0.333, 0.066),
    ],
)
def test_patients_can_be_of_an_age_weighted_or_registered(denominator: str, a: float, b: float) -> None:
    assert counted("sum: items, bnf: ['04']", denominator)[1] == pytest.approx({"A": a, "B": b})


@pytest.mark.parametrize(
    ("side", "says"),
    [
        ("sum: items, strength: '>= 50 mg'", "nothing says what counts"),
        ("sum: items, form_route: ['*.oral']", "nothing says what counts"),
        ("sum: items, bnf: ['04'], strength: 'fifty mg'", "not a strength"),
        ("sum: items, bnf: ['04'], base: yes", "base belongs to `ingredient`"),
        ("sum: items, vtm: [paracetamol]", "is not a dm.d identifier"),
        ("sum: items, atc: [paracetamol]", "not an ATC code"),
        ("sum: items, bnf: ['04'], licence: [herbal]", "licence"),
        ("sum: mg, bnf: ['04'], quantity_per_item: '> 3'", "sum: items or quantity"),
        ("sum: items, bnf: ['04'], times: [{factor: 2}]", "a factor for what"),
        ("sum: items, bnf: ['04'], on_register: DM", "belong to `patients`"),
        ("patients: 1, age: 65+, on_register: DM", "stand alone"),
        ("sum: items, hospital: yes, bnf: ['04']", "quantity and indicative cost"),
    ],
)
def test_a_side_that_says_something_else_is_refused(side: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        measure(side)


@pytest.mark.parametrize(
    ("numerator", "says"),
    [
        ("sum: mg, everything: yes", "no strength .* Herbal drops"),
        ("sum: quantity, bnf: ['04'], times: [{bnf: [0407020A0], factor: 2}]", "no factor for Codeine"),
        ("sum: items, bnf: ['04'], strength: '>= 50 mmol'", "matches none"),
        ("sum: items, ingredient: ['4000001']", "matches none"),  # a base is no ingredient of its own
    ],
)
def test_a_sum_that_would_leave_some_out_without_a_word_is_refused(numerator: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        counted(numerator)


def test_without_dmd_only_the_measures_that_ask_for_it_are_refused() -> None:
    for numerator, refused in (("sum: items, vtm: ['2000001']", True), ("sum: items, bnf: ['04']", False)):
        asked = measure(numerator)
        facts = read_facts(asked, "here")
        facts.dmd.clear()
        if refused:
            with pytest.raises(InputError, match=r"'tried': needs the dictionary of medicines and devices \(dm\+d\)"):
                by_engine(asked, {}, facts)
        else:
            assert by_engine(asked, {}, facts)["A"][0] == 16

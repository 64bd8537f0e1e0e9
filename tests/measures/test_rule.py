"""The language of measures fails closed: what it does not understand, or what would mean everything, it refuses."""

from __future__ import annotations

import numpy as np
import pytest

from evenhand.definition import loads
from evenhand.errors import InputError
from evenhand.measures import Counted, Rule, read_codes
from evenhand.measures.catalogue import Catalogue
from evenhand.measures.side import age_bands

CODES = (
    "0501013B0AAABAB", "0501013B0AAACAC", "0501013B0BBAFAB", "0501130R0AAAAAA", "21010900601", "0601023X0AAAAAA",
)  # fmt: skip
NAMES = ("Amoxicillin_Cap 500mg", "Amoxicillin_Cap 250mg", "Amoxil_Cap 500mg", "Nitrofurantoin_Cap 50mg",
         "Needles Pen Inj 8mm", "Sitagliptin_Tab 100mg")  # fmt: skip
CATALOGUE = Catalogue(np.arange(6, dtype=np.int32), CODES, NAMES, np.array([0.1, 0.2, np.nan, 0.3, 0.05, 0.08]))


def counted(text: str) -> Counted:
    return loads(text, Counted, where="m.yaml")


def means(text: str) -> set[str]:
    flags = CATALOGUE.matches(loads(text, Rule, where="m.yaml"))
    return {name for name, flag in zip(NAMES, flags, strict=True) if flag}


def test_a_short_code_is_a_prefix_and_a_long_one_a_presentation() -> None:
    assert means("bnf: ['0501']") == {NAMES[0], NAMES[1], NAMES[2], NAMES[3]}
    assert means("bnf: [0501013B0AAABAB]") == {NAMES[0]}


def test_one_strength_and_form_is_found_in_every_brand() -> None:
    assert means("bnf: [0501013B0_AB]") == {NAMES[0], NAMES[2]}


def test_keys_of_one_rule_must_all_hold_and_entries_of_one_list_need_not() -> None:
    assert means("bnf: [0501, 0601]\nproduct: branded") == {NAMES[2]}


def test_not_leaves_out() -> None:
    assert means("bnf: ['0501']\nnot: {bnf: [0501013B0]}") == {NAMES[3]}


def test_any_and_all_nest() -> None:
    text = "any:\n  - all:\n      - bnf: [0501013B0]\n      - not: {product: generic}\n  - name: ['*tab*']"
    assert means(text) == {NAMES[2], NAMES[5]}


def test_an_appliance_is_neither_generic_nor_branded() -> None:
    assert means("bnf: ['21']\nproduct: branded") == set()


def test_names_fit_in_capitals_or_not() -> None:
    assert means("name: ['*PEN INJ*']") == {NAMES[4]}


def test_a_price_line_keeps_what_meets_it_and_what_was_not_sold_meets_none() -> None:
    assert means("bnf: ['05', '21']\nunit_price: '>= 0.2'") == {NAMES[1], NAMES[3]}
    assert NAMES[2] not in means("bnf: ['05']\nunit_price: '< 9'")


def test_a_leading_zero_survives() -> None:
    assert counted("sum: items\nbnf: [0304]").bnf == ("0304",)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("sum: items\nbnf: []", "m.yaml:2: bnf"),
        ("sum: items\nbnf: ['']", "'' is not a BNF code"),
        ("sum: items\nbnf: ['*']", "'*' is not a BNF code"),
        ("sum: items\nbnf: ['%AB']", "'%AB' is not a BNF code"),
        ("sum: items\nbnf: [0501013B0%AB]", "is not a BNF code"),
        ("sum: items\nbnf: [0501013B_AB]", "is not a BNF code"),
        ("sum: items", "nothing says what counts"),
        ("sum: items\nproduct: generic", "nothing says what counts"),
        ("sum: items\nnot: {bnf: ['05']}", "nothing says what counts"),
        ("sum: items\nany: [{bnf: ['05']}, {}]", "m.yaml:2"),
        ("sum: items\nany: []", "m.yaml:2: any"),
        ("sum: items\nname: ['*']", "would match every name"),
        ("bnf: ['05']", "codes without `sum`"),
        ("sum: tablets\nbnf: ['05']", "m.yaml:1: sum"),
        ("sum: items\nbfn: ['05']", "m.yaml:2: unknown key 'bfn'; did you mean 'bnf'?"),
        ("sum: items\nbnf: ['05']\nnot: {bnff: ['06']}", "m.yaml:3: unknown key 'not.bnff'; did you mean 'bnf'?"),
        ("sum: items\nbnf: ['05']\nquantity_per_item: more", "'more' is not a comparison"),
        ("sum: cost\nbnf: ['05']\nquantity_per_item: '> 15'", "keep no money"),
        ("sum: items\npatients: 1000\nbnf: ['05']", "counts one thing only"),
        ("patients: 0", "m.yaml:1: patients"),
        ("patients: 1000\nage: 3 to 7", "five-year bands"),
        ("sum: items\nbnf: ['05']\nsex: male", "belong to `patients`"),
        ("waits: {within_weeks: 18, over_weeks: 52}", "not both"),
        ("waits: {functions: []}", "m.yaml:1"),
        ("waits: {functions: [C_999]}", "total of the other functions"),
        ("everything: no\nsum: items", "can only be yes"),
    ],
)
def test_what_would_mean_everything_or_nothing_is_refused_with_its_line(text: str, says: str) -> None:
    with pytest.raises(InputError) as refused:
        counted(text)
    assert says in str(refused.value)


def test_ages_are_the_published_five_year_bands() -> None:
    assert age_bands("0 to 4") == ("0_4",)
    assert age_bands("85+") == ("85_89", "90_94", "95+")
    assert age_bands("90 to 99") == ("90_94", "95+")


def test_codes_on_the_command_line_can_be_left_out() -> None:
    rule = read_codes("0501,~0501130R0")
    assert set(np.array(NAMES)[CATALOGUE.matches(rule)]) == {NAMES[0], NAMES[1], NAMES[2]}


@pytest.mark.parametrize("text", ["", " , ", "~0501", "metformin", "0501;0601", "patient"])
def test_codes_on_the_command_line_that_are_none_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="BNF code"):
        read_codes(text)


def test_an_unknown_code_is_named() -> None:
    assert CATALOGUE.unknown(read_codes("0501,9999,~0777")) == ("9999", "0777")

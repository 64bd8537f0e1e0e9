"""The fast engine and its slow twin give the same numbers on any rows and any rule, in any order of rows.

Sums are compared to a billionth of their size: the engine adds whole millionths, the twin adds floats.
"""

from __future__ import annotations

import math
import random

import pytest

from evenhand.errors import InputError
from evenhand.measures import Counted
from evenhand.measures.example import by_engine
from evenhand.measures.month import compute
from evenhand.measures.panel import unnamed
from evenhand.measures.plain import Facts, ListRow, Prescription, count

TOLERANCE = 1e-9
CODES = {
    "0501013B0AAABAB": "Amoxicillin_Cap 500mg", "0501013B0AAACAC": "Amoxicillin_Cap 250mg",
    "0501013B0BBAFAB": "Amoxil_Cap 500mg", "0501130R0AAAAAA": "Nitrofurantoin_Cap 50mg",
    "0601023X0AAAAAA": "Sitagliptin_Tab 100mg", "21010900601": "Needles Pen Inj 8mm", "21010900556": "Lancets",
}  # fmt: skip


def facts(rng: random.Random, practices: str = "ABCDE", rows: int = 60) -> Facts:
    found = Facts()
    for _ in range(rows):
        code = rng.choice(list(CODES))
        items, each = rng.randint(1, 20), rng.choice([5, 7, 15, 21, 28, 56.5])
        cost = round(rng.uniform(-2, 300), 5)
        found.prescribing.append(
            Prescription(rng.choice(practices), code, CODES[code], items, items * each, cost, round(cost, 2), each)
        )
    for practice in practices[:-1]:
        for sex in ("male", "female"):
            for band in ("0_4", "60_64", "65_69", "95+"):
                if rng.random() < 0.8:
                    found.list_size.append(ListRow(practice, sex, band, rng.randint(0, 400)))
    return found


def rule(rng: random.Random, depth: int = 2) -> dict:
    said: dict = {"bnf": rng.sample(["05", "0501", "0501013B0", "0501013B0_AB", "21", "0601023X0AAAAAA"], 2)}
    if rng.random() < 0.3:
        said["product"] = rng.choice(["generic", "branded"])
    if rng.random() < 0.3:
        said["name"] = [rng.choice(["*cap*", "amox*", "*500?g"])]
    if rng.random() < 0.3:
        said["unit_price"] = f"{rng.choice(['<', '>=', '>'])} {rng.choice([0.2, 1, 3])}"
    if rng.random() < 0.4:
        said["quantity_per_item"] = f"{rng.choice(['<=', '>', '='])} {rng.choice([7, 15, 21])}"
    if depth and rng.random() < 0.5:
        said[rng.choice(["any", "all"])] = [rule(rng, depth - 1) for _ in range(2)]
    if depth and rng.random() < 0.4:
        said["not"] = rule(rng, depth - 1)
    return said


def same(left: float, right: float) -> bool:
    return (math.isnan(left) and math.isnan(right)) or abs(left - right) <= TOLERANCE * max(1, abs(left))


@pytest.mark.parametrize("seed", range(40))
def test_any_rule_on_any_rows_counts_the_same_twice(seed: int) -> None:
    rng = random.Random(seed)
    rows, over = facts(rng), rng.choice(["items", "quantity"])
    top = Counted.model_validate({"sum": over, **rule(rng)})
    bottom = Counted.model_validate({"sum": over, "bnf": ["05", "06", "21"]})
    measure = unnamed(top, bottom)
    slow = count(measure, {}, rows)
    try:
        fast = by_engine(measure, {}, rows)
    except InputError:  # refused, because nothing that the rows hold can match: the twin counts nothing either
        assert {numerator for numerator, _ in slow.values()} == {0}
        return
    assert fast.keys() == slow.keys()
    assert all(same(a, b) for code in fast for a, b in zip(fast[code], slow[code], strict=True))


@pytest.mark.parametrize("seed", range(12))
def test_patients_of_an_age_and_sex_are_the_same_twice(seed: int) -> None:
    rng = random.Random(100 + seed)
    side = {"patients": rng.choice([1, 1000])}
    if rng.random() < 0.6:
        side["age"] = rng.choice(["65+", "0 to 4", "60 to 69"])
    if rng.random() < 0.5:
        side["sex"] = rng.choice(["male", "female"])
    money = rng.choice(["cost", "nic"])
    measure = unnamed(Counted(sum=money, bnf=("05",)), Counted.model_validate(side))
    rows = facts(rng)
    fast, slow = by_engine(measure, {}, rows), count(measure, {}, rows)
    assert all(same(a, b) for code in fast for a, b in zip(fast[code], slow[code], strict=True))


def test_the_order_of_rows_changes_not_one_bit() -> None:
    from evenhand.measures.example import MONTH, Tables

    rng = random.Random(7)
    rows = facts(rng, rows=300)
    turned = Facts(list(reversed(rows.prescribing)), rows.list_size)
    measure = unnamed(Counted(sum="cost", bnf=("05",)), Counted(sum="cost", everything=True))
    one, two = (compute(Tables(f), MONTH, [measure], {}).columns[0] for f in (rows, turned))
    assert one.numerator.tobytes() == two.numerator.tobytes()

"""Wilson's interval. Newcombe (1998), Statistics in Medicine 17:857, Table I prints four decimals: tolerance 5e-5."""

from __future__ import annotations

import pytest

from evenhand.errors import InputError
from evenhand.stats.wilson import wilson

NEWCOMBE = [
    # hits   n    low     high
    (81,    263, 0.2553, 0.3662),
    (15,    148, 0.0624, 0.1605),
    (0,      20, 0.0000, 0.1611),
    (1,      29, 0.0061, 0.1718),
]  # fmt: skip


@pytest.mark.parametrize(("hits", "n", "low", "high"), NEWCOMBE)
def test_it_prints_newcombes_table(hits: int, n: int, low: float, high: float) -> None:
    interval = wilson(hits, n)
    assert interval.low == pytest.approx(low, abs=5e-5)
    assert interval.high == pytest.approx(high, abs=5e-5)


def test_it_narrows_as_more_are_asked() -> None:
    widths = [wilson(n // 4, n).high - wilson(n // 4, n).low for n in (8, 40, 400, 4000)]
    assert widths == sorted(widths, reverse=True)


def test_yes_and_no_mirror_each_other() -> None:
    yes, no = wilson(7, 50), wilson(43, 50)
    assert (yes.low, yes.high) == pytest.approx((1 - no.high, 1 - no.low))


def test_nobody_asked_is_not_known() -> None:
    assert wilson(0, 0).value != wilson(0, 0).value


@pytest.mark.parametrize(("hits", "n", "level"), [(7, 5, 0.95), (-1, 5, 0.95), (1, 5, 95)])
def test_the_impossible_is_refused(hits: int, n: int, level: float) -> None:
    with pytest.raises(InputError, match="need"):
        wilson(hits, n, level=level)

"""Price savings: what practices would pay at the price that the best tenth pays, at the usual price, at the tariff's.

Three questions about price, none about need. Price per unit: the same medicine, or one that does the same, bought
cheaper. Ghost-branded generics: a generic that is paid like a brand. Price concessions: what a shortage costs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..records import Record

Float = NDArray[np.float64]
BEST_TENTH = 0.1
SMALLEST_GHOST = 2.0  # pounds a practice and product (OpenPrescribing)
# Discount deducted from what pharmacies are paid, before April 2023 (concessions) and April 2024 (tariff), and after
# April 2024 by the Drug Tariff's category: A and M, appliances, the rest (Drug Tariff Part V; OpenPrescribing).
OLD_DISCOUNT = 0.072
NEW_DISCOUNTS = {"a": 0.20, "m": 0.20, "appliance": 0.0985}
OTHER_DISCOUNT = 0.05
CONCESSIONS_UNDISCOUNTED_FROM, TARIFF_DISCOUNT_FROM = np.datetime64("2023-04"), np.datetime64("2024-04")


@dataclass(frozen=True, eq=False)
class PriceSaving(Record):
    """What each row would save: target is the price a unit of its group (G,), saving float64 (N,) in pounds."""

    target: Float
    saving: Float


def price_per_unit(
    group: NDArray[np.int64], cost: Float, quantity: Float, *, quantile: float = BEST_TENTH
) -> PriceSaving:
    """What each practice would save if it paid for a set of equivalents what the best tenth of practices pay.

    One row a practice and set: its net ingredient cost (pounds) and quantity over the whole set. The target is the
    quantile of the practices' own prices a unit, linearly interpolated; the saving max(0, cost - quantity x target).
    A practice without quantity has no price and saves nothing.

    Parameters
    ----------
    group
        Number of the set, 0 to G - 1 (N,).

    Source: OpenPrescribing's price-per-unit method.
    """
    _check(group, cost, quantity)
    price = np.divide(cost, quantity, out=np.full(len(cost), np.nan), where=quantity > 0)
    target = group_quantile(group, price, quantile)
    saving = np.maximum(cost - quantity * target[group], 0.0)
    return PriceSaving(target, np.where(np.isfinite(price) & np.isfinite(saving), saving, 0.0))


def ghost_generics(group: NDArray[np.int64], cost: Float, quantity: Float) -> PriceSaving:
    """What each practice pays for a generic above (or below) the usual price of it.

    The usual price is the lower middle price a unit of all practices; where any practice has cost and no quantity the
    product is left out. Differences of less than 2 pounds are nought; negative ones stay.

    Source: OpenPrescribing's ghost-branded generics method.
    """
    _check(group, cost, quantity)
    groups = int(group.max()) + 1 if len(group) else 0
    endless = np.zeros(groups, dtype=bool)
    endless[group[(quantity == 0) & (cost != 0)]] = True
    price = np.divide(cost, quantity, out=np.full(len(cost), np.nan), where=quantity != 0)
    target = np.where(endless, np.nan, group_quantile(group, price, 0.5, lower=True))
    saving = cost - quantity * target[group]
    return PriceSaving(target, np.where(np.isfinite(saving) & (np.abs(saving) >= SMALLEST_GHOST), saving, 0.0))


def concession_cost(
    quantity: Float, concession_pence: Float, tariff_pence: Float, pack: Float, month: np.datetime64,
    categories: tuple[str, ...],
) -> tuple[Float, Float]:
    """What a quantity costs at the Drug Tariff's price, and what a price concession adds to it, in pounds (N,) each.

    Both prices are pence for a pack of `pack` units. Discounts are those in force in `month`; `categories` are the
    Drug Tariff's, a word for each row, empty where not known.

    Source: OpenPrescribing's price-concession method; known answers in its published tables of June and July 2022.
    """
    if np.any(pack <= 0):
        raise InputError("a pack of no units has no price a unit; expected pack sizes above 0")
    when = month.astype("datetime64[M]")
    of_concession = 1.0 if when >= CONCESSIONS_UNDISCOUNTED_FROM else 1.0 - OLD_DISCOUNT
    discount = np.array([tariff_discount(category, when) for category in categories], dtype=np.float64)
    usual = quantity * tariff_pence * (1 - discount) / pack / 100
    return usual, quantity * concession_pence * of_concession / pack / 100 - usual


def tariff_discount(category: str, month: np.datetime64) -> float:
    """The share deducted from the Drug Tariff's price of a category in a month."""
    if month < TARIFF_DISCOUNT_FROM:
        return OLD_DISCOUNT
    words = category.lower().replace("part viiia", "").replace("category", "").split()
    return next((NEW_DISCOUNTS[word] for word in words if word in NEW_DISCOUNTS), OTHER_DISCOUNT)


def group_quantile(group: NDArray[np.int64], value: Float, quantile: float, *, lower: bool = False) -> Float:
    """A quantile of the known values of each group (G,), linearly interpolated or the lower of two; NaN of none."""
    groups = int(group.max()) + 1 if len(group) else 0
    known = np.isfinite(value)
    order = np.lexsort((value[known], group[known]))
    ranked, of = value[known][order], group[known][order]
    count = np.bincount(of, minlength=groups)
    start = np.concatenate([[0], np.cumsum(count)[:-1]]).astype(np.int64) if groups else np.zeros(0, np.int64)
    place = quantile * np.maximum(count - 1, 0)
    low = np.floor(place).astype(np.int64)
    found = np.full(groups, np.nan)
    some = count > 0
    below = ranked[start[some] + low[some]]
    above = ranked[start[some] + np.minimum(low[some] + 1, count[some] - 1)]
    found[some] = below if lower else below + (above - below) * (place - low)[some]
    return found


def _check(group: NDArray[np.int64], cost: Float, quantity: Float) -> None:
    if not len(group) == len(cost) == len(quantity):
        raise InputError(f"{len(group)} groups, {len(cost)} costs, {len(quantity)} quantities; expected as many")

"""Catalogue: every presentation that the lake knows, and which of them a rule means."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import translate
from functools import cached_property

import ibis.expr.types as ir
import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from . import dictionary as dictionaries
from .dictionary import Dictionary, Product
from .rule import ANY_BRAND_LENGTH, DMD_KEYS, Rule, all_none, compare

Flags = NDArray[np.bool_]
# Characters 10 and 11 of a drug's code name the product; AA is the generic one (NHSBSA). Appliances have none.
_DRUG_LENGTH = 15


@dataclass(frozen=True)
class Catalogue:
    """Presentations: ids int32 (N,), codes and names N each, rising by id.

    `unit_price` float64 (N,): net ingredient cost of one unit of quantity over the whole lake in one month,
    NaN where none was prescribed; None where no rule asks for it. `dmd`: the dictionary of medicines and devices,
    None where none is loaded or no rule asks for it. `vmps`: of hospital medicines, which are published by VMP.
    """

    ids: NDArray[np.int32]
    codes: tuple[str, ...]
    names: tuple[str, ...]
    unit_price: NDArray[np.float64] | None = None
    dmd: Dictionary | None = None
    vmps: tuple[str, ...] | None = None

    def __len__(self) -> int:
        return len(self.codes)

    def matches(self, rule: Rule) -> Flags:
        """Which presentations the rule means (N,). A rule on the quantity of an item has no answer here."""
        flags = np.ones(len(self), dtype=bool)
        if rule.bnf is not None:
            flags &= self._union(self.by_code(code) for code in rule.bnf)
        if rule.name is not None:
            flags &= self._union(self.by_name(glob) for glob in rule.name)
        if rule.product is not None:
            flags &= self.by_product(rule.product)
        if any(getattr(rule, key) is not None for key in DMD_KEYS):
            flags &= self.by_dictionary(rule)
        if rule.unit_price is not None:
            assert self.unit_price is not None, "a rule on unit price needs a month's prices"
            flags &= np.asarray(compare(self.unit_price, rule.unit_price), dtype=bool)
        if rule.any is not None:
            flags &= self._union(self.matches(part) for part in rule.any)
        for part in rule.all or ():
            flags &= self.matches(part)
        if rule.not_ is not None:
            flags &= ~self.matches(rule.not_)
        assert rule.quantity_per_item is None, "a rule on the quantity of an item reads the bands"
        return flags

    def could_match(self, rule: Rule) -> Flags:
        """Which presentations the rule can mean (N,), whatever a month's prices and quantities are."""
        flags = np.ones(len(self), dtype=bool)
        for several in ([self.by_code(c) for c in rule.bnf or ()], [self.by_name(g) for g in rule.name or ()],
                        [self.could_match(part) for part in rule.any or ()]):  # fmt: skip
            if several:
                flags &= self._union(several)
        for part in rule.all or ():
            flags &= self.could_match(part)
        if rule.product is not None:
            flags &= self.by_product(rule.product)
        if any(getattr(rule, key) is not None for key in DMD_KEYS):
            flags &= self.by_dictionary(rule)
        if rule.not_ is not None and not (rule.not_.uses("unit_price") or rule.not_.uses("quantity_per_item")):
            flags &= ~self.matches(rule.not_)
        return flags

    def by_code(self, code: str) -> Flags:
        """The presentations whose code starts so; with CHEM9_XX, of one strength and form of any brand."""
        if self.vmps is not None and self.dmd is None:
            raise InputError("a BNF code of a hospital medicine needs dm+d, which is not loaded")
        chemical, any_brand, form = code.partition("_")
        found = self._starting_with(chemical)
        if any_brand:
            assert len(chemical) == ANY_BRAND_LENGTH
            found = found[[len(self.codes[i]) == _DRUG_LENGTH and self.codes[i].endswith(form) for i in found]]
        flags = np.zeros(len(self), dtype=bool)
        flags[found] = True
        return flags

    def by_name(self, glob: str) -> Flags:
        """The presentations whose published name fits `*` and `?`, in capitals or not."""
        if glob not in self._globs:
            fits = re.compile(translate(glob.lower())).match
            self._globs[glob] = np.array([fits(name) is not None for name in self._lower], dtype=bool)
        return self._globs[glob].copy()

    def by_product(self, product: str) -> Flags:
        """Generic or branded drugs; an appliance is neither."""
        generic = product == "generic"
        return np.array([len(c) == _DRUG_LENGTH and (c[9:11] == "AA") == generic for c in self.codes], dtype=bool)

    def by_dictionary(self, rule: Rule) -> Flags:
        """The presentations that meet the rule's dm+d keys; none where dm+d does not know the code."""
        if self.dmd is None and self.vmps is not None and all_none(rule, *(key for key in DMD_KEYS if key != "vmp")):
            return np.array([vmp in (rule.vmp or ()) for vmp in self.vmps], dtype=bool)  # needs no dictionary
        return np.array([dictionaries.meets(rule, self.product(i)) for i in range(len(self))], dtype=bool)

    def product(self, i: int) -> Product | None:
        """What dm+d says of one presentation; InputError where no dm+d is loaded."""
        if self.dmd is None:
            raise InputError("needs the dictionary of medicines and devices (dm+d), which is not loaded")
        return self.dmd.by_bnf.get(self.codes[i]) if self.vmps is None else self.dmd.by_vmp.get(self.vmps[i])

    def unknown(self, rule: Rule) -> tuple[str, ...]:
        """The codes and names in the rule that no presentation has."""
        codes = [code for code in rule.codes() if not self.by_code(code).any()]
        names = [glob for glob in rule.names() if not self.by_name(glob).any()]
        return (*codes, *names)

    def _starting_with(self, start: str) -> NDArray[np.intp]:
        """Places of the codes with this beginning: 25,000 codes are put in order once, and asked thousands of times."""
        ordered, order = self._in_order
        first, last = bisect_left(ordered, start), bisect_left(ordered, start + "\U0010ffff")
        return order[first:last]

    @cached_property
    def _in_order(self) -> tuple[list[str], NDArray[np.intp]]:
        order = np.array(sorted(range(len(self)), key=self.codes.__getitem__), dtype=np.intp)
        return [self.codes[i] for i in order], order

    @cached_property
    def _lower(self) -> list[str]:
        return [name.lower() for name in self.names]

    @cached_property
    def _globs(self) -> dict[str, Flags]:
        return {}

    def _union(self, several: Iterable[Flags]) -> Flags:
        flags = np.zeros(len(self), dtype=bool)
        for one in several:
            flags |= one
        return flags


def read(
    presentations: ir.Table, unit_prices: dict[int, float] | None = None, dmd: Dictionary | None = None
) -> Catalogue:
    """The lake's presentations, with one month's unit prices by presentation id, and dm+d, where a rule asks."""
    rows = presentations.select("presentation_id", "bnf_code", "name").order_by("presentation_id").to_pyarrow()
    ids = rows["presentation_id"].to_numpy()
    prices = None
    if unit_prices is not None:
        prices = np.array([unit_prices.get(int(i), np.nan) for i in ids], dtype=np.float64)
    names = [name or "" for name in rows["name"].to_pylist()]
    return Catalogue(ids, tuple(rows["bnf_code"].to_pylist()), tuple(names), prices, dmd)

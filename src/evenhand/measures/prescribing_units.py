"""Prescribing units: STAR-PU and ASTRO-PU weights by sex and five-year band, as last set in 2013."""

from __future__ import annotations

import csv
from functools import lru_cache
from importlib.resources import files

from ..errors import InputError, did_you_mean

_LAST = 95  # the oldest five-year band


@lru_cache(maxsize=64)
def star_pu(name: str) -> dict[tuple[str, str], float]:
    """Weight by (sex, five-year band) of one set, such as `oral_antibacterials_item`.

    Source: HSCIC, Specific Therapeutic group Age-sex weightings Related Prescribing Units, 2013 weights.
    """
    rows = _read("star_pu_2013.csv")
    if name not in (known := {row["star_pu"] for row in rows}):
        raise InputError(f"star_pu: no set {name!r}{did_you_mean(name, known)}; there are: {', '.join(sorted(known))}")
    return {
        (sex, band): float(row[sex])
        for row in rows if row["star_pu"] == name for sex in ("male", "female") for band in _bands(row["age_band"])
    }  # fmt: skip


@lru_cache(maxsize=2)
def astro_pu(kind: str) -> dict[tuple[str, str], float]:
    """Weight by (sex, five-year band): `cost` or `items`.

    Source: HSCIC, Age, Sex and Temporary Resident Originated Prescribing Units, 2013 weights.
    """
    rows = _read("astro_pu_2013.csv")
    return {(row["sex"], band): float(row[f"astro_pu_{kind}"]) for row in rows for band in _bands(row["age_band"])}


def _bands(published: str) -> tuple[str, ...]:
    """The five-year bands of a published band such as 15-24 or 75+."""
    first, _, last = published.rstrip("+").partition("-")
    stop = int(last) if last else _LAST + 4
    return tuple("95+" if age >= _LAST else f"{age}_{age + 4}" for age in range(int(first), min(stop, _LAST) + 1, 5))


def _read(name: str) -> list[dict[str, str]]:
    text = files("evenhand").joinpath("definitions", "weights", name).read_text(encoding="utf-8")
    return list(csv.DictReader(line for line in text.splitlines() if not line.startswith("#")))

"""What is prescribed: real BNF codes and names; how often, how much at a time and at what price is invented.

`medicines.csv` holds one presentation a row. `family` groups presentations between which a prescriber chooses;
`costly` marks the dearer side of that choice. Rates (items per 1,000 patients a month), quantities and prices
(pence a unit) have a plausible size and are no published figures. The codes and names are those of the NHSBSA's
BNF code information.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv
from numpy.typing import NDArray

from .chance import stream

CHAPTERS = {
    "01": "Gastro-Intestinal System", "02": "Cardiovascular System", "03": "Respiratory System",
    "04": "Central Nervous System", "05": "Infections", "06": "Endocrine System",
    "07": "Obstetrics Gynaecology and Urinary-Tract Disorders", "08": "Malignant Disease and Immunosuppression",
    "09": "Nutrition and Blood", "10": "Musculoskeletal and Joint Diseases", "11": "Eye",
    "12": "Ear Nose and Oropharynx", "13": "Skin", "15": "Anaesthesia", "21": "Appliances",
}  # fmt: skip
# Spread of a quarterly price change (ours). Small where there is a choice, so that the dearer side stays the dearer.
PRICE_STEP, PRICE_STEP_CHOICE = 0.02, 0.004
# A month's demand over the year's mean, January first (ours): infections in winter, hay fever in summer.
SEASONS = {
    "": (1.0,) * 12,
    "winter": (1.25, 1.15, 1.08, 0.98, 0.92, 0.87, 0.82, 0.80, 0.90, 1.00, 1.08, 1.15),
    "summer": (0.70, 0.75, 0.95, 1.20, 1.45, 1.50, 1.25, 1.00, 0.85, 0.80, 0.80, 0.75),
}
# Growth of a family's demand a month (ours): the newer glucose-lowering medicines spread.
GROWTH = {"sglt2": 0.010, "glp1": 0.012, "dpp4": 0.002, "strips": -0.006, "sulfonylurea": -0.005}


@dataclass(frozen=True)
class Medicines:
    """Presentations, J of them, in code order; `price_pence` a unit: float64 (J, T)."""

    codes: tuple[str, ...]
    names: tuple[str, ...]
    chemicals: tuple[str, ...]
    families: tuple[str, ...]
    costly: NDArray[np.bool_]
    items_per_1000: NDArray[np.float64]
    quantity: NDArray[np.float64]
    season: NDArray[np.float64]
    age: tuple[str, ...]
    price_pence: NDArray[np.float64]

    @cached_property
    def members(self) -> dict[str, NDArray[np.int64]]:
        """Row numbers of each family's presentations; a presentation without a family is in none."""
        names = np.array(self.families)
        return {family: np.flatnonzero(names == family) for family in dict.fromkeys(self.families) if family}

    def unit_saving(self, family: str) -> NDArray[np.float64]:
        """Pounds an item saved by the cheaper side of a choice, each month (T,): mean price of an item, by its rate."""
        rows = self.members[family]
        cost = self.price_pence[rows] * self.quantity[rows, None] / 100
        weight, dear = self.items_per_1000[rows], self.costly[rows]
        mean = [np.average(cost[side], axis=0, weights=weight[side]) for side in (dear, ~dear)]
        return np.asarray(mean[0] - mean[1])


def medicines(months: NDArray[np.datetime64], seed: int) -> Medicines:
    """The presentations with a price for each month, stepped each quarter as a tariff is."""
    with files("evenhand.synthetic").joinpath("medicines.csv").open("rb") as file:
        text = dict.fromkeys(("bnf_code", "name", "chemical", "family", "season", "age"), pa.string())
        table = pacsv.read_csv(file, convert_options=pacsv.ConvertOptions(column_types=text))
    column = table.to_pydict()
    moons = months.astype(np.int64) % 12
    season = np.array([[SEASONS[word][m] for m in moons] for word in column["season"]])
    price = np.array(column["price_pence"], dtype=np.float64)
    quarters = months.astype(np.int64) // 3
    size = np.where([bool(family) for family in column["family"]], PRICE_STEP_CHOICE, PRICE_STEP)[:, None]
    steps = size * stream(seed, "prices").standard_normal((len(price), int(np.ptp(quarters)) + 1)).cumsum(axis=1)
    steps -= steps[:, -1:]
    return Medicines(
        codes=tuple(column["bnf_code"]),
        names=tuple(column["name"]),
        chemicals=tuple(column["chemical"]),
        families=tuple(column["family"]),
        costly=np.array(column["costly"], dtype=bool),
        items_per_1000=np.array(column["items_per_1000"], dtype=np.float64),
        quantity=np.array(column["quantity"], dtype=np.float64),
        season=season,
        age=tuple(column["age"]),
        price_pence=np.round(price[:, None] * np.exp(steps[:, quarters - quarters[0]]), 2),
    )

"""Known: what is known of a whole population, as totals that the weights of its respondents must meet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, did_you_mean
from ..records import Record
from ..table import Table

PEOPLE = ""  # the name of the total that counts everybody

Totals = Mapping[str, Mapping[str, float]]  # column -> label -> how many; the sum of a column of numbers under ''
Column = Sequence[str] | NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Known(Record):
    """K totals. names: what each is; columns: float64 (rows, K), what each row adds to them; totals: float64 (K,)."""

    names: tuple[str, ...]
    columns: NDArray[np.float64]
    totals: NDArray[np.float64]


def known(columns: Mapping[str, Column], answered: NDArray[np.bool_], totals: Totals | None = None) -> Known:
    """What must the weights of those who answered add up to?

    Parameters
    ----------
    columns
        name -> a label or a number for each row of the frame (rows,). Labels are met by count, numbers by sum.
    answered
        Who answered (rows,).
    totals
        The totals; without them those of all rows of the frame.

    Raises
    ------
    InputError
        If a total has no column or a label nobody has, a label has no total, a respondent has a blank, or the
        counts of two columns are of different populations.
    """
    for name in columns:
        if totals is not None and name not in totals:
            raise InputError(f"no total is given for {name!r}{did_you_mean(name, totals)}")
    names, made, sums = [PEOPLE], [np.ones(len(answered))], [_people(columns, answered, totals)]
    for name, column in columns.items():
        given = None if totals is None else totals.get(name)
        if isinstance(column, np.ndarray) and column.dtype.kind == "f":
            _filled(name, np.isnan(column), answered if given is not None else np.ones(len(answered), dtype=bool))
            names.append(name)
            made.append(np.nan_to_num(column))
            sums.append(float(column.sum()) if given is None else _sum(name, given))
            continue
        labels = np.asarray(column, dtype=object).astype(str)
        _filled(name, labels == "", answered if given is not None else np.ones(len(answered), dtype=bool))
        counts = margin(name, labels.tolist(), answered, given)
        place = {label: k for k, label in enumerate(counts)}
        codes = np.array([place.get(label, -1) for label in labels.tolist()])
        names += [f"{name}={label}" for label in counts]
        made += [(codes == k).astype(float) for k in range(len(counts))]
        sums += counts.values()
    return Known(tuple(names), np.column_stack(made), np.array(sums))


def margin(
    name: str, labels: Sequence[str], answered: NDArray[np.bool_], given: Mapping[str, float] | None = None
) -> dict[str, float]:
    """How many there are of each label: as given, or by counting rows; refused where no respondent has it."""
    counted = {label: float(n) for label, n in Counter(labels).items()}
    answering = dict.fromkeys(compress(labels, answered.tolist()))
    counts = counted if given is None else {label: n for label, n in given.items() if label or n}
    for label, n in counts.items():
        if label not in answering and n > 0:
            said = f"{n:.0f} rows" if given is None else f"a total of {n:g}"
            raise InputError(
                f"column {name!r}: {label!r} has {said} and no respondent, so no weight can meet it; "
                "join it with a neighbouring group or leave the column out of --rake"
            )
    unknown = next((label for label in answering if label not in counts), None)
    if unknown is not None:
        raise InputError(f"column {name!r}: respondents answer {unknown!r}, for which no total is given"
                         f"{did_you_mean(unknown, counts)}")  # fmt: skip
    return {label: n for label, n in counts.items() if label in answering}


def read_totals(table: Table) -> dict[str, dict[str, float]]:
    """Totals from a file `column,value,total`: one row a label; a blank value for the sum of a column of numbers.

    A row with a blank column says how many people there are.

    Raises
    ------
    InputError
        If a column is missing, a label is given twice, or a total is not a number of 0 or more.
    """
    table.need("column", "value", "total")
    table.unique("column", "value")
    sizes = table.numbers("total", missing=False)
    found: dict[str, dict[str, float]] = {}
    for row, (column, value, total) in enumerate(zip(table.text("column"), table.text("value"), sizes, strict=True)):
        if total < 0 and value:
            raise table.refuse(row, "total", f"{total:g}", "a count of 0 or more")
        found.setdefault(column, {})[value] = float(total)
    return found


def _people(columns: Mapping[str, Column], answered: NDArray[np.bool_], totals: Totals | None) -> float:
    if totals is None:
        return float(len(answered))
    sizes = {name: sum(of.values()) for name, of in totals.items()
             if name in columns and name and "" not in of}  # fmt: skip
    if PEOPLE in totals:
        sizes["the number of people"] = _sum("the number of people", totals[PEOPLE])
    if not sizes:
        raise InputError("the totals do not say how many people there are; add a row with a blank column")
    (first, people), *rest = sizes.items()
    for name, size in rest:
        if abs(size - people) > 1e-6 * people:  # rounding of published shares
            raise InputError(f"the totals of {first} and {name} are of different populations ({people:g} and {size:g})")
    return people


def _sum(name: str, given: Mapping[str, float]) -> float:
    if set(given) != {""}:
        raise InputError(f"{name}: expected one total with a blank value, for a column of numbers")
    return given[""]


def _filled(name: str, blank: NDArray[np.bool_], needed: NDArray[np.bool_]) -> None:
    rows = np.flatnonzero(blank & needed)
    if len(rows):
        raise InputError(f"row {rows[0] + 2}, column {name!r}: expected a value to meet totals by, found a blank")

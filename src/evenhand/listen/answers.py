"""Answers: the cells of a question as 1, 0 and missing."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError


def hits(answers: Sequence[str], value: str, *, multiple: bool = False) -> NDArray[np.float64]:
    """1 where the answer is `value`, 0 where it is another, NaN where there is none.

    With `multiple` an answer may name several options, parted by ';'.

    Raises
    ------
    InputError
        If nobody said `value` and somebody said it in other letters (yes for Yes).

    >>> hits(["yes", "no", ""], "yes")
    array([ 1.,  0., nan])
    """
    said = {a: tuple(part.strip() for part in a.split(";")) if multiple else (a.strip(),) for a in set(answers)}
    known = {part for parts in said.values() for part in parts if part}
    if value not in known:
        same = next((word for word in known if _same(word, value)), None)
        if same is None and (near := next((w for w in known if w.casefold() == value.casefold()), None)):
            raise InputError(f"nobody answered {value!r}; did you mean {near!r}?")
        value = same if same is not None else value
    number = {a: math.nan if parts == ("",) else float(value in parts) for a, parts in said.items()}
    return np.array([number[a] for a in answers])


def _same(word: str, value: str) -> bool:
    """Whether two spellings are one number, as 1 and 1.0; codes with leading zeros are not numbers."""
    try:
        return float(word) == float(value) and not any(w.lstrip("-").startswith("0") and len(w) > 1 and "." not in w
                                                       for w in (word, value))  # fmt: skip
    except ValueError:
        return False

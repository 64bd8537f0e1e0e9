"""Archive: forecasts kept as they were made, one JSON line each, chained, so that none can be mended afterwards."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..records import plain
from .canonical import digest
from .forecast import Forecast
from .scoring import Guess

GENESIS = "0" * 64  # what the first forecast follows
NEEDS = ("forecast", "made", "by", "target", "probability", "median", "low_90", "high_90")
SCORED = ("median", "low_90", "high_90", "low_50", "high_50", "probability", "target")


def line(
    found: Forecast, *, name: str, made: str, inputs: Sequence[Mapping[str, Any]], previous: str = GENESIS
) -> dict[str, Any]:
    """A forecast as it is archived: its figures, when it was made, what of (by sha256), and the seal of all that.

    made: the moment, given by whoever makes it; this never reads a clock.
    """
    document = {
        "forecast": name, "made": made, "by": found.by, "target": found.target, "unit": "pounds",
        "probability": found.probability, "median": found.median, "low_50": found.low_50, "high_50": found.high_50,
        "low_90": found.low_90, "high_90": found.high_90, "quantiles": plain(found.quantiles),
        "schemes": len(found.by_scheme), "inputs": digest(plain(list(inputs))), "draws": found.draws,
        "seed": found.seed, "previous": previous,
    }  # fmt: skip
    return {**document, "hash": digest(document)}


def read(lines: Iterable[str], *, where: str) -> tuple[dict[str, Any], ...]:
    """The forecasts of an archive, in order, each seal checked.

    Raises
    ------
    InputError
        If a line is no forecast, or was changed, taken out or put in after it was sealed.
    """
    found: list[dict[str, Any]] = []
    previous = GENESIS
    for number, text in enumerate(lines, start=1):
        if not text.strip():
            continue
        try:
            document = json.loads(text)
        except ValueError as error:
            raise InputError(f"{where}: line {number}: not a forecast in JSON ({error})") from None
        if not isinstance(document, dict):
            raise InputError(f"{where}: line {number}: expected one JSON object a line")
        for key in (*NEEDS, "previous", "hash"):
            if key not in document:
                raise InputError(f"{where}: line {number}: {key!r} is missing")
        bare = {key: value for key, value in document.items() if key != "hash"}
        if digest(bare) != document["hash"]:
            raise InputError(f"{where}: line {number}: was changed after it was made; its seal is of other content")
        if document["previous"] != previous:
            raise InputError(f"{where}: line {number}: does not follow the line before; one was taken out or put in")
        previous = document["hash"]
        found.append(document)
    return tuple(found)


def guess(document: Mapping[str, Any], *, where: str) -> Guess:
    """An archived forecast, for scoring.

    Raises
    ------
    InputError
        If what should be a number is none.
    """
    try:
        quantiles = tuple(float(q) for q in document.get("quantiles", ()))
        return Guess(str(document["forecast"]), quantiles=quantiles,
                     **{key: float(document.get(key, math.nan)) for key in SCORED})  # fmt: skip
    except (TypeError, ValueError) as error:
        raise InputError(f"{where}: forecast {document['forecast']!r}: expected numbers ({error})") from None


def append(path: Path, found: Forecast, *, name: str, made: str, inputs: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Add a forecast to an archive, which is begun if it is not there; the line as it stands in it.

    Raises
    ------
    InputError
        If the archive is broken, or holds a forecast of this name made at this moment.
    """
    before = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    there = read(before.splitlines(), where=str(path))
    if any(one["forecast"] == name and one["made"] == made for one in there):
        raise InputError(f"{path}: holds a forecast {name!r} made {made} already; each is made once")
    document = line(found, name=name, made=made, inputs=inputs, previous=there[-1]["hash"] if there else GENESIS)
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(document, ensure_ascii=False, allow_nan=False) + "\n")
    except OSError as error:
        raise InputError(f"{path}: cannot be written ({error.strerror})") from error
    return document

"""Records as text and back, to the last bit: how what was worked out is kept in the database.

Numbers, text, tuples, lists, dictionaries, dates, numpy arrays and Evenhand's own frozen classes (records, dataclasses,
definitions). Reading makes only classes of Evenhand's: text from elsewhere cannot name any other.
"""

from __future__ import annotations

import base64
import dataclasses
import json
import math
from datetime import date
from functools import lru_cache
from importlib import import_module
from typing import Any

import numpy as np
from pydantic import BaseModel

OURS = ("evenhand.", "evenhand_web.")
ARRAYS = "fiubM"  # kinds of numpy arrays: floats, whole numbers, yes or no, dates


def as_text(value: Any) -> str:
    """A value as JSON; TypeError if it holds anything that would not come back as it was."""
    models: list[BaseModel] = []
    body = _put(value, models)
    said = [[_name(type(model)), model.model_dump_json(by_alias=True)] for model in models]
    return json.dumps([said, body], allow_nan=False, separators=(",", ":"))


def from_text(text: str) -> Any:
    """What `as_text` wrote."""
    said, body = json.loads(text)
    return _get(body, [_class(name).model_validate_json(content) for name, content in said])


def _put(value: Any, models: list[BaseModel]) -> Any:
    if value is None or type(value) in (bool, int, str):
        return value
    if type(value) is float:
        return value if math.isfinite(value) else {"f": repr(value)}
    if type(value) is list:
        return [_put(item, models) for item in value]
    if type(value) is tuple:
        return {"t": [_put(item, models) for item in value]}
    if isinstance(value, dict):
        return {"d": [[_put(key, models), _put(item, models)] for key, item in value.items()]}
    if isinstance(value, np.ndarray | np.generic) and value.dtype.kind in ARRAYS:
        held = np.ascontiguousarray(value)
        shape = list(value.shape) if isinstance(value, np.ndarray) else None
        return {"a": [held.dtype.str, shape, base64.b64encode(held.tobytes()).decode()]}
    if type(value) is date:
        return {"y": value.isoformat()}
    return _put_ours(value, models)


def _put_ours(value: Any, models: list[BaseModel]) -> Any:
    """An object of one of Evenhand's classes; a definition that stands in several places is written once."""
    name = _name(type(value))
    if isinstance(value, BaseModel):
        at = next((i for i, model in enumerate(models) if model is value), len(models))
        if at == len(models):
            models.append(value)
        return {"m": at}
    if not dataclasses.is_dataclass(value):
        raise TypeError(f"{name}: expected a number, text, a list or a frozen class of Evenhand's")
    return {"c": name, "v": [_put(getattr(value, f.name), models) for f in dataclasses.fields(value)]}


def _get(value: Any, models: list[Any]) -> Any:
    if type(value) is list:
        return [_get(item, models) for item in value]
    if type(value) is not dict:
        return value
    if "c" in value:
        return _class(value["c"])(*[_get(item, models) for item in value["v"]])
    if "t" in value:
        return tuple([_get(item, models) for item in value["t"]])
    if "f" in value:
        return float(value["f"])
    if "m" in value:
        return models[value["m"]]
    if "d" in value:
        return {_get(key, models): _get(item, models) for key, item in value["d"]}
    if "a" in value:
        kind, shape, body = value["a"]
        flat = np.frombuffer(base64.b64decode(body), dtype=kind)
        return flat[0] if shape is None else flat.reshape(shape)
    return date.fromisoformat(value["y"])


def _name(kind: type) -> str:
    if not kind.__module__.startswith(OURS):
        raise TypeError(f"{kind.__module__}.{kind.__qualname__}: none of Evenhand's own classes")
    return f"{kind.__module__}:{kind.__qualname__}"


@lru_cache(maxsize=256)
def _class(name: str) -> Any:
    module, _, word = name.partition(":")
    found = getattr(import_module(module), word, None) if module.startswith(OURS) else None
    if not isinstance(found, type) or not (dataclasses.is_dataclass(found) or issubclass(found, BaseModel)):
        raise TypeError(f"{name}: none of Evenhand's own classes")
    return found

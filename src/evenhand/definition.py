"""Strict YAML with file and line: the one door for measures, surveys, schemes and pathways.

Every scalar is read as text (PyYAML's `BaseLoader` rules), so the BNF chapter `0304` stays `0304` and
`NO` stays `NO`; a frozen pydantic model then says what each field must be. An unknown key, a repeated key
or a wrong value is refused with file, line and, where one is near, the right word.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from .errors import InputError, did_you_mean

Model = TypeVar("Model", bound=BaseModel)
Place = tuple[str | int, ...]
DEEPEST, MOST = 50, 100_000  # our rule: our own deepest file has 5 levels, the largest under 300 places


def load(path: Path, model: type[Model]) -> Model:
    """Read one YAML file as `model`.

    Raises
    ------
    InputError
        If the file cannot be read or does not say what the model asks for; the message starts `file:line:`.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 text at byte {error.start}; save the file as UTF-8") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    return loads(text, model, where=str(path))


def loads(text: str, model: type[Model], *, where: str = "<text>") -> Model:
    """Read YAML text as `model`; `where` names it in messages."""
    content, lines = parse(text, where=where)
    try:
        return model.model_validate(content)
    except ValidationError as error:
        raise InputError(_message(error, model, lines, where)) from error


def problems(text: str, model: type[Model], *, where: str = "<text>") -> tuple[str, ...]:
    """Everything that keeps `text` from being read as `model`, one message each, by line; none if it can be read.

    For somebody who mends a text in a form: `loads` stops at the first.
    """
    try:
        content, lines = parse(text, where=where)
    except InputError as error:
        return (str(error),)
    try:
        model.model_validate(content)
    except ValidationError as error:
        found = [_one(one, model, lines, where) for one in error.errors()]
        return tuple(message for _, message in sorted(found))
    return ()


def parse(text: str, *, where: str = "<text>") -> tuple[dict[str, Any], dict[Place, int]]:
    """The mapping that the text holds, every scalar as text, and the line of every place in it."""
    try:
        root = _compose(text)
    except RecursionError:
        raise InputError(f"{where}:1: is nested deeper than anything that a person writes") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise InputError(f"{where}:{line}: not readable as YAML ({getattr(error, 'problem', error)})") from error
    if not isinstance(root, yaml.MappingNode):
        raise InputError(f"{where}:1: expected `key: value` lines, found {_kind(root)}")
    lines: dict[Place, int] = {}
    return _plain(root, (), lines, where), lines


def _plain(node: yaml.Node, place: Place, lines: dict[Place, int], where: str) -> Any:
    lines[place] = line = node.start_mark.line + 1
    if len(place) > DEEPEST or len(lines) > MOST:  # an alias that holds itself, or many that hold many that hold many
        raise InputError(f"{where}:{line}: is nested deeper, or repeats more, than anything that a person writes")
    if isinstance(node, yaml.MappingNode):
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                raise InputError(f"{where}:{key_node.start_mark.line + 1}: a key must be a word")
            key = key_node.value
            if key in result:
                raise InputError(f"{where}:{key_node.start_mark.line + 1}: {key!r} is given twice")
            result[key] = _plain(value_node, (*place, key), lines, where)
            lines[(*place, key)] = key_node.start_mark.line + 1
        return result
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*place, i), lines, where) for i, item in enumerate(node.value)]
    return node.value


def _message(error: ValidationError, model: type[BaseModel], lines: dict[Place, int], where: str) -> str:
    # A mistyped key is both unknown and missing: the first says how to mend it.
    return _one(min(error.errors(), key=lambda found: found["type"] != "extra_forbidden"), model, lines, where)[1]


def _one(error: ErrorDetails, model: type[BaseModel], lines: dict[Place, int], where: str) -> tuple[int, str]:
    """The line of one error, and what to say of it."""
    place = tuple(error["loc"])
    line = next((lines[place[:n]] for n in range(len(place), -1, -1) if place[:n] in lines), 1)
    name = ".".join(str(part) for part in place)
    given = error.get("input")
    if error["type"] == "extra_forbidden":
        hint = did_you_mean(str(place[-1]), _words(model))
        return line, f"{where}:{line}: unknown key {name!r}{hint}"
    if error["type"] == "missing":
        return line, f"{where}:{line}: {name!r} is missing"
    reason = error["msg"].removeprefix("Value error, ")
    shown = f"; got {given!r}" if isinstance(given, str) and repr(given) not in reason else ""
    return line, f"{where}:{line}: {name}: {reason}{shown}" if name else f"{where}:{line}: {reason}"


def _words(model: type[BaseModel], seen: frozenset[type] = frozenset()) -> set[str]:
    """Every key that the model or a model inside it knows."""
    words: set[str] = set()
    if model in seen:
        return words
    for name, field in model.model_fields.items():
        words.add(field.alias or name)
        for inner in _models(field.annotation):
            words |= _words(inner, seen | {model})
    return words


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [m for part in getattr(annotation, "__args__", ()) for m in _models(part)]


def _compose(text: str) -> yaml.Node | None:
    """The text's nodes, by libyaml where PyYAML was built with it (ten times as quick); PyYAML words the errors."""
    try:
        found: yaml.Node | None = yaml.compose(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader))
    except yaml.YAMLError:
        found = yaml.compose(text, Loader=yaml.BaseLoader)
    return found


def _kind(node: yaml.Node | None) -> str:
    if node is None:
        return "nothing"
    return "a list" if isinstance(node, yaml.SequenceNode) else "a single value"

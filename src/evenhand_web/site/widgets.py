"""Widgets written in Python, to the letter as Django's templates write them: those take ten times as long.

A form of 33 fields with 500 options took 60 ms of processor time by templates. What is not here (radio buttons, say)
is drawn by its template as before.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.formats import localize
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

FOLDER = "django/forms/widgets/"
OPTION = f"{FOLDER}select_option.html"
# every one of them is Django's input.html
INPUTS = ("checkbox", "color", "date", "datetime", "email", "hidden", "input", "number", "password", "search", "tel",
          "text", "time", "url")  # fmt: skip


def drawn(template: str, widget: Mapping[str, Any]) -> SafeString | None:
    """The widget as the template of this name draws it; None if only the template can."""
    write = _WRITTEN.get(template)
    return None if write is None else write(widget)


def _input(widget: Mapping[str, Any]) -> SafeString:
    value = "" if widget["value"] is None else f' value="{_plain(widget["value"])}"'
    kind, name = _said(widget["type"]), _said(widget["name"])
    return mark_safe(f'<input type="{kind}" name="{name}"{value}{_attributes(widget)}>')


def _textarea(widget: Mapping[str, Any]) -> SafeString:
    text = _said(widget["value"]) if widget["value"] else ""
    return mark_safe(f'<textarea name="{_said(widget["name"])}"{_attributes(widget)}>\n{text}</textarea>')


def _select(widget: Mapping[str, Any]) -> SafeString | None:
    rows = []
    for group, options, _ in widget["optgroups"]:
        if group:
            rows.append(f'\n  <optgroup label="{_said(group)}">')
        for option in options:
            if option["template_name"] != OPTION:
                return None
            rows.append(f'\n  <option value="{_plain(option["value"])}"{_attributes(option)}>{_said(option["label"])}'
                        "</option>\n")  # fmt: skip
        if group:
            rows.append("\n  </optgroup>")
    return mark_safe(f'<select name="{_said(widget["name"])}"{_attributes(widget)}>{"".join(rows)}\n</select>')


def _attributes(widget: Mapping[str, Any]) -> str:
    words = []
    for name, value in widget["attrs"].items():
        if value is True:
            words.append(f" {_said(name)}")
        elif value is not False:
            words.append(f' {_said(name)}="{_plain(value)}"')
    return "".join(words)


def _plain(value: Any) -> str:
    """As a form sends it back: a number without marks of thousands."""
    return str(conditional_escape(value if isinstance(value, str) else str(value)))


def _said(value: Any) -> str:
    """As a reader sees it."""
    return str(conditional_escape(value if isinstance(value, str) else localize(value)))


_WRITTEN: dict[str, Callable[[Mapping[str, Any]], SafeString | None]] = {
    f"{FOLDER}select.html": _select, f"{FOLDER}textarea.html": _textarea,
    **{f"{FOLDER}{name}.html": _input for name in INPUTS},
}  # fmt: skip

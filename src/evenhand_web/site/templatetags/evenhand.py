"""How pages say numbers, states and figures: one way each, known to every template without loading."""

from __future__ import annotations

import math
from typing import Any

from django import template
from django.forms import BoundField
from django.http import QueryDict
from django.template import Context
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt

from evenhand_web.site.figures import Figure

register = template.Library()
MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")

# words, NHS.UK tag colour, sign: promise and proof look the same on every page and never need their colour
STATES = {
    "idea": ("idea", "white", "○"),
    "opportunity": ("opportunity", "grey", "◌"),
    "planned": ("planned", "grey", "▢"),
    "committed": ("promised", "blue", "◔"),
    "promised": ("promised", "blue", "◔"),
    "in_flight": ("reported", "purple", "◑"),
    "reported": ("reported", "purple", "◑"),
    "verified": ("verified", "aqua-green", "◕"),
    "evidenced": ("proved", "aqua-green", "✓"),
    "proved": ("proved", "aqua-green", "✓"),
    "confirmed": ("confirmed", "green", "●"),
    "reversed": ("reversed", "orange", "↺"),
    "pass": ("held", "green", "✓"),
    "inconclusive": ("not yet known", "grey", "?"),
    "breach": ("at risk", "orange", "!"),
    "not_assessed": ("not assessed", "white", "–"),
    "green": ("on plan", "green", "✓"),
    "amber": ("amber: watch", "yellow", "▲"),
    "red": ("red: act", "red", "!"),
}


@register.inclusion_tag("site/figure.html", takes_context=True)
def figure(context: Context, shown: Figure) -> dict[str, Any]:
    """`{% figure spc %}`: sentence, picture for wide and narrow, table, downloads, how it is worked out.

    What the page was asked for (a switch, a filter) is asked for again by its downloads.
    """
    return {"figure": shown, "here": _here(context)}


@register.inclusion_tag("site/downloads.html", takes_context=True)
def downloads(context: Context, shown: Figure) -> dict[str, Any]:
    """`{% downloads f %}`: the downloads of a table that the page draws in its own way."""
    return {"figure": shown, "here": _here(context)}


@register.inclusion_tag("site/state.html")
def state(name: str) -> dict[str, Any]:
    """`{% state "evidenced" %}`: the state's word, sign and colour, the same everywhere."""
    words, colour, sign = STATES[name]
    return {"words": words, "colour": colour, "sign": sign}


@register.inclusion_tag("site/crumb.html", takes_context=True)
def crumb(context: Context, url: str, words: str) -> dict[str, Any]:
    """One step of the breadcrumb, inside `{% block crumbs %}`; a page is no step on the way to itself."""
    return {"url": url, "words": words, "here": "request" in context and context["request"].path == url}


@register.filter
def pounds(value: Any) -> str:
    """Float pounds for a reader: £1.2 million, £12,400, £11.03; a minus stands in front; missing is a dash.

    >>> pounds(12_432.4), pounds(-1_234_567.0), pounds(11.034), pounds(None)
    ('£12,400', '−£1.23 million', '£11.03', '–')
    """
    number = _number(value)
    if number is None:
        return "–"
    sign, size = ("−" if number < 0 else ""), abs(number)
    if size >= 999_500:
        return f"{sign}£{_significant(size / 1e6)} million"
    if size >= 1000:
        return f"{sign}£{_round(size, 3):,.0f}"
    return f"{sign}£{size:,.0f}" if size >= 100 or size == int(size) else f"{sign}£{size:.2f}"


@register.filter
def worth(value: Any) -> str:
    """What something may be worth in a year, in whole pounds: an estimate says no pence.

    >>> worth(83.03), worth(0.21), worth(12_432.4)
    ('£83', '£0', '£12,400')
    """
    number = _number(value)
    return pounds(value if number is None or abs(number) >= 1000 else float(round(number)))


@register.filter
def about(value: Any) -> str:
    """A count that was estimated, for a reader: whole numbers, three figures at most, and no parts of a person.

    >>> about(0.085), about(5.5), about(1234.5)
    ('fewer than one', '6', '1,230')
    """
    number = _number(value)
    if number is None:
        return "–"
    return "fewer than one" if 0 < number < 0.95 else f"{_round(round(number), 3):,.0f}".replace("-", "−")


@register.filter
def pence(value: Any) -> str:
    """Whole pence to the penny, as the ledger holds them.

    >>> pence(1240050)
    '£12,400.50'
    """
    number = _number(value)
    if number is None:
        return "–"
    return f"{'−' if number < 0 else ''}£{abs(int(number)) // 100:,}.{abs(int(number)) % 100:02d}"


@register.filter
def percent(value: Any, decimals: int = 1) -> str:
    """A share (0 to 1) for a reader.

    >>> percent(0.614), percent(float("nan"))
    ('61.4%', '–')
    """
    number = _number(value)
    return "–" if number is None else f"{number * 100:,.{int(decimals)}f}%".replace("-", "−")


@register.filter
def figures(value: Any, digits: int = 3) -> str:
    """A number to so many significant figures, whole numbers in full, thousands marked; text stays as it is."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str) or value is None:
        return "–" if value is None else str(value)
    number = _number(value)
    if number is None:
        return str(value) if not isinstance(value, float) else "–"
    if isinstance(value, int):
        return f"{value:,}".replace("-", "−")
    words = f"{number:,.0f}" if abs(number) >= 10 ** int(digits) else _significant(number, int(digits))
    return words.replace("-", "−")


@register.filter
def month(value: Any) -> str:
    """A month as people say it: a date, a datetime64 or 'YYYY-MM' becomes March 2026."""
    text = str(value)[:7]
    year, _, number = text.partition("-")
    names = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
             "November", "December")  # fmt: skip
    return f"{names[int(number) - 1]} {year}" if number.isdigit() and 1 <= int(number) <= 12 else str(value)


@register.filter
def words(slug: str) -> str:
    """A slug as people say it: coronary_heart_disease becomes Coronary heart disease."""
    return str(slug).replace("_", " ").capitalize()


@register.filter
def prose(text: str) -> SafeString:
    """Markdown, with no HTML of its own let through, as paragraphs, lists and links."""
    return mark_safe(MARKDOWN.render(str(text or "")))


@register.filter
def level_words(level: str) -> str:
    """An organisation's level as people say it."""
    known = {"nation": "Nation", "region": "Region", "icb": "Integrated care board", "sicbl": "Sub-ICB location",
             "pcn": "Primary care network", "practice": "Practice", "provider": "Trust"}  # fmt: skip
    return known.get(level, level.replace("_", " ").capitalize())


@register.filter
def spaced(name: str) -> str:
    """A column's name with room between its words: bnf_code becomes bnf code."""
    return str(name).replace("_", " ")


@register.filter
def uncapfirst(words: str) -> str:
    """Words as they stand within a sentence; what is an abbreviation stays one: sub-ICB location, A&E.

    >>> uncapfirst("Sub-ICB location"), uncapfirst("A&E: four hours or less"), uncapfirst("SGLT2 inhibitors")
    ('sub-ICB location', 'A&E: four hours or less', 'SGLT2 inhibitors')
    """
    abbreviated = words[1:2].isupper() or words[1:2] == "&"
    return words if abbreviated else words[:1].lower() + words[1:]


@register.filter
def nhs(field: BoundField) -> SafeString:
    """A form field's widget with the NHS.UK class that fits it."""
    kind = getattr(field.field.widget, "input_type", "textarea")
    looks = {"select": "nhsuk-select", "textarea": "nhsuk-textarea", "checkbox": "nhsuk-checkboxes__input",
             "range": "eh-slider"}  # fmt: skip
    look = looks.get(kind, "nhsuk-input")
    if field.errors and kind != "checkbox":
        look += f" {look}--error"
    given = field.field.widget.attrs.get("class", "")
    return field.as_widget(attrs={"class": f"{look} {given}".strip()})


@register.filter
def widget_kind(field: BoundField) -> str:
    """radio, checkboxes, checkbox or other: which template draws it."""
    widget = field.field.widget
    if type(widget).__name__ in ("RadioSelect", "CheckboxSelectMultiple"):
        return "radio" if widget.input_type == "radio" else "checkboxes"
    return "checkbox" if getattr(widget, "input_type", "") == "checkbox" else "other"


@register.filter
def first_id(field: BoundField) -> str:
    """The id of the first thing to fill in, where an error summary leads to."""
    kind = widget_kind(field)
    return f"{field.auto_id}_0" if kind in ("radio", "checkboxes") else str(field.id_for_label)


def _here(context: Context) -> str:
    """The page's own question again, for what hangs on it."""
    asked = context["request"].GET.copy() if "request" in context else QueryDict(mutable=True)
    asked.pop("download", None)
    return f"?{asked.urlencode()}&" if asked else "?"


def _number(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _round(number: float, digits: int) -> float:
    return 0.0 if number == 0 else round(number, digits - 1 - math.floor(math.log10(abs(number))))


def _significant(number: float, digits: int = 3) -> str:
    rounded = _round(number, digits)
    places = 0 if rounded == 0 else max(0, digits - 1 - math.floor(math.log10(abs(rounded))))
    return f"{rounded:,.{places}f}"

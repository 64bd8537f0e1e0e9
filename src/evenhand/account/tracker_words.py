"""What headings, months and amounts of a savings tracker mean, as programme offices write them."""

from __future__ import annotations

import math
import re

ROLES: dict[str, tuple[str, ...]] = {
    "scheme": ("scheme", "scheme name", "scheme title", "project", "project name", "initiative", "initiative name",
               "title", "name", "saving", "saving scheme", "cip scheme", "qipp scheme", "description",
               "scheme description", "opportunity"),
    "reference": ("ref", "reference", "scheme ref", "scheme reference", "scheme id", "id", "no", "number", "code",
                  "project ref", "project id"),
    "workstream": ("workstream", "programme", "work stream", "theme", "category", "directorate", "area"),
    "organisation": ("organisation", "org", "org code", "organisation code", "ods code", "place", "provider",
                     "practice"),
    "status": ("status", "stage", "rag", "delivery status", "state", "rag status"),
    "recurrent": ("recurrent", "recurrent non recurrent", "recurring", "r nr", "rec non rec", "recurrence"),
    "month": ("month", "period", "reporting month", "month ending"),
    "plan": ("plan", "planned", "planned saving", "planned savings", "plan total", "total plan", "target",
             "annual plan", "full year plan", "plan value", "annual target", "savings plan", "original plan"),
    "actual": ("actual", "actuals", "actual saving", "actual savings", "delivered", "delivered to date", "achieved",
               "ytd actual", "actual ytd", "actual to date", "total actual", "actual total", "savings delivered",
               "delivery to date", "achieved to date", "savings achieved", "reported"),
    "forecast": ("forecast", "forecast outturn", "fot", "year end forecast", "full year forecast", "forecast total",
                 "total forecast", "outturn", "forecast saving", "forecast savings", "projected"),
}  # fmt: skip
ROLES |= {
    "kpi": ("kpi", "kpi name", "kpi description", "kpi measure", "key performance indicator"),
    "kpi_baseline": ("kpi baseline", "kpi start"),
    "kpi_plan": ("kpi plan", "kpi target", "kpi trajectory", "kpi planned"),
    "kpi_actual": ("kpi actual", "kpi current", "kpi latest", "kpi achieved", "kpi performance"),
}
AMOUNTS = ("plan", "actual", "forecast")
UNITS = {"pounds": 1, "thousands": 1_000, "millions": 1_000_000}
BLANK = frozenset({"", "-", "–", "—", "n/a", "na", "nil", "tbc", "tbd", "none"})
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
           "december")  # fmt: skip
_UNIT = re.compile(r"£\s?'?000'?s?\b|'000s?\b|\b000s\b|£\s?k\b|\(\s?k\s?\)|\bthousands?\b", re.IGNORECASE)
_MILLION = re.compile(r"£\s?m\b|\bmillions?\b|\(m\)", re.IGNORECASE)
_AMOUNT = re.compile(
    r"(-?)\s?£?\s?(-?)\s?(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)(?:e-?\d+)?\s?(k|m|bn)?$", re.IGNORECASE
)
_YEAR = re.compile(r"(20\d\d)\s?[-/–]\s?(?:20)?(\d\d)$")
_TOTAL = re.compile(
    r"^(?:(?:grand|over ?all|programme|scheme|workstream)[ -])?(?:sub[ -]?)?totals?"
    r"(?:[: ]*$| (?:for|of|savings?|all)\b)", re.IGNORECASE,
)  # fmt: skip


def plain(heading: str) -> str:
    """A heading without units, signs and breaks, in small letters.

    >>> plain("Planned Saving (£000)"), plain("R / NR")
    ('planned saving', 'r nr')
    """
    text = re.sub(r"\([^)]*\)", " ", heading)
    text = re.sub(r"£\s?'?(?:000'?s?|k|m)?\b|'000s?|\b000s?\b", " ", text)
    return " ".join(re.sub(r"[^a-z0-9]+", " ", text.lower()).split())


def role_of(heading: str) -> str | None:
    """What a column is for, by its heading; None if it is not one of the usual ones."""
    words = re.sub(r"\b20\d\d(?: \d\d)?\b", " ", plain(heading)).split()
    text = " ".join(words)
    return next((role for role, names in ROLES.items() if text in names), None)


def unit_of(heading: str) -> str | None:
    """The unit that a heading names, if it does.

    >>> unit_of("Plan £000"), unit_of("Plan (£m)"), unit_of("Plan")
    ('thousands', 'millions', None)
    """
    if _MILLION.search(heading):
        return "millions"
    return "thousands" if _UNIT.search(heading) else None


def kpi_number(text: str) -> float | None:
    """What an indicator's cell says as a number, percent signs and commas aside; None where it says none.

    >>> kpi_number("45.5%"), kpi_number("1,200"), kpi_number("on track")
    (45.5, 1200.0, None)
    """
    try:
        value = float(text.strip().rstrip("%").replace(",", ""))
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def month_of(heading: str, year: str | None) -> str | None:
    """The month that a heading names, YYYY-MM: Apr-25, April 2025, 2025-04-01, M1, Apr (which needs `year`, 2025-26).

    None if it names no month; '' if it names one and the year is not known.

    >>> month_of("Apr-25", None), month_of("M12", "2025-26"), month_of("May", None)
    ('2025-04', '2026-03', '')
    """
    text = heading.strip().lower()
    if found := re.match(r"(20\d\d)-(0[1-9]|1[0-2])(?:-\d\d(?: .*)?)?$", text):
        return f"{found[1]}-{found[2]}"
    if found := re.match(r"(?:m|month|period|p)\s?0?([1-9]|1[0-2])$", text):
        return _in_year((int(found[1]) + 2) % 12 + 1, year)
    if found := re.match(r"([a-z]{3,9})\.?\s?[-/' ]?\s?'?(20\d\d|\d\d)?$", text):
        word = found[1]
        number = next((place for place, name in enumerate(_MONTHS, start=1)
                       if name == word or name[:3] == word or (word == "sept" and place == 9)), None)  # fmt: skip
        if number is not None:
            if found[2]:
                return f"{int(found[2]) % 100 + 2000}-{number:02d}"
            return _in_year(number, year)
    return None


def split_heading(heading: str, year: str | None) -> tuple[str | None, str | None]:
    """What a heading of two parts says: `Plan Apr-25`, `Apr actual` -> role and month."""
    text = plain(heading) if "-" not in heading else heading.strip().lower()
    for role in AMOUNTS:
        for name in sorted(ROLES[role], key=len, reverse=True):
            for pattern in (rf"^{name}[\s:-]+(.+)$", rf"^(.+?)[\s:-]+{name}$"):
                if (found := re.match(pattern, text)) and (month := month_of(found[1], year)) is not None:
                    return role, month
    return None, None


def amount(text: str, unit: str) -> int | None:
    """An amount in pence; None for a blank. Raises ValueError if it is no amount.

    >>> amount("£1,234.50", "pounds"), amount("(12)", "thousands"), amount("1.2m", "pounds"), amount("-", "pounds")
    (123450, -1200000, 120000000, None)
    """
    stripped = text.strip().replace("\u00a0", " ")
    if stripped.lower() in BLANK:
        return None
    negative = stripped.startswith("(") and stripped.endswith(")")
    found = _AMOUNT.match(stripped.strip("()") if negative else stripped)
    if not found:
        raise ValueError(text)
    own = {"k": 1_000, "m": 1_000_000, "bn": 1_000_000_000}.get((found[4] or "").lower())
    digits = re.sub(r"[£,\s\-kmbnKMBN]", "", stripped.strip("()")) if "e" not in stripped.lower() else stripped
    pence = round(float(digits) * 100 * (own or UNITS[unit]))
    return -pence if negative or found[1] or found[2] else pence


def is_total(text: str) -> bool:
    """Whether a row's name says that it sums others.

    >>> is_total("Grand total"), is_total("Sub-total:"), is_total("Total parenteral nutrition")
    (True, True, False)
    """
    return _TOTAL.search(text.strip()) is not None


def financial_year(text: str) -> str | None:
    """The financial year that a text is, as 2025-26; None if it is none."""
    found = _YEAR.match(text.strip())
    if not found or int(found[2]) != (int(found[1]) + 1) % 100:
        return None
    return f"{found[1]}-{found[2]}"


def _in_year(number: int, year: str | None) -> str:
    if year is None:
        return ""
    return f"{int(year[:4]) + (number < 4)}-{number:02d}"

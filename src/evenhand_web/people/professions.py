"""Professions, the bodies that register them, and what a registration number looks like.

A number that looks right proves nothing: the numbers are public. Only a register extract says whether it is current
(registers.py), and only an administrator who knows the person says whose it is (verifying.py).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from evenhand.errors import InputError

DOCTOR, NURSE, PHARMACY, ALLIED = "GMC", "NMC", "GPhC", "HCPC"


@dataclass(frozen=True)
class Body:
    """A body that keeps a register: its name, what its numbers look like (pattern, and the same in words)."""

    key: str
    name: str
    pattern: re.Pattern[str]
    looks: str


# Formats: HL7 UK Core, Practitioner identifiers (GMC, GPhC, NMC, HCPC); the letters of an NMC PIN and the filling of an
# HCPC number with zeros: NHS Prescription Services, prescriber codes. GPhC: 2 pharmacists, 5 pharmacy technicians.
BODIES = {
    body.key: body
    for body in (
        Body(DOCTOR, "General Medical Council", re.compile(r"\d{7}|L\d{6}"), "7 digits, as 1234567"),
        Body(NURSE, "Nursing and Midwifery Council", re.compile(r"\d{2}[A-Z]\d{4}[A-Z]"),
             "2 digits, a letter, 4 digits and a letter, as 98I1234E"),
        Body(PHARMACY, "General Pharmaceutical Council", re.compile(r"[25]\d{6}"),
             "7 digits that begin with 2 or 5, as 2012345"),
        Body(ALLIED, "Health and Care Professions Council", re.compile(r"[A-Z]{2}\d{6}"),
             "2 letters and up to 6 digits, as PH123456"),
    )
}  # fmt: skip

# profession as staff lists say it -> the body that registers it; those without a body act as managers do
PROFESSIONS = {
    "GP": DOCTOR, "Hospital doctor": DOCTOR, "Nurse": NURSE, "Midwife": NURSE, "Pharmacist": PHARMACY,
    "Pharmacy technician": PHARMACY, "Dietitian": ALLIED, "Paramedic": ALLIED, "Physiotherapist": ALLIED,
    "Podiatrist": ALLIED, "Manager": "", "Finance": "", "Analyst": "", "Other": "",
}  # fmt: skip

# codes that the NHS writes where a number is not known: HES Data Dictionary, consultant and prescriber codes
_PLACEHOLDERS = re.compile(r"[CMNH]?[CDMNH]?9{5,6}8")


def number(body: str, given: str) -> str:
    """A registration number in the one way in which it is compared: no blanks, capitals, HCPC filled with zeros.

    Raises
    ------
    InputError
        If it does not look like a number of that body, or is one that stands for "not known".

    >>> number("HCPC", "ph 12345")
    'PH012345'
    """
    found = BODIES.get(body)
    if found is None:
        raise InputError(f"no register {body!r}; expected {', '.join(BODIES)}")
    text = re.sub(r"[\s\-./]", "", given).upper()
    if body == DOCTOR and re.fullmatch(r"C\d{7}", text):
        text = text[1:]  # some NHS data put the C of a consultant code in front
    if body == ALLIED and (parts := re.fullmatch(r"([A-Z]{2})(\d{1,6})", text)):
        text = parts[1] + parts[2].zfill(6)
    if not text.isascii() or not found.pattern.fullmatch(text):
        raise InputError(f"a {body} number has {found.looks}; found {given.strip()[:20]!r}")
    digits = re.sub(r"\D", "", text)
    if _PLACEHOLDERS.fullmatch(text) or len(set(digits)) == 1:
        raise InputError(f"{text} stands for a number that is not known")
    return text

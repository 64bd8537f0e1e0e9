"""One invented scheme, its verdict and its way through the ledger, for tests of ACCOUNT."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from evenhand import account
from evenhand.records import Effect, Estimate, Guardrail, Scheme, Verdict

FINANCE = account.signature("p-fin-01", "finance_lead", "2026-06-02")
CLINICAL = account.signature("p-gp-07", "clinical_lead", "2026-06-01")
MANAGER = account.signature("p-man-03", "manager", "2025-08-20")
DESIGN = "d" * 64


def scheme(**changes: Any) -> Scheme:
    """A scheme of four practices in two PCNs."""
    money = {
        "pounds_per_unit": "22.5", "price_month": "2026-03", "price_source": "invented", "investment_pounds": "1000",
        "origin": "clinical_decision", "recurrent": "true", "saving_class": "cash_releasing",
    } | changes.pop("money", {})  # fmt: skip
    document = {
        "id": "gliptins", "title": "Gliptins", "pathway": "diabetes", "aim": "from 60% to 50% in six months",
        "measure": "diabetes_dpp4_cost", "level": "practice", "area": "ICB1", "start": "2025-10",
        "baseline": {"from": "2025-04", "to": "2025-09"}, "follow_up": {"from": "2025-10", "to": "2026-03"},
        "allocation": "a.csv", "planned_effect": "-0.1", "planned_saving_pounds": "60000", "money": money,
        "guardrails": [{"measure": "wait_within_18_weeks", "level": "sicbl", "margin": "0.01", "harm": "down",
                        "treated": ["T1", "T2"], "controls": ["C1", "C2"]}],
        "letters": {"quality": "q", "innovation": "i", "productivity": "p", "prevention": "p"},
    } | changes  # fmt: skip
    return Scheme.model_validate(document)


def verdict(**changes: Any) -> Verdict:
    """An evidenced verdict: £50,000 saved, at least £42,000 with 80% confidence, waiting times held."""
    good = Verdict(
        scheme="gliptins", measure="diabetes_dpp4_cost", sentence="The share fell by 10 points.",
        effect=Effect("intervention", -0.10, 0.02, -0.14, -0.06, 0.0001, 10.0, "randomised, ANCOVA"),
        saving_pounds=Estimate(50_000.0, 9_500.0, 34_000.0, 66_000.0, 0.9), lower80_pounds=42_000.0,
        probability_saving=0.999, patients=Estimate(120.0, 20.0, 87.0, 153.0, 0.9),
        guardrails=(guardrail("pass"),), evidenced=True, countable=True, reasons=(), naive_change=-0.12,
        regression_to_the_mean=-0.01, registered=DESIGN, window=("2025-10", "2026-03"), source=("rows:abc",),
    )  # fmt: skip
    return replace(good, **changes)


def guardrail(word: str) -> Guardrail:
    """Access, judged with this word."""
    return Guardrail("wait_within_18_weeks", word, -0.02 if word == "breach" else 0.0, 0.003, -0.004, 0.01, "down")


def proof(**changes: Any) -> dict[str, Any]:
    """The verdict as the ledger keeps it."""
    return account.verdict_proof(verdict(**changes), scheme())


def cells(*organisations: str, codes: tuple[str, ...] = ("0601023AEAAAAAA",)) -> account.Cells:
    """What a scheme in these practices claims."""
    return account.claim(scheme(), organisations or ("A1", "A2"), codes)


def in_flight(ledger: account.Ledger, saving: str = "gliptins", **facts: Any) -> account.Ledger:
    """Open a saving and bring it to in_flight, each step with its proof."""
    opened = {
        "booked": "2025-07-01", "pence": 9_000_000, "patients": 200, "measure": "diabetes_dpp4_cost",
        "organisation": "ICB1", "level": "icb", "price_year": "2025-26", "origin": "clinical_decision",
        "recurrent": True, "saving_class": "cash_releasing", "sources": ["prescribing:2025-06:abc"],
    } | facts  # fmt: skip
    ledger.open(saving, **opened)
    ledger.move(saving, "planned", booked="2025-08-20", pence=6_000_000, scheme="gliptins",
                proof={"design": DESIGN}, signatures=[CLINICAL, MANAGER])  # fmt: skip
    ledger.move(saving, "committed", booked="2025-09-10", proof=account.commitments([{"person": "p-gp-01"}]))
    ledger.move(saving, "in_flight", booked="2025-10-01", proof={"allocation": "a" * 64})
    return ledger


def confirmed(ledger: account.Ledger | None = None, saving: str = "gliptins", **claim: Any) -> account.Ledger:
    """The same, evidenced and confirmed."""
    ledger = in_flight(ledger or account.Ledger(), saving)
    ledger.evidence(saving, proof(**claim.pop("verdict", {})), booked="2026-05-20")
    ledger.confirm(saving, booked="2026-06-02", cells=claim.pop("cells", cells()), signatures=[FINANCE, CLINICAL])
    return ledger


def rewritten(ledger: account.Ledger, number: int, **changes: Any) -> list[account.Entry]:
    """The entries with one of them changed, and every seal after it made anew, as a careful forger would."""
    entries: list[account.Entry] = []
    for entry in ledger.entries:
        document = entry.as_json() | (changes if entry.number == number else {})
        document["previous"] = entries[-1].hash if entries else account.GENESIS
        entries.append(account.sealed(document))
    return entries

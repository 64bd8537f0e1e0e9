"""The demonstration's ledger: each scheme taken as far through the states as its proof carries it, no further."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np

from .. import account
from ..errors import InputError
from ..lake import Lake
from ..measures import for_lake
from ..measures.catalogue import read as read_catalogue
from ..records import Scheme, Verdict
from .judge import LEDGER, seal, verdict
from .people import People
from .worth import Worth, area_opportunity

PUBLISHED_AFTER = 75  # days: prescribing is published two to two and a half months after its month (METHODS D.4)


def book(lake: Lake) -> tuple[account.Entry, ...]:
    """Write the ledger of a demonstration, LAKE/people/ledger.jsonl, and give its entries; a ledger that is there
    is left as it is.

    Each scheme opens as an opportunity and moves on for as long as the next proof is there: signatures, promises,
    the sealed allocation, the verdict, an invented finance lead and clinical lead. A scheme that is not evidenced,
    or whose guardrail is breached, has its verdict noted and stays where it is.

    Raises
    ------
    InputError
        If the lake is no demonstration: a real saving is confirmed by people, not by a program.
    """
    people = People.of(lake)
    if entries := people.ledger():
        return entries
    if not lake.demonstration:
        raise InputError(f"{lake.path}: is no demonstration; its savings are moved by the people who sign for them")
    ledger = account.Ledger()
    schemes = people.schemes()
    if not schemes:
        return ()
    planned = [scheme for scheme in schemes if _until_in_flight(ledger, lake, people, scheme)]
    _write(lake, ledger)  # the designs are registered before any outcome is read
    for scheme in planned:
        _judge(ledger, lake, people, scheme, verdict(lake, scheme))
    _write(lake, ledger)
    return ledger.entries


def _until_in_flight(ledger: account.Ledger, lake: Lake, people: People, scheme: Scheme) -> bool:
    """Everything that happened before the outcome; whether the scheme got under way."""
    worth: Worth = area_opportunity(lake, scheme)
    start = _day(scheme.start)
    ledger.open(
        scheme.id, booked=str(start - timedelta(60)), pence=worth.pence, patients=worth.patients,
        measure=scheme.measure, organisation=scheme.area, level=lake_level(lake, scheme.area),
        price_year=account.price_year(scheme.money.price_month), origin=scheme.money.origin,
        recurrent=scheme.money.recurrent, saving_class=scheme.money.saving_class, sources=worth.sources,
    )  # fmt: skip
    force = people.in_force()
    version = next((v.version for v in force.in_force if v.plan == scheme.id), None) if force else None
    allocation = people.schemes_folder / scheme.allocation
    if version is None or not allocation.is_file():
        return False
    signatures = [_signature(scheme, role, people.signed_on(scheme.id, version, role))
                  for role in ("clinical_lead", "manager")]  # fmt: skip
    proof: dict[str, object] = {
        "design": _design(scheme, seal(allocation)), "plan": {"plan": scheme.id, "version": version},
    }  # fmt: skip
    tally = people.tally()
    if tally is not None:
        proof["votes"] = {"participants": tally.participants, "votes": tally.votes, "digest": people.digest("votes")}
    ledger.move(
        scheme.id, "planned", booked=max(s["signed"] for s in signatures), proof=proof, signatures=signatures,
        pence=round(100 * scheme.planned_saving_pounds), scheme=scheme.id,
    )  # fmt: skip
    promises = people.commitments(scheme.id)
    if not promises:
        return False
    promised = max(p["time"] for p in promises)[:10]
    ledger.move(scheme.id, "committed", booked=promised, proof=account.commitments(promises))
    under_way = max(promised, str(_day(scheme.follow_up.first)))
    ledger.move(scheme.id, "in_flight", booked=under_way, proof={"allocation": seal(allocation)})
    return True


def _judge(ledger: account.Ledger, lake: Lake, people: People, scheme: Scheme, judged: Verdict) -> None:
    proof = account.verdict_proof(judged, scheme)
    known = _day(scheme.follow_up.last, months=1) + timedelta(PUBLISHED_AFTER)
    if not judged.evidenced:
        ledger.record(scheme.id, proof, booked=str(known))
        return
    ledger.evidence(scheme.id, proof, booked=str(known))
    if not judged.countable:
        return
    signed = str(known + timedelta(7))
    ledger.confirm(
        scheme.id, booked=signed, cells=claim(lake, people, scheme),
        signatures=[_signature(scheme, role, signed) for role in ("finance_lead", "clinical_lead")],
    )  # fmt: skip


def claim(lake: Lake, people: People, scheme: Scheme) -> account.Cells:
    """The cells of a scheme: every presentation of its measure's numerator, in every treated organisation."""
    allocation = people.allocation(scheme)
    if allocation is None:
        raise InputError(f"scheme {scheme.id!r}: its allocation {scheme.allocation} is not there")
    pairs = zip(allocation.text("unit"), allocation.text("arm"), strict=True)
    treated = tuple(unit for unit, arm in pairs if arm in scheme.treated_arms)
    return account.claim(scheme, treated, presentations(lake, scheme))


def presentations(lake: Lake, scheme: Scheme) -> tuple[str, ...]:
    """The BNF codes that a scheme's measure counts in its numerator; none where it is no prescribing measure."""
    measure = for_lake(lake).get(scheme.measure)
    if measure is None or measure.kind != "prescribing":
        return ()
    catalogue = read_catalogue(lake.table("presentation"))
    return tuple(catalogue.codes[i] for i in np.flatnonzero(catalogue.could_match(measure.numerator)))


def lake_level(lake: Lake, code: str) -> str:
    """The level of an organisation, 'area' if the lake does not know it."""
    from ..sources import organisations

    return organisations.read(lake).level(code) or "area"


def _signature(scheme: Scheme, role: str, signed: str) -> dict[str, str]:
    """An invented signatory of the demonstration, as an opaque key."""
    key = account.digest(["demonstration", role, scheme.area])[:12]
    return account.signature(f"demo-{key}-0", role, signed)


def _design(scheme: Scheme, sealed: str) -> str:
    from ..prove import register

    return register(scheme, seal=sealed)


def _day(month: str, *, months: int = 0) -> date:
    """The first day of a month, `months` later."""
    day: date = (np.datetime64(month, "M") + months).astype("datetime64[D]").astype(object)
    return day


def _write(lake: Lake, ledger: account.Ledger) -> None:
    file = lake.path / LEDGER
    file.parent.mkdir(exist_ok=True)
    beside = file.with_suffix(".new")
    beside.write_text("".join(entry.line() + "\n" for entry in ledger.entries), encoding="utf-8")
    beside.replace(file)

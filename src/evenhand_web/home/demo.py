"""The demonstration, step by step, from the files beside its lake into the database.

All schemes but the first are history: signed, sent, judged. The first one is left open at every step, so that
six people can hand it on in the browser, from a survey answered to a saving confirmed.
"""

from __future__ import annotations

from pathlib import Path

from django.db import transaction
from django.utils import timezone

from evenhand import flow, table
from evenhand.definition import loads
from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand.records import Scheme
from evenhand.sources import organisations
from evenhand.table import Table
from evenhand_web.account import demo as account
from evenhand_web.change import demo as change
from evenhand_web.change import demo_campaigns as campaigns
from evenhand_web.change import demo_tried as tried
from evenhand_web.decide import demo as decide
from evenhand_web.decide import demo_register as register
from evenhand_web.decide.models import Plan, Round
from evenhand_web.listen import demo as listen
from evenhand_web.people import demo as people
from evenhand_web.people.models import Identity, Organisation, Person
from evenhand_web.prove import demo as prove

from . import demo_bulletins as letters
from .models import JobRun

_PRIORITIES = ["diabetes_dpp4_cost", "antibiotics_broad_spectrum", "chd_doac_best_value"]


def fill(lake: Lake, password: str) -> str:
    """Fill the database; the name of the practice where the accounts work. Doing it twice changes nothing.

    Raises
    ------
    InputError
        If a file of the demonstration is missing or cannot be read.
    """
    schemes = [(path, loads(path.read_text(encoding="utf-8"), Scheme, where=str(path)))
               for path in sorted((lake.path / "schemes").glob("*.yaml"))]  # fmt: skip
    if not schemes:
        raise InputError(f"{lake.path}: no schemes/*.yaml there; `evenhand demo --lake DIR` makes a demonstration")
    entries = flow.book(lake)
    with transaction.atomic():
        people.take_organisations(organisations.read(lake))
        staff = people.take_staff(_file(lake, "staff_frame"))
        waiting, allocation = schemes[0][1], _allocation(lake, schemes[0][1])
        practice = _practice(waiting, allocation)
        identities = people.make_accounts(practice.code, waiting.area, password)
        accounts = {identity.username: identity.person for identity in identities}
        round_ = _listen_and_decide(lake, waiting, accounts)
        for path, scheme in schemes:
            _scheme(lake, path, scheme, round_, accounts["pharmacist"], open_=scheme is waiting, entries=entries)
        _explain(waiting, practice, staff)
        _register(waiting, practice, round_, accounts)
        tried.take_tried(practice, Plan.objects.get(key=waiting.id).latest(), accounts["gp"], lake)
        register.take_priorities(practice, [p for p in staff.values() if p.profession == "GP"][:36], _PRIORITIES)
        account.take_ledger(entries, waiting.id)
        for scheme in (s for _, s in schemes):
            area = Organisation.objects.get(code=scheme.area)
            account.set_target(area, scheme.planned_saving_pounds, scheme.follow_up.last)
        account.take_forecasts()
        area = Organisation.objects.get(code=waiting.area)
        account.set_budget(area, lake, accounts["finance-director"])
        campaigns.take_campaigns(area, accounts["pharmacist"])
        _jobs()
        letters.take_bulletins(lake, identities)
    return practice.name


def _listen_and_decide(lake: Lake, waiting: Scheme, accounts: dict[str, Person]) -> Round:
    nation = Organisation.objects.filter(level="nation").first() or Organisation.objects.get(code=waiting.area)
    area = Organisation.objects.get(code=waiting.area)
    frame, before = _file(lake, "staff_frame"), "survey_events_year_before"
    there = (lake.path / "people" / f"{before}.csv").exists()  # a demonstration made before this file was has one wave
    earlier = listen.take_year_before(frame, _file(lake, before), nation) if there else None
    wave = listen.take_first_wave(frame, _file(lake, "survey_events"), nation, earlier)
    listen.open_second_wave(wave, area, [person for person in accounts.values() if person.organisation_id])
    return decide.take_round(_file(lake, "statements"), _file(lake, "votes"), _file(lake, "participants"), nation)


def _scheme(
    lake: Lake, path: Path, scheme: Scheme, round_: Round, pharmacist: Person, *, open_: bool, entries: tuple
) -> None:  # fmt: skip
    allocation = _allocation(lake, scheme)
    parties = _file(lake, "plan_organisations")
    pairs = zip(parties.text("plan"), parties.text("organisation"), strict=True)
    signers = tuple(organisation for plan, organisation in pairs if plan == scheme.id)
    signatures = [] if open_ else _signatures(lake, scheme)
    version = decide.take_plan(path.read_text(encoding="utf-8"), signers, round_, pharmacist, signatures)
    campaign = change.take_campaign(version, allocation, pharmacist)
    if not open_:
        change.launch(campaign, allocation)
        change.take_events(campaign, _file(lake, "engagement_events"), _file(lake, "commitments"))
        prove.take_verdict(campaign, entries, lake, pharmacist)


def _signatures(lake: Lake, scheme: Scheme) -> list:
    """(organisation, person, role, when) under the latest version of a scheme, by invented signatories."""
    rows = _file(lake, "signatures")
    versions = [v for p, v in zip(rows.text("plan"), rows.text("version"), strict=True) if p == scheme.id]
    latest = max(versions, default="")
    columns = (rows.text(name) for name in ("plan", "version", "organisation", "role", "signed"))
    return [
        (organisation, _signatory(role, organisation), role, decide.moment(signed))
        for plan, version, organisation, role, signed in zip(*columns, strict=True)
        if plan == scheme.id and version == latest and signed
    ]


def _signatory(role: str, organisation: str) -> Person:
    profession = "GP" if role == "clinical_lead" else "Manager"
    return people.pseudonym(f"signatory-{role}-{organisation}", profession, organisation)


def _explain(scheme: Scheme, practice: Organisation, staff: dict[str, Person]) -> None:
    """Somebody at the practice explains; two others of the same trade weigh it."""
    known = set(Identity.objects.values_list("person", flat=True))
    doctors = [p for p in staff.values() if p.profession == "GP" and p.key not in known]
    here = [p for p in doctors if p.organisation_id == practice.code]
    if here:
        decide.explain(scheme.measure, practice.code, here[0], [p for p in doctors if p not in here][:2])


def _register(waiting: Scheme, practice: Organisation, round_: Round, accounts: dict[str, Person]) -> None:
    """The decision register of the area, with the scheme that waits."""
    register.take_register(
        Organisation.objects.get(code=waiting.area), practice, round_, Plan.objects.get(key=waiting.id),
        accounts["clinical-lead"], accounts["board-member"], accounts["gp"],
    )  # fmt: skip


def _jobs() -> None:
    """A file that was refused, so that the administrator's desk has something on it."""
    if not JobRun.objects.exists():
        said = ("demonstration-list-sizes.csv: looks like list_size but has no column NUMBER_OF_PATIENTS; "
                "this refusal is made up")  # fmt: skip
        JobRun.objects.create(
            job="load", asked="demonstration-list-sizes.csv", state="refused", said=said, began_at=timezone.now()
        )


def _practice(scheme: Scheme, allocation: Table) -> Organisation:
    """The first practice that the waiting scheme's campaign will write to."""
    rows = zip(allocation.text("unit"), allocation.text("arm"), strict=True)
    treated = [unit for unit, arm in rows if arm in scheme.treated_arms]
    found = Organisation.objects.in_bulk(treated)
    for code in treated:
        if code in found:
            return found[code]
    raise InputError(f"{scheme.allocation}: none of its units is an organisation of the lake")


def _file(lake: Lake, name: str) -> Table:
    return table.read(lake.path / "people" / f"{name}.csv")


def _allocation(lake: Lake, scheme: Scheme) -> Table:
    return table.read(lake.path / "schemes" / scheme.allocation, needs=("unit", "arm", "cluster"))

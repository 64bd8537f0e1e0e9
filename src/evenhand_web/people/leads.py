"""Named clinical leads: who leads a pathway in an organisation, and where the post is vacant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from evenhand.errors import InputError

from .models import Identity, LeadAppointment, Organisation, Person
from .rights import CLINICAL
from .tree import codes_around


@dataclass(frozen=True)
class Lead:
    """The lead of one pathway in one organisation. person, name, since: None and '' while it is vacant."""

    organisation: Organisation
    pathway: str
    person: Person | None = None
    name: str = ""
    since: date | None = None


def leads(organisations: list[Organisation], pathways: list[str]) -> list[Lead]:
    """Every pathway's lead in every organisation, vacancies too, in the given order; three questions in all.

    Whoever's identity was erased leads no more: nobody could ask them.
    """
    last: dict[tuple[str, str], LeadAppointment] = {}
    for row in LeadAppointment.objects.filter(organisation__in=organisations, pathway__in=pathways):
        last[row.organisation_id, row.pathway] = row
    people = [row.lead_id for row in last.values() if row.lead_id]
    known = {identity.person_id: identity for identity in
             Identity.objects.filter(person__in=people).select_related("person")}  # fmt: skip
    found = []
    for organisation in organisations:
        for pathway in pathways:
            row = last.get((organisation.code, pathway))
            who = known.get(row.lead_id) if row and row.lead_id else None
            if row is None or who is None:
                found.append(Lead(organisation, pathway))
            else:
                found.append(Lead(organisation, pathway, who.person, who.name, row.since))
    return found


def lead_of(organisation: Organisation, pathway: str) -> Lead:
    """Who leads this pathway here; a Lead without a person if it is vacant."""
    return leads([organisation], [pathway])[0]


def candidates(organisation: Organisation) -> list[Identity]:
    """Those who can be appointed: clinicians with a checked registration who work here, above or below."""
    checked = Person.objects.filter(identity__is_active=True, identity_level__gte=2)
    near = codes_around(organisation, checked)
    found = Identity.objects.filter(person__in=checked, person__organisation__in=near)
    found = found.select_related("person").order_by("name")
    return [identity for identity in found if identity.person.profession.lower() in CLINICAL]


def appoint(organisation: Organisation, pathway: str, lead: Person | None, by: Person) -> LeadAppointment:
    """Keep who leads from today on; None leaves the post vacant.

    Raises
    ------
    InputError
        If they are no clinician with a checked registration, or nothing would change.
    """
    if lead is not None and (lead.profession.lower() not in CLINICAL or lead.identity_level < 2):
        raise InputError("A clinical lead needs a professional registration that has been checked.")
    if lead_of(organisation, pathway).person == lead:
        raise InputError("That is what stands already; nothing was changed.")
    return LeadAppointment.objects.create(organisation=organisation, pathway=pathway, lead=lead, person=by)

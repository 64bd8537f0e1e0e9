"""How the demonstration's people became known: the steps behind each account's level, and somebody who still waits."""

from __future__ import annotations

from datetime import date

from . import levels, registers
from .models import Identity, IdentityStep, Organisation, Person, RegisterExtract
from .professions import NURSE
from .reading_registers import Found

# no address of the demonstration leads anywhere (RFC 2606: .invalid)
DOMAIN = "demonstration.invalid"
WAITING, WAITING_NUMBER = f"waiting.nurse@{DOMAIN}", "99A1234E"
_AS_AT = date(2026, 1, 1)


def take_steps(identities: list[Identity], administrator: Identity) -> None:
    """The rows from which the accounts' levels follow; accounts that have rows keep them."""
    for identity in identities:
        person = identity.person
        if person.steps.exists():
            continue
        wanted = person.identity_level
        rows = [IdentityStep(person=person, kind="email_proved", facts={"domain": DOMAIN})]
        if wanted >= 2:
            rows.append(IdentityStep(person=person, kind="claimed", organisation=person.organisation,
                                     mark=registers.mark("demonstration", person.key, "Demo", "Demo"),
                                     facts={"body": "demonstration"}))  # fmt: skip
            rows.append(IdentityStep(person=person, kind="confirmed", organisation=person.organisation,
                                     by=administrator.person))  # fmt: skip
        if wanted >= 2 and levels.is_clinical(person):
            rows.append(IdentityStep(person=person, kind="matched"))
        if wanted == 3:
            rows.append(IdentityStep(person=person, kind="care_identity",
                                     facts={"identity": "3", "sign_in": "3", "clinical_role": True}))  # fmt: skip
        IdentityStep.objects.bulk_create(rows)
        if levels.settle(person) != wanted:
            raise AssertionError(f"{identity.username}: the steps give another level than {wanted}")


def take_waiting(practice: str, area: str, administrator: Identity) -> None:
    """A nurse of the practice, with a proved e-mail and on a made-up register: an administrator has to confirm."""
    if Identity.objects.filter(username=WAITING).exists():
        return
    place = Organisation.objects.get(code=practice)
    person = Person.objects.create(key="account-waiting", profession="Nurse", organisation=place)
    identity = Identity(person=person, username=WAITING, email=WAITING, name="Demo nurse, waiting", given_name="Demo",
                        family_name="Nurse", registration_body=NURSE, registration_number=WAITING_NUMBER)  # fmt: skip
    identity.set_unusable_password()
    identity.save()
    levels.step(person, "email_proved", domain=DOMAIN)
    levels.step(person, "claimed", organisation=place, body=NURSE,
                mark=registers.mark(NURSE, WAITING_NUMBER, "Nurse", "Demo"))  # fmt: skip
    over = Organisation.objects.get(code=area)
    if over.level in registers.LOADS and not RegisterExtract.objects.exists():
        rows = ((WAITING_NUMBER, "Nurse", "Demo", True), ("99A1235E", "Midwife", "Demo", True),
                ("99A1236E", "Lapsed", "Demo", False))  # fmt: skip
        found = Found(NURSE, rows, (), {})
        registers.load(found, organisation=over, as_at=_AS_AT, whole=True, name="made-up-register.csv",
                       raw=b"demonstration", by=administrator.person)  # fmt: skip

"""Person and organisation: identity only, sealed, with source, purpose, basis and expiry per field.

`create_person` and `create_organisation` run inside the caller's transaction (a report makes its reporter).
"""

import uuid
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from accounts import rules
from accounts.actions.users import end_sessions
from accounts.models import Organisation, Person, User
from ledger.actions import audit
from ledger.actors import Actor
from ledger.clock import app_now
from ledger.ids import uuid7
from ledger.sealed import blind_index, plain

PERSON_FIELDS = ("name", "phone", "id_number")


def origin(*, source: str, purpose: str, basis: str, expires: date, notice: str = "") -> dict[str, str]:
    """Provenance of one field, as stored.

    Arguments:
        source: who gave it ("reporter", "resident", "hotline", …).
        purpose: what it may be used for.
        basis: legal basis, for example "PIPL 13(3)".
        expires: day it is erased.
        notice: version of the notice that was shown, "report/1" (ledger.queries.notice_shown).
    """
    tale = {"source": source, "purpose": purpose, "basis": basis, "expires": expires.isoformat()}
    return {**tale, "notice": notice} if notice else tale


def create_person(
    *,
    name: str = "",
    phone: str = "",
    id_number: str = "",
    source: str,
    purpose: str,
    basis: str,
    expires: date,
    notice: str = "",
    now: datetime,
) -> Person:
    """A natural person, as far as we were told. Every call makes a row: an unproven phone merges nobody with anybody.

    Arguments:
        name, phone, id_number: clear text; "" if not given. The phone may carry +86, spaces and dashes.
        source, purpose, basis, expires, notice: provenance, kept for every field that is given.

    Raises:
        ValidationError: phone or citizen number has a wrong form or check digit, keyed by field.
    """
    phone = rules.normal_phone(phone)
    id_number = id_number.strip().upper()
    _refuse(phone=phone, id_number=id_number)
    given = {"name": name.strip(), "phone": phone, "id_number": id_number}
    tale = origin(source=source, purpose=purpose, basis=basis, expires=expires, notice=notice)
    return Person.objects.create(
        id=uuid7(),
        phone_index=blind_index("phone", phone),
        id_number_index=blind_index("id_number", id_number),
        provenance={field: tale for field, text in given.items() if text},
        created_at=now,
        **{field: plain(text) for field, text in given.items()},
    )


def _refuse(*, phone: str, id_number: str) -> None:
    faults: dict[str, str] = {}
    if phone and rules.phone_fault(phone, demo=settings.DEMO):
        faults["phone"] = _("This is not a mobile number.")
    if id_number and rules.citizen_id_fault(id_number, demo=settings.DEMO):
        faults["id_number"] = _("This is not a citizen number.")
    if faults:
        raise ValidationError(faults)


def create_organisation(
    *,
    name: str,
    credit_code: str,
    phone: str = "",
    source: str,
    purpose: str,
    basis: str,
    expires: date,
    notice: str = "",
    now: datetime,
) -> Organisation:
    """A legal entity; the same credit code is the same entity.

    Raises:
        ValidationError: the credit code fails GB 32100, keyed by field.
    """
    code = credit_code.strip().upper()
    if code and rules.credit_code_fault(code, demo=settings.DEMO):
        raise ValidationError({"credit_code": _("This is not a unified social credit code.")})
    tale = origin(source=source, purpose=purpose, basis=basis, expires=expires, notice=notice)
    values: dict[str, Any] = {"name": name.strip(), "phone": plain(phone), "created_at": now}
    values["provenance"] = {
        field: tale for field, text in (("name", name), ("credit_code", code), ("phone", phone)) if text
    }
    if not code:
        return Organisation.objects.create(id=uuid7(), **values)
    found = Organisation.objects.filter(credit_code=code).first()
    return found or Organisation.objects.create(id=uuid7(), credit_code=code, **values)


@transaction.atomic(durable=True)
def erase_person(*, person_id: uuid.UUID, fields: tuple[str, ...] = PERSON_FIELDS, actor: Actor) -> Person:
    """Erase personal values; the row stays so that cases keep their count, and says when.

    Arguments:
        fields: some of "name", "phone", "id_number".
    """
    now = app_now()
    person = Person.objects.select_for_update().get(pk=person_id)
    for field in fields:
        setattr(person, field, plain(""))
        person.provenance.pop(field, None)
        if field != "name":
            setattr(person, f"{field}_index", None)
    if not (person.name or person.phone or person.id_number):
        person.erased_at = now
    person.save()
    data = {"fields": list(fields)}
    audit(actor=actor, action="person.erase", object_kind="person", object_id=str(person_id), data=data, now=now)
    return person


def forget_contacts(*, ids: Iterable[uuid.UUID], now: datetime) -> None:
    """Erase the identity of people who have no account of their own; inside the caller's transaction.

    Arguments:
        ids: primary keys of Person.
    """
    _forget(Person.objects.filter(pk__in=list(ids), user=None, erased_at=None), now)


def close_accounts(*, ids: Iterable[uuid.UUID], now: datetime) -> None:
    """Erase the identity of residents and shut their accounts; inside the caller's transaction.

    Arguments:
        ids: primary keys of Person. The same number may sign in again later and finds nothing of before.
    """
    wanted = list(ids)
    for user in User.objects.select_for_update().filter(person__in=wanted):
        user.is_active = False
        user.save(update_fields=["is_active"])
        end_sessions(user)
    _forget(Person.objects.filter(pk__in=wanted), now)


def correct_people(*, ids: Iterable[uuid.UUID], field: str, text: str, provenance: dict[str, str]) -> int:
    """Put the right value (PIPL 46) where one is held; inside the caller's transaction. Returns in how many rows.

    Arguments:
        ids: primary keys of Person.
        field: "name" (the first row gets it even if it held none), "phone" or "id_number".
        provenance: of the value that was given (`origin`).
    """
    wanted, changed = list(ids), 0
    for person in Person.objects.select_for_update().filter(pk__in=wanted, erased_at=None):
        if not getattr(person, field) and (field != "name" or person.pk != wanted[0]):
            continue
        tale = {**person.provenance.get(field, {}), "notice": provenance.get("notice", "")}
        kept = {"source": "resident", "purpose": tale.get("purpose", "sign_in"), "basis": "PIPL 46"}
        setattr(person, field, plain(text))
        if field != "name":
            setattr(person, f"{field}_index", blind_index(field, text))
        person.provenance = {**person.provenance, field: {**tale, **kept}}
        person.save()
        changed += 1
    return changed


def _forget(people: QuerySet[Person], now: datetime) -> None:
    nothing = {"name": plain(""), "phone": plain(""), "id_number": plain("")}
    people.update(**nothing, phone_index=None, id_number_index=None, provenance={}, erased_at=now)

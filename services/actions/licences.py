"""Issuing and revoking an electronic licence. Issuing runs inside the transaction of the decision."""

import json
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.actions import create_person
from accounts.rules import city_date
from cases.engine import NoSuchCase, NotPermitted
from ledger.actions import audit, request_document, reveal, revoke_document
from ledger.actors import Actor
from ledger.clock import app_now
from ledger.ids import uuid7
from ledger.queries import notice_shown
from ledger.sealed import blind_index, plain
from services import rules
from services.kinds import NOTICE
from services.models import Licence, LicenceSerial, Matter
from services.queries import ItemRow, item_by_id
from services.queries.licences import DOCUMENT, licence_file, seen_by

HOLDER = "licence_holder"  # blind index of a holder's name


def issue_licence(*, matter: Matter, actor: Actor, valid_from: date | None, now: datetime) -> Licence:
    """Issue the licence of a granted matter, inside the caller's transaction.

    Raises:
        ValidationError: the first day lies in the past, or the item issues nothing.
        NotPermitted: the official may not issue.
    """
    if not actor.may("licences.issue") or actor.user_id is None:
        raise NotPermitted(_("Your role does not include issuing licences."))
    item, today = item_by_id(matter.item_id), city_date(now)
    first = valid_from or today
    if first < today:
        raise ValidationError({"valid_from": _("A licence cannot begin in the past.")})
    if item.licence is None:
        raise ValidationError(_("This item issues no licence."))
    year = today.year
    number = rules.licence_number(item.licence, year=year, serial=_next_serial(item.licence.type, year))
    licence = Licence(
        id=uuid7(), number=number, case=matter, item_id=item.id, issuer_id=matter.item.issuing_id,
        facts=_facts(item, matter.answers), issued_at=now, issued_by_id=actor.user_id, valid_from=first,
        valid_until=rules.last_day(first, item.licence.months),
    )  # fmt: skip
    _name_holder(licence, matter, item, actor, now)
    licence.save(force_insert=True)
    request_document(kind=DOCUMENT, object_id=licence.pk, actor=actor, now=now, case_id=matter.pk)
    facts = {"case": matter.pk, "type": item.licence.type}
    audit(actor=actor, action="licence.issued", object_kind="licence", object_id=str(licence.pk), data=facts, now=now)
    return licence


def _next_serial(kind: str, year: int) -> int:
    """The next serial of a type in a year, without gaps: the row stays locked until the decision is committed."""
    LicenceSerial.objects.bulk_create([LicenceSerial(type=kind, year=year)], ignore_conflicts=True)
    row = LicenceSerial.objects.select_for_update().get(type=kind, year=year)
    row.last += 1
    row.save(update_fields=["last"])
    return row.last


def _facts(item: ItemRow, answers: dict[str, Any]) -> list[dict[str, str]]:
    """What the licence says besides holder and dates: never a personal answer."""
    found = []
    for field in item.fields:
        if not field.on_licence or field.key not in answers:
            continue
        value = str(answers[field.key])
        option = next((option for option in field.options if option.value == value), None)
        found.append(
            {
                "label_zh": field.label_zh,
                "label_en": field.label_en,
                "value_zh": option.zh if option else value,
                "value_en": option.en if option else value,
            }
        )
    return found


def _name_holder(licence: Licence, matter: Matter, item: ItemRow, actor: Actor, now: datetime) -> None:
    """An organisation holds it under its name; a person is written down as on the day of issue."""
    today = city_date(now)
    if matter.organisation is not None:
        licence.organisation = matter.organisation
        licence.holder_index = blind_index(HOLDER, matter.organisation.name)
        return
    clear = reveal(
        actor=actor, subject_kind="person", subject_id=str(matter.case.person_id), values={"personal": matter.personal},
        purpose="issue", now=now, case_id=matter.pk,
    )["personal"]  # fmt: skip
    answers = json.loads(clear)
    person = next(answers[field.key] for field in item.fields if field.type == "person" and field.key in answers)
    licence.person = create_person(
        **person, source="application", purpose="hold the licence", basis="PIPL 13(3)",
        expires=date(now.year + 10, 12, 31), notice=notice_shown(NOTICE, "", today), now=now,
    )  # fmt: skip
    licence.holder = plain(person["name"])
    licence.holder_index = blind_index(HOLDER, person["name"])


@transaction.atomic(durable=True)
def revoke_licence(*, actor: Actor, licence_id: Any, reason: str) -> Licence:
    """Revoke a licence: a named official's decision with a reason; the verification page says so at once.

    Raises:
        NoSuchCase: not in the official's area. NotPermitted: without the right.
        ValidationError: no reason, or revoked already.
    """
    now = app_now()
    if not seen_by(actor).filter(pk=licence_id).exists():
        raise NoSuchCase
    if not actor.may("licences.revoke") or actor.user_id is None:
        raise NotPermitted(_("Your role does not include revoking licences."))
    licence = Licence.objects.select_for_update().get(pk=licence_id)
    if licence.revoked_at is not None:
        raise ValidationError(_("This licence has been revoked already."))
    if len(reason.strip()) < 5:
        raise ValidationError({"reason": _("Please write the reasons; the holder reads them.")})
    licence.revoked_at, licence.revoked_by_id, licence.revoke_reason = now, actor.user_id, reason.strip()[:1000]
    licence.save(update_fields=["revoked_at", "revoked_by", "revoke_reason"])
    printed = licence_file(licence.pk)
    if printed is not None:
        revoke_document(document_id=printed.id, reason=licence.revoke_reason, actor=actor, now=now)
    audit(actor=actor, action="licence.revoked", object_kind="licence", object_id=str(licence.pk), now=now)
    return licence

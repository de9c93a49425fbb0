"""Facts about persons are written. Whether the actor may, who has the person's matter decides before (cases).

All of them run inside the caller's transaction.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from grids.kinds import FACTS
from grids.models import Building, PersonFact, Premises
from grids.queries import city_day
from ledger.actions import audit, reveal
from ledger.actors import Actor
from ledger.ids import uuid7
from ledger.sealed import plain

VALUE_MOST = 200


@dataclass(frozen=True, slots=True)
class NewFact:
    """A fact as somebody says it.

    Arguments:
        kind: a key of grids.kinds.FACTS.
        text: the fact in words; sealed.
        building, premises: codes of the register, "" if none is named.
        as_of: the day it was so; not in the future.
        source: "case:<number>".
    """

    kind: str
    text: str
    building: str
    premises: str
    as_of: date
    source: str


def record_fact(*, person_id: UUID, new: NewFact, actor: Actor, now: datetime) -> PersonFact:
    """Write a fact; what held before it ends. The same again confirms it for a new term.

    Raises:
        ValidationError: keyed by field.
    """
    faults = _faults(new, now)
    if faults:
        raise ValidationError(faults)
    rule, house, place = FACTS[new.kind], _building(new.building), _premises(new.premises)
    _end(person_id, new.kind, now)
    fact = PersonFact.objects.create(
        id=uuid7(),
        person_id=person_id,
        kind=new.kind,
        value=plain(new.text),
        building=house,
        premises=place,
        source=new.source,
        purpose=rule.purpose,
        basis=rule.basis,
        as_of=new.as_of,
        verify_by=new.as_of + timedelta(days=rule.verify_days),
        expires=new.as_of + timedelta(days=rule.keep_days),
        recorded_by_id=actor.user_id,
        recorded_at=now,
    )
    _told("fact.recorded", fact, actor, now)
    return fact


def _faults(new: NewFact, now: datetime) -> dict[str, str]:
    faults, today = {}, city_day(now)
    if new.kind not in FACTS:
        faults["kind"] = _("Facts of this kind are not kept.")
    elif new.as_of + timedelta(days=FACTS[new.kind].keep_days) < today:
        faults["as_of"] = _("This is too old to be kept.")
    if new.as_of > today:
        faults["as_of"] = _("This day has not come yet.")
    if not 2 <= len(new.text.strip()) <= VALUE_MOST:
        faults["text"] = _("Write between 2 and %(most)s characters.") % {"most": VALUE_MOST}
    return faults


def _building(code: str) -> Building | None:
    found = Building.objects.filter(code=code.strip()).first() if code.strip() else None
    if code.strip() and found is None:
        raise ValidationError({"building": _("%(code)s is not known.") % {"code": code.strip()}})
    return found


def _premises(code: str) -> Premises | None:
    found = Premises.objects.filter(code=code.strip()).first() if code.strip() else None
    if code.strip() and found is None:
        raise ValidationError({"premises": _("%(code)s is not known.") % {"code": code.strip()}})
    return found


def _end(person_id: UUID, kind: str, now: datetime) -> None:
    held = PersonFact.objects.select_for_update().filter(person=person_id, kind=kind, ended_at=None)
    for fact in held:
        fact.ended_at = now
        fact.save(update_fields=["ended_at"])


def end_fact(*, fact_id: UUID, person_id: UUID, actor: Actor, now: datetime) -> None:
    """A fact no longer holds; it leaves after its term.

    Raises:
        ValidationError: the person has no such fact, or it has ended.
    """
    fact = PersonFact.objects.select_for_update().filter(pk=fact_id, person=person_id, ended_at=None).first()
    if fact is None:
        raise ValidationError(_("Somebody has ended this in the meantime. Look at it again."), code="moved_on")
    fact.ended_at = now
    fact.save(update_fields=["ended_at"])
    _told("fact.ended", fact, actor, now)


def show_facts(*, person_id: UUID, purpose: str, case_id: int | None, actor: Actor, now: datetime) -> dict[str, str]:
    """Facts of a person in clear, by kind; who looked and why is kept, and the person can see it.

    Raises:
        PermissionDenied: no purpose.
    """
    rows = PersonFact.objects.filter(person=person_id, ended_at=None, expires__gte=city_day(now)).order_by("kind")
    values = {row.kind: row.value for row in rows}
    if not values:
        return {}
    return reveal(
        actor=actor, subject_kind="person", subject_id=person_id, values=values, purpose=purpose, case_id=case_id,
        now=now,
    )  # fmt: skip


def erase_facts(*, people: Collection[UUID]) -> int:
    """Delete everything that is kept about these people here. Returns how many facts."""
    return PersonFact.objects.filter(person__in=people).delete()[0]


def _told(action: str, fact: PersonFact, actor: Actor, now: datetime) -> None:
    audit(actor=actor, action=action, object_kind="person", object_id=fact.person_id, data={"kind": fact.kind}, now=now)

"""The catalogue of duties, changed at the desk. A duty that was asked for once is never deleted: it ends."""

from collections.abc import Collection
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.access import demand_right
from grids.actions.periods import close, since
from grids.models import DutyKind, Grid, KindDuty
from grids.queries import city_day
from grids.queries.approvals import PUBLISH
from grids.rules.codes import PART_TYPES
from ledger.actions import audit
from ledger.actors import Actor
from ledger.clock import app_now


@transaction.atomic(durable=True)
def add_duty_kind(
    *, code: str, name_zh: str, name_en: str, position: int, grid_types: Collection[str], day: date, actor: Actor
) -> None:
    """A new duty, asked for from a day on.

    Raises:
        PermissionDenied: no right, or the catalogue counts beyond the actor's area.
        ValidationError: keyed by field.
    """
    now = app_now()
    _demand(actor)
    if DutyKind.objects.filter(code=code).exists():
        raise ValidationError({"code": _("There is or was a duty with this code.")})
    _demand_day(day, city_day(now))
    values = _values(name_zh, name_en, position, grid_types)
    made = DutyKind.objects.create(code=code, valid=since(day), edited_by_id=actor.user_id, **values)
    facts = {"code": code, "day": str(day), **values}
    audit(actor=actor, action="duty_kind.added", now=now, object_kind="duty_kind", object_id=made.pk, data=facts)


@transaction.atomic(durable=True)
def change_duty_kind(
    *, code: str, name_zh: str, name_en: str, position: int, grid_types: Collection[str], actor: Actor
) -> None:
    """Other names, another place in the list, other grids. Own people of grids that are asked no more end today.

    Raises:
        PermissionDenied: no right, or the catalogue counts beyond the actor's area.
        ValidationError: keyed by field.
    """
    now = app_now()
    _demand(actor)
    row, today = _going_on(code, city_day(now)), city_day(now)
    values = _values(name_zh, name_en, position, grid_types)
    before = {name: getattr(row, name) for name in values}
    if values == before:
        return
    DutyKind.objects.filter(pk=row.pk).update(edited_by_id=actor.user_id, **values)
    ended = _end_people(row, today, but=values["grid_types"]) if values["grid_types"] else 0
    facts = {"code": code, "before": before, **values, "posts_ended": ended}
    audit(actor=actor, action="duty_kind.changed", now=now, object_kind="duty_kind", object_id=row.pk, data=facts)


@transaction.atomic(durable=True)
def end_duty_kind(*, code: str, day: date, actor: Actor) -> int:
    """The duty is asked for no more from a day on; its own people end with it. Returns how many posts end.

    Raises:
        PermissionDenied: no right, or the catalogue counts beyond the actor's area.
        ValidationError: keyed by field.
    """
    now = app_now()
    _demand(actor)
    row = _going_on(code, city_day(now))
    _demand_day(day, city_day(now))
    close(DutyKind, [row.pk], day)
    DutyKind.objects.filter(pk=row.pk).update(edited_by_id=actor.user_id)
    ended = _end_people(row, day)
    facts = {"code": code, "day": str(day), "posts_ended": ended}
    audit(actor=actor, action="duty_kind.ended", now=now, object_kind="duty_kind", object_id=row.pk, data=facts)
    return ended


def _demand(actor: Actor) -> None:
    """The right, and every service grid: what is asked for is asked for everywhere."""
    demand_right(actor, PUBLISH)
    beyond = Grid.objects.filter(scheme__code="service", retired_at=None)
    if not actor.territory or beyond.exclude(path__startswith=actor.territory).exists():
        raise PermissionDenied("territory")


def _demand_day(day: date, today: date) -> None:
    if day < today:
        raise ValidationError({"day": _("Choose today or a later day: what has been stays.")})


def _going_on(code: str, today: date) -> DutyKind:
    goes_on = Q(valid__upper_inf=True) | Q(valid__endswith__gt=today)
    row = DutyKind.objects.select_for_update().filter(goes_on, code=code, valid__isempty=False).first()
    if row is None:
        raise ValidationError({"code": _("There is no such duty any more.")})
    return row


def _values(name_zh: str, name_en: str, position: int, grid_types: Collection[str]) -> dict[str, Any]:
    unknown = sorted(set(grid_types) - set(PART_TYPES["service"]))
    if unknown:
        raise ValidationError({"grid_types": _("Service grids have no type %(type)s.") % {"type": unknown[0]}})
    names = {"name_zh": name_zh.strip(), "name_en": name_en.strip()}
    empty = next((name for name, text in names.items() if not text), None)
    if empty is not None:
        raise ValidationError({empty: _("Give the duty a name in both languages.")})
    return {**names, "position": position, "grid_types": [kind for kind in PART_TYPES["service"] if kind in grid_types]}


def _end_people(row: DutyKind, day: date, *, but: Collection[str] = ()) -> int:
    """Own people of the duty end on a day, except in grids of some types."""
    goes_on = Q(valid__upper_inf=True) | Q(valid__endswith__gt=day)
    held = KindDuty.objects.filter(goes_on, kind=row, valid__isempty=False).exclude(grid__type__in=but)
    return close(KindDuty, list(held.values_list("pk", flat=True)), day)

"""The roster: who answers for a grid or one duty in it from a day on, transfers, and days on which somebody is away.

What has been stays: a change begins today or later. Open work follows by the promise "cases.hand_over_work" on the day
the change begins; the grids know no case.
"""

from collections.abc import Collection
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from accounts.access import within
from grids.actions.periods import close, since
from grids.kinds import WORKER_ROLE
from grids.models import Absence, Duty, DutyFeed, DutyKind, Grid, GridVersion, KindDuty
from grids.queries import city_day, staff_on
from grids.queries.postings import CITY_ZONE
from grids.queries.roster import duty_kinds
from ledger.actions import audit
from ledger.actors import Actor
from ledger.clock import app_now
from ledger.ids import uuid7
from ledger.promises import promise

ROSTER_RIGHTS = ("grids.edit", "grids.publish")
POSTS = (Duty.Post.WORKER, Duty.Post.DEPUTY)


@transaction.atomic(durable=True)
def assign_duty(
    *, grid: str, post: str, user_id: int | None, day: date, actor: Actor, kind: str = "", hand_over: bool = True
) -> None:
    """Name who has a post of a grid from a day on; what was planned for later is replaced.

    Arguments:
        post: worker or deputy. user_id: None leaves the post vacant, or gives the duty back to worker and deputy.
        kind: code of a duty that somebody else than worker and deputy answers for; "" is the grid itself.

    Raises:
        PermissionDenied: no right, or not the actor's area.
        ValidationError: keyed by field.
    """
    now = app_now()
    row = Grid.objects.select_for_update().filter(code=grid, retired_at=None).first()
    if row is None or post not in POSTS:
        raise ValidationError({"grid": _("There is no such grid.")})
    _demand(actor, row.path, day, now)
    _demand_in_force(row, day, city_day(now), vacant=user_id is None)
    if user_id is not None:
        _demand_able(user_id, [row.path], day, role="" if kind else WORKER_ROLE)
    model, own = _posts_of(row, kind, day)
    if user_id is not None and _from(own.exclude(post=post).filter(user=user_id), day).exists():
        raise ValidationError({"user_id": _("Worker and deputy must be two persons.")})
    leaving = set(own.filter(post=post, valid__contains=day).values_list("user_id", flat=True)) - {user_id}
    _replace(model, own.filter(post=post), day)
    if user_id is not None:
        extra: dict[str, Any] = {"given_by_id": actor.user_id}
        if kind:
            extra = {"kind": DutyKind.objects.get(code=kind)}
        model._default_manager.create(grid=row, user_id=user_id, post=post, valid=since(day), **extra)
    if hand_over and not kind and post == Duty.Post.WORKER:
        for user in leaving:
            _promise_work(user, [row.pk], day, now)
    facts = {"grid": grid, "post": post, "duty": kind, "day": str(day)}
    audit(actor=actor, action="duty.assigned", now=now, object_kind="user", object_id=user_id or "", data=facts)


def _posts_of(grid: Grid, kind: str, day: date) -> tuple[type[Duty] | type[KindDuty], QuerySet[Any]]:
    if not kind:
        return Duty, Duty.objects.filter(grid=grid)
    found = next((row for row in duty_kinds(on=day) if row.code == kind), None)
    if found is None:
        raise ValidationError({"kind": _("There is no such duty on that day.")})
    if not found.asked_in(grid.type):
        raise ValidationError({"kind": _("This duty is not asked for in grids of this type.")})
    return KindDuty, KindDuty.objects.filter(grid=grid, kind__code=kind)


@transaction.atomic(durable=True)
def transfer_duties(*, user_id: int, to_id: int, day: date, actor: Actor, hand_over: bool = True) -> int:
    """Give all posts somebody has in the actor's area to another from a day on. Returns how many.

    Raises:
        PermissionDenied: no right. ValidationError: keyed by field.
    """
    now = app_now()
    _demand(actor, actor.territory, day, now)
    if user_id == to_id:
        raise ValidationError({"to_id": _("Choose somebody else.")})
    rows: list[Any] = []
    for model in (Duty, KindDuty):
        held = model.objects.select_for_update(of=["self"]).filter(user=user_id, valid__contains=day)
        rows += held.filter(grid__path__startswith=actor.territory).select_related("grid").order_by("pk")
    if not rows:
        raise ValidationError({"user_id": _("This person has no duty here on that day.")})
    _demand_able(to_id, [row.grid.path for row in rows], day, role=WORKER_ROLE, field="to_id")
    for row in rows:
        _transfer(row, to_id, day, actor)
    worked = sorted({row.grid_id for row in rows if isinstance(row, Duty) and row.post == Duty.Post.WORKER})
    if hand_over and worked:
        _promise_work(user_id, worked, day, now)
    facts = {"from": user_id, "posts": len(rows), "day": str(day)}
    audit(actor=actor, action="duty.transferred", now=now, object_kind="user", object_id=to_id, data=facts)
    return len(rows)


def _transfer(row: Any, to_id: int, day: date, actor: Actor) -> None:
    """Who was the other one of the two in a grid changes places with whom he follows."""
    model = type(row)
    same = model._default_manager.filter(grid=row.grid_id)
    extra: dict[str, Any] = {"given_by_id": actor.user_id}
    if isinstance(row, KindDuty):
        same, extra = same.filter(kind=row.kind_id), {"kind_id": row.kind_id}
    others = same.exclude(post=row.post).filter(user=to_id)
    other = others.filter(valid__contains=day).first()
    if other is None and _from(others, day).exists():
        message = _("Grid %(code)s: this person is planned for its other post; change that first.")
        raise ValidationError({"to_id": message % {"code": row.grid.code}})
    _replace(model, same.filter(post=row.post), day)
    if other is not None:
        _replace(model, same.filter(post=other.post), day)
        model._default_manager.create(
            grid_id=row.grid_id, user_id=row.user_id, post=other.post, valid=since(day), **extra
        )
    model._default_manager.create(grid_id=row.grid_id, user_id=to_id, post=row.post, valid=since(day), **extra)


@transaction.atomic(durable=True)
def enter_absence(
    *, user_id: int, first: date, last: date, substitute_id: int | None, actor: Actor, hand_over: bool = True
) -> int:
    """Somebody is away from the first to the last day, both included. Why is not asked and not kept.

    Returns:
        the absence's id.

    Raises:
        PermissionDenied: no right. ValidationError: keyed by field.
    """
    now = app_now()
    _demand(actor, actor.territory, first, now, field="first")
    _demand_able(user_id, [actor.territory], first, under=True)
    if last < first:
        raise ValidationError({"last": _("The last day lies before the first.")})
    if substitute_id is not None:
        _demand_substitute(user_id, substitute_id, first)
    valid = DateRange(first, date.fromordinal(last.toordinal() + 1), "[)")
    made = Absence(user_id=user_id, substitute_id=substitute_id, valid=valid)
    made.entered_by_id, made.entered_at = _user_of(actor), now
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError as error:
        message = _("This person is away on some of these days already.")
        raise ValidationError({"first": message}) from error
    if hand_over:
        _promise_work(user_id, [], first, now)
    facts = {"first": str(first), "last": str(last), "substitute": substitute_id}
    audit(actor=actor, action="duty.absence", now=now, object_kind="user", object_id=user_id, data=facts)
    return made.pk


def _demand_substitute(user_id: int, substitute_id: int, day: date) -> None:
    if substitute_id == user_id:
        raise ValidationError({"substitute_id": _("Choose somebody else.")})
    held = Duty.objects.filter(user=user_id, valid__contains=day, post=Duty.Post.WORKER)
    paths = list(held.values_list("grid__path", flat=True))
    _demand_able(substitute_id, paths, day, role=WORKER_ROLE if paths else "", field="substitute_id")
    if substitute_id in staff_on([substitute_id], on=day).away:
        raise ValidationError({"substitute_id": _("This person is away on that day.")})


@transaction.atomic(durable=True)
def give_substitute(*, absence_id: int, substitute_id: int, actor: Actor) -> None:
    """Somebody stands in from today on for a person who is away; on days that have been nobody did.

    Raises:
        PermissionDenied: no right. ValidationError: keyed by field, or the absence is over.
    """
    now = app_now()
    today = city_day(now)
    row = Absence.objects.select_for_update().filter(pk=absence_id, valid__isempty=False).first()
    if row is None or (row.valid.upper is not None and row.valid.upper <= today):
        raise ValidationError(_("There is no such absence any more."))
    _demand(actor, actor.territory, today, now)
    first, last = max(today, row.valid.lower), row.valid.upper
    _demand_able(row.user_id, [actor.territory], first, under=True)
    _demand_substitute(row.user_id, substitute_id, first)
    _replace(Absence, Absence.objects.filter(pk=row.pk), first)
    made = Absence(user_id=row.user_id, substitute_id=substitute_id, valid=DateRange(first, last, "[)"))
    made.entered_by_id, made.entered_at = _user_of(actor), now
    made.save(force_insert=True)
    _promise_work(row.user_id, [], first, now)
    facts = {"first": str(first), "substitute": substitute_id}
    audit(actor=actor, action="duty.substitute", now=now, object_kind="user", object_id=row.user_id, data=facts)


@transaction.atomic(durable=True)
def end_absence(*, absence_id: int, actor: Actor) -> None:
    """Somebody is back from today on; before its first day an absence is taken back. What has been stays."""
    now = app_now()
    row = Absence.objects.select_for_update().filter(pk=absence_id, valid__isempty=False).first()
    if row is None:
        raise ValidationError(_("There is no such absence any more."))
    _demand(actor, actor.territory, city_day(now), now)
    _demand_able(row.user_id, [actor.territory], row.valid.lower, under=True)
    _replace(Absence, Absence.objects.filter(pk=row.pk), city_day(now))
    audit(actor=actor, action="duty.absence_ended", now=now, object_kind="user", object_id=row.user_id)


@transaction.atomic(durable=True)
def renew_feed(*, actor: Actor) -> int:
    """Begin or renew the actor's private calendar address; the old one leads nowhere any more. Returns its number."""
    user_id = _user_of(actor)
    row = DutyFeed.objects.select_for_update().filter(user=user_id).first()
    if row is None:
        return DutyFeed.objects.create(user_id=user_id).number
    row.number += 1
    row.save(update_fields=["number"])
    return row.number


def _user_of(actor: Actor) -> int:
    if actor.user_id is None:
        raise PermissionDenied
    return actor.user_id


def _demand(actor: Actor, path: str, day: date, now: datetime, *, field: str = "day") -> None:
    """The right, the area, and a day that is not over."""
    if not any(actor.may(right) for right in ROSTER_RIGHTS) or not within(actor.territory, path):
        raise PermissionDenied
    if day < city_day(now):
        raise ValidationError({field: _("Choose today or a later day: what has been stays.")})


def _demand_in_force(grid: Grid, day: date, today: date, *, vacant: bool) -> None:
    """A post lies within the days of its grid. One that is still to come takes over the people of its origin."""
    days = list(GridVersion.objects.filter(grid=grid, valid__isempty=False).values_list("valid", flat=True))
    if not any(period.lower <= day and (period.upper is None or day < period.upper) for period in days):
        raise ValidationError({"day": _("Grid %(code)s is not in force on that day.") % {"code": grid.code}})
    first = min(period.lower for period in days)
    if vacant and first > today:
        message = _(
            "Grid %(code)s begins on %(day)s with the people of the grid it is cut from: give it somebody else."
        )
        raise ValidationError({"user_id": message % {"code": grid.code, "day": f"{first:%Y-%m-%d}"}})


def _demand_able(
    user_id: int, paths: Collection[str], day: date, *, role: str = "", field: str = "user_id", under: bool = False
) -> None:
    """The person serves on that day where all these paths lie; with `under`, anywhere below them."""
    staff = staff_on([user_id], on=day)
    if under:
        fits = all(any(area.startswith(path) for area, _role in staff.hats.get(user_id, ())) for path in paths)
    else:
        fits = all(staff.able(user_id, path, role) for path in paths) and user_id in staff.hats
    if not fits:
        raise ValidationError({field: _("This person does not serve there on that day.")})


def _replace(model: Any, rows: QuerySet[Any], day: date) -> None:
    """What goes on beyond a day ends on it."""
    close(model, list(_from(rows, day).values_list("pk", flat=True)), day)


def _from(rows: QuerySet[Any], day: date) -> QuerySet[Any]:
    """Those that go on beyond the beginning of a day or begin later."""
    return rows.filter(valid__isempty=False).filter(Q(valid__upper_inf=True) | Q(valid__endswith__gt=day))


def _promise_work(user_id: int, grids: list[int], day: date, now: datetime) -> None:
    """On the morning of the day open work looks who acts now."""
    key = f"duty:{uuid7()}"
    payload = {"user": user_id, "grids": grids, "after": 0, "key": key}
    begins = datetime.combine(day, time.min, CITY_ZONE)
    promise("cases.hand_over_work", key=key, payload=payload, now=now, not_before=max(begins, now))


@transaction.atomic(durable=True)
def ask_for_blind_spots(*, actor: Actor) -> None:
    """Look for blind spots of the whole city now, as every night."""
    if not any(actor.may(right) for right in ROSTER_RIGHTS):
        raise PermissionDenied
    promise("events.blind_spots", key=f"events.blind_spots:{uuid7()}", payload={}, now=app_now())

"""Hats: the security administrator grants and ends them, and makes no users."""

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.utils.translation import gettext as _

from accounts.access import can, demand, within
from accounts.models import Department, Membership, Role, User
from accounts.rules import city_date
from ledger.actions import audit
from ledger.actors import Actor
from ledger.clock import app_now


@transaction.atomic(durable=True)
def grant_membership(
    *, user_id: int, department_id: int, role_code: str, territory: str, start: date, end: date | None, actor: Actor
) -> Membership:
    """Give a user a hat.

    Arguments:
        territory: materialised path, inside the department's.
        start, end: first day, and the day after the last one (None: open).

    Raises:
        PermissionDenied: without "accounts.memberships", for oneself, or outside the actor's territory.
        ValidationError: a second one of the three administrators (GB/T 22239-2019 8.1.5), or the same hat twice.
    """
    user = User.objects.get(pk=user_id)
    demand(can(actor, "membership.grant", user))
    now = app_now()
    role = Role.objects.get(code=role_code)
    department = Department.objects.get(pk=department_id)
    if not within(actor.territory, department.territory):
        raise PermissionDenied("territory")
    _refuse(user, department, territory, start, end)
    hat = Membership(user=user, department=department, role=role, territory=territory, separation=role.separation)
    hat.valid = DateRange(start, end)
    _insert(hat)
    data = {"user": user_id, "department": department_id, "role": role_code, "territory": territory}
    audit(actor=actor, action="membership.grant", object_kind="membership", object_id=str(hat.pk), data=data, now=now)
    return hat


def _refuse(user: User, department: Department, territory: str, start: date, end: date | None) -> None:
    if user.person_id is not None:
        raise ValidationError({"user": _("A resident's account holds no office.")})
    if not within(department.territory, territory):
        raise ValidationError({"territory": _("The area must lie inside the department's.")})
    if end is not None and end <= start:
        raise ValidationError({"end": _("The end lies before the start.")})


def _insert(hat: Membership) -> None:
    try:
        with transaction.atomic():
            hat.save(force_insert=True)
    except IntegrityError as error:
        if "membership_three_administrators" in str(error):
            raise ValidationError(
                {"role": _("System, security and audit administrator are never one person at a time.")}
            ) from error
        raise ValidationError({"role": _("This person already has this role here.")}) from error


@transaction.atomic(durable=True)
def end_membership(*, membership_id: int, actor: Actor) -> Membership:
    """End a hat today: from this moment it gives nothing.

    Raises:
        Membership.DoesNotExist, PermissionDenied.
    """
    now = app_now()
    hat = Membership.objects.select_for_update(of=("self",)).get(pk=membership_id)
    demand(can(actor, "membership.end", hat))
    today = city_date(now)
    # a hat that starts today or later becomes the empty range: it was never worn
    hat.valid = DateRange(min(hat.valid.lower, today) if hat.valid.lower else today, today)
    hat.save(update_fields=["valid"])
    audit(actor=actor, action="membership.end", object_kind="membership", object_id=str(hat.pk), now=now)
    return hat


@transaction.atomic(durable=True)
def switch_hat(*, user_id: int, membership_id: int, actor: Actor) -> Membership:
    """Put on another of one's own hats; the view keeps the choice in the session, history keeps the role with each act.

    Raises:
        PermissionDenied: not one of this user's valid hats.
    """
    now = app_now()
    hat = (
        Membership.objects.select_related("role")
        .filter(pk=membership_id, user_id=user_id, valid__contains=city_date(now), department__active=True)
        .first()
    )
    if hat is None or actor.user_id != user_id:
        raise PermissionDenied("hat")
    data = {"from": actor.membership_id, "role": hat.role.code}
    audit(actor=actor, action="hat.switch", object_kind="membership", object_id=str(hat.pk), data=data, now=now)
    return hat

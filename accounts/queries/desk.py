"""Rows of the screens for users, departments, hats, clients and the audit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models as orm
from django.db.models import F, Prefetch, Q

from accounts.access import visible_to
from accounts.models import ApiClient, Department, Membership, User
from accounts.rules import city_date
from ledger.actors import Actor
from ledger.models import AuditEntry

PAGE = 50


@dataclass(frozen=True, slots=True)
class MembershipRow:
    """One hat; `end` is the last day it was worn, None while open."""

    id: int
    user_id: int
    username: str
    name: str
    role_zh: str
    role_en: str
    department_zh: str
    department_en: str
    territory: str
    start: date | None
    end: date | None
    current: bool


@dataclass(frozen=True, slots=True)
class UserRow:
    """One official."""

    id: int
    username: str
    display_name: str
    display_name_en: str
    email: str
    active: bool
    last_login: datetime | None
    hats: tuple[MembershipRow, ...]


@dataclass(frozen=True, slots=True)
class DepartmentRow:
    """One department with the number of people who work there today."""

    id: int
    code: str
    name_zh: str
    name_en: str
    level: str
    function: str
    parent_id: int | None
    territory: str
    phone: str
    active: bool
    people: int


@dataclass(frozen=True, slots=True)
class ClientRow:
    """One API client; the token is not here and nowhere."""

    id: int
    name: str
    scopes: list[str]
    department_zh: str
    department_en: str
    expires_at: datetime
    revoked_at: datetime | None
    live: bool


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One entry of the audit."""

    id: int
    at: datetime
    actor_kind: str
    actor_id: str
    actor_name: str
    action: str
    object_kind: str
    object_id: str
    data: dict[str, Any]


def _page(rows: Iterable[Any], key: str) -> tuple[list[Any], str]:
    found = list(rows)
    return found[:PAGE], str(getattr(found[PAGE - 1], key)) if len(found) > PAGE else ""


def _hat_row(hat: Membership, today: date) -> MembershipRow:
    valid = hat.valid
    start, end = (None, None) if valid.isempty else (valid.lower, valid.upper)
    current = not valid.isempty and (start is None or start <= today) and (end is None or today < end)
    return MembershipRow(
        hat.pk,
        hat.user_id,
        hat.user.username,
        hat.user.display_name or hat.user.username,
        hat.role.name_zh,
        hat.role.name_en,
        hat.department.name_zh,
        hat.department.name_en,
        hat.territory,
        start,
        end,
        current,
    )


def _hats(actor: Actor) -> orm.QuerySet[Membership]:
    return visible_to(actor, Membership.objects.select_related("user", "role", "department"))


def _user_row(user: User, today: date) -> UserRow:
    return UserRow(
        user.pk,
        user.username,
        user.display_name,
        user.display_name_en,
        user.email,
        user.is_active,
        user.last_login,
        tuple(_hat_row(hat, today) for hat in user.memberships.all()),
    )


def users(actor: Actor, *, filters: dict[str, str], after: str, now: datetime) -> tuple[list[UserRow], str]:
    """Officials the actor may see, by user name; the key of the next page ("" at the end).

    Arguments:
        filters: "q" (part of a name), "department" (id), "state" ("active", "disabled").
        after: user name of the last row of the page before.
    """
    rows = visible_to(actor, User.objects.filter(username__gt=after).order_by("username"))
    if text := filters.get("q", "").strip():
        rows = rows.filter(Q(username__icontains=text) | Q(display_name__icontains=text))
    if (department_id := filters.get("department", "")).isdecimal():
        rows = rows.filter(pk__in=_hats(actor).filter(department_id=department_id).values("user_id"))
    if (state := filters.get("state", "")) in ("active", "disabled"):
        rows = rows.filter(is_active=state == "active")
    rows = rows.prefetch_related(Prefetch("memberships", _hats(actor).order_by("pk")))
    return _page((_user_row(user, city_date(now)) for user in rows[: PAGE + 1]), "username")


def user_card(actor: Actor, user_id: int, *, now: datetime) -> UserRow | None:
    """One official, or None if there is none the actor may see."""
    rows = visible_to(actor, User.objects.filter(pk=user_id))
    user = rows.prefetch_related(Prefetch("memberships", _hats(actor).order_by("pk"))).first()
    return _user_row(user, city_date(now)) if user else None


def _department_rows(actor: Actor, now: datetime) -> orm.QuerySet[Department]:
    today = orm.Q(memberships__valid__contains=city_date(now))
    return visible_to(actor, Department.objects.all()).annotate(
        people=orm.Count("memberships__user", filter=today, distinct=True)
    )


def _department_row(row: Any) -> DepartmentRow:
    return DepartmentRow(*(getattr(row, "pk" if name == "id" else name) for name in DepartmentRow.__slots__))


def departments(actor: Actor, *, filters: dict[str, str], now: datetime) -> list[DepartmentRow]:
    """All departments, city first, then by area and code.

    Arguments:
        filters: "q" (part of a name or code), "level".
    """
    rows = _department_rows(actor, now)
    if text := filters.get("q", "").strip():
        rows = rows.filter(Q(code__icontains=text) | Q(name_zh__icontains=text) | Q(name_en__icontains=text))
    if level := filters.get("level", ""):
        rows = rows.filter(level=level)
    return [_department_row(row) for row in rows.order_by("territory", "code")]


def department(actor: Actor, department_id: int, *, now: datetime) -> DepartmentRow | None:
    """One department, or None."""
    row = _department_rows(actor, now).filter(pk=department_id).first()
    return _department_row(row) if row else None


def memberships(actor: Actor, *, filters: dict[str, str], after: str, now: datetime) -> tuple[list[MembershipRow], str]:
    """Hats the actor may see, newest first; the key of the next page.

    Arguments:
        filters: "role" (code), "department" (id), "user" (id), "state" ("current", "ended"; else all).
        after: id of the last row of the page before.
    """
    today = city_date(now)
    rows = _hats(actor).order_by("-pk")
    if after.isdecimal():
        rows = rows.filter(pk__lt=int(after))
    if role := filters.get("role", ""):
        rows = rows.filter(role__code=role)
    for name in ("department", "user"):
        if (value := filters.get(name, "")).isdecimal():
            rows = rows.filter(**{f"{name}_id": value})
    if (state := filters.get("state", "")) == "current":
        rows = rows.filter(valid__contains=today)
    elif state == "ended":
        rows = rows.exclude(valid__contains=today)
    return _page((_hat_row(hat, today) for hat in rows[: PAGE + 1]), "id")


def sees_membership(actor: Actor, membership_id: int) -> bool:
    """True if this hat exists and the actor may see it."""
    return visible_to(actor, Membership.objects.filter(pk=membership_id)).exists()


def sees_client(actor: Actor, client_id: int) -> bool:
    """True if this client exists and the actor may see it."""
    return visible_to(actor, ApiClient.objects.filter(pk=client_id)).exists()


def clients(actor: Actor, *, now: datetime) -> list[ClientRow]:
    """API clients the actor may see, newest first."""
    rows = visible_to(actor, ApiClient.objects.select_related("department")).order_by("-pk")
    return [
        ClientRow(
            row.pk,
            row.name,
            row.scopes,
            row.department.name_zh,
            row.department.name_en,
            row.expires_at,
            row.revoked_at,
            row.revoked_at is None and row.expires_at > now,
        )
        for row in rows
    ]


def audit_entries(*, filters: dict[str, str], after: str) -> tuple[list[AuditRow], str]:
    """The audit, newest first; the route admits the audit administrator only.

    Arguments:
        filters: "action" (prefix), "object" (kind), "actor" (user id).
    """
    rows = AuditEntry.objects.order_by("-pk")
    if after.isdecimal():
        rows = rows.filter(pk__lt=int(after))
    if action := filters.get("action", "").strip():
        rows = rows.filter(action__startswith=action)
    if kind := filters.get("object", "").strip():
        rows = rows.filter(object_kind=kind)
    if actor_id := filters.get("actor", "").strip():
        rows = rows.filter(actor_kind="member", actor_id=actor_id)
    found = list(rows[: PAGE + 1])
    people = {entry.actor_id for entry in found if entry.actor_kind == "member" and entry.actor_id}
    names = dict(User.objects.filter(pk__in=people).annotate(key=F("pk")).values_list("key", "username"))
    return _page((_audit_row(entry, names) for entry in found), "id")


def _audit_row(entry: AuditEntry, names: dict[int, str]) -> AuditRow:
    name = names.get(int(entry.actor_id), "") if entry.actor_kind == "member" and entry.actor_id else ""
    return AuditRow(
        entry.pk,
        entry.at,
        entry.actor_kind,
        entry.actor_id,
        name,
        entry.action,
        entry.object_kind,
        entry.object_id,
        entry.data,
    )

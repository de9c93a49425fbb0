"""Loads roles, departments and users of a city folder: idempotent, told line by line; ends nothing a screen granted."""

from datetime import datetime
from typing import TypeVar

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.actions.people import create_person
from accounts.imports import (
    RESIDENT,
    DepartmentLine,
    RoleLine,
    UserLine,
    by_user,
    read_departments,
    read_roles,
    read_users,
)
from accounts.models import Department, Membership, Role, User
from accounts.rules import ACCOUNT_IDLE, city_date
from ledger.actions import audit
from ledger.actors import Actor
from ledger.cityfolder import Change, CityFolder
from ledger.queries import notice_in_force

DEMO_PASSWORD = "demo-govplatform"  # noqa: S105 - printed on the sign-in page of the demo, accepted nowhere else


@transaction.atomic(durable=True)
def load_roles(folder: CityFolder, *, apply: bool, actor: Actor, now: datetime) -> Change:
    """City part "roles". Arguments and answer: ledger.kinds.register_city_part."""
    change = Change()
    here = {role.code: role for role in Role.objects.all()}
    for line in read_roles(folder):
        role = here.get(line.code)
        if role is None or _differs(role, line):
            _note(change, line.code, new=role is None)
            if apply:
                _write(role or Role(), line)
        else:
            change.same += 1
    _audited(change, "roles", apply, actor, now)
    return change


@transaction.atomic(durable=True)
def load_departments(folder: CityFolder, *, apply: bool, actor: Actor, now: datetime) -> Change:
    """City part "departments"."""
    change = Change()
    here = {department.code: department for department in Department.objects.select_related("parent")}
    for line in read_departments(folder):
        department = here.get(line.code)
        if department is not None and _code_of(department.parent) == line.parent and not _differs(department, line):
            change.same += 1
            continue
        _note(change, line.code, new=department is None)
        if apply:
            department = department or Department()
            department.parent = here[line.parent] if line.parent else None
            here[line.code] = _write(department, line)
    _audited(change, "departments", apply, actor, now)
    return change


@transaction.atomic(durable=True)
def load_users(folder: CityFolder, *, apply: bool, actor: Actor, now: datetime) -> Change:
    """City part "users": accounts and hats. Passwords are set by hand; in demo mode everybody has the same."""
    change = Change()
    lines = read_users(folder)
    here = {user.username: user for user in User.objects.filter(username__in=[line.username for line in lines])}
    # one hash for all: the demo's password is no secret, and seventy slow hashes take half a minute
    password = make_password(DEMO_PASSWORD if settings.DEMO else None)
    for username, hats in by_user(lines):
        new = username not in here
        if new:
            _note(change, username, new=True)
        if new and apply:
            here[username] = _create(hats[0], password, now)
        _load_hats(change, here.get(username), hats, apply=apply, told=new)
    _audited(change, "users", apply, actor, now)
    return change


def _create(line: UserLine, password: str, now: datetime) -> User:
    user = User(username=line.username, password=password, date_joined=now, email=line.email)
    user.display_name, user.display_name_en = line.display_name, line.display_name_en
    if line.role == RESIDENT:
        user.person = create_person(
            name=line.display_name,
            phone=line.phone,
            source="demo",
            purpose="sign_in",
            basis="PIPL 13(1)",
            expires=(now + ACCOUNT_IDLE).date(),
            notice=notice_in_force("sign_in", city_date(now)).reference,
            now=now,
        )
    user.save(force_insert=True)
    return user


def _load_hats(change: Change, user: User | None, lines: list[UserLine], *, apply: bool, told: bool) -> None:
    held: set[tuple[str, str, str]] = set()
    if user is not None:
        rows = Membership.objects.filter(user=user, valid__endswith=None)
        held = set(rows.values_list("department__code", "role__code", "territory"))
    for line in lines:
        if line.role == RESIDENT or (line.department, line.role, line.territory) in held:
            change.same += not told
            continue
        if not told:
            _note(change, f"{line.username} {line.role}@{line.department}", new=True)
        if apply and user is not None:
            _grant(user, line)


def _grant(user: User, line: UserLine) -> None:
    role = Role.objects.get(code=line.role)
    Membership.objects.create(
        user=user,
        department=Department.objects.get(code=line.department),
        role=role,
        territory=line.territory,
        separation=role.separation,
        valid=DateRange(line.since, None),
    )


Line = RoleLine | DepartmentLine
RowType = TypeVar("RowType", Role, Department)


def _fields(line: Line) -> list[str]:
    return [name for name in type(line).__slots__ if name != "parent"]


def _differs(row: Role | Department, line: Line) -> bool:
    return any(getattr(row, name) != getattr(line, name) for name in _fields(line))


def _write(row: RowType, line: Line) -> RowType:
    for name in _fields(line):
        setattr(row, name, getattr(line, name))
    row.save()
    return row


def _code_of(department: Department | None) -> str:
    return department.code if department else ""


def _note(change: Change, what: str, *, new: bool) -> None:
    change.added += new
    change.changed += not new
    change.lines.append(f"{'+' if new else '~'} {what}")


def _audited(change: Change, part: str, apply: bool, actor: Actor, now: datetime) -> None:
    if apply and change:
        audit(actor=actor, action="city.load", object_kind=part, data={"change": str(change)}, now=now)

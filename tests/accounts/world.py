"""A small made-up city: two counties, three departments, officials with and without hats, a resident."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client

from accounts.actions import create_person
from accounts.models import ApiClient, Department, Membership, Role, User
from accounts.queries import presence_of_user, token_hash
from ledger.actors import Actor
from ledger.clock import app_now

CITY, COUNTY, OTHER_COUNTY = "/99/", "/99/9901/", "/99/9902/"
LONG_AGO = date(2020, 1, 1)
TOKEN = "gp_" + "t" * 43
_serial = count(1)


def role(code: str, *rights: str, **values: Any) -> Role:
    found, _new = Role.objects.get_or_create(
        code=code, defaults={"name_zh": code, "name_en": code, "rights": list(rights), **values}
    )
    return found


def department(code: str, territory: str = CITY, level: str = "city", **values: Any) -> Department:
    found, _new = Department.objects.get_or_create(
        code=code,
        defaults={
            "name_zh": code,
            "name_en": code,
            "level": level,
            "function": "test",
            "territory": territory,
            **values,
        },
    )
    return found


def user(username: str = "", password: str = "", **values: Any) -> User:
    made = User(username=username or f"user{next(_serial)}", **values)
    made.set_password(password or None)
    made.save()
    return made


def hat(
    who: User, what: Role, where: Department, *, territory: str = "", start: date = LONG_AGO, end: date | None = None
) -> Membership:
    return Membership.objects.create(
        user=who,
        role=what,
        department=where,
        territory=territory or where.territory,
        valid=DateRange(start, end),
        separation=what.separation,
    )


def acting(who: User, worn: Membership | None = None) -> Actor:
    return presence_of_user(who, worn.pk if worn else None).actor


def browser(who: User | None = None, **headers: str) -> Client:
    client = Client(headers=headers or None)
    if who is not None:
        client.force_login(who)
    return client


def resident(phone: str = "16100000777") -> User:
    now = app_now()
    person = create_person(
        phone=phone,
        source="resident",
        purpose="sign_in",
        basis="test",
        expires=(now + timedelta(days=9)).date(),
        now=now,
    )
    return user(person=person)


def api_client(where: Department, *scopes: str, token: str = TOKEN, expires_at: datetime | None = None) -> ApiClient:
    now = app_now()
    return ApiClient.objects.create(
        name="made-up system",
        token_hash=token_hash(token),
        scopes=list(scopes),
        department=where,
        expires_at=expires_at or now + timedelta(days=1),
        created_at=now,
    )


@dataclass
class City:
    """The administrators everybody needs."""

    centre: Department
    system: User
    security: User
    auditor: User


def city() -> City:
    centre = department("centre")
    people = {}
    for name, right in (
        ("system", "accounts.manage"),
        ("security", "accounts.memberships"),
        ("audit", "audit.read"),
    ):
        people[name] = user(f"{name}-admin")
        hat(people[name], role(f"{name}_admin", right, separation=name), centre)
    return City(centre, people["system"], people["security"], people["audit"])

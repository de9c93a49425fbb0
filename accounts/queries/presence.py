"""Who is asking: one statement beside session and user."""

import hashlib
from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import connection
from django.db.models import Count, DateField, Exists, Func, IntegerField, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Coalesce

from accounts.kinds import Hat, Presence
from accounts.models import Membership, Notice, User
from ledger.actors import ANONYMOUS, Actor, ActorKind

CITY_ZONE = "Asia/Shanghai"


def _today() -> Cast:
    """Today's date in the city, decided by the one clock inside the statement."""
    return Cast(Func(Value(CITY_ZONE), Func(function="app_now"), function="timezone"), DateField())


NOBODY = Presence(ANONYMOUS)


def presence_of_user(user: AbstractBaseUser | AnonymousUser, hat_id: Any) -> Presence:
    """Who this signed-in user is now.

    Arguments:
        hat_id: membership chosen with the hat switch; a foreign, ended or malformed one falls back to the first valid.
    """
    if not isinstance(user, User):
        return NOBODY
    if user.person_id is not None:
        return _resident(user.person_id)
    unread = (
        Notice.objects.filter(user=OuterRef("user"), read_at=None).order_by().values("user").annotate(n=Count("pk"))
    )
    rows = list(
        Membership.objects.filter(user=user, valid__contains=_today(), department__active=True)
        .select_related("department", "role")
        .annotate(
            unread=Coalesce(Subquery(unread.values("n"), output_field=IntegerField()), 0),
            second_factor=Exists(Authenticator.objects.filter(user=OuterRef("user"), type=Authenticator.Type.TOTP)),
        )
        .order_by("pk")
    )
    name = user.display_name or user.username
    if not rows:
        return Presence(
            Actor(kind=ActorKind.MEMBER, id=str(user.pk), label=name), name=name, name_en=user.display_name_en
        )
    on = next((row for row in rows if str(row.pk) == str(hat_id)), rows[0])
    actor = Actor(
        kind=ActorKind.MEMBER,
        id=str(user.pk),
        department_id=on.department_id,
        membership_id=on.pk,
        role=on.role.code,
        rights=frozenset(on.role.rights),
        territory=on.territory,
        label=name,
    )
    hats = tuple(_hat(row) for row in rows)
    return Presence(
        actor,
        hat=next(hat for hat in hats if hat.id == on.pk),
        hats=hats,
        name=name,
        name_en=user.display_name_en or name,
        face=on.role.face,
        unread=on.unread,
        second_factor_missing=on.role.totp_required and not on.second_factor,
    )


def _resident(person_id: UUID) -> Presence:
    unread = Notice.objects.filter(person_id=person_id, read_at=None).count()
    return Presence(Actor(kind=ActorKind.RESIDENT, id=str(person_id), label="resident"), unread=unread)


def _hat(row: Membership) -> Hat:
    return Hat(
        id=row.pk,
        role=row.role.code,
        role_zh=row.role.name_zh,
        role_en=row.role.name_en,
        department_id=row.department_id,
        department_zh=row.department.name_zh,
        department_en=row.department.name_en,
        territory=row.territory,
        face=row.role.face,
    )


def token_hash(token: str) -> str:
    """SHA-256 of an API token: 256 random bits need no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


# by hand: every call of the API begins with it, and the query builder took longer than the database
_CLIENT = """
SELECT c.id, c.department_id, c.scopes, d.territory, c.name
  FROM accounts_apiclient c JOIN accounts_department d ON d.id = c.department_id
 WHERE c.token_hash = %s AND c.revoked_at IS NULL AND c.expires_at > app_now()
"""


def presence_of_client(token: str) -> Presence:
    """The client behind a bearer token; nobody if it is unknown, expired or revoked. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_CLIENT, [token_hash(token)])
        row = cursor.fetchone()
    if row is None:
        return NOBODY
    client_id, department_id, scopes, territory, name = row
    return Presence(
        Actor(
            kind=ActorKind.CLIENT,
            id=str(client_id),
            department_id=department_id,
            rights=frozenset(scopes),
            territory=territory,
            label=name,
        )
    )

"""Who is asking: one statement beside session and user."""

import hashlib
from typing import Any, NamedTuple
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import connection

from accounts.kinds import Hat, Presence
from accounts.models import Notice, User
from ledger.actors import ANONYMOUS, Actor, ActorKind

CITY_ZONE = "Asia/Shanghai"


NOBODY = Presence(ANONYMOUS)


class _HatRow(NamedTuple):
    """A row of _HATS."""

    id: int
    department_id: int
    territory: str
    department_zh: str
    department_en: str
    role: str
    role_zh: str
    role_en: str
    rights: list[str]
    face: str
    totp_required: bool
    unread: int
    second_factor: bool


# by hand: every page begins with it, and the query builder took longer than the database; "today" is decided by the one
# clock inside the statement
_HATS = """
SELECT m.id, m.department_id, m.territory, d.name_zh, d.name_en, r.code, r.name_zh, r.name_en, r.rights, r.face,
       r.totp_required,
       (SELECT count(*) FROM accounts_notice n WHERE n.user_id = m.user_id AND n.read_at IS NULL),
       EXISTS (SELECT FROM mfa_authenticator a WHERE a.user_id = m.user_id AND a.type = %s)
  FROM accounts_membership m
  JOIN accounts_department d ON d.id = m.department_id AND d.active
  JOIN accounts_role r ON r.id = m.role_id
 WHERE m.user_id = %s AND m.valid @> (app_now() AT TIME ZONE %s)::date
 ORDER BY m.id
"""


def presence_of_user(user: AbstractBaseUser | AnonymousUser, hat_id: Any) -> Presence:
    """Who this signed-in user is now.

    Arguments:
        hat_id: membership chosen with the hat switch; a foreign, ended or malformed one falls back to the first valid.
    """
    if not isinstance(user, User):
        return NOBODY
    if user.person_id is not None:
        return _resident(user.person_id)
    with connection.cursor() as cursor:
        cursor.execute(_HATS, [Authenticator.Type.TOTP, user.pk, CITY_ZONE])
        rows = [_HatRow(*row) for row in cursor.fetchall()]
    name = user.display_name or user.username
    if not rows:
        return Presence(
            Actor(kind=ActorKind.MEMBER, id=str(user.pk), label=name), name=name, name_en=user.display_name_en
        )
    on = next((row for row in rows if str(row.id) == str(hat_id)), rows[0])
    actor = Actor(
        kind=ActorKind.MEMBER,
        id=str(user.pk),
        department_id=on.department_id,
        membership_id=on.id,
        role=on.role,
        rights=frozenset(on.rights),
        territory=on.territory,
        label=name,
    )
    hats = tuple(_hat(row) for row in rows)
    return Presence(
        actor,
        hat=next(hat for hat in hats if hat.id == on.id),
        hats=hats,
        name=name,
        name_en=user.display_name_en or name,
        face=on.face,
        unread=on.unread,
        second_factor_missing=on.totp_required and not on.second_factor,
    )


def _resident(person_id: UUID) -> Presence:
    unread = Notice.objects.filter(person_id=person_id, read_at=None).count()
    return Presence(Actor(kind=ActorKind.RESIDENT, id=str(person_id), label="resident"), unread=unread)


def _hat(row: _HatRow) -> Hat:
    return Hat(
        id=row.id,
        role=row.role,
        role_zh=row.role_zh,
        role_en=row.role_en,
        department_id=row.department_id,
        department_zh=row.department_zh,
        department_en=row.department_en,
        territory=row.territory,
        face=row.face,
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

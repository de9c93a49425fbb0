"""Sign-in facts in the audit. The libraries write their own tables; this is what the city keeps."""

from datetime import timedelta

from django.db import transaction

from accounts.models import User
from ledger.actions import audit
from ledger.actors import ANONYMOUS, Actor, ActorKind
from ledger.clock import app_now
from ledger.models import AuditEntry


def _as_actor(user: User) -> Actor:
    if user.person_id is not None:
        return Actor(kind=ActorKind.RESIDENT, id=str(user.person_id))
    return Actor(kind=ActorKind.MEMBER, id=str(user.pk))


@transaction.atomic(durable=True)
def record_sign_in(*, user: User, method: str) -> None:
    """Somebody signed in.

    Arguments:
        method: "password", "phone" or "demo".
    """
    audit(
        actor=_as_actor(user),
        action="sign_in",
        object_kind="user",
        object_id=str(user.pk),
        data={"method": method},
        now=app_now(),
    )


@transaction.atomic(durable=True)
def record_sign_out(*, user: User) -> None:
    """Somebody signed out."""
    audit(actor=_as_actor(user), action="sign_out", object_kind="user", object_id=str(user.pk), now=app_now())


@transaction.atomic(durable=True)
def record_lockout(*, username: str, window: timedelta) -> None:
    """A name was locked after too many failures: one entry per name and window, however often it is tried.

    Arguments:
        username: as typed; only the id of an existing user is kept.
        window: length of the lockout.
    """
    now = app_now()
    user = User.objects.filter(username=username).first()
    reference = str(user.pk) if user else ""
    recent = AuditEntry.objects.filter(
        action="sign_in.locked", object_kind="user", object_id=reference, at__gt=now - window
    )
    if not recent.exists():
        audit(actor=ANONYMOUS, action="sign_in.locked", object_kind="user", object_id=reference, now=now)

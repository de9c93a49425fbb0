"""Officials' accounts: the system administrator makes and disables them, and grants nothing."""

from allauth.usersessions.models import UserSession
from django.contrib.auth.password_validation import validate_password
from django.contrib.sessions.models import Session
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import can, demand, demand_right
from accounts.models import User
from ledger.actions import audit
from ledger.actors import Actor
from ledger.clock import app_now


@transaction.atomic(durable=True)
def create_user(
    *, username: str, display_name: str, display_name_en: str, email: str, password: str, actor: Actor
) -> User:
    """A new official without any hat; the security administrator grants hats.

    Raises:
        PermissionDenied: without "accounts.manage".
        ValidationError: the name is taken or the password too weak, keyed by field.
    """
    demand_right(actor, "accounts.manage")
    now = app_now()
    user = User(username=username, display_name=display_name, display_name_en=display_name_en, email=email)
    user.date_joined = now
    _check_username(username)
    _apply_password(user, password)
    user.save()
    audit(actor=actor, action="user.create", object_kind="user", object_id=str(user.pk), now=now)
    return user


@transaction.atomic(durable=True)
def edit_user(*, user_id: int, display_name: str, display_name_en: str, email: str, actor: Actor) -> User:
    """Change what a user is called and where mail reaches him.

    Raises:
        User.DoesNotExist, PermissionDenied.
    """
    now = app_now()
    user = User.objects.select_for_update(of=("self",)).get(pk=user_id)
    demand(can(actor, "user.edit", user))
    wanted = {"display_name": display_name, "display_name_en": display_name_en, "email": email}
    changed = [name for name, value in wanted.items() if getattr(user, name) != value]
    for name in changed:
        setattr(user, name, wanted[name])
    user.save(update_fields=changed)
    audit(
        actor=actor, action="user.edit", object_kind="user", object_id=str(user_id), data={"fields": changed}, now=now
    )
    return user


@transaction.atomic(durable=True)
def disable_user(*, user_id: int, actor: Actor) -> User:
    """The account is shut and its sessions are deleted in the same transaction: out at once, on every device.

    Raises:
        User.DoesNotExist, PermissionDenied: also for oneself.
    """
    now = app_now()
    user = User.objects.select_for_update(of=("self",)).get(pk=user_id)
    demand(can(actor, "user.disable", user))
    user.is_active = False
    user.save(update_fields=["is_active"])
    ended = end_sessions(user)
    audit(
        actor=actor,
        action="user.disable",
        object_kind="user",
        object_id=str(user_id),
        data={"sessions": ended},
        now=now,
    )
    return user


@transaction.atomic(durable=True)
def enable_user(*, user_id: int, actor: Actor) -> User:
    """Open the account again."""
    now = app_now()
    user = User.objects.select_for_update(of=("self",)).get(pk=user_id)
    demand(can(actor, "user.disable", user))
    user.is_active = True
    user.save(update_fields=["is_active"])
    audit(actor=actor, action="user.enable", object_kind="user", object_id=str(user_id), now=now)
    return user


@transaction.atomic(durable=True)
def set_password(*, user_id: int, password: str, actor: Actor) -> User:
    """Give a user a new password, told to him by hand; his sessions end.

    Raises:
        ValidationError: too weak.
    """
    now = app_now()
    user = User.objects.select_for_update(of=("self",)).get(pk=user_id)
    demand(can(actor, "user.edit", user))
    _apply_password(user, password)
    user.save(update_fields=["password"])
    end_sessions(user)
    audit(actor=actor, action="user.password", object_kind="user", object_id=str(user_id), now=now)
    return user


def _check_username(username: str) -> None:
    if User.objects.filter(username__iexact=username).exists():
        raise ValidationError({"username": _("This name is taken.")})


def _apply_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"password": error.messages}) from error
    user.set_password(password)


def end_sessions(user: User) -> int:
    """Signed out on every device; inside the caller's transaction. Returns how many sessions ended."""
    keys = list(UserSession.objects.filter(user=user).values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    UserSession.objects.filter(user=user).delete()
    return len(keys)

"""API clients: the token is shown once and kept as its hash."""

import secrets
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import can, demand, demand_right
from accounts.kinds import SCOPES
from accounts.models import ApiClient, Department
from accounts.queries import token_hash
from ledger.actions import audit
from ledger.actors import Actor
from ledger.clock import app_now


@transaction.atomic(durable=True)
def create_client(
    *, name: str, scopes: list[str], department_id: int, expires_at: datetime, actor: Actor
) -> tuple[ApiClient, str]:
    """Let another system call the API.

    Returns:
        the client, and its token ("gp_" and 43 characters, 256 bits), which nobody can read again.

    Raises:
        PermissionDenied: without "accounts.memberships", or the department lies outside the actor's territory.
        ValidationError: unknown scope, or an expiry that has passed.
    """
    demand_right(actor, "accounts.memberships")
    now = app_now()
    unknown = set(scopes) - set(SCOPES)
    if unknown or not scopes:
        raise ValidationError({"scopes": _("Choose at least one known scope.")})
    if expires_at <= now:
        raise ValidationError({"expires_at": _("This day has passed.")})
    token = f"gp_{secrets.token_urlsafe(32)}"
    client = ApiClient(name=name, token_hash=token_hash(token), scopes=sorted(set(scopes)), created_at=now)
    client.department = Department.objects.get(pk=department_id)
    client.expires_at = expires_at
    demand(can(actor, "client.revoke", client))
    client.save()
    data = {"scopes": client.scopes, "department": department_id}
    audit(actor=actor, action="client.create", object_kind="client", object_id=str(client.pk), data=data, now=now)
    return client, token


@transaction.atomic(durable=True)
def revoke_client(*, client_id: int, actor: Actor) -> ApiClient:
    """The token works no more, from the next request on."""
    now = app_now()
    client = ApiClient.objects.select_for_update(of=("self",)).select_related("department").get(pk=client_id)
    demand(can(actor, "client.revoke", client))
    client.revoked_at = client.revoked_at or now
    client.save(update_fields=["revoked_at"])
    audit(actor=actor, action="client.revoke", object_kind="client", object_id=str(client.pk), now=now)
    return client

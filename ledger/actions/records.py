"""Records that are only ever added to: the audit of the system, and who saw personal data in clear."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction

from ledger.actors import Actor
from ledger.models import AccessEntry, AuditEntry
from ledger.sealed import Sealed


def audit(
    *,
    actor: Actor,
    action: str,
    now: datetime,
    object_kind: str = "",
    object_id: object = "",
    data: dict[str, Any] | None = None,
) -> None:
    """Append to the hash chain. Call it last in an action: the chain's lock is held until the commit.

    Arguments:
        action: "<noun>.<verb>", for example "membership.granted".
        data: ids, codes and settings; never personal data.
    """
    AuditEntry.objects.create(
        at=now,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_department=actor.department_id,
        action=action,
        object_kind=object_kind,
        object_id=str(object_id),
        data=data or {},
    )


@transaction.atomic
def reveal(
    *,
    actor: Actor,
    subject_kind: str,
    subject_id: UUID | str,
    values: dict[str, Sealed],
    purpose: str,
    now: datetime,
    case_id: int | None = None,
) -> dict[str, str]:
    """Clear text of personal values, after writing who looked, whose, which fields and why.

    May be called inside an action's transaction. Whether the actor may look is decided before, by `can()`.

    Arguments:
        subject_kind, subject_id: "person" or "organisation" and its id; the person can list these entries.
        values: field name → sealed value of that subject.
        purpose: code of the purpose the member chose, not empty.

    Raises:
        PermissionDenied: no purpose given.
        SealBroken: a value does not open; nothing is shown and nothing is logged as seen.
    """
    if not purpose:
        raise PermissionDenied
    clear = {name: value._open() for name, value in values.items()}
    AccessEntry.objects.create(
        at=now,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_department=actor.department_id,
        subject_kind=subject_kind,
        subject_id=str(subject_id),
        fields=sorted(values),
        purpose=purpose,
        case_id=case_id,
    )
    return clear

"""What is no longer needed leaves: one row of the retention table at a time, in bounded pieces; and legal holds.

Every hour each row with a handler becomes a promise of its own, so that a row that fails holds up no other and ends as
an incident. A piece is one transaction: killed in the middle it has not happened, and the promise brings it again.
"""

from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from ledger import kinds
from ledger.actions.records import audit
from ledger.actors import CLOCK, Actor
from ledger.clock import app_now
from ledger.models import LegalHold
from ledger.promises import promise

PIECE = 200  # rows per transaction
HOLDER = "accounts.memberships"  # the right of the security administrator


def due_retentions(*, now: datetime) -> bool:
    """Periodic: promise a first piece for every row of the table that lets something leave."""
    for row in kinds.retentions.values():
        if row.rows:
            key = f"retention:{row.key}:{now.timestamp():.0f}"
            promise("ledger.retention", key=key, payload={"row": row.key}, now=now)
    return False


def run_retention(payload: dict[str, Any], *, promise_id: int, now: datetime) -> None:
    """Promise handler: one piece of one row; a full piece promises the next one."""
    row = kinds.retentions.get(payload["row"])
    if row is None or not row.rows:
        return
    due: QuerySet[Any] = kinds.resolve(row.rows)(now=now)
    ids = list(due.values_list("pk", flat=True)[:PIECE])
    if not ids:
        return
    if row.handler:
        kinds.resolve(row.handler)(ids=ids, now=now)
    else:
        due.model._default_manager.filter(pk__in=ids).delete()
    if len(ids) == PIECE:
        promise("ledger.retention", key=f"retention:after:{promise_id}", payload={"row": row.key}, now=now)
    data = {"rows": len(ids), "action": row.action}
    audit(actor=CLOCK, action="retention.done", object_kind="retention", object_id=row.key, data=data, now=now)


@transaction.atomic(durable=True)
def place_hold(*, subject_kind: str, subject_id: str, reason: str, actor: Actor) -> LegalHold:
    """Nothing of this case or person leaves until the hold is released.

    Arguments:
        subject_kind: "case" (id: its primary key) or "person".
        reason: the authority and its letter; no personal data.

    Raises:
        PermissionDenied: without the security administrator's right.
        ValidationError: no reason, or it is held already.
    """
    _may_hold(actor)
    now = app_now()
    if not reason.strip():
        raise ValidationError({"reason": _("Say which authority asked for it, and with which letter.")})
    if LegalHold.objects.filter(subject_kind=subject_kind, subject_id=subject_id, released_at=None).exists():
        raise ValidationError(_("It is under a legal hold already."))
    hold = LegalHold.objects.create(
        subject_kind=subject_kind, subject_id=subject_id, reason=reason.strip(), placed_by=actor.id, placed_at=now
    )
    audit(actor=actor, action="hold.place", object_kind=subject_kind, object_id=subject_id, now=now)
    return hold


@transaction.atomic(durable=True)
def release_hold(*, hold_id: int, actor: Actor) -> LegalHold:
    """The hold ends; what is due leaves with the next hour.

    Raises:
        LegalHold.DoesNotExist, PermissionDenied.
    """
    _may_hold(actor)
    now = app_now()
    hold = LegalHold.objects.select_for_update().get(pk=hold_id)
    if hold.released_at is None:
        hold.released_at, hold.released_by = now, actor.id
        hold.save(update_fields=["released_at", "released_by"])
        audit(actor=actor, action="hold.release", object_kind=hold.subject_kind, object_id=hold.subject_id, now=now)
    return hold


def _may_hold(actor: Actor) -> None:
    if actor.membership_id is None or not actor.may(HOLDER):
        raise PermissionDenied(HOLDER)

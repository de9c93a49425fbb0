"""Incidents: failed work in front of a person, who tries it again or settles it by hand."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from ledger.actions.records import audit
from ledger.actors import Actor
from ledger.clock import app_now
from ledger.models import Incident
from ledger.promises import nudge_after_commit

RIGHT = "operations.settle"


def open_incident(*, kind: str, reference: str, detail: str, now: datetime) -> bool:
    """Open an incident that has no promise; inside the caller's transaction. False if the same one is open already.

    Arguments:
        kind, reference: together they name the trouble, for example "invariant.I1", "cases".
    """
    if Incident.objects.filter(kind=kind, reference=reference, settled_at=None).exists():
        return False
    Incident.objects.create(kind=kind, reference=reference, detail=detail, opened_at=now)
    return True


@transaction.atomic(durable=True)
def retry_incident(*, incident_id: int, actor: Actor) -> None:
    """Give the promise of an incident all its attempts again, at once.

    Raises:
        PermissionDenied: the actor may not settle.
        ValidationError: no promise behind it, or settled already.
    """
    now = app_now()
    incident = _open(incident_id, actor)
    row = incident.promise
    if row is None:
        raise ValidationError(_("There is nothing to try again; settle it with a note."), code="no_promise")
    row.dead_at, row.failing_since, row.not_before = None, None, now
    row.attempts = row.lost_leases = 0
    row.save(update_fields=["dead_at", "failing_since", "not_before", "attempts", "lost_leases"])
    nudge_after_commit(row.kind, row.pk)
    _close(incident, actor, now, "retried", "")


@transaction.atomic(durable=True)
def settle_incident(*, incident_id: int, note: str, actor: Actor) -> None:
    """Close an incident whose matter was dealt with by hand; its promise stays unredeemed for ever.

    Arguments:
        note: what was done, required.

    Raises:
        PermissionDenied: the actor may not settle.
        ValidationError: no note, or settled already.
    """
    if not note.strip():
        raise ValidationError({"note": _("Say what was done, so that others can follow it.")}, code="required")
    _close(_open(incident_id, actor), actor, app_now(), "settled", note.strip())


def _open(incident_id: int, actor: Actor) -> Incident:
    if not actor.may(RIGHT):
        raise PermissionDenied
    incident = Incident.objects.select_for_update().get(pk=incident_id)
    if incident.settled_at is not None:
        raise ValidationError(_("This incident is settled already."), code="settled")
    return incident


def _close(incident: Incident, actor: Actor, now: datetime, settlement: str, note: str) -> None:
    incident.settled_at, incident.settlement, incident.note = now, settlement, note
    incident.settled_by = f"{actor.kind}:{actor.id}"
    incident.save(update_fields=["settled_at", "settlement", "note", "settled_by"])
    audit(actor=actor, action=f"incident.{settlement}", object_kind="incident", object_id=incident.pk, now=now)

"""Published versions of rule sets and catalogues: nobody puts a rule in force alone."""

from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from ledger.actions.records import audit
from ledger.actors import Actor
from ledger.models import Edition

DRAFT_RIGHT, APPROVE_RIGHT = "rules.draft", "rules.approve"


@transaction.atomic
def draft_edition(*, kind: str, title: str, actor: Actor, now: datetime) -> Edition:
    """Begin a new version; its content is written by the app that owns the kind, in the same transaction.

    Raises:
        PermissionDenied: the actor may not draft.
    """
    _need(actor, DRAFT_RIGHT)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('ledger_edition'), hashtext(%s))", [kind])
    last = Edition.objects.filter(kind=kind).aggregate(last=Max("number"))["last"] or 0
    edition = Edition.objects.create(kind=kind, number=last + 1, title=title, drafted_by=_name(actor), drafted_at=now)
    audit(actor=actor, action="edition.drafted", object_kind=kind, object_id=edition.pk, now=now)
    return edition


@transaction.atomic
def approve_edition(*, edition_id: int, actor: Actor, now: datetime) -> Edition:
    """The second pair of eyes.

    Raises:
        PermissionDenied: the actor may not approve.
        ValidationError: not a draft, or drafted by the same person (the database refuses that too).
    """
    _need(actor, APPROVE_RIGHT)
    edition = _in_state(edition_id, Edition.State.DRAFT)
    if edition.drafted_by == _name(actor):
        raise ValidationError(_("Somebody else has to approve what you drafted."), code="four_eyes")
    edition.state, edition.approved_by, edition.approved_at = Edition.State.APPROVED, _name(actor), now
    edition.save(update_fields=["state", "approved_by", "approved_at"])
    audit(actor=actor, action="edition.approved", object_kind=edition.kind, object_id=edition.pk, now=now)
    return edition


@transaction.atomic
def publish_edition(*, edition_id: int, effective_from: datetime, actor: Actor, now: datetime) -> Edition:
    """Put an approved version in force from a moment on; the one before it applies until then and stays readable.

    Raises:
        PermissionDenied: the actor may not approve.
        ValidationError: not approved, or effective in the past: what was decided under the old rules stays decided.
    """
    _need(actor, APPROVE_RIGHT)
    edition = _in_state(edition_id, Edition.State.APPROVED)
    if effective_from < now:
        raise ValidationError({"effective_from": _("An edition cannot apply to the past.")}, code="past")
    older = Edition.objects.filter(kind=edition.kind, state=Edition.State.PUBLISHED, effective_from__lte=effective_from)
    older.update(state=Edition.State.SUPERSEDED, superseded_at=effective_from)
    edition.state, edition.effective_from = Edition.State.PUBLISHED, effective_from
    edition.save(update_fields=["state", "effective_from"])
    audit(actor=actor, action="edition.published", object_kind=edition.kind, object_id=edition.pk, now=now)
    return edition


def _need(actor: Actor, right: str) -> None:
    if not actor.may(right):
        raise PermissionDenied


def _name(actor: Actor) -> str:
    return f"{actor.kind}:{actor.id}"


def _in_state(edition_id: int, state: Edition.State) -> Edition:
    edition = Edition.objects.select_for_update().get(pk=edition_id)
    if edition.state != state:
        raise ValidationError(_("This edition has moved on; load the page again."), code="state")
    return edition

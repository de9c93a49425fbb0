"""Published versions of rule sets and catalogues: nobody puts a rule in force alone."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from ledger import kinds
from ledger.actions.records import audit
from ledger.actors import Actor
from ledger.clock import app_now
from ledger.models import Edition
from ledger.promises import promise
from ledger.queries.editions import IN_FORCE_STATES, edition_in_force

DRAFT_RIGHT, APPROVE_RIGHT = "rules.draft", "rules.approve"
REASON_MAX = 500
# an edition that begins within this time may already be what a running transaction decides by
WITHDRAW_BEFORE = timedelta(seconds=60)
State = Edition.State


@transaction.atomic
def draft_edition(*, kind: str, title: str, actor: Actor, now: datetime) -> Edition:
    """Begin a new version; its content is written by the app that owns the kind, in the same transaction.

    Raises:
        PermissionDenied: the actor may not draft.
    """
    _need(actor, rights_of(kind)[0])
    lock_kind(kind)
    last = Edition.objects.filter(kind=kind).aggregate(last=Max("number"))["last"] or 0
    edition = Edition.objects.create(
        kind=kind,
        number=last + 1,
        title=title,
        drafted_by=_name(actor),
        drafted_at=now,
        based_on=edition_in_force(kind, now),
    )
    return _said(edition, "drafted", actor, now)


def change_edition(*, edition_id: int, kind: str, actor: Actor) -> Edition:
    """Lock a draft whose content the caller is about to write, in the caller's transaction.

    Raises:
        PermissionDenied: without the right to draft this kind.
        ValidationError: it is no draft any more.
        Edition.DoesNotExist: no such edition of this kind.
    """
    _need(actor, rights_of(kind)[0])
    edition = Edition.objects.select_for_update().get(pk=edition_id, kind=kind)
    if edition.state != State.DRAFT:
        raise ValidationError(_("Only a draft can be changed."), code="state")
    edition.version += 1
    if _name(actor) not in (edition.drafted_by, *edition.editors):
        edition.editors = [*edition.editors, _name(actor)]
    edition.save(update_fields=["version", "editors"])
    return edition


@transaction.atomic
def approve_edition(*, edition_id: int, actor: Actor, now: datetime, expected_version: int | None = None) -> Edition:
    """The second pair of eyes.

    Arguments:
        expected_version: version of the content the approver read; None for a loader, which wrote it in this
            transaction.

    Raises:
        PermissionDenied: the actor may not approve.
        ValidationError: not a draft, returned to its drafter, changed since it was read, or drafted or edited by the
            same person (the database refuses the drafter too).
    """
    edition = _in_state(edition_id, State.DRAFT)
    _need(actor, rights_of(edition.kind)[1])
    if _name(actor) in (edition.drafted_by, *edition.editors):
        raise ValidationError(_("Somebody else has to approve what you drafted."), code="four_eyes")
    if edition.returned_by:
        raise ValidationError(_("It has been returned to its drafter, who has to hand it in again."), code="returned")
    if expected_version is not None and expected_version != edition.version:
        raise ValidationError(_("The draft has been changed since you read it; read it again."), code="version")
    edition.state, edition.approved_by, edition.approved_at = State.APPROVED, _name(actor), now
    return _said(edition, "approved", actor, now)


@transaction.atomic
def publish_edition(*, edition_id: int, effective_from: datetime, actor: Actor, now: datetime) -> Edition:
    """Put an approved version in force from a moment on; the one before it applies until then and stays readable.

    Raises:
        PermissionDenied: the actor may not approve.
        ValidationError: not approved, or effective in the past: what was decided under the old rules stays decided.
    """
    lock_kind(_kind_of(edition_id))
    edition = _in_state(edition_id, State.APPROVED)
    _need(actor, rights_of(edition.kind)[1])
    if effective_from < now:
        raise ValidationError({"effective_from": _("An edition cannot apply to the past.")}, code="past")
    edition.state, edition.effective_from, edition.published_by = State.PUBLISHED, effective_from, _name(actor)
    return _said(_chain(edition), "published", actor, now)


def _return(edition: Edition, *, actor: Actor, reason: str, now: datetime) -> Edition:
    """Back to its drafter with a reason, from a draft or from an approved edition."""
    _need(actor, rights_of(edition.kind)[1])
    _expect(edition, State.DRAFT, State.APPROVED)
    edition.state, edition.approved_by, edition.approved_at = State.DRAFT, "", None
    edition.returned_by, edition.returned_at, edition.reason = _name(actor), now, _reason(reason)
    return _said(edition, "returned", actor, now)


def _hand_in(edition: Edition, *, actor: Actor, reason: str, now: datetime) -> Edition:
    """The drafter is done, or has dealt with what it was returned for: it waits for approval, and those who may approve
    are told (an upper app redeems "ledger.edition_waiting"), once for each version handed in.
    """
    _need(actor, rights_of(edition.kind)[0])
    _expect(edition, State.DRAFT)
    back = f":{edition.returned_at.timestamp():.0f}" if edition.returned_at else ""
    key = f"edition:{edition.pk}:{edition.version}{back}"
    promise("ledger.edition_waiting", key=key, payload={"edition": edition.pk, "key": key}, now=now)
    edition.returned_by, edition.returned_at, edition.reason = "", None, ""
    return _said(edition, "handed_in", actor, now)


def _discard(edition: Edition, *, actor: Actor, reason: str, now: datetime) -> Edition:
    """Give a draft up. Its content stays, so that it can be taken up again."""
    _need(actor, rights_of(edition.kind)[0])
    _expect(edition, State.DRAFT)
    edition.state = State.DISCARDED
    return _said(edition, "discarded", actor, now)


def _restore(edition: Edition, *, actor: Actor, reason: str, now: datetime) -> Edition:
    """Take a discarded draft up again."""
    _need(actor, rights_of(edition.kind)[0])
    _expect(edition, State.DISCARDED)
    edition.state = State.DRAFT
    return _said(edition, "restored", actor, now)


def _rebase(edition: Edition, *, actor: Actor, reason: str, now: datetime) -> Edition:
    """The drafter says that the draft takes over what has been published since it was begun."""
    change_edition(edition_id=edition.pk, kind=edition.kind, actor=actor)
    edition.refresh_from_db()
    published = Edition.objects.filter(kind=edition.kind, state__in=IN_FORCE_STATES)
    edition.based_on = published.order_by("effective_from", "number").last()
    return _said(edition, "rebased", actor, now)


def _withdraw(edition: Edition, *, actor: Actor, reason: str, now: datetime) -> Edition:
    """Take back a published edition that is not yet in force: it is approved again, the one before it goes on."""
    _need(actor, rights_of(edition.kind)[1])
    _expect(edition, *IN_FORCE_STATES)
    if edition.effective_from is None or edition.effective_from - now < WITHDRAW_BEFORE:
        message = _("It is in force or begins within a minute; draft a new edition instead.")
        raise ValidationError(message, code="in_force")
    edition.state, edition.effective_from, edition.superseded_at = State.APPROVED, None, None
    edition.published_by, edition.reason = "", _reason(reason)
    return _said(_chain(edition), "withdrawn", actor, now)


_MOVES: dict[str, Callable[..., Edition]] = {
    "return": _return,
    "hand-in": _hand_in,
    "discard": _discard,
    "restore": _restore,
    "rebase": _rebase,
    "withdraw": _withdraw,
}


@transaction.atomic(durable=True)
def move_edition(
    *,
    kind: str,
    number: int,
    move: str,
    actor: Actor,
    version: int | None = None,
    reason: str = "",
    effective_from: datetime | None = None,
) -> Edition:
    """One step of an edition from the screen.

    Arguments:
        move: "approve", "publish" or one of _MOVES.
        version: version of the content that was read; "approve" needs it.
        reason: of "return" and "withdraw".
        effective_from: of "publish"; None means at once.

    Raises:
        PermissionDenied, ValidationError: as the step says; "approve" also lists what the kind's `validate` found.
    """
    now = app_now()
    lock_kind(kind)
    edition = Edition.objects.select_for_update().get(kind=kind, number=number)
    if move == "approve":
        _refuse_faulty(edition)
        return approve_edition(edition_id=edition.pk, actor=actor, now=now, expected_version=version or 0)
    if move == "publish":
        start = effective_from or now
        return publish_edition(edition_id=edition.pk, effective_from=start, actor=actor, now=now)
    return _MOVES[move](edition, actor=actor, reason=reason, now=now)


def _refuse_faulty(edition: Edition) -> None:
    validate = kinds.editions[edition.kind].validate
    faults: list[str] = kinds.resolve(validate)(edition.pk) if validate else []
    if faults:
        raise ValidationError([ValidationError(fault, code="faulty") for fault in faults])


def rights_of(kind: str) -> tuple[str, str]:
    """Rights that draft and approve editions of a kind."""
    spec = kinds.editions.get(kind)
    return (spec.draft_right, spec.approve_right) if spec else (DRAFT_RIGHT, APPROVE_RIGHT)


def _need(actor: Actor, right: str) -> None:
    if not actor.may(right):
        raise PermissionDenied


def _name(actor: Actor) -> str:
    return f"{actor.kind}:{actor.id}"


def _reason(text: str) -> str:
    if not text.strip():
        raise ValidationError({"reason": _("Please write a reason.")}, code="reason")
    return text.strip()[:REASON_MAX]


def lock_kind(kind: str) -> None:
    """One move of a kind at a time; taken before any row of it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('ledger_edition'), hashtext(%s))", [kind])


def _kind_of(edition_id: int) -> str:
    return Edition.objects.values_list("kind", flat=True).get(pk=edition_id)


def _in_state(edition_id: int, state: State) -> Edition:
    edition = Edition.objects.select_for_update().get(pk=edition_id)
    _expect(edition, state)
    return edition


def _expect(edition: Edition, *states: str) -> None:
    if edition.state not in states:
        raise ValidationError(_("This edition has moved on; load the page again."), code="state")


def _said(edition: Edition, what: str, actor: Actor, now: datetime) -> Edition:
    edition.save()
    data: dict[str, Any] = {"version": edition.version}
    if edition.effective_from is not None:
        data["from"] = edition.effective_from.isoformat()
    audit(actor=actor, action=f"edition.{what}", object_kind=edition.kind, object_id=edition.pk, data=data, now=now)
    return edition


def _chain(edition: Edition) -> Edition:
    """Each published edition applies until the next one begins; said anew after every change of the chain."""
    edition.save()
    chain = list(
        Edition.objects.filter(kind=edition.kind, state__in=IN_FORCE_STATES).order_by("effective_from", "number")
    )
    for row, after in zip(chain, [*chain[1:], None], strict=True):
        state, until = (State.SUPERSEDED, after.effective_from) if after else (State.PUBLISHED, None)
        if (row.state, row.superseded_at) != (state, until):
            row.state, row.superseded_at = state, until
            row.save(update_fields=["state", "superseded_at"])
    edition.refresh_from_db()
    return edition

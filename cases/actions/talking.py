"""What people say and show about a case without moving it: no version is compared."""

from collections.abc import Sequence
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from cases import access, engine
from cases.models import Assignment, Attachment, HistoryEntry, Watch
from ledger.actors import Actor
from ledger.clock import app_now

REPLY_LIMIT = 1000  # characters
REPLY_PHOTOS = 6


def _lock(number: str, actor: Actor, action: str) -> engine.Move:
    """Lock a case for an act that the actor may do on it.

    Raises:
        NoSuchCase: not there, or not his to see. NotPermitted: seen, but not his to do.
    """
    move = engine.lock_number(number, actor=actor, now=app_now())
    steps = list(Assignment.objects.filter(case=move.case))
    if not access.can(actor, "case.see", move.case, steps):
        raise engine.NoSuchCase
    decision = access.can(actor, action, move.case, steps)
    if not decision:
        raise engine.NotPermitted(decision.reason)
    return move


def _need_text(text: str, field: str) -> str:
    if not text.strip():
        raise ValidationError({field: _("Please write something.")})
    return text.strip()[:2000]


@transaction.atomic(durable=True)
def comment(*, number: str, actor: Actor, text: str, photos: Sequence[engine.Photo] = ()) -> HistoryEntry:
    """Write a line into the history for everybody who handles the case."""
    move = _lock(number, actor, "case.comment")
    entry = move.record("comment", note=_need_text(text, "text"))
    engine.attach(move, photos, entry.sequence)
    move.flush()
    return entry


@transaction.atomic(durable=True)
def reply(*, actor: Actor, case_id: int, text: str, photos: Sequence[UUID] = ()) -> HistoryEntry:
    """A message of the reporter to those who work on the case, with photos if he likes.

    Arguments:
        photos: ids of stored files; more than six are left out.

    Raises:
        NotPermitted: not the actor's own case. ValidationError: the case is closed, or the text is empty or too long.
    """
    move = engine.lock(case_id, actor=actor, now=app_now())
    if not access.is_reporter(actor, move.case):
        raise engine.NotPermitted(_("There is no such case, or it is not yours to see."))
    if move.case.closed:
        raise ValidationError(_("The case is closed; nobody would read your message."))
    if len(text.strip()) > REPLY_LIMIT:
        raise ValidationError({"text": _("Please keep it below %(limit)s characters.") % {"limit": REPLY_LIMIT}})
    entry = move.record("answer", note=_need_text(text, "text"), public=True)
    engine.attach(move, [engine.Photo(file, "reply") for file in photos[:REPLY_PHOTOS]], entry.sequence)
    move.notify = True
    move.flush()
    return entry


@transaction.atomic(durable=True)
def withdraw(*, number: str, actor: Actor, reason: str) -> engine.Applied:
    """The reporter ends the own matter by the move "withdraw" of its kind, whatever version he saw.

    Raises:
        CaseMoved: it is closed. NotPermitted: not his, or its kind has no such move. ValidationError: no reason.
    """
    now = app_now()
    move = engine.lock_number(number, actor=actor, now=now)
    ask = engine.Ask("withdraw", note=_need_text(reason, "reason"))
    return engine.apply_all(
        case_id=move.case.pk, asks=[ask], actor=actor, now=now, expected_version=move.case.version, move=move
    )


@transaction.atomic(durable=True)
def urge(*, number: str, actor: Actor, note: str = "") -> HistoryEntry:
    """Ask who has the case to hurry; counted, and told to every department that has an open step.

    Raises:
        ValidationError: the case is closed.
    """
    move = _lock(number, actor, "case.urge")
    if move.case.closed:
        raise ValidationError(_("The case is closed; there is nobody to urge."))
    move.case.urges += 1
    entry = move.record("urge", note=note[:500], public=True)
    move.notify = True
    move.flush()
    return entry


@transaction.atomic(durable=True)
def supervise(*, number: str, actor: Actor, note: str) -> HistoryEntry:
    """A leader's order (督办): the case is marked for good and everybody who has it is told."""
    if not actor.may("cases.supervise"):
        raise engine.NotPermitted(_("Your role does not include this step."))
    move = _lock(number, actor, "case.comment")
    move.case.supervised = True
    entry = move.record("supervise", note=_need_text(note, "note"))
    move.notify = True
    move.flush()
    return entry


@transaction.atomic(durable=True)
def attach(*, number: str, actor: Actor, photos: Sequence[engine.Photo], note: str = "") -> HistoryEntry:
    """Add photos, also late ones that were announced with the report."""
    if not photos:
        raise ValidationError({"photos": _("Please choose a photo.")})
    action = "case.see" if not actor.rights else "case.attach"  # the reporter completes what he announced
    move = _lock(number, actor, action)
    entry = move.record("attach", note=note[:500], data={"photos": len(photos)})
    engine.attach(move, photos, entry.sequence)
    move.flush()
    return entry


@transaction.atomic(durable=True)
def release(*, number: str, actor: Actor, attachment_ids: Sequence[int], released: bool = True) -> HistoryEntry:
    """Make photos public, or take them back; a photo is private until an officer releases it.

    Arguments:
        attachment_ids: attachments of this case; others are ignored.
    """
    move = _lock(number, actor, "case.release")
    chosen = Attachment.objects.filter(case=move.case, pk__in=attachment_ids)
    changed = chosen.update(released=released)
    entry = move.record("release" if released else "withdraw_release", data={"photos": changed})
    move.flush()
    return entry


@transaction.atomic(durable=True)
def watch(*, number: str, actor: Actor, on: bool = True) -> bool:
    """Follow a case, or stop following it; idempotent. Returns whether it is followed now."""
    move = _lock(number, actor, "case.watch")
    if actor.user_id is None:
        return False
    if on:
        Watch.objects.get_or_create(case=move.case, user_id=actor.user_id)
    else:
        Watch.objects.filter(case=move.case, user=actor.user_id).delete()
    return on

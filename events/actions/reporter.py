"""What the reporter can do with the own case: answer, add photos, rate, reopen. And what the public may read."""

from collections.abc import Sequence
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from cases.access import can, is_reporter
from cases.engine import Applied, Ask, Move, NotPermitted, Photo, apply_all, attach, lock
from cases.models import Assignment
from events.models import Rating, Report
from ledger.actors import Actor
from ledger.clock import app_now

TEXT_LIMIT = 1000  # characters


@transaction.atomic(durable=True)
def reopen_report(*, actor: Actor, case_id: int, reason: str) -> Applied:
    """Ask for reopening within 15 days of the closing; goes back to the officer who filed it.

    Raises:
        ValidationError: too late, or no reason given.
        CaseMoved: the case is open.
    """
    now = app_now()
    move = lock(case_id, actor=actor, now=now)
    ask = Ask("reopen", note=_text(reason, "reason"))
    return apply_all(case_id=case_id, asks=[ask], actor=actor, now=now, expected_version=move.case.version, move=move)


@transaction.atomic(durable=True)
def rate_report(*, actor: Actor, case_id: int, score: int, comment: str = "") -> None:
    """The reporter's 1 (very dissatisfied) to 5 (very satisfied), once per closing.

    Raises:
        ValidationError: not closed yet, rated already, or no such score.
    """
    now = app_now()
    move = _own_case(case_id, actor, lock(case_id, actor=actor, now=now))
    if score not in range(1, 6):
        raise ValidationError({"score": _("Choose 1 to 5.")})
    if move.case.closed_at is None:
        raise ValidationError(_("The case can be rated when it is closed."))
    if Rating.objects.filter(case_id=case_id, at__gte=move.case.closed_at).exists():
        raise ValidationError(_("You have rated this result. Thank you."))
    Rating.objects.create(case_id=case_id, score=score, comment=_text(comment, "comment", required=False), at=now)
    move.record("rate", data={"score": score}, public=True)
    move.flush()


@transaction.atomic(durable=True)
def add_announced_photos(*, actor: Actor, case_id: int, photos: Sequence[UUID]) -> int:
    """Photos a phone announced with the report and sends afterwards. Returns how many are still missing."""
    now = app_now()
    move = _own_case(case_id, actor, lock(case_id, actor=actor, now=now))
    report = Report.objects.get(case_id=case_id)
    if not 0 < len(photos) <= report.photos_announced:
        raise ValidationError({"photos": _("More photos arrived than the report announced.")})
    entry = move.record("attach", data={"photos": len(photos)})
    attach(move, [Photo(file, "report") for file in photos], entry.sequence)
    move.flush()
    report.photos_announced -= len(photos)
    report.save(update_fields=["photos_announced"])
    return report.photos_announced


@transaction.atomic(durable=True)
def release_text(*, actor: Actor, case_id: int, text: str) -> None:
    """An officer releases a text to the public, or withdraws it with ""; the report's own words are never shown.

    Raises:
        NotPermitted: without the right "cases.release", or the case is not his to see.
    """
    now = app_now()
    move = lock(case_id, actor=actor, now=now)
    decision = can(actor, "case.release", move.case, list(Assignment.objects.filter(case_id=case_id)))
    if not decision:
        raise NotPermitted(decision.reason)
    shown = _text(text, "text", required=False)
    Report.objects.filter(case_id=case_id).update(public_text=shown, text_released=bool(shown))
    move.record("release" if shown else "withdraw_release", data={"what": "text"})
    move.flush()


def _own_case(case_id: int, actor: Actor, move: Move) -> Move:
    if move.case.kind != "event" or not is_reporter(actor, move.case):
        raise NotPermitted(_("There is no such case, or it is not yours to see."))
    return move


def _text(text: str, field: str, *, required: bool = True) -> str:
    found = text.strip()
    if required and not found:
        raise ValidationError({field: _("Please write a few words.")})
    if len(found) > TEXT_LIMIT:
        raise ValidationError({field: _("Please keep it below %(limit)s characters.") % {"limit": TEXT_LIMIT}})
    return found

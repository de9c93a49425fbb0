"""A change over several villages: a draft in each, and every move for all of them in one transaction or for none."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.access import demand_right
from grids.actions.drafting import EDIT, open_set, start
from grids.actions.publishing import check_twice, give_back, hand_in, put_out, take_back
from grids.models import BoundaryDraft, Scheme
from grids.queries.approvals import PUBLISH
from grids.queries.change_sets import drafts_of_set, set_version
from grids.queries.drafts import DraftState
from ledger.actions import audit
from ledger.actors import Actor
from ledger.clock import app_now

VILLAGES_MOST = 60
Stage = BoundaryDraft.Stage


@transaction.atomic(durable=True)
def begin_change_set(*, villages: Sequence[str], scheme: str, title: str, actor: Actor) -> int:
    """Begin a change of one scheme in several villages, a draft in each. Returns its id.

    Arguments:
        villages: 12-digit codes.

    Raises:
        PermissionDenied: no right to edit, or a village is not the actor's.
        ValidationError: too many, or one of them cannot be drawn in.
    """
    now = app_now()
    demand_right(actor, EDIT)
    found = Scheme.objects.filter(code=scheme).first()
    if found is None or not 1 <= len(set(villages)) <= VILLAGES_MOST:
        message = _("Choose at most %(most)s villages for one change.") % {"most": VILLAGES_MOST}
        raise ValidationError({"village": message})
    made = open_set(scheme=found, title=title, actor=actor, now=now)
    for village in sorted(set(villages)):
        start(village=village, scheme=scheme, title=title, actor=actor, now=now, change_set=made.pk)
    audit(actor=actor, action="boundary.set_begun", now=now, object_kind="change_set", object_id=made.pk)
    return made.pk


def submit_set(*, set_id: int, version: int, actor: Actor) -> None:
    """Hand the drafts in for publication. Those in which nothing was changed go along and change nothing.

    Raises:
        PermissionDenied: no right. ValidationError: as `submit_draft`, naming the village; or nothing was changed.
    """
    for state in drafts_of_set(set_id, actor):
        if state.changes():
            with in_village(state):
                check_twice(state)
    _for_all(hand_in, set_id, version, Stage.DRAWING, EDIT, actor)


def send_back_set(*, set_id: int, version: int, reason: str, actor: Actor) -> None:
    """Give the drafts back to be drawn on, with a reason; their authors may take them back themselves."""
    right = PUBLISH if actor.may(PUBLISH) else EDIT
    _for_all(give_back, set_id, version, Stage.SUBMITTED, right, actor, reason=reason)


def publish_set(*, set_id: int, version: int, effective_from: date, actor: Actor) -> None:
    """Publish all drafts for one day; raises as `publish_draft` does, naming the village, and then publishes none."""
    _for_all(put_out, set_id, version, Stage.SUBMITTED, PUBLISH, actor, effective_from=effective_from)


def withdraw_set(*, set_id: int, version: int, reason: str, actor: Actor) -> None:
    """Take all of a published change back before its day; raises as `withdraw_draft` does."""
    _for_all(take_back, set_id, version, Stage.PUBLISHED, PUBLISH, actor, reason=reason)


@transaction.atomic(durable=True)
def discard_set(*, set_id: int, version: int, actor: Actor) -> None:
    """Give all drafts up; they stay in the list of those that are over."""
    now = app_now()
    for state in locked_set(set_id=set_id, version=version, stage=Stage.DRAWING, right=EDIT, actor=actor):
        BoundaryDraft.objects.filter(pk=state.row.id).update(
            stage=Stage.DISCARDED, updated_at=now, version=state.version + 1
        )
    audit(actor=actor, action="boundary.set_discarded", now=now, object_kind="change_set", object_id=set_id)


@transaction.atomic(durable=True)
def _for_all(
    move: Callable[..., None], set_id: int, version: int, stage: str, right: str, actor: Actor, **given: Any
) -> None:
    now = app_now()
    states = locked_set(set_id=set_id, version=version, stage=stage, right=right, actor=actor)
    if not any(state.changes() for state in states):
        raise ValidationError(_("Nothing has been changed yet."), code="nothing")
    for state in states:
        with in_village(state):
            if state.changes():
                move(state=state, actor=actor, now=now, **given)
            else:
                _along(state, move, actor, now, given)
    audit(actor=actor, action=f"boundary.set_{move.__name__}", now=now, object_kind="change_set", object_id=set_id)


def _along(state: DraftState, move: Callable[..., None], actor: Actor, now: datetime, given: dict[str, Any]) -> None:
    """A draft without changes shares the stage of the others, so that it can be drawn in after a return."""
    values: dict[Callable[..., None], dict[str, Any]] = {
        hand_in: {"stage": Stage.SUBMITTED, "submitted_by_id": actor.user_id, "submitted_at": now, "reason": ""},
        give_back: {"stage": Stage.DRAWING, "reason": given.get("reason", "")},
        put_out: {
            "stage": Stage.PUBLISHED,
            "published_by_id": actor.user_id,
            "published_at": now,
            "effective_from": given.get("effective_from"),
        },
        take_back: {"stage": Stage.WITHDRAWN, "reason": given.get("reason", "")},
    }
    if move is put_out and actor.user_id in state.authors:
        raise PermissionDenied("four_eyes")
    rows = BoundaryDraft.objects.filter(pk=state.row.id)
    rows.update(updated_at=now, version=state.version + 1, **values[move])


def locked_set(*, set_id: int, version: int, stage: str, right: str, actor: Actor) -> list[DraftState]:
    """All drafts under lock, by id, in a stage and at the versions the actor saw."""
    demand_right(actor, right)
    list(BoundaryDraft.objects.select_for_update().filter(change_set=set_id).order_by("pk"))
    states = drafts_of_set(set_id, actor)
    if not states:
        raise PermissionDenied("territory")
    if set_version(states) != version or any(state.row.stage != stage for state in states):
        message = _("Somebody has changed one of these drafts in the meantime. Look at it again.")
        raise ValidationError(message, code="moved_on")
    return states


@contextmanager
def in_village(state: DraftState) -> Iterator[None]:
    """A refusal says which village it is about; fields stay fields."""
    try:
        yield
    except ValidationError as error:
        if hasattr(error, "error_dict"):
            raise
        zh = (get_language() or "zh").startswith("zh")
        name = state.row.division_zh if zh else state.row.division_en
        text = _("%(village)s: %(refusal)s") % {"village": name, "refusal": " ".join(error.messages)}
        raise ValidationError(text, code=error.code) from error

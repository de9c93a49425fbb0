"""What a draft has to satisfy before it is handed in and before it is published, and why warnings are accepted."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.fields.ranges import RangeStartsWith
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from grids.actions.drafting import EDIT, locked
from grids.models import BoundaryDraft, Division, GridVersion, WarningReason
from grids.queries.boundaries import boundary_defects
from grids.queries.draft_page import findings_of
from grids.queries.drafts import DraftState
from grids.queries.moved_on import is_behind, latest
from ledger.actions import audit
from ledger.actors import Actor
from ledger.clock import app_now

Stage = BoundaryDraft.Stage


def demand_exact(state: DraftState) -> None:
    if not state.changes():
        raise ValidationError(_("Nothing has been changed yet."), code="nothing")
    defects = boundary_defects(state.rings, state.outline)
    if defects:
        raise ValidationError(
            _("Places that do not fit yet: %(count)s, see the check. Nothing was handed in.") % {"count": len(defects)},
            code="defects",
        )


def demand_sound(state: DraftState, *, checked: bool = False) -> None:
    """No error of the check, and a reason for every warning.

    Arguments:
        checked: at publication; a figure that has changed since the hand-in stops nothing.

    Raises:
        ValidationError: code errors or unexplained.
    """
    found = findings_of(state, checked=checked)
    errors = sorted({row.code for row in found if row.is_error})
    if errors:
        message = _("The check finds errors at %(codes)s. Nothing was handed in.")
        raise ValidationError(message % {"codes": ", ".join(errors)}, code="errors")
    open_ = [row for row in found if not row.is_error and row.reason is None]
    if open_:
        message = _("Warnings without a reason: %(count)s, see the check. Nothing was handed in.")
        raise ValidationError(message % {"count": len(open_)}, code="unexplained")


@transaction.atomic(durable=True)
def explain_warnings(*, draft_id: int, version: int, reasons: Mapping[str, str], actor: Actor) -> int:
    """Say why warnings of the check are accepted; each reason is kept with who, when and the figure it is about.

    Arguments:
        reasons: "kind:code" of a warning → why.

    Returns:
        how many were given.

    Raises:
        PermissionDenied: no right to edit.
        ValidationError: nothing was said, a warning is no longer there, or moved_on.
    """
    now = app_now()
    state = locked(draft_id=draft_id, version=version, stage=Stage.DRAWING, right=EDIT, actor=actor)
    said = {key: text.strip() for key, text in reasons.items() if text.strip()}
    warned = {f"{row.kind}:{row.code}": row for row in findings_of(state) if not row.is_error}
    if not said:
        raise ValidationError({"reason": _("Say why.")}, code="nothing")
    if not said.keys() <= warned.keys():
        raise ValidationError(_("One of these warnings is no longer there. Look at the check again."), code="moved_on")
    facts = {"draft_id": draft_id, "given_by_id": actor.user_id, "given_at": now}
    WarningReason.objects.bulk_create(
        WarningReason(kind=warned[key].kind, code=warned[key].code, figure=warned[key].figure, text=text, **facts)
        for key, text in said.items()
    )
    set_draft(state, updated_at=now)
    record(action="boundary.explained", state=state, actor=actor, now=now, warnings=sorted(said))
    return len(said)


def demand_base(state: DraftState, effective_from: date) -> None:
    """What the draft began with is still the last word, and began before the new day."""
    if is_behind(state, latest(state)):
        message = _(
            "The boundaries of this village have changed since the draft was begun. Lay it on what is new first."
        )
        raise ValidationError(message, code="base")
    touched = [part.version_id for part in state.base.values() if part.version_id is not None]
    rows = (Division if state.row.of_divisions else GridVersion).objects.filter(pk__in=touched)
    newest = rows.aggregate(day=Max(RangeStartsWith("valid")))["day"]
    if newest is not None and newest >= effective_from:
        message = _("Choose a day after %(day)s: the present boundaries begin then.") % {"day": newest}
        raise ValidationError({"effective_from": message}, code="day")


def set_draft(state: DraftState, **values: Any) -> None:
    BoundaryDraft.objects.filter(pk=state.row.id).update(version=state.version + 1, **values)


def record(*, action: str, state: DraftState, actor: Actor, now: datetime, **data: Any) -> None:
    facts = {"village": state.row.division_code, "scheme": state.row.scheme, **data}
    audit(actor=actor, action=action, now=now, object_kind="boundary_draft", object_id=state.row.id, data=facts)

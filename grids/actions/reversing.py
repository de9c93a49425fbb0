"""A change in force is taken back by its reverse: a draft that draws itself, checked and published like any other."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import demand_right
from grids.actions.drafting import EDIT, demand_alone, keep_step, locked, open_set, start
from grids.actions.numbering import Numbering, next_part
from grids.models import BoundaryDraft, Scheme
from grids.queries.change_sets import drafts_of_set
from grids.queries.drafts import DraftState, Part, draft_state, last_parts
from grids.rules.coverage import canonical
from ledger.actions import audit
from ledger.actors import Actor
from ledger.clock import app_now

TITLE_MOST = 120


@transaction.atomic(durable=True)
def reverse_draft(*, draft_id: int, version: int, actor: Actor) -> int:
    """Begin the reverse of a change that is in force: boundaries and names as they were before it. Returns its id.

    A grid that ended comes back under a new code, because codes are never used twice; cases and posts follow on the
    day of the reverse, as with any change.

    Raises:
        PermissionDenied: no right to edit, or not the actor's territory.
        ValidationError: code moved_on, if what the change made has been changed since; names it.
    """
    now = app_now()
    state = locked(draft_id=draft_id, version=version, stage=BoundaryDraft.Stage.IN_FORCE, right=EDIT, actor=actor)
    demand_alone(state)
    made = _reverse(state, actor=actor, now=now)
    data = {"reverses": draft_id}
    audit(actor=actor, action="boundary.reversed", now=now, object_kind="boundary_draft", object_id=made, data=data)
    return made


@transaction.atomic(durable=True)
def reverse_set(*, set_id: int, version: int, actor: Actor) -> int:
    """Begin the reverse of a change over several villages, for all that were changed. Returns the new change's id.

    Arguments:
        version: as the page sends it; what is in force is changed by nobody.

    Raises:
        PermissionDenied: no right to edit. ValidationError: as `reverse_draft`, or it is not in force.
    """
    now = app_now()
    demand_right(actor, EDIT)
    states = drafts_of_set(set_id, actor)
    if not states or any(state.row.stage != BoundaryDraft.Stage.IN_FORCE for state in states):
        raise ValidationError(_("Only a change that is in force is taken back by its reverse."), code="stage")
    scheme = Scheme.objects.get(code=states[0].row.scheme)
    made = open_set(scheme=scheme, title=_title(states[0].row.title), actor=actor, now=now)
    for state in states:
        if state.changes():
            _reverse(state, actor=actor, now=now, change_set=made.pk)
    data = {"reverses": set_id}
    audit(actor=actor, action="boundary.set_reversed", now=now, object_kind="change_set", object_id=made.pk, data=data)
    return made.pk


def _title(title: str) -> str:
    return (_("Taken back: %(title)s") % {"title": title})[:TITLE_MOST]


def _reverse(state: DraftState, *, actor: Actor, now: datetime, change_set: int | None = None) -> int:
    latest = {part.code: part for part in last_parts(state.division_id, state.scheme_id)}
    _demand_untouched(state, latest)
    row = state.row
    scheme, title = row.scheme, _title(row.title)
    made = start(village=row.division_code, scheme=scheme, title=title, actor=actor, now=now, change_set=change_set)
    begun = draft_state(made, actor)
    if begun is None:
        raise TypeError("a draft that was begun is there")
    detail = {"codes": sorted(code for _kind, code in state.changes())}
    keep_step(state=begun, operation="reverse", detail=detail, parts=_before(state, latest), actor=actor, now=now)
    return made


def _demand_untouched(state: DraftState, latest: Mapping[str, Part]) -> None:
    moved = [code for kind, code in state.changes() if _differs(kind, state.parts.get(code), latest.get(code))]
    if moved:
        message = _("Changed again since: %(codes)s. Draw a new change instead of taking this one back.")
        raise ValidationError(message % {"codes": ", ".join(moved)}, code="moved_on")


def _differs(kind: str, after: Part | None, there: Part | None) -> bool:
    if after is None or there is None:
        return after is not there
    return kind != "name" and canonical(after.ring) != canonical(there.ring)


def _before(state: DraftState, latest: Mapping[str, Part]) -> dict[str, Part]:
    """The last parts with what the change did undone."""
    row, parts, taken = state.row, dict(latest), state.taken
    place = Numbering(row.scheme, row.division_code, row.division_zh, row.division_en, state.base)
    for kind, code in state.changes():
        if kind == "new":
            parts.pop(code)
            continue
        old = state.base[code]
        if kind == "ended":
            fresh = next_part(place, old.ring, taken | parts.keys())
            parts[fresh.code] = replace(fresh, type=old.type, name_zh=old.name_zh, name_en=old.name_en)
        else:
            last = latest[code]
            parts[code] = replace(old, version_id=last.version_id, grid_id=last.grid_id)
    return parts

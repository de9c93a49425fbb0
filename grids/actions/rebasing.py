"""The second of two drafts that clash is laid on what the first one made: a step like any other, that can be undone."""

from collections.abc import Mapping
from dataclasses import replace

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from grids.actions.draft_checks import record
from grids.actions.drafting import EDIT, keep_step, locked
from grids.actions.numbering import NUMBER, Numbering, next_part
from grids.models import BoundaryDraft
from grids.queries.drafts import DraftState, Part, draft_state
from grids.queries.moved_on import Moved, is_behind, latest, moved_on
from ledger.actors import Actor
from ledger.clock import app_now

MINE, THEIRS = "mine", "theirs"


@transaction.atomic(durable=True)
def rebase_draft(*, draft_id: int, version: int, choices: Mapping[str, str], actor: Actor) -> None:
    """Begin the draft anew with the last boundaries and lay its own changes on them.

    A grid that only the draft changes stays as it is drawn, one that only the others changed becomes theirs; where
    both did, the choice counts. What then overlaps or leaves a gap is found by the check and mended by drawing. Two
    steps are kept: the new beginning, and the draft on it; undoing both gives the draft of before.

    Arguments:
        choices: code of a grid both have changed → mine or theirs.

    Raises:
        PermissionDenied: no right to edit.
        ValidationError: nothing has moved, a choice is missing, all codes are used up, or moved_on.
    """
    now = app_now()
    state = locked(draft_id=draft_id, version=version, stage=BoundaryDraft.Stage.DRAWING, right=EDIT, actor=actor)
    base, moved = latest(state), moved_on(state)
    if not is_behind(state, base):
        raise ValidationError(_("Nothing has moved since this draft was begun."), code="up_to_date")
    missing = [row.code for row in moved if row.clash and choices.get(row.code) not in (MINE, THEIRS)]
    if missing:
        message = _("Choose for %(codes)s whose boundary counts: both changes concern it.")
        raise ValidationError(message % {"codes": ", ".join(missing)}, code="choose")
    parts = _laid(state, base, moved, choices)
    detail = {"codes": [row.code for row in moved]}
    keep_step(state=state, operation="base", detail=detail, parts=base, actor=actor, now=now)
    again = draft_state(draft_id, actor)
    if again is not None:
        mine = [code for code, choice in choices.items() if choice == MINE]
        keep_step(state=again, operation="rebase", detail={"codes": mine}, parts=parts, actor=actor, now=now)
    record(action="boundary.rebased", state=state, actor=actor, now=now, grids=[row.code for row in moved])


def _laid(
    state: DraftState, base: Mapping[str, Part], moved: list[Moved], choices: Mapping[str, str]
) -> dict[str, Part]:
    theirs = {row.code for row in moved if not row.clash or choices[row.code] == THEIRS}
    parts, taken = dict(base), state.taken | set(base)
    for kind, code in state.changes():
        if code in theirs and kind != "new":
            continue
        if kind == "ended":
            parts.pop(code, None)
            continue
        part = _on(state, base, state.parts[code], taken)
        parts[part.code] = part
        taken.add(part.code)
    return parts


def _on(state: DraftState, base: Mapping[str, Part], mine: Part, taken: set[str]) -> Part:
    """A part of the draft on the new beginning: under its code, or under a new one if the other change used that."""
    known, is_new = base.get(mine.code), mine.code not in state.base
    if is_new and known is None:
        return mine
    if known is not None and not is_new:
        return replace(mine, version_id=known.version_id)
    row = state.row
    place = Numbering(row.scheme, row.division_code, row.division_zh, row.division_en, base)
    fresh = next_part(place, mine.ring, taken)
    names = (fresh.name_zh, fresh.name_en) if NUMBER.search(mine.name_zh) else (mine.name_zh, mine.name_en)
    return replace(fresh, type=mine.type, name_zh=names[0], name_en=names[1])

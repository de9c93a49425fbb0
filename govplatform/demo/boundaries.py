"""Boundaries in the demo: one change that is in force for a month, so that another day shows something, and one draft
that waits for its second person."""

from contextlib import suppress
from datetime import timedelta
from itertools import combinations

from django.core.exceptions import ValidationError
from django.db import transaction

from accounts.models import User
from accounts.queries import presence_of_user
from cases.models import Case
from grids.actions import (
    Edit,
    begin_draft,
    bring_into_force,
    discard_draft,
    edit_draft,
    explain_warnings,
    publish_draft,
    submit_draft,
)
from grids.models import BoundaryDraft
from grids.queries import today
from grids.queries.draft_page import findings_of
from grids.queries.drafts import DraftState, VillageRow, draft_state, villages_to_zone
from grids.rules.coverage import degrees_of, twice_area
from ledger.actors import Actor
from ledger.clock import app_now, shifted

CLERK, SECOND = "registrar", "chief"
DRAWN, IN_FORCE = timedelta(days=40), timedelta(days=30)  # before now
PAST, WAITING = "网格户数均衡调整（示例）", "2027 年度网格调整（示例）"
REASON = "按年底预计入住户数划分（示例）"
SMALLEST_SHARE = 0.3  # of the grid that is split


def redraw() -> bool:
    """Make both, once, through the real actions. Returns whether anything was made."""
    if BoundaryDraft.objects.exists():
        return False
    clerk, second = (presence_of_user(User.objects.get(username=name), None).actor for name in (CLERK, SECOND))
    villages = villages_to_zone(clerk, on=today())
    with shifted(-DRAWN):
        drawn = _draft(villages, PAST, clerk)
        # grids that began after that day cannot have been redrawn on it: then the change waits as well
        with suppress(ValidationError):
            _publish(drawn, second)
    with shifted(-IN_FORCE + timedelta(hours=1)), transaction.atomic():
        bring_into_force(now=app_now())
    _draft(villages[::-1], WAITING, clerk)
    return True


def _draft(villages: list[VillageRow], title: str, clerk: Actor) -> int | None:
    """A split of the fullest grid without a case, in the first village that has one; handed in."""
    for village in villages:
        draft = begin_draft(village=village.code, scheme="service", title=title, actor=clerk)
        state = draft_state(draft, clerk)
        if state is None or not _split(state, clerk):
            discard_draft(draft_id=draft, version=0, actor=clerk)
            continue
        _explain(draft, clerk)
        after = draft_state(draft, clerk)
        if after is not None:
            submit_draft(draft_id=draft, version=after.version, actor=clerk)
            return draft
    return None


def _explain(draft: int, clerk: Actor) -> None:
    state = draft_state(draft, clerk)
    warned = [found for found in findings_of(state) if not found.is_error] if state is not None else []
    if state is not None and warned:
        reasons = {f"{found.kind}:{found.code}": REASON for found in warned}
        explain_warnings(draft_id=draft, version=state.version, reasons=reasons, actor=clerk)


def _split(state: DraftState, clerk: Actor) -> bool:
    cases = Case.objects.filter(grid__division__code=state.row.division_code)
    busy = set(cases.values_list("grid", flat=True))
    quiet = [part for part in state.parts.values() if part.type == "base" and part.grid_id not in busy]
    for part in sorted(quiet, key=lambda one: -twice_area(one.ring)):
        for one, two in combinations(range(len(part.ring)), 2):
            share = twice_area(part.ring[one : two + 1]) / twice_area(part.ring)
            if not SMALLEST_SHARE <= share <= 1 - SMALLEST_SHARE:
                continue
            line = (degrees_of(part.ring[one]), degrees_of(part.ring[two]))
            try:
                edit = Edit("split", grid=part.code, line=line)
                edit_draft(draft_id=state.row.id, version=state.version, edit=edit, actor=clerk)
            except ValidationError:
                continue
            return True
    return False


def _publish(draft: int | None, second: Actor) -> None:
    state = draft_state(draft, second) if draft is not None else None
    if state is not None:
        day = today() + (DRAWN - IN_FORCE)
        publish_draft(draft_id=state.row.id, version=state.version, effective_from=day, actor=second)

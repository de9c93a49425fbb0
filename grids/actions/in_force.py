"""The day of a published change: what is not dated follows; codes end, names, households and posts, open cases."""

from datetime import datetime

from django.db.models import Q

from grids.actions.boundary_news import tell_boundaries
from grids.actions.division_days import divisions_in_force, follow_divisions, hand_posts_on
from grids.actions.periods import close
from grids.models import BoundaryDraft, Duty, Grid, KindDuty
from grids.queries import city_day
from grids.queries.boundaries import households_in, origins
from grids.queries.drafts import DraftState, due_drafts, state_of
from ledger.actions import audit, start_job
from ledger.actors import CLOCK

Stage = BoundaryDraft.Stage


def bring_into_force(*, now: datetime) -> bool:
    """Follow one published change whose day has come: codes end, names and households change, open cases move.

    A periodic job, one change at a time. Returns True if there may be more.
    """
    today = city_day(now)
    follow_divisions(today)
    due = due_drafts(today)
    if not due:
        return False
    draft = BoundaryDraft.objects.select_for_update(of=["self"]).select_related("division").get(pk=due[0])
    state = state_of(draft)
    if state.row.of_divisions:
        divisions_in_force(state=state, day=draft.effective_from or today, now=now)
    else:
        _grids_in_force(state, now)
    BoundaryDraft.objects.filter(pk=draft.pk).update(
        stage=Stage.IN_FORCE, in_force_at=now, updated_at=now, version=draft.version + 1
    )
    tell_boundaries("in_force", state, day=draft.effective_from or today, now=now)
    if state.row.follows is None:  # what follows a change of divisions moves with that
        start_job(kind="grids.things", params={"path": draft.division.path}, actor=CLOCK, now=now)
        start_job(kind="cases.regrid", params={"draft": draft.pk}, actor=CLOCK, now=now)
    audit(actor=CLOCK, action="boundary.in_force", now=now, object_kind="boundary_draft", object_id=draft.pk)
    return len(due) > 1


def _grids_in_force(state: DraftState, now: datetime) -> None:
    what = dict((code, kind) for kind, code in state.changes())
    ended = [code for code, kind in what.items() if kind == "ended"]
    Grid.objects.filter(code__in=ended, retired_at=None).update(retired_at=now)
    _follow_names(state, what)
    _follow_duties(state, what, ended)


def _follow_names(state: DraftState, what: dict[str, str]) -> None:
    kept = [code for code, kind in what.items() if kind != "ended"]
    counted = households_in({code: state.parts[code].ring for code in kept})
    rows = list(Grid.objects.select_for_update().filter(code__in=kept))
    for row in rows:
        part = state.parts[row.code]
        row.name_zh, row.name_en, row.type = part.name_zh, part.name_en, part.type
        # unit grids hold no households; service grids those of their house numbers
        row.households = counted[row.code][0] if state.row.scheme == "service" else row.households
    Grid.objects.bulk_update(rows, ["name_zh", "name_en", "type", "households"])


def _follow_duties(state: DraftState, what: dict[str, str], ended: list[str]) -> None:
    """Posts of a grid that ended end with it; a new grid begins with the people of the one it was cut from."""
    day = state.row.effective_from
    if day is None:
        return
    new = {code: state.parts[code].ring for code, kind in what.items() if kind == "new"}
    if state.row.follows is None:
        hand_posts_on(origins(new, state.base_rings), day)
    for model in (Duty, KindDuty):
        over = model._default_manager.filter(valid__isempty=False, grid__code__in=ended)
        over = over.filter(Q(valid__upper_inf=True) | Q(valid__endswith__gt=day))
        close(model, list(over.values_list("pk", flat=True)), day)

"""The day of a published change: what is not dated follows; codes end, names, households and posts, open cases."""

from copy import copy
from datetime import date, datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q, QuerySet

from grids.actions.boundary_news import tell_boundaries
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
    due = due_drafts(city_day(now))
    if not due:
        return False
    draft = BoundaryDraft.objects.select_for_update(of=["self"]).select_related("division").get(pk=due[0])
    state = state_of(draft)
    what = dict((code, kind) for kind, code in state.changes())
    ended = [code for code, kind in what.items() if kind == "ended"]
    Grid.objects.filter(code__in=ended, retired_at=None).update(retired_at=now)
    _follow_names(state, what)
    _follow_duties(state, what, ended)
    BoundaryDraft.objects.filter(pk=draft.pk).update(
        stage=Stage.IN_FORCE, in_force_at=now, updated_at=now, version=draft.version + 1
    )
    tell_boundaries("in_force", state, day=draft.effective_from or city_day(now), now=now)
    start_job(kind="grids.things", params={"path": draft.division.path}, actor=CLOCK, now=now)
    start_job(kind="cases.regrid", params={"draft": draft.pk}, actor=CLOCK, now=now)
    audit(actor=CLOCK, action="boundary.in_force", now=now, object_kind="boundary_draft", object_id=draft.pk)
    return len(due) > 1


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
    came_from = origins(new, state.base_rings)
    ids = dict(Grid.objects.filter(code__in=[*new, *came_from.values()]).values_list("code", "pk"))
    for model in (Duty, KindDuty):
        _follow_posts(model, came_from, ids, ended, day)


def _follow_posts(
    model: type[Duty] | type[KindDuty], came_from: dict[str, str], ids: dict[str, int], ended: list[str], day: date
) -> None:
    goes_on = Q(valid__upper_inf=True) | Q(valid__endswith__gt=day)
    rows: QuerySet[Any] = model._default_manager.filter(goes_on, valid__isempty=False)
    over = rows.filter(grid__code__in=ended)
    held: dict[int, list[Any]] = {}
    for row in rows.filter(grid__code__in=[*came_from, *came_from.values()]).order_by("valid__startswith", "pk"):
        held.setdefault(row.grid_id, []).append(row)
    fresh = []
    for code, origin in came_from.items():
        given = held.get(ids[code], [])
        fresh += [made for row in held.get(ids[origin], []) if (made := _inherited(row, ids[code], given, day))]
    close(model, list(over.values_list("pk", flat=True)), day)
    model._default_manager.bulk_create(fresh)


def _inherited(row: Any, grid_id: int, given: list[Any], day: date) -> Any:
    """A post of the origin from the day on, until somebody begins whom the roster gave the new grid ahead.

    None if nothing is left of it, or if the person has the other post of the two already.
    """
    duty = getattr(row, "kind_id", None)
    ahead = [other for other in given if getattr(other, "kind_id", None) == duty]
    first = max(row.valid.lower, day)
    ends = [other.valid.lower for other in ahead if other.post == row.post]
    ends += [row.valid.upper] if row.valid.upper is not None else []
    twice = any(other.post != row.post and other.user_id == row.user_id for other in ahead)
    if twice or (ends and min(ends) <= first):
        return None
    made = copy(row)
    made.pk, made.grid_id, made.valid = None, grid_id, DateRange(first, min(ends, default=None), "[)")
    return made

"""The day of a change of divisions: what names a village follows it. Dates decide, so that a late run is no harm."""

from collections.abc import Mapping
from copy import copy
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q

from accounts.actions.territories import follow_territories
from grids.kinds import followers as follow_kinds
from grids.models import BoundaryDraft, DraftStep, Duty, Grid, KindDuty
from grids.queries.carrying import heirs
from grids.queries.drafts import DraftState
from ledger.kinds import resolve

# Whatever points to a period that is over points to the one that goes on under the same code.
_PASSED = """
SELECT o.id AS old, n.id AS new, n.path FROM grids_division o JOIN grids_division n
    ON n.code = o.code AND n.code_system = o.code_system AND n.valid @> %(on)s::date
 WHERE NOT isempty(o.valid) AND upper(o.valid) <= %(on)s::date
"""
_FOLLOW = (
    "UPDATE grids_division d SET parent_id = p.new FROM passed p WHERE d.parent_id = p.old AND upper_inf(d.valid)",
    "UPDATE grids_grid g SET division_id = p.new, path = p.path || g.code || '/' FROM passed p"
    " WHERE g.division_id = p.old AND g.retired_at IS NULL",
    "UPDATE grids_address a SET division_id = p.new FROM passed p WHERE a.division_id = p.old",
    "UPDATE grids_boundarydraft b SET division_id = p.new FROM passed p WHERE b.division_id = p.old"
    " AND b.stage IN ('drawing', 'submitted')",
)
_ADDRESSES = """
UPDATE grids_address a SET division_id = d.id FROM grids_division d
 WHERE d.code = ANY(%(codes)s) AND d.valid @> %(on)s AND ST_Covers(d.outline, a.point) AND a.division_id <> d.id
   AND a.division_id IN (SELECT id FROM grids_division WHERE code = ANY(%(codes)s))
"""


def follow_divisions(on: date) -> None:
    """Children, grids, house numbers and drafts under way point to the period of a day. Cheap where nothing changed.

    Arguments:
        on: today, in the city.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT EXISTS ({_PASSED})", {"on": on})
        if not cursor.fetchone()[0]:
            return
        for statement in _FOLLOW:
            cursor.execute(f"WITH passed AS ({_PASSED}) {statement}", {"on": on})


def divisions_in_force(*, state: DraftState, day: date, now: datetime) -> None:
    """House numbers, territories of members and departments, posts and what upper rooms keep follow the villages."""
    codes = [code for _kind, code in state.changes()]
    with connection.cursor() as cursor:
        cursor.execute(_ADDRESSES, {"codes": codes, "on": day})
    moves = heirs(state)
    follow_territories(moves=moves, day=day, now=now)
    steps = DraftStep.objects.filter(draft__follows=state.row.id, operation="carry")
    came_from: dict[str, str] = {}
    for facts in steps.filter(draft__stage=BoundaryDraft.Stage.PUBLISHED).values_list("facts", flat=True):
        came_from |= facts["origins"]
    hand_posts_on(came_from, day)
    for name in sorted(follow_kinds):
        resolve(follow_kinds[name])(moves=moves, now=now)


def hand_posts_on(came_from: Mapping[str, str], day: date) -> None:
    """New grids begin with the people of the grid they come from, on the day; what is planned for later as well.

    Arguments:
        came_from: code of a new grid → code of the grid it was cut from.
    """
    codes = [*came_from, *came_from.values()]
    ids = dict(Grid.objects.filter(code__in=codes).values_list("code", "pk"))
    goes_on = Q(valid__upper_inf=True) | Q(valid__endswith__gt=day)
    for model in (Duty, KindDuty):
        held: dict[int, list[Any]] = {}
        rows = model._default_manager.filter(goes_on, valid__isempty=False, grid__code__in=codes)
        for row in rows.order_by("valid__startswith", "pk"):
            held.setdefault(row.grid_id, []).append(row)
        fresh = []
        for code, origin in came_from.items():
            given = held.get(ids[code], [])
            fresh += [made for row in held.get(ids[origin], []) if (made := _inherited(row, ids[code], given, day))]
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

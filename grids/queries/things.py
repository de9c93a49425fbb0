"""What stands in the grids: lists of one kind, counts of one grid, what became of one thing. For members only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Q

from accounts.models import User
from grids.imports.thing_kinds import THINGS, fields_of, narrowed
from grids.imports.things import plain
from grids.kinds import open_work
from grids.models import GridVersion, ThingChange
from ledger.actors import Actor
from ledger.kinds import resolve

HISTORY_MOST = 100


@dataclass(frozen=True, slots=True)
class ThingRow:
    """One thing of a list.

    Arguments:
        grid_code: its service grid; "" in none.
        moving: that grid's boundary has changed and the thing has not followed yet.
        overdue: it should have been verified by now.
    """

    code: str
    name_zh: str
    name_en: str
    what: str
    state: str
    grid_code: str
    moving: bool
    source: str
    as_of: date
    verify_by: date | None
    overdue: bool
    illustrative: bool


@dataclass(frozen=True, slots=True)
class ThingPage:
    """One page by code; `next_key` is the last code if there is more."""

    rows: list[ThingRow]
    next_key: str
    total: int


def thing_page(*, key: str, actor: Actor, filters: Mapping[str, str], on: date, page: int) -> ThingPage:
    """Things of one kind in the actor's territory.

    Arguments:
        filters: grid (code), q (part of code or name), overdue ("1"), after (code of the last row before).
    """
    kind = THINGS[key]
    rows = narrowed(kind, kind.model.objects.all(), territory=actor.territory, grid=filters.get("grid") or "")
    placed = kind.geometry == "point"
    if filters.get("q"):
        text = filters["q"]
        rows = rows.filter(Q(code__startswith=text) | Q(name_zh__contains=text) | Q(name_en__icontains=text))
    if filters.get("overdue"):
        rows = rows.filter(verify_by__lt=on)
    total = rows.count()
    if placed:
        rows = rows.select_related("service_version__grid").defer("service_version__boundary")
    found = list(rows.filter(code__gt=filters.get("after", "")).order_by("code")[: page + 1])
    shown = [_row(key, row, on) for row in found[:page]]
    return ThingPage(shown, shown[-1].code if len(found) > page else "", total)


def _row(key: str, row: Any, on: date) -> ThingRow:
    version = getattr(row, "service_version", None)
    what = {"buildings": "use", "parts": ""}.get(key, "kind")
    return ThingRow(
        code=row.code,
        name_zh=row.name_zh,
        name_en=row.name_en,
        what=str(getattr(row, f"get_{what}_display")()) if what else "",
        state=str(row.get_state_display()) if hasattr(row, "state") else "",
        grid_code=version.grid.code if version else "",
        moving=version is not None and not _holds(version, on),
        source=row.source,
        as_of=row.as_of,
        verify_by=row.verify_by,
        overdue=row.verify_by is not None and row.verify_by < on,
        illustrative=row.illustrative,
    )


def _holds(version: GridVersion, on: date) -> bool:
    valid = version.valid
    return valid.lower <= on and (valid.upper is None or on < valid.upper)


@dataclass(frozen=True, slots=True)
class ThingHistory:
    """What became of a thing at one time: field → before and after; nothing changed: it was new or confirmed."""

    at: datetime
    by_zh: str
    by_en: str
    from_file: bool
    changes: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class ThingFile:
    """One thing with everything that is said about it, as text by column."""

    row: ThingRow
    values: dict[str, str]
    place: str
    seen: str
    history: list[ThingHistory]


def thing_file(*, key: str, code: str, actor: Actor, on: date) -> ThingFile | None:
    """One thing of the actor's territory; None if there is none. Four statements."""
    rows = THINGS[key].model.objects.filter(code=code, path__startswith=actor.territory)
    if THINGS[key].geometry == "point":
        rows = rows.select_related("service_version__grid").defer("service_version__boundary")
    found: Any = rows.first() if actor.territory else None
    if found is None:
        return None
    values = {name: plain(getattr(found, name)) for name in fields_of(key)}
    point = getattr(found, "point", None)
    place = f"{point.x:.8f}, {point.y:.8f}" if point is not None else ""
    history = list(ThingChange.objects.filter(kind=key, code=code).order_by("-at", "-pk")[:HISTORY_MOST])
    people = User.objects.in_bulk([int(r.actor_id) for r in history if r.actor_kind == "member" and r.actor_id])
    told = []
    for row in history:
        person = people.get(int(row.actor_id)) if row.actor_kind == "member" and row.actor_id else None
        names = (person.display_name, person.display_name_en) if person is not None else ("", "")
        told.append(ThingHistory(row.at, *names, row.run is not None, row.changes))
    return ThingFile(_row(key, found, on), values, place, found.updated_at.isoformat(), told)


@dataclass(frozen=True, slots=True)
class GridCounts:
    """What stands in one grid; `moving` things have a boundary that is no longer in force and are still counted where
    they were. Households are those of the grid itself; residents are for members only, below ten as well."""

    buildings: int
    residents: int
    parts: int
    equipment: int
    premises: int
    moving: int


_COUNTS = """
WITH held AS (SELECT id, valid @> %(on)s::date AS fresh FROM grids_gridversion WHERE grid_id = %(grid)s),
things AS (
  SELECT 'b' AS kind, coalesce(b.residents, 0) AS residents, h.fresh FROM grids_building b
    JOIN held h ON h.id = b.service_version_id OR h.id = b.management_version_id
  UNION ALL
  SELECT 'p', 0, h.fresh FROM grids_citypart t
    JOIN held h ON h.id = t.service_version_id OR h.id = t.management_version_id
  UNION ALL
  SELECT 'e', 0, h.fresh FROM grids_equipment t
    JOIN held h ON h.id = t.service_version_id OR h.id = t.management_version_id
  UNION ALL
  SELECT 'o', 0, h.fresh FROM grids_premises t
    JOIN held h ON (h.id = t.service_version_id OR h.id = t.management_version_id) AND t.state <> 'closed'
)
SELECT count(*) FILTER (WHERE kind = 'b'), coalesce(sum(residents), 0), count(*) FILTER (WHERE kind = 'p'),
       count(*) FILTER (WHERE kind = 'e'), count(*) FILTER (WHERE kind = 'o'),
       count(*) FILTER (WHERE NOT fresh) FROM things
"""


def grid_counts(grid_id: int, *, on: date) -> GridCounts:
    """Counts of one grid. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"grid": grid_id, "on": on})
        return GridCounts(*cursor.fetchone())


def work_in_grid(grid_id: int, now: datetime) -> tuple[int, int]:
    """Open work of a grid and what of it is overdue, of all who know of work."""
    counts = [resolve(source.in_grid)(grid_id, now) for source in open_work.values()]
    return sum(open_ for open_, _late in counts), sum(late for _open, late in counts)


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A boundary of a grid with its days and the change it came with; "" what the city folder brought."""

    number: int
    since: date
    until: date | None
    area: float
    change: str


def grid_versions(grid_id: int) -> list[VersionRow]:
    """All boundaries a grid had or will have, newest first; those withdrawn before their day are left out."""
    rows = GridVersion.objects.filter(grid_id=grid_id, valid__isempty=False).select_related("draft").order_by("-number")
    return [
        VersionRow(row.number, row.valid.lower, row.valid.upper, row.area, row.draft.title if row.draft else "")
        for row in rows.defer("boundary")
    ]

"""Grids as they are posted, and who answers for them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

CITY_ZONE = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class GridRow:
    """A grid on a date with its boundary version; area in m² on the ellipsoid, centre in degrees WGS-84."""

    id: int
    code: str
    name_zh: str
    name_en: str
    scheme: str
    type: str
    path: str
    division_code: str
    division_zh: str
    division_en: str
    households: int
    version: int
    since: date
    area: float
    lon: float
    lat: float
    worker_id: int | None
    worker_zh: str
    worker_en: str
    deputy_id: int | None
    deputy_zh: str
    deputy_en: str
    illustrative: bool


_ROWS = """
SELECT g.id, g.code, g.name_zh, g.name_en, s.code, g.type, g.path, d.code, d.name_zh, d.name_en, g.households,
       v.number, lower(v.valid), v.area, ST_X(c.point), ST_Y(c.point),
       wu.id, coalesce(wu.display_name, ''), coalesce(wu.display_name_en, ''),
       du.id, coalesce(du.display_name, ''), coalesce(du.display_name_en, ''), d.illustrative
  FROM grids_grid g
  JOIN grids_scheme s ON s.id = g.scheme_id
  JOIN grids_division d ON d.id = g.division_id
  JOIN grids_gridversion v ON v.grid_id = g.id AND v.valid @> %(on)s
 CROSS JOIN LATERAL (SELECT ST_PointOnSurface(v.boundary) AS point) c
  LEFT JOIN grids_duty w ON w.grid_id = g.id AND w.post = 'worker' AND w.valid @> %(on)s
  LEFT JOIN accounts_user wu ON wu.id = w.user_id
  LEFT JOIN grids_duty p ON p.grid_id = g.id AND p.post = 'deputy' AND p.valid @> %(on)s
  LEFT JOIN accounts_user du ON du.id = p.user_id
"""


def city_day(now: datetime) -> date:
    """The day a moment falls on in the city."""
    return now.astimezone(CITY_ZONE).date()


def today() -> date:
    """Today in the city by the one clock. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT (app_now() AT TIME ZONE 'Asia/Shanghai')::date")
        value: date = cursor.fetchone()[0]
    return value


def _rows(where: str, values: dict[str, Any]) -> list[GridRow]:
    with connection.cursor() as cursor:
        cursor.execute(_ROWS + where, values)
        return [GridRow(*row) for row in cursor.fetchall()]


def grid_list(*, on: date, scheme: str = "service", path: str = "/", limit: int = 2000) -> list[GridRow]:
    """Grids of one scheme under a territory path on a date, by code.

    Arguments:
        path: materialised path of a division; "/" is everything.
    """
    where = " WHERE s.code = %(scheme)s AND g.path LIKE %(prefix)s ORDER BY g.code LIMIT %(limit)s"
    return _rows(where, {"on": on, "scheme": scheme, "prefix": literal(path) + "%", "limit": limit})


@dataclass(frozen=True, slots=True)
class GridPage:
    """One page of grids; `next_key` is the last code if there is more, `total` counts all pages."""

    rows: list[GridRow]
    next_key: str
    total: int


def grid_page(
    *, on: date, page: int, scheme: str, within: str = "/", village: str = "", text: str = "", after: str = ""
) -> GridPage:
    """A page of grids on a date, by code. Two statements.

    Arguments:
        within: territory path the reader's rights reach down from; "" reaches nothing.
        village: 12-digit code, "" for all.
        text: part of a code or a name.
        after: code of the last row of the page before.
    """
    where = " WHERE s.code = %(scheme)s AND g.path LIKE %(prefix)s"
    if village:
        where += " AND d.code = %(village)s"
    if text:
        where += " AND (g.code LIKE %(text)s OR g.name_zh LIKE %(text)s OR g.name_en ILIKE %(text)s)"
    values: dict[str, Any] = {
        "on": on,
        "scheme": scheme,
        "prefix": literal(within) + "%" if within else "",
        "village": village,
        "text": f"%{literal(text)}%",
        "after": after,
        "limit": page + 1,
    }
    rows = _rows(where + " AND g.code > %(after)s ORDER BY g.code LIMIT %(limit)s", values)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT + where, values)
        total = cursor.fetchone()[0]
    return GridPage(rows[:page], rows[page - 1].code if len(rows) > page else "", total)


_COUNT = """
SELECT count(*) FROM grids_grid g JOIN grids_scheme s ON s.id = g.scheme_id
  JOIN grids_division d ON d.id = g.division_id
  JOIN grids_gridversion v ON v.grid_id = g.id AND v.valid @> %(on)s
"""


def literal(text: str) -> str:
    """Text that LIKE takes as it is."""
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


@dataclass(frozen=True, slots=True)
class Posting:
    """What the law wants posted of a grid: name, area, worker, deputy, and the phone of the station they belong to."""

    grid: GridRow
    station_zh: str
    station_en: str
    station_phone: str


def grid_posting(code: str, *, on: date) -> Posting | None:
    """The public posting of one grid, of either scheme; None if no grid with this code had a boundary on that date."""
    rows = _rows(" WHERE g.code = %(code)s", {"on": on, "code": code})
    if not rows:
        return None
    with connection.cursor() as cursor:
        cursor.execute(_STATION, {"path": rows[0].path, "worker": rows[0].worker_id, "on": on})
        station = cursor.fetchone() or ("", "", "")
    return Posting(rows[0], *station)


# the body the worker serves in: the narrowest of his hats whose territory holds the grid
_STATION = """
SELECT d.name_zh, d.name_en, d.phone FROM accounts_membership m JOIN accounts_department d ON d.id = m.department_id
 WHERE m.user_id = %(worker)s AND m.valid @> %(on)s AND d.active AND %(path)s LIKE m.territory || '%%'
 ORDER BY length(m.territory) DESC, d.code LIMIT 1
"""


def grid_worker(grid_id: int, on: date) -> tuple[int | None, int | None]:
    """User ids of the worker and the deputy on duty for a grid; None where the post is vacant. One statement."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT post, user_id FROM grids_duty WHERE grid_id = %s AND valid @> %s", [grid_id, on])
        posts: dict[str, int] = dict(cursor.fetchall())
    return posts.get("worker"), posts.get("deputy")


def grids_of_worker(user_id: int, on: date, posts: Sequence[str] = ("worker", "deputy")) -> list[GridRow]:
    """Grids a user answers for on a date, his own first, those he stands in for last."""
    return _rows(
        _OF_WORKER + " ORDER BY m.post DESC, g.code",
        {"on": on, "user": user_id, "posts": list(posts)},
    )


# in the order of the alphabet turned round: worker, deputy, cover
_OF_WORKER = """
 JOIN (SELECT grid_id, max(post) AS post FROM (
   SELECT grid_id, post FROM grids_duty WHERE user_id = %(user)s AND valid @> %(on)s AND post = ANY(%(posts)s)
   UNION ALL
   SELECT d.grid_id, 'cover' FROM grids_absence a JOIN grids_duty d ON d.user_id = a.user_id AND d.valid @> %(on)s
    WHERE a.substitute_id = %(user)s AND a.valid @> %(on)s AND d.post = ANY(%(posts)s)
 ) held GROUP BY grid_id) m ON m.grid_id = g.id
"""

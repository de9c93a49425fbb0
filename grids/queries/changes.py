"""Two days compared: which grids began, ended or changed their boundary between them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

CHANGES_MOST = 500


@dataclass(frozen=True, slots=True)
class BoundaryChange:
    """A grid that is not the same on two days; areas in m², 0 where it does not exist; the place is in degrees.

    Arguments:
        what: new, ended or boundary.
        title: of the change it was published with, "" for what the city folder brought.
    """

    code: str
    name_zh: str
    name_en: str
    division_zh: str
    division_en: str
    what: str
    before: int | None
    after: int | None
    area_before: float
    area_after: float
    title: str
    draft_id: int | None
    lon: float
    lat: float


_SQL = """
SELECT g.code, g.name_zh, g.name_en, d.name_zh, d.name_en,
       CASE WHEN a.id IS NULL THEN 'new' WHEN b.id IS NULL THEN 'ended' ELSE 'boundary' END,
       a.number, b.number, coalesce(a.area, 0), coalesce(b.area, 0), coalesce(w.title, ''), w.id,
       ST_X(p.point), ST_Y(p.point)
  FROM grids_grid g
  JOIN grids_scheme s ON s.id = g.scheme_id AND s.code = %(scheme)s
  JOIN grids_division d ON d.id = g.division_id
  LEFT JOIN grids_gridversion a ON a.grid_id = g.id AND a.valid @> %(since)s
  LEFT JOIN grids_gridversion b ON b.grid_id = g.id AND b.valid @> %(until)s
 CROSS JOIN LATERAL (SELECT ST_PointOnSurface(coalesce(b.boundary, a.boundary)) AS point) p
  LEFT JOIN grids_boundarydraft w ON w.id = coalesce(b.draft_id, (
       SELECT n.draft_id FROM grids_gridversion n JOIN grids_boundarydraft e ON e.id = n.draft_id
        WHERE e.division_id = g.division_id AND e.scheme_id = g.scheme_id AND lower(n.valid) = upper(a.valid) LIMIT 1))
 WHERE a.id IS DISTINCT FROM b.id AND starts_with(g.path, %(within)s)
 ORDER BY g.code LIMIT %(most)s
"""


def boundary_changes(*, since: date, until: date, scheme: str, within: str) -> list[BoundaryChange]:
    """What differs between the boundaries of two days, by code. One statement.

    Arguments:
        within: territory path the reader's rights reach down from; "" reaches nothing.
    """
    if not within:
        return []
    values: dict[str, Any] = {"since": since, "until": until, "scheme": scheme, "within": within, "most": CHANGES_MOST}
    with connection.cursor() as cursor:
        cursor.execute(_SQL, values)
        return [BoundaryChange(*row) for row in cursor.fetchall()]

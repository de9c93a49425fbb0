"""What a change of boundaries would do to open cases, and whose they are: counts and numbers."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Q

from cases.models import Assignment, Case
from grids.kinds import Consequence, MovingWork
from grids.rules import CODE_DIGITS, DIVISIONS

_SQL = """
WITH part AS (SELECT code, ST_GeomFromWKB(shape, 4326) AS shape FROM unnest(%s::text[], %s::bytea[]) AS t(code, shape)),
     held AS (SELECT c.number, g.code AS before,
       (SELECT part.code FROM part WHERE ST_Covers(part.shape, c.point) ORDER BY part.code LIMIT 1) AS after
  FROM cases_case c JOIN grids_grid g ON g.id = CASE WHEN %s THEN c.management_grid_id ELSE c.grid_id END
 WHERE NOT c.closed AND c.point IS NOT NULL AND g.id = ANY(%s))
SELECT before, coalesce(after, ''), count(*), (array_agg(number ORDER BY number DESC))[1:3]
  FROM held WHERE before IS DISTINCT FROM after GROUP BY 1, 2 ORDER BY 1, 2
"""


# the village of a case is the last but one of its path; its township the one before
_VILLAGES = """
WITH part AS (SELECT code, ST_GeomFromWKB(shape, 4326) AS shape FROM unnest(%s::text[], %s::bytea[]) AS t(code, shape)),
     held AS (SELECT c.number, split_part(c.path, '/', 5) AS before,
       (SELECT part.code FROM part WHERE ST_Covers(part.shape, c.point) ORDER BY part.code LIMIT 1) AS after
  FROM cases_case c WHERE NOT c.closed AND c.point IS NOT NULL AND split_part(c.path, '/', 4) = %s)
SELECT before, coalesce(after, ''), count(*), (array_agg(number ORDER BY number DESC))[1:3]
  FROM held WHERE before <> '' AND before IS DISTINCT FROM after GROUP BY 1, 2 ORDER BY 1, 2
"""


def moving_cases(parts: Sequence[tuple[str, bytes]], grid_ids: Sequence[int], scheme: str) -> list[Consequence]:
    """Open cases that would lie in another grid or village, by code before and after. One statement at most."""
    whole = scheme == DIVISIONS
    if not parts or not (grid_ids or whole):
        return []
    values: list[Any] = [[code for code, _ in parts], [shape for _, shape in parts]]
    values += [parts[0][0][: CODE_DIGITS["township"]]] if whole else [scheme == "management", list(grid_ids)]
    with connection.cursor() as cursor:
        cursor.execute(_VILLAGES if whole else _SQL, values)
        return [Consequence("cases", row[0], row[1], row[2], tuple(row[3])) for row in cursor.fetchall()]


# A case lies where the database says today; on a shared line the lower code has it, as `grid_at` decides.
_MOVING = """
WITH held AS (
  SELECT s.code AS scheme, c.path, g.code AS before,
         (SELECT n.code FROM grids_gridversion v JOIN grids_grid n ON n.id = v.grid_id
           WHERE v.scheme_id = s.id AND v.valid @> %(on)s AND ST_Covers(v.boundary, c.point)
           ORDER BY n.code LIMIT 1) AS after
    FROM cases_case c CROSS JOIN grids_scheme s
    LEFT JOIN grids_grid g ON g.id = CASE s.code WHEN 'management' THEN c.management_grid_id ELSE c.grid_id END
   WHERE NOT c.closed AND c.point IS NOT NULL AND starts_with(c.path, %(within)s) AND %(within)s <> ''
)
SELECT h.scheme, coalesce(h.before, ''), coalesce(h.after, ''), coalesce(max(d.code), ''), min(h.path), count(*)
  FROM held h LEFT JOIN grids_grid g ON g.code = coalesce(h.before, h.after)
  LEFT JOIN grids_division d ON d.id = g.division_id
 WHERE h.before IS DISTINCT FROM h.after GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


def cases_moving(*, within: str, on: date) -> list[MovingWork]:
    """Open cases of a territory whose grid is not the one they lie in on a day. One statement; see grids.kinds."""
    with connection.cursor() as cursor:
        cursor.execute(_MOVING, {"within": within, "on": on})
        return [MovingWork(*row) for row in cursor.fetchall()]


def cases_held(users: Collection[int]) -> dict[int, int]:
    """User id → open steps of open cases he holds. One statement."""
    rows = Assignment.objects.filter(open=True, holder__in=users).values("holder")
    return dict(rows.annotate(number=Count("pk")).values_list("holder", "number"))


def cases_in(grid_id: int, now: datetime) -> tuple[int, int]:
    """Open cases of a grid of either scheme, and those of them whose limit has passed. One statement; counts only."""
    rows = Case.objects.filter(Q(grid=grid_id) | Q(management_grid=grid_id), closed=False)
    found = rows.aggregate(open=Count("pk"), late=Count("pk", filter=Q(due_at__lte=now, paused=False)))
    return found["open"], found["late"]

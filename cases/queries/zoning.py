"""What a change of boundaries would do to open cases: counts and numbers for whoever publishes it."""

from collections.abc import Sequence
from typing import Any

from django.db import connection

from grids.kinds import Consequence

_SQL = """
WITH part AS (SELECT code, ST_GeomFromWKB(shape, 4326) AS shape FROM unnest(%s::text[], %s::bytea[]) AS t(code, shape)),
     held AS (SELECT c.number, g.code AS before,
       (SELECT part.code FROM part WHERE ST_Covers(part.shape, c.point) ORDER BY part.code LIMIT 1) AS after
  FROM cases_case c JOIN grids_grid g ON g.id = CASE WHEN %s THEN c.management_grid_id ELSE c.grid_id END
 WHERE NOT c.closed AND c.point IS NOT NULL AND g.id = ANY(%s))
SELECT before, coalesce(after, ''), count(*), (array_agg(number ORDER BY number DESC))[1:3]
  FROM held WHERE before IS DISTINCT FROM after GROUP BY 1, 2 ORDER BY 1, 2
"""


def moving_cases(parts: Sequence[tuple[str, bytes]], grid_ids: Sequence[int], scheme: str) -> list[Consequence]:
    """Open cases that would lie in another grid, by grid before and after. One statement; see grids.kinds."""
    if not grid_ids:
        return []
    values: list[Any] = [
        [code for code, _ in parts],
        [shape for _, shape in parts],
        scheme == "management",
        list(grid_ids),
    ]
    with connection.cursor() as cursor:
        cursor.execute(_SQL, values)
        return [Consequence("cases", row[0], row[1], row[2], tuple(row[3])) for row in cursor.fetchall()]

"""Where a layer lies: how far from the boundaries that are known, and in which villages."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib.gis.geos import MultiPoint, Point
from django.db import connection

from grids.models import Division
from grids.queries.boundaries import ring_from, wkb
from grids.queries.drafts import VillageRow, village_rows
from grids.rules.coverage import Ring

REACH = 100.0  # metres; what lies further from every known boundary counts as this far
METRES = (89_947.0, 110_963.0)  # of a degree at 36.19° north; for comparing distances, never for areas
Place = tuple[float, float]

_DISTANCES = f"""
SELECT coalesce((
  SELECT min(d) FROM (
    SELECT ST_Distance(ST_Scale(ST_Boundary(b.shape), {METRES[0]}, {METRES[1]}),
                       ST_Scale(p.shape, {METRES[0]}, {METRES[1]})) AS d
      FROM (SELECT outline AS shape FROM grids_division
             WHERE level = 'village' AND valid @> %(on)s::date AND outline && ST_Expand(p.shape, 0.0011)
            UNION ALL
            SELECT boundary FROM grids_gridversion
             WHERE valid @> %(on)s::date AND boundary && ST_Expand(p.shape, 0.0011)) AS b) AS near), {REACH})
  FROM ST_Dump(ST_GeomFromWKB(%(points)s, 4326)) WITH ORDINALITY AS p(path, shape, place) ORDER BY p.place
"""  # noqa: S608


def distances(places: Sequence[Place], *, on: date) -> list[float]:
    """Metres from each place to the nearest boundary of a village or grid of that day, at most 100. One statement."""
    points = MultiPoint([Point(*place) for place in places], srid=4326)
    with connection.cursor() as cursor:
        cursor.execute(_DISTANCES, {"points": bytes(points.wkb), "on": on})
        return [min(row[0], REACH) for row in cursor.fetchall()]


_VILLAGES = """
SELECT DISTINCT ON (t.key) t.key, d.code
  FROM unnest(%(keys)s::int[], %(shapes)s::bytea[]) AS t(key, shape),
       LATERAL (SELECT ST_GeomFromWKB(t.shape, 4326) AS shape) AS p
  JOIN grids_division d ON d.level = 'village' AND d.valid @> %(on)s::date AND d.outline && p.shape
 WHERE ST_Intersects(d.outline, p.shape)
 ORDER BY t.key, ST_Area(ST_Intersection(d.outline, p.shape)) DESC, d.code
"""
BATCH = 2000


def villages_under(rings: Sequence[tuple[int, Ring]], *, on: date) -> dict[int, str]:
    """Key of each ring → code of the village that holds most of it; left out where none does."""
    found: dict[int, str] = {}
    for begin in range(0, len(rings), BATCH):
        piece = rings[begin : begin + BATCH]
        values: dict[str, Any] = {
            "keys": [key for key, _ring in piece],
            "shapes": [wkb(ring) for _key, ring in piece],
            "on": on,
        }
        with connection.cursor() as cursor:
            cursor.execute(_VILLAGES, values)
            found |= dict(cursor.fetchall())
    return found


def villages_known(*, on: date) -> dict[str, VillageRow]:
    """Every village with an outline by its code."""
    rows = Division.objects.filter(level="village", valid__contains=on, outline__isnull=False)
    return {row.code: row for row in village_rows(rows)}


def village_outlines(ids: Sequence[int]) -> dict[int, Ring]:
    """Id of each village → the ring of its outline. One statement."""
    rows = Division.objects.filter(pk__in=ids, outline__isnull=False)
    return {pk: ring_from(outline) for pk, outline in rows.values_list("pk", "outline")}

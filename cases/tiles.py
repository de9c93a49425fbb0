"""Cases as vector tiles: what the viewer may see, gathered into cells when the map is far out."""

from datetime import datetime

from django.contrib.gis.geos import GEOSGeometry
from django.db import connection

from cases.access import visible_to
from cases.models import Case
from ledger.actors import Actor

CELLS = 16  # a tile is gathered into 16 × 16 cells
SINGLE_FROM_ZOOM = 16
LAMP = """CASE WHEN closed THEN 0 WHEN paused THEN 1 WHEN due_at <= %s THEN 4 WHEN soon_at <= %s THEN 3 ELSE 2 END"""
SQL = """
WITH tile AS (SELECT ST_TileEnvelope(%s, %s, %s) AS envelope),
seen AS ({seen}),
drawn AS (SELECT id, number, title, {lamp} AS level, ST_Transform(point, 3857) AS place FROM seen),
gathered AS (
  SELECT count(*) AS n, max(level) AS level, min(number) AS number, min(title) AS title,
         ST_AsMVTGeom(ST_Centroid(ST_Collect(place)), (SELECT envelope FROM tile), 4096, 64, false) AS geom
    FROM drawn GROUP BY {cell}
)
SELECT ST_AsMVT(gathered, 'cases', 4096, 'geom') FROM gathered WHERE geom IS NOT NULL
"""
CELL = "ST_SnapToGrid(place, (SELECT (ST_XMax(envelope) - ST_XMin(envelope)) / {cells} FROM tile))"


def bounds(z: int, x: int, y: int) -> GEOSGeometry:
    """The tile in EPSG:4326, degrees."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT ST_AsEWKB(ST_Transform(ST_TileEnvelope(%s, %s, %s), 4326))", [z, x, y])
        return GEOSGeometry(memoryview(cursor.fetchone()[0]))


def case_tile(actor: Actor, *, z: int, x: int, y: int, open_only: bool, now: datetime) -> bytes:
    """One tile of the cases this actor may see.

    Arguments:
        z, x, y: tile address (XYZ scheme, EPSG:3857).
        open_only: leave closed cases out.
        now: levels are told for this moment.

    Returns:
        A vector tile with layer "cases": n, level (0 closed, 1 paused, 2 in time, 3 due soon, 4 overdue), number and
        title
        of one of them. A cell carries the worst level in it.
    """
    rows = visible_to(actor, Case.objects.filter(point__bboverlaps=bounds(z, x, y)))
    if open_only:
        rows = rows.filter(closed=False)
    columns = rows.values("id", "number", "title", "point", "due_at", "soon_at", "paused", "closed")
    seen, parameters = columns.query.sql_with_params()
    # GeoDjango selects a point as EWKB text of its own; the tile needs the geometry
    seen = seen.replace('"cases_case"."point"::bytea', '"cases_case"."point"')
    cell = "id" if z >= SINGLE_FROM_ZOOM else CELL.format(cells=CELLS)
    sql = SQL.format(seen=seen, lamp=LAMP, cell=cell)
    with connection.cursor() as cursor:
        cursor.execute(sql, [z, x, y, *parameters, now, now])
        return bytes(cursor.fetchone()[0])

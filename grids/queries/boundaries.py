"""What is wrong with a set of boundaries, and shapes computed from shapes: by the database, in degrees and m²."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from struct import pack, unpack_from
from typing import Any

from django.db import connection

from grids.rules.coverage import Ring, closed_degrees, crossing, degrees_of, exact, ring_of, unshared

PRECISION = 1e-8  # degrees; overlays are computed on the lattice
KINDS = ("crossing", "overlap", "gap", "outside", "unshared")


@dataclass(frozen=True, slots=True)
class Defect:
    """One place where boundaries do not fit.

    Arguments:
        kind: crossing (a boundary meets itself), overlap, gap, outside (the village), unshared (neighbours touch
            without sharing their vertices; the area is below what an overlay can measure).
        codes: grids it concerns; of a gap those around it.
        area: m² on the ellipsoid.
        lon, lat: a place in it, degrees WGS-84.
        shape: GeoJSON geometry for the map, None for a place alone.
    """

    kind: str
    codes: tuple[str, ...]
    area: float
    lon: float
    lat: float
    shape: dict[str, Any] | None = None


def wkb(ring: Ring) -> bytes:
    """The ring as the database takes it: a little-endian polygon of one ring (OGC 06-103r4, 8.2)."""
    flat = [value for place in closed_degrees(ring) for value in place]
    return pack(f"<BIII{len(flat)}d", 1, 3, 1, len(flat) // 2, *flat)


_DEFECTS = """
WITH part AS MATERIALIZED (
  SELECT code, ST_GeomFromWKB(shape, 4326) AS shape
    FROM unnest(%(codes)s::text[], %(shapes)s::bytea[]) AS t(code, shape)
), frame AS MATERIALIZED (SELECT ST_GeomFromWKB(%(outline)s, 4326) AS shape),
found AS (
  SELECT 'overlap' AS kind, a.code AS one, b.code AS two, (ST_Dump(ST_Intersection(a.shape, b.shape))).geom AS shape
    FROM part a JOIN part b ON a.shape && b.shape AND a.code < b.code AND ST_Relate(a.shape, b.shape, 'T********')
  UNION ALL
  SELECT 'outside', part.code, '', (ST_Dump(ST_Difference(part.shape, frame.shape))).geom
    FROM part, frame WHERE NOT ST_Covers(frame.shape, part.shape)
  UNION ALL
  SELECT 'gap', '', '', (ST_Dump(ST_Difference(frame.shape, coalesce((SELECT ST_Union(shape) FROM part),
         ST_GeomFromText('POLYGON EMPTY', 4326))))).geom FROM frame
), measured AS (
  SELECT kind, one, two, shape, ST_Area(shape::geography) AS area, ST_PointOnSurface(shape) AS point
    FROM found WHERE ST_Dimension(shape) = 2
)
SELECT kind, one, two, area, ST_X(point), ST_Y(point), ST_AsGeoJSON(shape, 8),
       CASE WHEN kind = 'gap' THEN (SELECT array_agg(code ORDER BY code) FROM part
                                     WHERE ST_DWithin(part.shape, measured.shape, 0.00000005)) END
  FROM measured ORDER BY array_position(ARRAY['overlap', 'gap', 'outside'], kind), area DESC, one, two
"""


def boundary_defects(parts: Mapping[str, Ring], outline: Ring) -> list[Defect]:
    """Where the parts cross, overlap, leave a gap or leave the outline; empty if they fill it exactly. ≤ 1 statement.

    Whether they fit is decided on the lattice without arithmetic; the database measures where they do not.
    """
    if exact(parts, outline):
        return []
    crossed = {key: node for key, ring in parts.items() if (node := crossing(ring)) is not None}
    if crossed:
        return [Defect("crossing", (key,), 0.0, *degrees_of(node)) for key, node in sorted(crossed.items())]
    values: dict[str, Any] = {
        "codes": list(parts),
        "shapes": [wkb(ring) for ring in parts.values()],
        "outline": wkb(outline),
    }
    with connection.cursor() as cursor:
        cursor.execute(_DEFECTS, values)
        found = [_defect(row) for row in cursor.fetchall()]
    loose = unshared(parts, outline)
    if not found and loose:
        for key, (a, b) in loose[:20]:
            lon, lat = degrees_of(((a[0] + b[0]) // 2, (a[1] + b[1]) // 2))
            found.append(Defect("unshared", (key,), 0.0, lon, lat))
    return found


def _defect(row: tuple[Any, ...]) -> Defect:
    kind, one, two, area, lon, lat, shape, around = row
    codes = tuple(around or ()) if kind == "gap" else tuple(filter(None, (one, two)))
    return Defect(kind, codes, area, lon, lat, json.loads(shape))


_OVERLAYS = {
    "difference": "ST_Difference(a, b, %(precision)s)",
    "union": "ST_Union(a, b, %(precision)s)",
    "intersection": "ST_Intersection(a, b, %(precision)s)",
}


def overlay(operation: str, one: Ring, two: Ring) -> list[Ring]:
    """Rings of an overlay of two shapes, largest first, on the lattice; holes are left out. One statement.

    Arguments:
        operation: difference, union or intersection.
    """
    sql = (
        f"SELECT ST_AsGeoJSON(ST_ExteriorRing(d.geom), 9) FROM (SELECT ST_GeomFromWKB(%(one)s, 4326) AS a,"  # noqa: S608
        f" ST_GeomFromWKB(%(two)s, 4326) AS b) AS t, ST_Dump({_OVERLAYS[operation]}) AS d"
        " WHERE ST_Dimension(d.geom) = 2 ORDER BY ST_Area(d.geom) DESC"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, {"one": wkb(one), "two": wkb(two), "precision": PRECISION})
        return [ring_of(json.loads(row[0])["coordinates"]) for row in cursor.fetchall()]


def areas(rings: Sequence[Ring]) -> list[float]:
    """m² on the ellipsoid of each ring, in their order. One statement."""
    if not rings:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ST_Area(ST_GeomFromWKB(shape, 4326)::geography)"
            " FROM unnest(%s::bytea[]) WITH ORDINALITY AS t(shape, place) ORDER BY place",
            [[wkb(ring) for ring in rings]],
        )
        return [row[0] for row in cursor.fetchall()]


def households_in(parts: Mapping[str, Ring]) -> dict[str, tuple[int, int]]:
    """Code → (households, house numbers) by the address list; on a shared line the lower code has it. One statement."""
    if not parts:
        return {}
    sql = """
    SELECT code, sum(households), count(*) FROM (
      SELECT DISTINCT ON (a.id) a.id, a.households, p.code
        FROM unnest(%s::text[], %s::bytea[]) AS t(code, shape), LATERAL (
             SELECT t.code, ST_GeomFromWKB(t.shape, 4326) AS shape) AS p
        JOIN grids_address a ON a.kind = 'house' AND ST_Covers(p.shape, a.point)
       ORDER BY a.id, p.code) AS held GROUP BY code
    """
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(parts), [wkb(ring) for ring in parts.values()]])
        found = {code: (households, houses) for code, households, houses in cursor.fetchall()}
    return {code: found.get(code, (0, 0)) for code in parts}


def origins(new: Mapping[str, Ring], base: Mapping[str, Ring]) -> dict[str, str]:
    """Code of a new grid → code of the grid that most of it lay in before; left out if none. One statement."""
    if not new or not base:
        return {}
    sql = """
    SELECT DISTINCT ON (n.code) n.code, b.code
      FROM unnest(%s::text[], %s::bytea[]) AS n(code, shape), unnest(%s::text[], %s::bytea[]) AS b(code, shape),
           LATERAL (SELECT ST_Area(ST_Intersection(
             ST_GeomFromWKB(n.shape, 4326), ST_GeomFromWKB(b.shape, 4326))) AS size) AS i
     WHERE i.size > 0 ORDER BY n.code, i.size DESC, b.code
    """
    values: list[Any] = [list(new), [wkb(r) for r in new.values()], list(base), [wkb(r) for r in base.values()]]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return dict(cursor.fetchall())


def ring_from(shape: Any) -> Ring:
    """The outer ring of a stored polygon, or of the single part of a stored multipolygon.

    Read from its bytes: asking GEOS for one vertex after the other takes ten times as long.
    """
    data = bytes(shape.wkb)
    at = 9 if shape.geom_type == "MultiPolygon" else 0  # a polygon follows the number of parts
    order = "<" if data[at] else ">"
    (count,) = unpack_from(f"{order}I", data, at + 9)
    flat = unpack_from(f"{order}{2 * count}d", data, at + 13)
    return ring_of(zip(flat[::2], flat[1::2], strict=True))

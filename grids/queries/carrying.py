"""What a change of divisions does to the grids in the villages it changes: read, computed, nothing written."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.gis.geos import Polygon
from django.db import connection

from accounts.models import Membership
from grids.kinds import Consequence
from grids.queries.boundaries import origins
from grids.queries.drafts import DraftState, Part, parts_of_villages, scheme_rows
from grids.rules.carrying import Carried, Cell, carried, joined, without
from grids.rules.coverage import Node, Ring, twice_area

DRAWN = ("boundary", "new", "ended")


@dataclass(frozen=True, slots=True)
class Carry:
    """Grids of one scheme, before and after.

    Arguments:
        base: code of a village → its grids as they are.
        grids: grids of the future in all villages that change.
    """

    scheme: str
    base: dict[str, list[Part]]
    grids: list[Carried]

    def of(self, village: str) -> list[Carried]:
        return [row for row in self.grids if row.village == village]


@dataclass(frozen=True, slots=True)
class Carrying:
    """What follows a change of divisions: outlines of the villages that change (with the vertices their grids need),
    and the grids by scheme."""

    outlines: dict[str, Ring]
    carries: list[Carry]


def carrying(state: DraftState) -> Carrying:
    """The grids that follow a draft of divisions that fits exactly. Four statements.

    Raises:
        Refused: ring, if a grid would be left in a shape that is not one area without holes.
    """
    touched = [code for kind, code in state.changes() if kind in DRAWN]
    villages = {code: state.parts[code].ring for code in touched if code in state.parts}
    old = {state.base[code].version_id: code for code in touched if code in state.base}
    if not touched or not villages:
        return Carrying({}, [])
    held: dict[str, dict[str, list[Part]]] = {}
    for scheme, _zh, _en in scheme_rows():
        held[scheme] = {code: [] for code in touched}
        for division, part in parts_of_villages([pk for pk in old if pk is not None], scheme):
            held[scheme][old[division]].append(part)
    cells = _cells(villages, {part.code: part.ring for rows in held.values() for part in _flat(rows)})
    outlines = {code: joined([ring for ring, village, _grids in cells if village == code]) for code in villages}
    edge = {node for ring in outlines.values() for node in ring}
    return Carrying(outlines, [_carry(scheme, rows, cells, edge) for scheme, rows in held.items()])


def heirs(state: DraftState) -> dict[str, str]:
    """Path of a village that ends → path of the village that most of it comes to. One statement at most."""
    ended = {code: state.base[code].ring for kind, code in state.changes() if kind == "ended"}
    path = state.row.path
    return {f"{path}{old}/": f"{path}{new}/" for old, new in origins(ended, state.rings).items()}


def division_consequences(state: DraftState, *, on: date) -> list[Consequence]:
    """Grids that come into another village, by village before and after, and people whose territory that moves."""
    found = []
    for carry in carrying(state).carries:
        homes = {part.code: village for village, parts in carry.base.items() for part in parts}
        moved = Counter((homes[row.origin], row.village) for row in carry.grids if not row.kept)
        kind = f"grids_{carry.scheme}"
        found += [Consequence(kind, before, after, number) for (before, after), number in sorted(moved.items())]
    for old, new in heirs(state).items():
        hats = Membership.objects.filter(territory=old, valid__contains=on).count()
        if hats:
            found.append(Consequence("members", old.split("/")[-2], new.split("/")[-2], hats))
    return found


def _flat(rows: Mapping[str, list[Part]]) -> list[Part]:
    return [part for parts in rows.values() for part in parts]


def _carry(
    scheme: str, base: dict[str, list[Part]], cells: list[tuple[Ring, str, list[str]]], edge: set[Node]
) -> Carry:
    homes = {part.code: village for village, parts in base.items() for part in parts}
    rings = {part.code: part.ring for part in _flat(base)}
    own = (Cell(ring, village, next((code for code in grids if code in rings), "")) for ring, village, grids in cells)
    found = carried(own, homes, {code: twice_area(ring) for code, ring in rings.items()})
    # borders of the other scheme leave no vertices here
    kept = edge | {node for ring in rings.values() for node in ring}
    grids = [Carried(row.village, row.origin, without(row.ring, kept), row.kept) for row in found]
    return Carry(scheme, base, grids)


# All borders together, met on the lattice; whole numbers in, whole numbers out.
_CELLS = """
WITH village AS MATERIALIZED (
  SELECT code, ST_GeomFromWKB(shape) AS shape FROM unnest(%(villages)s::text[], %(outlines)s::bytea[]) AS t(code, shape)
), grid AS MATERIALIZED (
  SELECT code, ST_GeomFromWKB(shape) AS shape FROM unnest(%(grids)s::text[], %(rings)s::bytea[]) AS t(code, shape)
), line AS (SELECT ST_Boundary(shape) AS shape FROM village UNION ALL SELECT ST_Boundary(shape) FROM grid),
cell AS MATERIALIZED (
  SELECT (ST_Dump(ST_Polygonize(shape))).geom AS shape
    FROM (SELECT ST_UnaryUnion(ST_Collect(shape), 1) AS shape FROM line) AS noded
), placed AS MATERIALIZED (SELECT shape, ST_PointOnSurface(shape) AS place FROM cell)
SELECT ST_AsGeoJSON(ST_ForcePolygonCCW(p.shape), 0), v.code,
       ARRAY(SELECT g.code FROM grid g WHERE ST_Covers(g.shape, p.place) ORDER BY g.code)
  FROM placed p JOIN village v ON ST_Covers(v.shape, p.place) ORDER BY v.code, p.place
"""


def _cells(villages: Mapping[str, Ring], grids: Mapping[str, Ring]) -> list[tuple[Ring, str, list[str]]]:
    """(ring, village, grids) of every piece of ground in the villages. One statement."""
    values: dict[str, Any] = {
        "villages": list(villages),
        "outlines": [_plain(ring) for ring in villages.values()],
        "grids": list(grids),
        "rings": [_plain(ring) for ring in grids.values()],
    }
    with connection.cursor() as cursor:
        cursor.execute(_CELLS, values)
        return [(_nodes(shape), village, list(codes)) for shape, village, codes in cursor.fetchall()]


def _plain(ring: Ring) -> bytes:
    return bytes(Polygon((*ring, ring[0])).wkb)


def _nodes(shape: str) -> Ring:
    coordinates = json.loads(shape)["coordinates"][0]
    return tuple((round(x), round(y)) for x, y in coordinates[:-1])

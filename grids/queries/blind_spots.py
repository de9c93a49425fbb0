"""Where nobody is responsible on a day, and the figures that show it: areas in m² on the ellipsoid, counts, persons."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from django.contrib.gis.geos import GEOSGeometry
from django.db import connection

from grids.kinds import HOLES, WORKER_ROLE, MovingWork, open_work
from grids.models import Division, GridVersion
from grids.queries.boundaries import Defect, boundary_defects, ring_from
from grids.queries.postings import literal, today
from grids.queries.roster import DUTIES_SCHEME, Load, Roster, RosterLine, loads, roster
from ledger.kinds import resolve

KINDS = tuple(HOLES)
DIVISIONS = "divisions"  # the "scheme" of villages as parts of their township
AREA_KINDS = ("gap", "overlap", "outside")
PERSONS = ("leave", "load")  # kinds that are about a person, who may serve in several townships


@dataclass(frozen=True, slots=True)
class Hole:
    """One place, grid or person the report names.

    Arguments:
        kind: of KINDS. scheme: of the boundaries; the scheme people answer for where it is about people.
        village: 12-digit code; path: where it lies.
        codes: grid, address or duty codes. user: of a person. area: m². count: houses, grids or cases.
        lon, lat: degrees WGS-84, None where it has no place.
    """

    kind: str
    scheme: str
    village: str
    path: str
    codes: tuple[str, ...] = ()
    area: float = 0.0
    count: int = 1
    user: int | None = None
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """One village and scheme. Areas in m²; what the parts say adds up to the parent, or `rest` tells by how much not.

    Arguments:
        parent: area of the village. parts: sum of its grids. gap, overlap, outside: measured where they do not fit.
        houses, households: house numbers with households, and buildings without a number; placed: of those in a
            grid (service grids only).
    """

    village: str
    name_zh: str
    name_en: str
    path: str
    scheme: str
    grids: int
    parent: float
    parts: float
    gap: float
    overlap: float
    outside: float
    houses: int = 0
    houses_placed: int = 0
    households: int = 0
    households_placed: int = 0

    @property
    def difference(self) -> float:
        """Parts less parent."""
        return self.parts - self.parent

    @property
    def rest(self) -> float:
        """What neither gap nor overlap nor outside explains; where a third grid overlaps it is more than rounding."""
        return self.difference + self.gap - self.overlap - self.outside


@dataclass(frozen=True, slots=True)
class Report:
    """The blind spots of a territory on a day. `moving` cases are told of today only (None for another day)."""

    on: date
    figures: list[Figures]
    holes: list[Hole]
    roster: Roster
    loads: list[Load]
    duties: int  # each duty of the catalogue in each grid it is asked for in
    duties_held: int
    moving: int | None
    without_outline: int  # villages that cannot be measured, because nobody gave their outline

    def of(self, *kinds: str) -> list[Hole]:
        """Holes of some kinds."""
        return [hole for hole in self.holes if hole.kind in kinds]


def blind_spots(*, on: date, within: str) -> Report:
    """The report of a territory on a day. Twelve statements, and two for each village that changed since it was
    measured last.

    Arguments:
        within: territory path; "" reaches nothing.
    """
    figures, holes = _areas(on, within)
    people = roster(on=on, within=within)
    carried = loads(people)
    moving = _moving(within, on) if on == today() else None
    holes += _vacant(people) + _away(people) + _over(people, carried) + (moving or [])
    held = sum(post.acting is not None for line in people.lines for post in line.duties.values())
    return Report(
        on=on,
        figures=figures,
        holes=sorted(holes, key=lambda hole: (KINDS.index(hole.kind), hole.village, -hole.area, hole.codes)),
        roster=people,
        loads=carried,
        duties=sum(len(line.duties) for line in people.lines),
        duties_held=held,
        moving=None if moving is None else sum(hole.count for hole in moving),
        without_outline=_without_outline(on, within),
    )


def place_holes(*, on: date, within: str) -> list[Hole]:
    """Holes of a territory that are about places, grids and work, not about persons; see `blind_spots`."""
    return [*_areas(on, within)[1], *_vacant(roster(on=on, within=within)), *_moving(within, on)]


def person_holes(*, on: date, within: str) -> list[Hole]:
    """Holes that are about persons, wherever in the territory their grids lie."""
    people = roster(on=on, within=within)
    return [*_away(people), *_over(people, loads(people))]


# what a village looks like: its measure is computed again only if this is another digest
_VILLAGES = """
SELECT d.id, d.code, d.name_zh, d.name_en, d.path, s.code, ST_Area(d.outline::geography),
       count(v.id), coalesce(sum(ST_Area(v.boundary::geography)), 0),
       coalesce(array_agg(v.id ORDER BY g.code) FILTER (WHERE v.id IS NOT NULL), '{}'),
       md5(md5(ST_AsBinary(d.outline)) || coalesce(string_agg(md5(ST_AsBinary(v.boundary)), '' ORDER BY g.code), ''))
  FROM grids_division d CROSS JOIN grids_scheme s
  LEFT JOIN (grids_grid g JOIN grids_gridversion v ON v.grid_id = g.id AND v.valid @> %(on)s
             JOIN grids_division h ON h.id = g.division_id)
    ON g.scheme_id = s.id AND h.code = d.code AND h.code_system = d.code_system
 WHERE d.level = 'village' AND d.valid @> %(on)s AND d.outline IS NOT NULL AND d.path LIKE %(prefix)s
 GROUP BY d.id, s.id HAVING count(v.id) > 0 OR s.code = %(scheme)s
 ORDER BY d.code, s.code DESC
"""


# the same one level up: what the villages of a township leave out or have twice
_TOWNSHIPS = """
SELECT p.id, p.code, p.name_zh, p.name_en, p.path, %(divisions)s, ST_Area(p.outline::geography),
       count(c.id), sum(ST_Area(c.outline::geography)), array_agg(c.id ORDER BY c.code),
       md5(md5(ST_AsBinary(p.outline)) || string_agg(md5(ST_AsBinary(c.outline)), '' ORDER BY c.code))
  FROM grids_division p JOIN grids_division c
    ON c.level = 'village' AND c.valid @> %(on)s AND c.outline IS NOT NULL AND starts_with(c.path, p.path)
 WHERE p.level = 'township' AND p.valid @> %(on)s AND p.outline IS NOT NULL AND p.path LIKE %(prefix)s
 GROUP BY p.id ORDER BY p.code
"""


def _areas(on: date, within: str) -> tuple[list[Figures], list[Hole]]:
    values: dict[str, Any] = {
        "on": on,
        "prefix": literal(within) + "%" if within else "",
        "scheme": DUTIES_SCHEME,
        "divisions": DIVISIONS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_TOWNSHIPS, values)
        rows = cursor.fetchall()
        cursor.execute(_VILLAGES, values)
        rows += cursor.fetchall()
        cursor.execute(_HOUSES, values)
        houses = {row[0]: row[1:] for row in cursor.fetchall()}
    figures, holes = [], []
    for pk, code, zh, en, path, scheme, parent, number, parts, versions, digest in rows:
        measured = _measure(pk, tuple(versions), digest, villages=scheme == DIVISIONS)
        sums: dict[str, Any] = {kind: sum(d.area for d in measured if d.kind == kind) for kind in AREA_KINDS}
        counted = houses.get(code, (0, 0, 0, 0, None)) if scheme == DUTIES_SCHEME else (0, 0, 0, 0, None)
        figures.append(Figures(code, zh, en, path, scheme, number, parent, parts, **sums, **_placed(counted)))
        holes += [Hole(d.kind, scheme, code, path, d.codes, d.area, 1, None, d.lon, d.lat) for d in measured]
        holes += _unplaced(code, path, counted)
    return figures, holes


def _placed(counted: tuple[Any, ...]) -> dict[str, int]:
    names = ("houses", "houses_placed", "households", "households_placed")
    return dict(zip(names, counted[:4], strict=True))


@lru_cache(maxsize=4096)
def _measure(division_id: int, ids: tuple[int, ...], digest: str, *, villages: bool) -> tuple[Defect, ...]:
    """Where parts do not fit their parent; `digest` says that nothing of it has changed since it was measured.

    Arguments:
        ids: of boundary versions, or of divisions if the parts are villages.
    """
    outline = Division.objects.values_list("outline", flat=True).get(pk=division_id)
    parts: dict[str, Any] = (
        dict(Division.objects.filter(pk__in=ids).values_list("code", "outline"))
        if villages
        else dict(GridVersion.objects.filter(pk__in=ids).values_list("grid__code", "boundary"))
    )
    if not all(_is_one_ring(shape) for shape in (outline, *parts.values())):
        return (_unmeasured(outline),)
    rings = {code: ring_from(shape) for code, shape in parts.items()}
    return tuple(boundary_defects(rings, ring_from(outline)))


def _is_one_ring(shape: Any) -> bool:
    """Whether a polygon, or a collection of one, has no hole."""
    if shape is None or (shape.geom_type == "MultiPolygon" and len(shape) != 1):
        return False
    return not (shape[0] if shape.geom_type == "MultiPolygon" else shape).num_interior_rings


def _unmeasured(outline: GEOSGeometry | None) -> Defect:
    """A village of several parts or with a hole: its areas are compared, its places are not looked for."""
    point = outline.point_on_surface if outline is not None else None
    lon, lat = point.coords if point is not None else (0.0, 0.0)
    return Defect("unmeasured", (), 0.0, lon, lat)


# From the grids to the houses: one shape is asked about many points, which is what the database is quick at.
_HOUSES = """
WITH near AS MATERIALIZED (SELECT id, code FROM grids_division WHERE path LIKE %(prefix)s),
homes AS MATERIALIZED (
  SELECT 'a' || id AS key, code, point, households, division_id FROM grids_address
   WHERE kind = 'house' AND households > 0 AND division_id IN (SELECT id FROM near)
  UNION ALL  -- a building with a house number is counted by it
  SELECT 'b' || id, code, point, coalesce(households, 0), division_id FROM grids_building
   WHERE house_id IS NULL AND division_id IN (SELECT id FROM near)
), live AS MATERIALIZED (
  SELECT v.boundary FROM grids_gridversion v JOIN grids_scheme s ON s.id = v.scheme_id
   WHERE s.code = %(scheme)s AND v.valid @> %(on)s
     AND v.boundary && (SELECT ST_SetSRID(ST_Extent(point)::geometry, 4326) FROM homes)
), placed AS (
  SELECT 'a' || a.id AS key FROM live JOIN grids_address a ON ST_Covers(live.boundary, a.point)
  UNION SELECT 'b' || b.id FROM live JOIN grids_building b ON ST_Covers(live.boundary, b.point)
)
SELECT near.code, count(*), count(p.key), sum(h.households), coalesce(sum(h.households) FILTER (WHERE p.key <> ''), 0),
       (array_agg(ARRAY[h.code, ST_X(h.point)::text, ST_Y(h.point)::text] ORDER BY h.code)
         FILTER (WHERE p.key IS NULL))[1:20]
  FROM homes h JOIN near ON near.id = h.division_id LEFT JOIN placed p ON p.key = h.key GROUP BY near.code
"""


def _unplaced(village: str, path: str, counted: tuple[Any, ...]) -> list[Hole]:
    missing = counted[0] - counted[1]
    if not missing:
        return []
    examples = counted[4] or []
    lon, lat = (float(examples[0][1]), float(examples[0][2])) if examples else (None, None)
    codes = tuple(row[0] for row in examples)
    return [Hole("houses", DUTIES_SCHEME, village, path, codes, 0.0, missing, None, lon, lat)]


def _vacant(people: Roster) -> list[Hole]:
    """Grids without worker or deputy, and duties nobody acts for. A name that may not serve there is no person."""
    holes = []
    for line in people.lines:
        for kind, user in (("worker", line.post.worker), ("deputy", line.post.deputy)):
            if not people.staff.able(user, line.path, WORKER_ROLE):
                holes.append(_in_grid(kind, line))
        missing = tuple(code for code, post in line.duties.items() if post.acting is None)
        if missing:
            holes.append(_in_grid("duty", line, *missing))
    return holes


def _in_grid(kind: str, line: RosterLine, *duties: str) -> Hole:
    where, count = (line.division_code, line.path), max(1, len(duties))
    return Hole(kind, DUTIES_SCHEME, *where, (line.code, *duties), 0.0, count, None, line.lon, line.lat)


def _away(people: Roster) -> list[Hole]:
    """Somebody is away and nobody who is there stands in for him."""
    holes = []
    for row in people.absences:
        mine = [line for line in people.lines if row.user in _named(line)]
        left = [line for line in mine if not people.staff.ready(row.substitute, line.path)]
        if left:
            holes.append(_of_person("leave", left, row.user))
    return holes


def _named(line: RosterLine) -> set[int | None]:
    return {user for post in (line.post, *line.duties.values()) for user in (post.worker, post.deputy)}


def _of_person(kind: str, lines: list[RosterLine], user: int) -> Hole:
    first = lines[0]
    codes = tuple(line.code for line in lines)
    return Hole(
        kind, DUTIES_SCHEME, first.division_code, first.path, codes, 0.0, len(lines), user, first.lon, first.lat
    )


def _over(people: Roster, carried: list[Load]) -> list[Hole]:
    """Persons who carry more than the city's limit, where their first grid lies."""
    holes = []
    for load in carried:
        if load.over:
            own = [line for line in people.lines if load.user in (line.post.acting, *_named(line))]
            holes.append(_of_person("load", own, load.user))
    return holes


def _moving(within: str, on: date) -> list[Hole]:
    holes = []
    for source in open_work.values():
        find: Callable[..., list[MovingWork]] = resolve(source.moving)
        for row in find(within=within, on=on):
            codes = (row.before, row.after)
            holes.append(Hole("moving", row.scheme, row.village, row.path, codes, 0.0, row.count))
    return holes


def _without_outline(on: date, within: str) -> int:
    if not within:
        return 0
    rows = Division.objects.filter(level="village", valid__contains=on, outline=None, path__startswith=within)
    return rows.count()

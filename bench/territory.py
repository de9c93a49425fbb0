"""A city of 12,000 grids of 200 vertices: tiles, point → grid, the check of 1,000 grids, the report of blind spots.

In a database of its own without cases. Villages fill their townships and grids their villages, vertex by vertex.
"""

import math
import os
import random
import time
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import shapely

from bench.node import Node
from bench.paths import empty_cache
from bench.volume import EAST, LATTICE, NORTH, SOUTH, WEST

TOWNSHIPS, VILLAGES, GRIDS = (5, 3), (5, 2), (10, 8)  # across and up: in the city, in a township, in a village
EDGE = 50  # vertices a side of a grid
CHECKED = 13  # villages of a change set: 1,040 grids
BUILDINGS, POINTS = 100_000, 20_000
ZOOMS = (8, 10, 12, 14, 16)
COLD = 60  # tiles of a zoom, one after the other
CHECK_MOST, TILE_MOST, REPORT_MOST = 5.0, 50.0, 60.0  # targets: seconds, milliseconds, seconds
HEAD = "| what | figure | beside it | ratio | target | met |\n| --- | --- | --- | --- | --- | --- |"
Row = tuple[str, str, str, str, str, str]

DIVISIONS = """
INSERT INTO grids_division (code, code_system, level, name_zh, name_en, path, parent_id, valid, illustrative, outline,
  outline_source)
SELECT d.code, p.code_system, d.level, '测试' || d.code, 'Bench ' || d.code, p.path || d.code || '/', p.id,
       daterange('2020-01-01', NULL), true, ST_Multi(d.outline), 'bench'
  FROM bench_division d JOIN grids_division p ON p.code = d.parent WHERE d.level = %s
"""
REST = """
INSERT INTO grids_grid (scheme_id, code, type, name_zh, name_en, division_id, path, households)
SELECT (SELECT id FROM grids_scheme WHERE code = 'service'), b.code, 'base', '测试网格' || b.code, 'Bench ' || b.code,
       d.id, d.path || b.code || '/', 400 FROM bench_grid b JOIN grids_division d ON d.code = left(b.code, 12);
INSERT INTO grids_gridversion (grid_id, scheme_id, number, boundary, area, valid)
SELECT g.id, g.scheme_id, 1, b.boundary, ST_Area(b.boundary::geography), daterange('2020-01-01', NULL)
  FROM bench_grid b JOIN grids_grid g ON g.code = b.code;
INSERT INTO accounts_user (username, password, is_superuser, is_staff, is_active, date_joined, display_name,
  display_name_en, first_name, last_name, email, language)
SELECT 'bench' || i, '', false, false, true, now(), '测试' || i, 'Bench ' || i, '', '', '', 'zh'
  FROM generate_series(1, 6000) i;
INSERT INTO grids_duty (grid_id, user_id, post, valid)
SELECT g.id, u.id, p.post, daterange('2020-01-01', NULL)
  FROM (SELECT id, row_number() OVER (ORDER BY code) - 1 AS n FROM grids_grid WHERE path LIKE '/3709/370902/3709029%%'
         AND code IN (SELECT code FROM bench_grid)) g
  CROSS JOIN (VALUES ('worker', 0), ('deputy', 3000)) AS p(post, off)
  JOIN (SELECT id, row_number() OVER (ORDER BY id) - 1 AS n FROM accounts_user WHERE username LIKE 'bench%%') u
    ON u.n = (g.n / 2 + p.off) %% 6000;
"""
HOUSES = """
INSERT INTO grids_building (code, point, division_id, path, service_version_id, source, as_of, illustrative, updated_at,
  name_zh, name_en, residents, use, activity)
SELECT 'BENCH' || h.i, h.point, g.division_id, g.path, v.id, 'bench', '2026-01-01', true, now(), '', '', 3, 'home', 0
  FROM (SELECT i, ST_SetSRID(ST_MakePoint(%s + random() * %s, %s + random() * %s), 4326) AS point
          FROM generate_series(1, %s) i) h
  JOIN grids_gridversion v ON ST_Covers(v.boundary, h.point) JOIN grids_grid g ON g.id = v.grid_id
   AND g.code IN (SELECT code FROM bench_grid) ON CONFLICT DO NOTHING
"""
RAW_REPORT = """
SELECT g.division_id, sum(ST_Area(v.boundary::geography)), ST_Area(ST_Union(v.boundary)::geography)
  FROM grids_gridversion v JOIN grids_grid g ON g.id = v.grid_id WHERE v.valid @> current_date GROUP BY 1
"""
RAW_TILE = (
    "SELECT ST_AsMVT(t, 'grids') FROM (SELECT grid_id, ST_AsMVTGeom(ST_Transform(boundary, 3857),"
    " ST_TileEnvelope(%s, %s, %s)) AS geom FROM grids_gridversion"
    " WHERE boundary && ST_Transform(ST_TileEnvelope(%s, %s, %s), 4326)) t"
)
RAW_POINT = (
    "SELECT p.n, v.grid_id FROM unnest(%s::float8[], %s::float8[]) WITH ORDINALITY AS p(lon, lat, n)"
    " JOIN grids_gridversion v ON ST_Covers(v.boundary, ST_SetSRID(ST_MakePoint(p.lon, p.lat), 4326))"
)


class City:
    """The lattice: every line wanders, is drawn once, and is shared by what it parts."""

    def __init__(self, scale: float) -> None:
        self.townships = (max(1, round(TOWNSHIPS[0] * scale)), TOWNSHIPS[1] if scale >= 1 else 1)
        self.across = self.townships[0] * VILLAGES[0] * GRIDS[0]
        self.up = self.townships[1] * VILLAGES[1] * GRIDS[1]
        self.width, self.height = (EAST - WEST) / self.across, (NORTH - SOUTH) / self.up

    def _side(self, x: int, y: int, east: bool) -> list[tuple[float, float]]:
        """From corner (x, y) to the next one east or north, without the last vertex."""
        wander = random.Random(f"{x} {y} {east}")
        x0, y0 = WEST + x * self.width, SOUTH + y * self.height
        line = [(x0, y0)]
        for step in range(1, EDGE):
            part = step / EDGE
            off = wander.uniform(-0.08, 0.08) * math.sin(math.pi * part)  # near a corner it keeps clear of the others
            line.append((x0 + (part if east else off) * self.width, y0 + (off if east else part) * self.height))
        return line

    def _back(self, x: int, y: int, east: bool) -> list[tuple[float, float]]:
        """The same side walked the other way, without its last vertex."""
        end = (WEST + (x + east) * self.width, SOUTH + (y + (not east)) * self.height)
        return [end, *reversed(self._side(x, y, east)[1:])]

    def ring(self, x: int, y: int, wide: int, high: int) -> str:
        """The outline of a block of grids as WKT, counter-clockwise."""
        places = [place for i in range(wide) for place in self._side(x + i, y, True)]
        places += [place for i in range(high) for place in self._side(x + wide, y + i, False)]
        places += [place for i in reversed(range(wide)) for place in self._back(x + i, y + high, True)]
        places += [place for i in reversed(range(high)) for place in self._back(x, y + i, False)]
        text = ",".join(f"{lon:.{LATTICE}f} {lat:.{LATTICE}f}" for lon, lat in [*places, places[0]])
        return f"SRID=4326;POLYGON(({text}))"

    def divisions(self) -> Iterator[str]:
        """COPY lines of townships and villages: code, level, parent, outline."""
        wide, high = VILLAGES[0] * GRIDS[0], VILLAGES[1] * GRIDS[1]
        for n in range(self.townships[0] * self.townships[1]):
            x, y = n % self.townships[0] * wide, n // self.townships[0] * high
            code = f"370902{901 + n}"
            yield f"{code}\ttownship\t370902\t{self.ring(x, y, wide, high)}\n"
            for m in range(VILLAGES[0] * VILLAGES[1]):
                vx, vy = x + m % VILLAGES[0] * GRIDS[0], y + m // VILLAGES[0] * GRIDS[1]
                yield f"{code}{m + 1:03d}\tvillage\t{code}\t{self.ring(vx, vy, *GRIDS)}\n"

    def grids(self) -> Iterator[str]:
        """COPY lines of grids: code, boundary."""
        for line in self.divisions():
            code, level, _parent, _outline = line.split("\t")
            if level == "village":
                n, m = int(code[6:9]) - 901, int(code[9:]) - 1
                x = n % self.townships[0] * VILLAGES[0] * GRIDS[0] + m % VILLAGES[0] * GRIDS[0]
                y = n // self.townships[0] * VILLAGES[1] * GRIDS[1] + m // VILLAGES[0] * GRIDS[1]
                for k in range(GRIDS[0] * GRIDS[1]):
                    yield f"{code}S{k + 1:02d}\t{self.ring(x + k % GRIDS[0], y + k // GRIDS[0], 1, 1)}\n"


def ensure(scale: float) -> Node:
    """The node with its database, built on the first run of a scale."""
    node = Node(f"bench_territory_{round(scale * 100)}")
    admin = node.connect(superuser=True, database="postgres")
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [node.database])
        if cursor.fetchone()[0] == 0:
            cursor.execute(f"CREATE DATABASE {node.database} OWNER govplatform TEMPLATE template1")
    admin.close()
    node.manage("migrate", "--noinput")
    if not node.rows("SELECT to_regclass('bench_ready')")[0][0]:
        node.manage("load_city")
        _build(node, City(scale), scale)
    return node


def _build(node: Node, city: City, scale: float) -> None:
    connection = node.connect(superuser=True)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute("CREATE TEMP TABLE bench_division (code text, level text, parent text, outline geometry)")
        cursor.copy_expert("COPY bench_division FROM STDIN", StringIO("".join(city.divisions())))
        cursor.execute("CREATE TEMP TABLE bench_grid (code text PRIMARY KEY, boundary geometry(Polygon, 4326))")
        cursor.copy_expert("COPY bench_grid FROM STDIN", StringIO("".join(city.grids())))
        for level in ("township", "village"):
            cursor.execute(DIVISIONS, [level])
        cursor.execute(REST % ())
        cursor.execute("ANALYZE grids_gridversion")
        span = [WEST, EAST - WEST, SOUTH, NORTH - SOUTH, max(1000, int(BUILDINGS * scale))]
        cursor.execute(HOUSES, span)
        cursor.execute("CREATE TABLE bench_ready (done bool); ALTER TABLE bench_ready OWNER TO govplatform")
    connection.commit()
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    connection.close()


def measure(keep: Callable[[str], None]) -> int:
    """All figures as a section of the page; how many miss their target."""
    scale = float(os.environ.get("SCALE", "1"))
    node = ensure(scale)
    try:
        rows = [*_report(node), *_points(node), *_check(node), *_tiles(node)]
        grids = int(node.number("SELECT count(*) FROM grids_gridversion"))
        vertices = node.number("SELECT avg(ST_NPoints(boundary)) FROM grids_gridversion WHERE area > 0")
        houses = int(node.number("SELECT count(*) FROM grids_building"))
    finally:
        node.stop()
    for row in rows:
        print("  " + ", ".join(filter(None, row)), flush=True)
    volume = f"{grids:,} boundaries, {vertices:.0f} vertices on average, {houses:,} buildings, two posts a grid."
    stamp = f"{time.strftime('%Y-%m-%d %H:%M')} UTC, load average {os.getloadavg()[0]:.1f}."
    keep("\n".join([f"{volume} {stamp}", "", HEAD, *("| " + " | ".join(row) + " |" for row in rows)]))
    return sum(row[-1] == "**no**" for row in rows)


def _met(good: bool) -> str:
    return "yes" if good else "**no**"


def _seconds(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _report(node: Node) -> list[Row]:
    """The report of blind spots of the whole city, the first time and again; beside areas and unions in bare SQL."""
    found = node.inside("blind", script="territory_inside.py")
    raw = _seconds(lambda: node.rows(RAW_REPORT))
    beside = f"areas and unions in SQL {raw:.1f} s; {found['again']:.1f} s when nothing changed"
    return [
        ("blind-spot report, whole city", f"**{found['first']:.1f}** s, {found['memory']:.0f} MB", beside,
         f"{found['first'] / raw:.1f}", f"≤ {REPORT_MOST:.0f} s", _met(found["first"] <= REPORT_MOST)),
    ]  # fmt: skip


def spots(number: int) -> tuple[list[float], list[float]]:
    """Longitudes and latitudes of so many points by chance, the same in every process."""
    chance = random.Random(5)
    return (
        [chance.uniform(WEST, EAST) for _ in range(number)],
        [chance.uniform(SOUTH, NORTH) for _ in range(number)],
    )


def _points(node: Node) -> list[Row]:
    """Where points lie: the product on one connection, one plain statement, and STRtree in Python."""
    ours = node.inside("points", POINTS, script="territory_inside.py")["seconds"]
    lons, lats = spots(POINTS)
    raw = _seconds(lambda: node.rows(RAW_POINT, lons, lats))
    shapes = shapely.from_wkb(
        [bytes(row[0]) for row in node.rows("SELECT ST_AsBinary(boundary) FROM grids_gridversion")]
    )
    tree = shapely.STRtree(shapes)
    shapely.prepare(shapes)
    points = shapely.points(lons, lats)
    memory = _seconds(lambda: tree.query(points, predicate="within"))
    rate = POINTS / ours
    return [
        ("point → grid, both schemes, with names and day", f"**{rate:,.0f}**/s", f"plain SQL {POINTS / raw:,.0f}/s",
         f"{raw / ours:.0%}", "", ""),
        ("", "", f"STRtree in memory {POINTS / memory:,.0f}/s", f"{memory / ours:.0%}", "", ""),
    ]  # fmt: skip


def _check(node: Node) -> list[Row]:
    """The check of a change set: what its page finds, and the second opinion before it is handed in."""
    found = node.inside("check", CHECKED, script="territory_inside.py")
    shapes = shapely.from_wkb([bytes.fromhex(text) for text in found["shapes"]])

    def bare() -> None:
        shapely.union_all(shapes)
        shapely.coverage_is_valid(shapes)

    raw = _seconds(bare)
    rows: list[Row] = [
        (f"check of a change over {found['villages']} villages, {found['grids']:,} grids", f"**{found['page']:.1f}** s",
         f"shapely: union and coverage_is_valid {raw:.2f} s", f"{found['page'] / raw:.0f}", f"≤ {CHECK_MOST:.0f} s",
         _met(found["page"] <= CHECK_MOST)),
        ("second opinion by geopandas when it is handed in", f"{found['second']:.1f} s", "a process for each village",
         "", "", ""),
    ]  # fmt: skip
    return rows


def _tiles(node: Node) -> list[Row]:
    signed = node.inside("session", "registrar")
    rows: list[Row] = []
    with node.running("web"):
        for zoom in ZOOMS:
            spots = _tiles_of(zoom)
            asked = [{"path": f"/tiles/grids/{z}/{x}/{y}.mvt", "headers": {"Cookie": signed["Cookie"]}}
                     for z, x, y in spots]  # fmt: skip
            times, size = _cold(node, asked)
            raw = _raw(node, spots)
            cached = node.load(asked[:50], seconds=4)
            middle, late = times[len(times) // 2], times[int(len(times) * 0.95)]
            rows.append(
                (f"tile z{zoom}, cold, {len(spots):,} tiles", f"p50 **{middle:.0f}** ms, p95 {late:.0f} ms,"
                 f" {size / 1024:.1f} kB", f"ST_AsMVT alone p50 {raw:.0f} ms", f"{middle / raw:.1f}", "", "")
            )  # fmt: skip
            rows.append(
                (f"tile z{zoom}, cached", f"**{cached['per_second']:,.0f}**/s, p95 {cached['p95']:.0f} ms", "", "",
                 f"p95 ≤ {TILE_MOST:.0f} ms", _met(cached["p95"] <= TILE_MOST))
            )  # fmt: skip
    return rows


def _cold(node: Node, asked: list[dict[str, Any]]) -> tuple[list[float], float]:
    """Milliseconds of each tile that nobody has asked for, sorted, one after the other; and the mean size in bytes."""
    times: list[float] = []
    sizes: list[int] = []
    while len(times) < COLD:
        empty_cache(node)
        for request in asked[:COLD]:
            began = time.perf_counter()
            _status, body = node.get(request["path"], request["headers"])
            times.append((time.perf_counter() - began) * 1000)
            sizes.append(len(body))
    return sorted(times), sum(sizes) / len(sizes)


def _raw(node: Node, spots: list[tuple[int, int, int]]) -> float:
    """Milliseconds of the bare statement, the median."""
    connection, times = node.connect(), []
    with connection.cursor() as cursor:
        for spot in (spots * COLD)[:COLD]:
            began = time.perf_counter()
            cursor.execute(RAW_TILE, [*spot, *spot])
            cursor.fetchone()
            times.append((time.perf_counter() - began) * 1000)
    connection.close()
    return sorted(times)[COLD // 2]


def _tiles_of(zoom: int) -> list[tuple[int, int, int]]:
    """Tiles of the territory, each once, in an order by chance; at most 2,000."""
    size = 2**zoom

    def at(lon: float, lat: float) -> tuple[int, int]:
        north = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2
        return int((lon + 180) / 360 * size), int(north * size)

    (x0, y1), (x1, y0) = at(WEST, SOUTH), at(EAST, NORTH)
    found = [(zoom, x, y) for x in range(x0, x1 + 1) for y in range(y0, y1 + 1)]
    random.Random(zoom).shuffle(found)
    return found[:2000]

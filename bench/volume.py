"""The data of the bench: 12,000 grids, 1,000,000 cases, 4,000,000 history rows (times SCALE), loaded set by set.

Built once into a database of its own and kept; the city folder is loaded first by the product's own command.
"""

import math
import random
import time
from collections.abc import Iterator
from io import StringIO

from bench.node import Node

GRIDS, CASES, HISTORY_PER_CASE = 12_000, 1_000_000, 4
CHUNK = 100_000
WEST, SOUTH, EAST, NORTH = 116.05, 35.65, 117.95, 36.45  # degrees; most of the city
POINTS_PER_EDGE = 12  # 48 and more vertices a grid, every line shared exactly by its two grids
LATTICE = 8  # decimals of a degree (design: Space)
OPEN_EVERY = 20  # one case in twenty is open

GRID_ROWS = """
INSERT INTO grids_grid (scheme_id, code, type, name_zh, name_en, division_id, path, households)
SELECT (SELECT id FROM grids_scheme WHERE code = 'service'), 'B' || b.number, 'base', '测试网格' || b.number,
       'Bench grid ' || b.number, d.id, d.path || 'B' || b.number || '/', 400
  FROM bench_grid b
  JOIN (SELECT id, path, row_number() OVER (ORDER BY code) - 1 AS n, count(*) OVER () AS total
          FROM grids_division WHERE level = 'village' AND NOT illustrative) d ON d.n = b.number % d.total;
INSERT INTO grids_gridversion (grid_id, scheme_id, number, boundary, area, valid)
SELECT g.id, g.scheme_id, 1, b.boundary, ST_Area(b.boundary::geography), daterange('2020-01-01', NULL)
  FROM bench_grid b JOIN grids_grid g ON g.code = 'B' || b.number;
"""
PARTS = """
CREATE TEMP TABLE bench_place AS
SELECT row_number() OVER (ORDER BY v.id) - 1 AS n, v.id AS version_id, g.id AS grid_id, g.path,
       ST_PointOnSurface(v.boundary) AS point
  FROM grids_gridversion v JOIN grids_grid g ON g.id = v.grid_id WHERE g.code LIKE 'B%%';
CREATE TEMP TABLE bench_category AS SELECT row_number() OVER (ORDER BY id) - 1 AS n, id, key FROM events_category;
CREATE TEMP TABLE bench_department AS
SELECT row_number() OVER (ORDER BY d.id) - 1 AS n, d.id FROM accounts_department d
 WHERE EXISTS (SELECT FROM accounts_membership m JOIN accounts_role r ON r.id = m.role_id
                WHERE m.department_id = d.id AND r.code = 'coordinator');
ANALYZE bench_place; ANALYZE bench_category; ANALYZE bench_department;
"""
CASE_ROWS = """
INSERT INTO cases_case (number, kind, kind_version, state, closed, title, category, source, answers, path, point,
  address, reported_version_id, grid_id, department_id, reporter_kind, reporter_id, urgent, supervised, reworks,
  returns, urges, opened_at, due_at, soon_at, paused, exempt, closed_at, outcome, version, history_count,
  submission_key, submission_hash)
SELECT 'B' || lpad(i::text, 18, '0'), 'event', 1, CASE WHEN o.open THEN 'pending_handle' ELSE 'closed' END, NOT o.open,
  '路面破损 ' || i, c.key, 'public', '{}', p.path, p.point, '测试路' || i %% 900 || '号', p.version_id, p.grid_id, d.id,
  'anonymous', '', false, false, 0, 0, 0, t.at,
  CASE WHEN o.open THEN now() + (i %% 240 - 60) * interval '1 hour' END,
  CASE WHEN o.open THEN now() + (i %% 240 - 70) * interval '1 hour' END,
  false, false, CASE WHEN NOT o.open THEN t.at + interval '30 hours' END, CASE WHEN o.open THEN '' ELSE 'closed' END,
  %(history)s, %(history)s, 'bench-' || i, md5(i::text) || md5(i::text)
  FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS i
  CROSS JOIN LATERAL (SELECT i %% %(every)s = 0 AS open) o
  CROSS JOIN LATERAL (SELECT now() - interval '1080 days' * ((%(cases)s - i + 1)::float / %(cases)s) AS at) t
  JOIN bench_place p ON p.n = (i * 7919) %% (SELECT count(*) FROM bench_place)
  JOIN bench_category c ON c.n = i %% (SELECT count(*) FROM bench_category)
  JOIN bench_department d ON d.n = (i / %(every)s) %% (SELECT count(*) FROM bench_department);
"""
CASE_PARTS = """
INSERT INTO events_report (case_id, category_id, description, datum, photos_announced, text_released, public_text,
  result_text)
SELECT k.id, c.id, '路面破损，请尽快处理', 'wgs84', 0, false, '', ''
  FROM cases_case k JOIN events_category c ON c.key = k.category
 WHERE k.submission_key LIKE 'bench-%%' AND k.id > %(after)s;
INSERT INTO cases_assignment (case_id, step_key, role, department_id, needs_role, open, version, outcome, result,
  returned, opened_at, closed_at, due_at, soon_at, opened_by)
SELECT id, 'handle', 'lead', department_id, 'coordinator', NOT closed, 0, CASE WHEN closed THEN 'done' ELSE '' END,
  '{}', false, opened_at, closed_at, due_at, soon_at, 3
  FROM cases_case WHERE id > %(after)s AND submission_key LIKE 'bench-%%';
INSERT INTO cases_historyentry (case_id, sequence, transition, from_state, to_state, actor_kind, actor_id, actor_role,
  note, data, public, at)
SELECT k.id, s, CASE s WHEN 1 THEN 'open' WHEN 2 THEN 'file' WHEN 3 THEN 'dispatch' ELSE 'close' END,
  CASE s WHEN 1 THEN '' WHEN 2 THEN 'reported' WHEN 3 THEN 'pending_dispatch' ELSE 'pending_handle' END,
  CASE s WHEN 1 THEN 'reported' WHEN 2 THEN 'pending_dispatch' WHEN 3 THEN 'pending_handle' ELSE k.state END,
  'rule', '', '', '', '{}', s = 1, k.opened_at + s * interval '10 minutes'
  FROM cases_case k CROSS JOIN generate_series(1, %(history)s) AS s
 WHERE k.id > %(after)s AND k.submission_key LIKE 'bench-%%';
INSERT INTO cases_clock (case_id, assignment_id, kind, stage, unit, budget, started_at, due_at, soon_at, pauses,
  warned_level)
SELECT k.id, a.id, 'stage', 'handle', 'working_hour', 8, k.opened_at, k.due_at, k.soon_at, '[]', 2
  FROM cases_case k JOIN cases_assignment a ON a.case_id = k.id
 WHERE k.id > %(after)s AND NOT k.closed AND k.submission_key LIKE 'bench-%%';
"""


def ensure(scale: float) -> Node:
    """A node whose database holds the volume of this scale; built on the first run."""
    cases = max(1000, int(CASES * scale))
    node = Node(f"bench_{cases}")
    admin = node.connect(superuser=True, database="postgres")
    admin.autocommit = True
    with admin.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_database WHERE datname = %s", [node.database])
        if cursor.fetchone()[0] == 0:
            cursor.execute(f"CREATE DATABASE {node.database} OWNER govplatform TEMPLATE template1")
    admin.close()
    node.manage("migrate", "--noinput")
    if not node.rows("SELECT to_regclass('bench_ready')")[0][0]:
        build(node, cases, max(1000, int(GRIDS * min(1.0, scale * 10))))
    return node


def build(node: Node, cases: int, grids: int) -> None:
    """Load the city, then the volume; as superuser without foreign key triggers, as the rows are consistent by make."""
    began = time.monotonic()
    node.manage("load_city")
    connection = node.connect(superuser=True)
    with connection.cursor() as cursor:
        cursor.execute(
            "SET session_replication_role = replica; SET maintenance_work_mem = '512MB'; SET work_mem = '64MB'"
        )
        cursor.execute("CREATE TEMP TABLE bench_grid (number int, boundary geometry(Polygon, 4326))")
        cursor.copy_expert("COPY bench_grid FROM STDIN", StringIO("".join(squares(grids))))
        cursor.execute(GRID_ROWS)
        cursor.execute(PARTS % ())
        say(f"{grids} grids", began)
        for first in range(1, cases + 1, CHUNK):
            load_cases(cursor, first, min(first + CHUNK - 1, cases), cases)
            say(f"{min(first + CHUNK - 1, cases):,} of {cases:,} cases", began)
        cursor.execute("CREATE TABLE bench_ready (cases int); ALTER TABLE bench_ready OWNER TO govplatform")
        cursor.execute("INSERT INTO bench_ready VALUES (%s)", [cases])
    connection.commit()
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")
    connection.close()
    say("vacuumed", began)


def load_cases(cursor: object, first: int, last: int, cases: int) -> None:
    values = {"first": first, "last": last, "cases": cases, "every": OPEN_EVERY, "history": HISTORY_PER_CASE}
    execute = cursor.execute  # type: ignore[attr-defined]
    execute("SELECT coalesce(max(id), 0) FROM cases_case")
    values["after"] = cursor.fetchone()[0]  # type: ignore[attr-defined]
    execute(CASE_ROWS, values)
    execute(CASE_PARTS, values)


def squares(count: int) -> Iterator[str]:
    """COPY lines of grids: a lattice whose lines wander, each line drawn once and shared by the two grids it parts."""
    side = math.ceil(math.sqrt(count))
    width, height = (EAST - WEST) / side, (NORTH - SOUTH) / side

    def corner(x: int, y: int) -> tuple[float, float]:
        return WEST + x * width, SOUTH + y * height

    def line(x: int, y: int, across: bool) -> list[tuple[float, float]]:
        wander = random.Random(f"{x} {y} {across}")
        (x0, y0), (x1, y1) = corner(x, y), corner(x + 1, y) if across else corner(x, y + 1)
        inner = []
        for step in range(1, POINTS_PER_EDGE):
            part = step / POINTS_PER_EDGE
            off = wander.uniform(-0.08, 0.08)
            inner.append(
                (x0 + part * (x1 - x0) + off * width * (not across), y0 + part * (y1 - y0) + off * height * across)
            )
        return [(x0, y0), *inner]

    for number in range(count):
        x, y = number % side, number // side
        ring = line(x, y, True) + line(x + 1, y, False)
        ring += [corner(x + 1, y + 1), *reversed(line(x, y + 1, True)[1:])]
        ring += [corner(x, y + 1), *reversed(line(x, y, False)[1:])]
        ring.append(ring[0])
        text = ",".join(f"{lon:.{LATTICE}f} {lat:.{LATTICE}f}" for lon, lat in ring)
        yield f"{number}\tSRID=4326;POLYGON(({text}))\n"


def say(what: str, began: float) -> None:
    print(f"  {time.monotonic() - began:6.0f} s  {what}", flush=True)

"""What the machine gives without our code, measured in the same run: psycopg2 alone, and a view that does nothing."""

import math
import multiprocessing
import random
import time
from collections.abc import Callable
from typing import Any

import psycopg2

from bench.node import LINES, Node
from bench.volume import EAST, NORTH, SOUTH, WEST

SECONDS = 4.0
Work = Callable[[Any, random.Random], None]


def _loop(dsn: str, work: Work, seconds: float, seed: int, results: "multiprocessing.Queue[float]") -> None:
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    chance = random.Random(seed)
    with connection.cursor() as cursor:
        work(cursor, chance)
        count, start = 0, time.monotonic()
        while time.monotonic() - start < seconds:
            work(cursor, chance)
            count += 1
        results.put(count / (time.monotonic() - start))


def together(node: Node, work: Work, *, connections: int = 8, seconds: float = SECONDS) -> float:
    """Calls per second of `work(cursor, random)` over so many connections, each in a process of its own."""
    results: multiprocessing.Queue[float] = multiprocessing.Queue()
    dsn = node.paths.database_url(database=node.database)
    crew = [multiprocessing.Process(target=_loop, args=(dsn, work, seconds, n, results)) for n in range(connections)]
    for process in crew:
        process.start()
    total = sum(results.get(timeout=seconds + 60) for _ in crew)
    for process in crew:
        process.join()
    return total


def select_one(cursor: Any, chance: random.Random) -> None:
    cursor.execute("SELECT 1")


def insert_row(cursor: Any, chance: random.Random) -> None:
    cursor.execute(
        "INSERT INTO bench_event (at, kind, place)"
        " VALUES (now(), %s, ST_SetSRID(ST_MakePoint(%s, %s), 4326)) RETURNING id",
        ["event", chance.uniform(WEST, EAST), chance.uniform(SOUTH, NORTH)],
    )


def cover(cursor: Any, chance: random.Random) -> None:
    cursor.execute(
        "SELECT id, grid_id FROM grids_gridversion WHERE ST_Covers(boundary, ST_SetSRID(ST_MakePoint(%s, %s), 4326))",
        [chance.uniform(WEST, EAST), chance.uniform(SOUTH, NORTH)],
    )
    cursor.fetchall()


def update_row(cursor: Any, chance: random.Random) -> None:
    cursor.execute("UPDATE bench_event SET kind = %s WHERE id = %s", ["moved", chance.randint(1, 1000)])


def tile(cursor: Any, chance: random.Random) -> None:
    zoom, x, y = random_tile(chance, 13)
    cursor.execute(
        "SELECT ST_AsMVT(t, 'grids') FROM (SELECT grid_id, ST_AsMVTGeom(ST_Transform(boundary, 3857),"
        " ST_TileEnvelope(%s, %s, %s)) AS geom FROM grids_gridversion"
        " WHERE boundary && ST_Transform(ST_TileEnvelope(%s, %s, %s), 4326)) t",
        [zoom, x, y, zoom, x, y],
    )
    cursor.fetchone()


def random_tile(chance: random.Random, zoom: int) -> tuple[int, int, int]:
    """A tile inside the bench's territory."""
    lon, lat = chance.uniform(WEST, EAST), chance.uniform(SOUTH, NORTH)
    size = 2**zoom
    y = (1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * size
    return zoom, int((lon + 180) / 360 * size), int(y)


def measure(node: Node) -> dict[str, float]:
    """Name of the limit → per second."""
    node.rows(
        "DROP TABLE IF EXISTS bench_event;"
        " CREATE TABLE bench_event (id bigserial PRIMARY KEY, at timestamptz, kind text, place geometry(Point, 4326));"
        " CREATE INDEX ON bench_event USING gist (place); CREATE INDEX ON bench_event (at)"
    )
    found = {
        "select 1, 8 connections": together(node, select_one),
        "INSERT and commit, 8 connections": together(node, insert_row),
        "UPDATE and commit, 8 connections": together(node, update_row),
        "ST_Covers, 8 connections": together(node, cover),
        "ST_AsMVT z13, 8 connections": together(node, tile),
    }
    node.rows("DROP TABLE bench_event")
    argv = tuple("bench.hello:application" if ":application" in part else part for part in LINES["web"].argv)
    with node.running("web", argv=argv):
        answer = node.load([{"path": "/hello"}], seconds=SECONDS)
    found["empty view, 8 connections"] = float(answer["per_second"])
    return found

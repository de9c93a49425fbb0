"""Vector tiles of divisions and grids: drawn by PostGIS, kept in Redis and in a bounded memory of the process.

A tile is named by layer, scope, version stamp and address. The stamp changes with every change of a boundary or a name
and with the day, so a tile that is kept can never be stale and nothing has to be thrown away by hand.
"""

import gzip
from collections import OrderedDict
from collections.abc import Callable
from datetime import date
from hashlib import sha256
from math import atan, degrees, pi, sinh
from threading import Lock
from time import monotonic
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db import connection

from ledger.actors import Actor

KEPT_SECONDS = 24 * 3600
MEMORY_BYTES = 24 * 1024 * 1024
STAMP_SECONDS = 3.0
SESSIONS_REMEMBERED = 2000
MOST_ZOOM = 20
EXTENT, BUFFER = 4096, 64
TILE_PIXELS = 256
EXACT_FROM_ZOOM = 15  # below it outlines are simplified by half a pixel

# of every answer with a tile; the browser asks again after a minute and mostly hears "not modified"
HEADERS = {
    "Content-Type": "application/vnd.mapbox-vector-tile",
    "Cache-Control": "private, max-age=60",
    "Vary": "Accept-Encoding, Cookie",
    "X-Content-Type-Options": "nosniff",
}


class TileKey(NamedTuple):
    """Full name of a tile.

    Arguments:
        layer: divisions, grids (service scheme) or units (management scheme).
        scope: public or staff.
        z, x, y: tile address, XYZ scheme in EPSG:3857.
    """

    layer: str
    scope: str
    stamp: str
    z: int
    x: int
    y: int


class Tile(NamedTuple):
    """A tile as it is sent: its mark for If-None-Match and the gzipped protobuf."""

    etag: str
    packed: bytes


class Layer(NamedTuple):
    """How a layer is drawn: columns by scope, tables and filter; {shape} is the geometry column."""

    shape: str
    source: str
    where: str
    columns: dict[str, str]
    least_zoom: int


_GRID_NAMES = "g.id, g.code, g.name_zh, g.name_en"
_GRID_SOURCE = """grids_gridversion v JOIN grids_grid g ON g.id = v.grid_id JOIN grids_scheme s ON s.id = v.scheme_id"""
_IN_FORCE = "v.valid @> coalesce(%(on)s::date, (app_now() AT TIME ZONE 'Asia/Shanghai')::date)"


def _grid_layer(scheme: str, least_zoom: int) -> Layer:
    columns = {"public": _GRID_NAMES, "staff": f"{_GRID_NAMES}, g.type, g.households"}
    return Layer("v.boundary", _GRID_SOURCE, f"{_IN_FORCE} AND s.code = '{scheme}'", columns, least_zoom)


_DIVISION_NAMES = "v.id, v.code, v.name_zh, v.name_en, v.level"
LAYERS = {
    "divisions": Layer(
        "v.outline",
        "grids_division v",
        # counties alone far out; close by they are joined by what lies in them
        f"{_IN_FORCE} AND (v.level = 'county' OR %(z)s >= 11)",
        {"public": _DIVISION_NAMES, "staff": _DIVISION_NAMES},
        5,
    ),
    "grids": _grid_layer("service", 11),
    "units": _grid_layer("management", 13),
}

_DRAW = """
SELECT ST_AsMVT(t, %(layer)s, {extent}, 'shape') FROM (
  SELECT {columns}, ST_AsMVTGeom(ST_Transform({shape}, 3857), ST_TileEnvelope(%(z)s, %(x)s, %(y)s),
                                 {extent}, {buffer}, true) AS shape
    FROM {source}
   WHERE {plain} && ST_MakeEnvelope(%(west)s, %(south)s, %(east)s, %(north)s, 4326) AND {where}
) t WHERE shape IS NOT NULL
"""


def scope_of(actor: Actor) -> str:
    """Which columns an actor gets: members those of the desk, everybody else code and names."""
    return "staff" if actor.membership_id is not None else "public"


def remembered_scope(session: str, actor: Callable[[], Actor]) -> str:
    """Scope of whoever has this session, asked at most every three seconds: a map fetches its tiles in bursts.

    Arguments:
        session: the session cookie; "" has the scope of everybody.
        actor: finds out who it is; called only if it is not remembered.
    """
    if not session:
        return "public"
    asked, scope = _scopes.get(session, (0.0, ""))
    if not scope or monotonic() - asked > STAMP_SECONDS:
        scope = scope_of(actor())
        if len(_scopes) >= SESSIONS_REMEMBERED:
            _scopes.clear()
        _scopes[session] = monotonic(), scope
    return scope


def valid_address(layer: str, z: int, x: int, y: int) -> bool:
    """True if such a tile can exist."""
    return layer in LAYERS and 0 <= z <= MOST_ZOOM and 0 <= x < 2**z and 0 <= y < 2**z


class Memory:
    """The last tiles sent by this process, at most so many bytes; safe between threads."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes, self.bytes = most_bytes, 0
        self._tiles: OrderedDict[TileKey, Tile] = OrderedDict()
        self._lock = Lock()

    def get(self, key: TileKey) -> Tile | None:
        with self._lock:
            tile = self._tiles.get(key)
            if tile is not None:
                self._tiles.move_to_end(key)
            return tile

    def put(self, key: TileKey, tile: Tile) -> None:
        with self._lock:
            if key in self._tiles:
                return
            self._tiles[key] = tile
            self.bytes += len(tile.packed)
            while self.bytes > self.most_bytes and len(self._tiles) > 1:
                _, oldest = self._tiles.popitem(last=False)
                self.bytes -= len(oldest.packed)


memory = Memory(MEMORY_BYTES)
_stamp: tuple[float, str] = (0.0, "")
_scopes: dict[str, tuple[float, str]] = {}


def stamp() -> str:
    """Version of everything that is drawn, at most three seconds old. One statement when it has to ask."""
    global _stamp  # noqa: PLW0603 - a memo of the process
    asked, value = _stamp
    if not value or monotonic() - asked > STAMP_SECONDS:
        with connection.cursor() as cursor:
            cursor.execute(_STAMP)
            value = sha256(str(cursor.fetchone()).encode()).hexdigest()[:16]
        _stamp = monotonic(), value
    return value


def forget() -> None:
    """Drop the memos of stamp and scopes: for tests and after a load in the same process."""
    global _stamp  # noqa: PLW0603
    _stamp = (0.0, "")
    _scopes.clear()


# the writing transactions of all rows, added up: whoever changes a row changes the sum without having to tell anybody
_STAMP = """
SELECT current_database(), (app_now() AT TIME ZONE 'Asia/Shanghai')::date,
       (SELECT (count(*), sum(xmin::text::bigint), max(id))::text FROM grids_gridversion),
       (SELECT (count(*), sum(xmin::text::bigint), max(id))::text FROM grids_grid),
       (SELECT (count(*), sum(xmin::text::bigint), max(id))::text FROM grids_division)
"""


def kept(key: TileKey) -> Tile | None:
    """A tile from memory or Redis; None if it has to be drawn."""
    tile = memory.get(key)
    if tile is None:
        found = cache.get(_cache_key(key))
        if found is None:
            return None
        tile = Tile(*found)
        memory.put(key, tile)
    return tile


def tile(key: TileKey, *, on: date | None = None) -> Tile:
    """A tile, drawn if it is nowhere kept.

    Arguments:
        on: day whose boundaries are drawn; None is today. Another day makes another stamp.
    """
    if on is not None:
        key = key._replace(stamp=f"{key.stamp}@{on}")
    found = kept(key)
    if found is None:
        body = draw(key, on)
        found = Tile(f'"{sha256(body).hexdigest()[:20]}"', gzip.compress(body, 6, mtime=0))
        cache.set(_cache_key(key), tuple(found), KEPT_SECONDS)
        memory.put(key, found)
    return found


def _cache_key(key: TileKey) -> str:
    return f"tile:{key.layer}:{key.scope}:{key.stamp}:{key.z}:{key.x}:{key.y}"


def draw(key: TileKey, on: date | None) -> bytes:
    """A Mapbox vector tile with one layer of that name, features carry id, code, name_zh, name_en. One statement."""
    how, z = LAYERS[key.layer], key.z
    if z < how.least_zoom:
        return b""
    pixel = 360.0 / 2**z / TILE_PIXELS  # degrees of longitude
    shape = how.shape if z >= EXACT_FROM_ZOOM else f"ST_Simplify({how.shape}, {pixel / 2:.10f}, true)"
    sql = _DRAW.format(
        columns=how.columns[key.scope],
        shape=shape,
        plain=how.shape,
        source=how.source,
        where=how.where,
        extent=EXTENT,
        buffer=BUFFER,
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, {**key._asdict(), "on": on, **_degrees(z, key.x, key.y)})
        return bytes(cursor.fetchone()[0] or b"")


def _degrees(z: int, x: int, y: int) -> dict[str, Any]:
    """Frame of a tile with its buffer, in degrees."""
    margin = BUFFER / EXTENT
    side = float(1 << z)

    def longitude(column: float) -> float:
        return column / side * 360.0 - 180.0

    def latitude(row: float) -> float:
        turned: float = degrees(atan(sinh(pi * (1 - 2 * row / side))))
        return turned

    return {
        "west": longitude(x - margin),
        "east": longitude(x + 1 + margin),
        "south": latitude(y + 1 + margin),
        "north": latitude(y - margin),
    }

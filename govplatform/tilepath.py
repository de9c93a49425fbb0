"""The short way for map tiles: a tile that is kept, asked for with a valid tile note, never reaches Django.

What is not plain sailing (no note, note expired, tile not kept, another method) goes the long way through the views,
which draw the tile and hand out a new note.
"""

from collections.abc import Callable, Iterable
from gzip import decompress
from typing import Any

from grids import tilecookie, tiles

Environ = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]

PREFIX, SUFFIX = "/tiles/", ".mvt"


class TilePath:
    """WSGI application around the application."""

    def __init__(self, application: Application) -> None:
        self.application = application

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        plain = environ["REQUEST_METHOD"] == "GET" and not environ.get("QUERY_STRING")
        if plain and environ["PATH_INFO"].startswith(PREFIX):
            tile = _kept_tile(environ)
            if tile is not None:
                return _answer(environ, start_response, tile)
        return self.application(environ, start_response)


def _kept_tile(environ: Environ) -> tiles.Tile | None:
    note = _note(environ.get("HTTP_COOKIE", ""))
    if note is None:
        return None
    path: str = environ["PATH_INFO"]
    parts = path.removeprefix(PREFIX).removesuffix(SUFFIX).split("/")
    if len(parts) != 4 or not path.endswith(SUFFIX) or not all(_is_number(part) for part in parts[1:]):
        return None
    layer, z, x, y = parts[0], int(parts[1]), int(parts[2]), int(parts[3])
    if not tiles.valid_address(layer, z, x, y):
        return None
    return tiles.kept(tiles.TileKey(layer, note.scope, note.stamp, z, x, y))


def _note(cookies: str) -> tilecookie.Note | None:
    for cookie in cookies.split(";"):
        name, _, text = cookie.strip().partition("=")
        if name == tilecookie.NAME:
            return tilecookie.read(text)
    return None


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 7


def _answer(environ: Environ, start_response: StartResponse, tile: tiles.Tile) -> Iterable[bytes]:
    headers = [*tiles.HEADERS.items(), ("ETag", tile.etag)]
    if tile.etag in environ.get("HTTP_IF_NONE_MATCH", ""):
        start_response("304 Not Modified", headers)
        return [b""]
    body = tile.packed
    if "gzip" in environ.get("HTTP_ACCEPT_ENCODING", ""):
        headers.append(("Content-Encoding", "gzip"))
    else:
        body = decompress(body)
    start_response("200 OK", [*headers, ("Content-Length", str(len(body)))])
    return [body]

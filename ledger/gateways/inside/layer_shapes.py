"""Shapes of a layer: each becomes one ring as text in degrees, or a code of what is wrong with it and where."""

import re
from math import isnan
from typing import Any

import numpy
import pyproj
import shapely

DEGREES = {"EPSG:4326", "EPSG:4490", "OGC:CRS84"}
# Gauss-Krüger, zone 39, central meridian 117°: without and with the number of the zone in the easting
METRES = {"EPSG:4548": (100_000, 900_000), "EPSG:4527": (39_100_000, 39_900_000)}
NORTH = (1_800_000, 6_000_000)  # metres, what China has of northings
DECIMALS = 10  # of a degree; the lattice has eight
WKT_DEPTH = 4
LEAST = 3  # vertices
PLAIN = {"Point": "point", "LineString": "line"}
_WKT = re.compile(r"^\s*(SRID=\d+;)?\s*(MULTI)?(POLYGON|LINESTRING|POINT)\b", re.IGNORECASE)
_TRANSFORMERS: dict[str, Any] = {}


def warm_up() -> None:
    """Projections are made while their files can be opened."""
    for system in METRES:
        _TRANSFORMERS[system] = pyproj.Transformer.from_crs(system, "EPSG:4490", always_xy=True)
        _TRANSFORMERS[system].transform([500_000.0], [4_000_000.0])
        pyproj.CRS(pyproj.CRS(system).to_wkt("WKT1_ESRI")).to_authority(min_confidence=20)
    for system in DEGREES:
        pyproj.CRS(system).to_3d().to_2d().to_authority()


def plain(value: Any) -> str:
    """A value of a column as text."""
    if value is None or (isinstance(value, float) and isnan(value)) or str(value) in ("NaT", "<NA>"):
        return ""
    if isinstance(value, float) and value == int(value):
        return str(int(value))
    return str(value).strip()[:4000]


def number(cell: Any) -> float:
    """A coordinate of a table; NaN for what is none."""
    try:
        return float(cell if isinstance(cell, str) else cell[1])
    except ValueError:
        return float("nan")


def looks_like_wkt(cell: str) -> bool:
    return bool(_WKT.match(cell))


def from_wkt(texts: list[Any]) -> Any:
    """Shapes of texts; None for what is none. Brackets are counted first: the parser has no limit of its own."""
    kept = [text.split(";", 1)[-1] if isinstance(text, str) and _flat(text) else None for text in texts]
    return shapely.from_wkt(numpy.array(kept, dtype=object), on_invalid="ignore")


def _flat(text: str) -> bool:
    deep = most = 0
    for mark in re.findall(r"[()]", text):
        deep += 1 if mark == "(" else -1
        most = max(most, deep)
    return most <= WKT_DEPTH and looks_like_wkt(text)


def from_places(rings: list[list[tuple[float, float]]]) -> Any:
    """Polygons of open or closed lists of places; a ring with what is no number stays a line and is told so."""
    return numpy.array([_polygon(ring if ring[0] == ring[-1] else [*ring, ring[0]]) for ring in rings], dtype=object)


def points(places: list[tuple[float, float]]) -> Any:
    """A point of each place; None where a number is missing."""
    found = [shapely.Point(place) if numpy.isfinite(place).all() else None for place in places]
    return numpy.array(found, dtype=object)


def _polygon(ring: list[tuple[float, float]]) -> Any:
    if len(ring) <= LEAST:
        return None
    return shapely.Polygon(ring) if numpy.isfinite(ring).all() else shapely.LineString(ring)


def described(shapes: Any, crs: Any, options: dict[str, Any]) -> tuple[list[str], dict[str, Any]]:
    """Text of every shape, and what is known of the system they are stated in.

    A ring is "lon lat,lon lat,…" with the first place not repeated; a fault is "!code" or "!code lon lat". Where
    options["any"] allows more than polygons, a place is "point:lon lat" and a line "line:lon lat,lon lat,…".
    """
    refusal: Any = options["refusal"]
    shapes = numpy.array([shapely.force_2d(shape) for shape in shapes], dtype=object)
    points = int(shapely.get_num_coordinates(shapes).sum())
    if points > options["points"]:
        raise refusal("points", count=points, most=options["points"])
    stated, system, swapped = _system(shapes, crs, options)
    if system in METRES:
        shapes = shapely.transform(shapes, lambda xy: _degrees(xy, system))
    texts = [_text(shape, options["vertices"], bool(options.get("any"))) for shape in shapes]
    facts = {"stated": stated, "system": system, "swapped": swapped, "points": points}
    return texts, facts


def _degrees(xy: Any, system: str) -> Any:
    lon, lat = _TRANSFORMERS[system].transform(xy[:, 0], xy[:, 1])
    return numpy.column_stack([lon, lat])


def _system(shapes: Any, crs: Any, options: dict[str, Any]) -> tuple[str, str, bool]:
    """(system the file states, the one it is read in, north stands before east)."""
    stated = ""
    if crs is not None:
        flat = pyproj.CRS(crs).to_2d()
        known, name = flat.to_authority(min_confidence=20), str(flat.name)[:80]
        stated = ":".join(known) if known else "" if name.lower().startswith("undefined") else name
        if stated and stated not in DEGREES and stated not in METRES and not options["system"]:
            raise options["refusal"]("crs", crs=stated)
    xy = shapely.get_coordinates(shapes)
    xy = xy[numpy.isfinite(xy).all(axis=1)]
    if not len(xy):
        return stated, options["system"] or stated or "EPSG:4326", False
    x, y = (float(value) for value in numpy.median(xy, axis=0))
    seen = next((name for name, (least, most) in METRES.items() if least < x < most and _in(y, NORTH)), "")
    turned = any(least < y < most and _in(x, NORTH) for least, most in METRES.values()) or (
        _in(x, (3, 54)) and _in(y, (73, 136))
    )
    return stated, options["system"] or (seen if stated not in METRES else stated) or "EPSG:4326", turned


def _in(value: float, between: tuple[float, float]) -> bool:
    return between[0] < value < between[1]


def _text(shape: Any, most: int, every_kind: bool) -> str:
    """One shape; see `described`."""
    if shape is None or shape.is_empty:
        return "!empty"
    if not numpy.isfinite(shapely.get_coordinates(shape)).all():
        return "!not_finite"
    if every_kind and shape.geom_type in ("MultiPoint", "MultiLineString") and len(shape.geoms) == 1:
        shape = shape.geoms[0]
    if every_kind and shape.geom_type in PLAIN and shapely.get_num_coordinates(shape) <= most:
        return f"{PLAIN[shape.geom_type]}:{_places(shape)}"
    return _sound(_whole(shape), most)


def _places(shape: Any) -> str:
    return ",".join(f"{x:.{DECIMALS}f} {y:.{DECIMALS}f}" for x, y in shapely.get_coordinates(shape).tolist())


def _whole(shape: Any) -> Any:
    """A shape of several parts that touch as one."""
    if shape.geom_type != "MultiPolygon" or not (len(shape.geoms) == 1 or shape.is_valid):
        return shape
    return shape.geoms[0] if len(shape.geoms) == 1 else shapely.union_all(shape.geoms)


def _sound(shape: Any, most: int) -> str:
    if shapely.get_num_coordinates(shape) > most:
        return _fault("vertices", *shapely.get_coordinates(shape)[0])
    if shape.geom_type != "Polygon":
        return _fault("several" if shape.geom_type == "MultiPolygon" else "not_polygon", *_somewhere(shape))
    if not shape.is_valid:
        return _fault("crossing", *_crossing(shape))
    if shape.interiors:
        return _fault("hole", *shape.interiors[0].coords[0][:2])
    ring = shapely.get_coordinates(shape.exterior)[:-1]
    return ",".join(f"{x:.{DECIMALS}f} {y:.{DECIMALS}f}" for x, y in ring.tolist())


def _somewhere(shape: Any) -> tuple[float, float]:
    x, y = shapely.get_coordinates(shape)[0]
    return float(x), float(y)


def _fault(code: str, x: float, y: float) -> str:
    return f"!{code} {x:.7f} {y:.7f}"


def _crossing(shape: Any) -> tuple[float, float]:
    words = shapely.is_valid_reason(shape)
    inside = words[words.find("[") + 1 : words.find("]")].split()
    try:
        return float(inside[0]), float(inside[1])
    except (IndexError, ValueError):
        return _somewhere(shape)

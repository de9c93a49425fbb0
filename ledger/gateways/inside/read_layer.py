"""A foreign layer of polygons in, rows of text out: GeoJSON, GeoPackage, zipped Shapefile, KML, CSV and XLSX.

What kind of file it is, is read from its first bytes and never guessed by a driver; each is looked through before a
library opens it. A row is the columns of a feature and its ring as text, or a code of what is wrong with its shape.
"""

import importlib
import io
import json
import re
from typing import Any, BinaryIO

# beside this file: start.py puts its folder first; the drivers before any library
importlib.import_module("layer_drivers")

import pyogrio  # noqa: E402

layer_files: Any = importlib.import_module("layer_files")
layer_shapes: Any = importlib.import_module("layer_shapes")
sheets: Any = importlib.import_module("read_sheet")
Refusal = sheets.Refusal
ROOTS = re.compile(rb"<(?:\w+:)?(\w+)")
LON = ("lon", "lng", "long", "longitude", "x", "经度", "东经")
LAT = ("lat", "latitude", "y", "纬度", "北纬")
CODES = ("code", "grid_code", "网格编码", "编码", "代码")
CELL = 4_000_000  # characters of a cell that may hold a boundary
TINY = '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"c":"1"},"geometry":{"type":"Polygon","coordinates":[[[117,36],[117.1,36],[117.1,36.1],[117,36]]]}}]}'  # noqa: E501


def warm_up(options: dict[str, Any]) -> None:
    """Drivers, projections and codecs are loaded while files can be opened."""
    sheets.warm_up(options)
    layer_files.refuse_other_json(TINY.encode("utf-8-sig"))
    layer_shapes.warm_up()
    for driver in ("GPKG", "LIBKML"):
        out = io.BytesIO()
        pyogrio.write_dataframe(pyogrio.read_dataframe(io.BytesIO(TINY.encode())), out, driver=driver, layer="a")
        pyogrio.read_dataframe(io.BytesIO(out.getvalue()))
    pyogrio.read_dataframe(io.BytesIO(layer_files.smallest()), encoding="GB18030")


def main(options: dict[str, Any], source: BinaryIO, target: BinaryIO) -> None:
    """Write {"header", "rows": [[number, cells]], "layers", "layer", "crs", …} or {"refused": code, …facts}.

    Arguments:
        options: "layer" and "system" as a person chose them, "" for none; "features", "vertices" and "points", the
            most features, vertices of one feature and vertices in all; "any" takes places and lines as well.
    """
    try:
        answer = read(source.read(), {**options, "refusal": Refusal})
    except Refusal as refusal:
        answer = {"refused": refusal.code, **refusal.facts}
    target.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace"))


def read(data: bytes, options: dict[str, Any]) -> dict[str, Any]:
    """Whatever kind of file this is."""
    kind = kind_of(data)
    if kind == "table":
        return from_table(data, options)
    facts: dict[str, Any] = {"format": kind}
    if kind == "geojson":
        layer_files.refuse_depth(data)
        layer_files.refuse_other_json(data)
    elif kind == "kml":
        layer_files.refuse_xml(data)
    elif kind == "gpkg":
        data = layer_files.looked_at_package(data)
    else:
        data, found = layer_files.unpacked(data, options["layer"])
        facts |= found
    return from_driver(data, facts, options)


def kind_of(data: bytes) -> str:
    """geojson, gpkg, shp, kml or table."""
    start = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise Refusal("empty")
    if data.startswith(b"SQLite format 3\x00"):
        return "gpkg"
    if data.startswith(b"PK"):
        return str(layer_files.kind_of_archive(data))
    if start[:1] in (b"{", b"["):
        return "geojson"
    if start[:1] == b"<":
        roots = [name.lower() for name in ROOTS.findall(start)]
        if roots and roots[0] == b"kml":
            return "kml"
        raise Refusal("pointer" if roots and b"vrt" in roots[0] else "kind")
    if data.startswith((b"\xd0\xcf\x11\xe0", b"%PDF")):
        raise Refusal("kind")
    return "table"


def from_driver(data: bytes, facts: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
    """Rows of the chosen layer, or of the first that has shapes."""
    try:
        held = pyogrio.list_layers(io.BytesIO(data)).tolist()
        places = {str(name): place for place, (name, shape) in enumerate(held) if shape is not None}
        if not places:
            raise Refusal("no_geometry")
        layer = options["layer"] if options["layer"] in places else next(iter(places))
        place = places[layer]
        info = pyogrio.read_info(io.BytesIO(data), layer=place, force_feature_count=True)
        if info["features"] > options["features"]:
            raise Refusal("features", count=int(info["features"]), most=options["features"])
        rows = pyogrio.read_dataframe(io.BytesIO(data), layer=place, encoding=facts.get("encoding"), force_2d=True)
    except Refusal:
        raise
    except Exception as error:  # whatever the driver dislikes: the file is no layer
        raise Refusal("broken", words=str(error)[:200]) from error
    if not hasattr(rows, "geometry"):
        raise Refusal("no_geometry")
    names = [str(name) for name in rows.columns if name != rows.geometry.name]
    cells = rows[names].itertuples(index=False)
    shapes, found = layer_shapes.described(rows.geometry.to_numpy(), rows.crs, options)
    body = [
        [number, [*(layer_shapes.plain(value) for value in values), shape]]
        for number, (values, shape) in enumerate(zip(cells, shapes, strict=True), start=1)
    ]
    named = facts["format"] in ("gpkg", "kml")  # the others have a single layer, named after a file we do not have
    listed = {"layers": list(places) if named else [], "layer": layer if named else ""}
    return {**listed, **facts, "header": names, "rows": body, **found}


def from_table(data: bytes, options: dict[str, Any]) -> dict[str, Any]:
    """A sheet whose rows hold a boundary as WKT, or one place of the boundary of the code in it."""
    limits = {"rows": options["points"], "columns": 200, "cell": CELL, "cells": 10_000_000}
    sheet = sheets.read(data, limits)
    (_first, head), body = sheet["rows"][0], sheet["rows"][1:]
    header = [cell if isinstance(cell, str) else cell[1] for cell in head]
    small = [name.strip().lower() for name in header]
    place = next((at for at in range(len(header)) if _holds_wkt(body, at)), None)
    facts: dict[str, Any] = {"format": "xlsx" if data.startswith(b"PK") else "csv", "layers": [], "layer": ""}
    if place is not None:
        return facts | _from_wkt(header, body, place, options)
    if options.get("any") and any(name in LON for name in small) and any(name in LAT for name in small):
        return facts | _from_points(header, body, small, options)
    places = [at for names in (LON, LAT, CODES) for at, name in enumerate(small) if name in names]
    if len(places) != 3:
        raise Refusal("no_columns")
    return facts | _from_places(header, body, (places[0], places[1], places[2]), options)


def _holds_wkt(body: list[list[Any]], at: int) -> bool:
    cells = (cells[at] for _number, cells in body[:20] if at < len(cells) and isinstance(cells[at], str))
    return any(layer_shapes.looks_like_wkt(cell) for cell in cells)


def _from_wkt(header: list[str], body: list[list[Any]], place: int, options: dict[str, Any]) -> dict[str, Any]:
    if len(body) > options["features"]:
        raise Refusal("features", count=len(body), most=options["features"])
    texts = [cells[place] if place < len(cells) else "" for _number, cells in body]
    shapes, found = layer_shapes.described(layer_shapes.from_wkt(texts), None, options)
    rest = [at for at in range(len(header)) if at != place]
    rows = [
        [number, [*(cells[at] if at < len(cells) else "" for at in rest), shape]]
        for (number, cells), shape in zip(body, shapes, strict=True)
    ]
    return {"header": [header[at] for at in rest], "rows": rows, **found}


def _from_points(header: list[str], body: list[list[Any]], small: list[str], options: dict[str, Any]) -> dict[str, Any]:
    """Every row is a place of its own; both columns stay, to be seen."""
    if len(body) > options["features"]:
        raise Refusal("features", count=len(body), most=options["features"])
    lon, lat = (next(at for at, name in enumerate(small) if name in names) for names in (LON, LAT))
    rows = [(number, [*cells, *[""] * (len(header) - len(cells))]) for number, cells in body]
    places = [(layer_shapes.number(cells[lon]), layer_shapes.number(cells[lat])) for _number, cells in rows]
    shapes, found = layer_shapes.described(layer_shapes.points(places), None, options)
    kept = [[number, [*cells, shape]] for (number, cells), shape in zip(rows, shapes, strict=True)]
    return {"header": header, "rows": kept, **found}


def _from_places(
    header: list[str], body: list[list[Any]], places: tuple[int, int, int], options: dict[str, Any]
) -> dict[str, Any]:
    """Rows of one code, wherever they stand, are the places of its boundary in their order."""
    lon, lat, code = places
    rings: dict[str, list[tuple[float, float]]] = {}
    first: dict[str, tuple[int, list[Any]]] = {}
    for number, short in body:
        cells = [*short, *[""] * (len(header) - len(short))]
        key = str(cells[code])
        first.setdefault(key, (number, cells))
        rings.setdefault(key, []).append((layer_shapes.number(cells[lon]), layer_shapes.number(cells[lat])))
    shapes, found = layer_shapes.described(layer_shapes.from_places(list(rings.values())), None, options)
    rest = [at for at in range(len(header)) if at not in (lon, lat)]
    rows = [
        [number, [*(cells[at] for at in rest), shape]]
        for (number, cells), shape in zip(first.values(), shapes, strict=True)
    ]
    return {"header": [header[at] for at in rest], "rows": rows, **found}

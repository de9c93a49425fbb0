"""Layers of polygons out as files, and a second opinion on a set of boundaries."""

import importlib
import io
import json
import tempfile
import zipfile
from itertools import combinations
from pathlib import Path
from typing import Any, BinaryIO

importlib.import_module("layer_drivers")  # beside this file; first, see there


import geopandas  # noqa: E402 - the drivers are registered on import
import shapely  # noqa: E402
from pyproj import Geod  # noqa: E402

EARTH = Geod(ellps="WGS84")
SLIVER = 1e-6  # m²; below it an overlay cannot tell a shape from rounding
TINY = '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"1"},"geometry":{"type":"Polygon","coordinates":[[[117,36],[117.1,36],[117.1,36.1],[117,36]]]}}]}'  # noqa: E501


def warm_up(options: dict[str, Any]) -> None:
    """Write a small layer: drivers, projections and their files are open afterwards."""
    rows = geopandas.read_file(io.BytesIO(TINY.encode()), engine="pyogrio")
    rows["name_zh"] = "网"
    _kml(rows, "warm")
    _packed(rows, "warm")
    for system in ("EPSG:4548", "EPSG:4527"):
        _packed(rows.set_crs("EPSG:4490", allow_override=True).to_crs(system), "warm")
    _zipped(rows, "warm", "UTF-8")


def main(options: dict[str, Any], source: BinaryIO, target: BinaryIO) -> None:
    """Do what options["do"] says: write or check."""
    data = source.read()
    if options["do"] == "write":
        target.write(write(json.loads(data)))
    else:
        target.write(json.dumps(check(json.loads(data))).encode())


def write(given: dict[str, Any]) -> bytes:
    """The layer "layer" of {"features": [{"properties", "ring" or "wkt"}], "format", "encoding", …} as a file.

    `system` is what the degrees are stated in, None for a shifted one; `metres` a projection they are turned into.
    """
    shapes = [
        shapely.from_wkt(feature["wkt"]) if "wkt" in feature else shapely.Polygon(feature["ring"])
        for feature in given["features"]
    ]
    table = [feature["properties"] for feature in given["features"]]
    rows = geopandas.GeoDataFrame(table, geometry=shapes, crs=given["system"])
    if given["metres"]:
        rows = rows.to_crs(given["metres"])
    if given["format"] == "shp":
        return _zipped(rows, given["layer"], given["encoding"])
    return {"gpkg": _packed, "kml": _kml}[given["format"]](rows, given["layer"])


def _packed(rows: Any, layer: str) -> bytes:
    return _driven(rows, "GPKG", layer)


def _kml(rows: Any, layer: str) -> bytes:
    return _driven(rows.assign(Name=rows["name_zh"]), "LIBKML", layer)


def _driven(rows: Any, driver: str, layer: str) -> bytes:
    out = io.BytesIO()
    rows.to_file(out, driver=driver, layer=layer, engine="pyogrio")
    return out.getvalue()


def _zipped(rows: Any, layer: str, encoding: str) -> bytes:
    """The parts of a Shapefile that says its encoding; its driver writes several files and therefore needs a folder.

    It holds one kind of shapes: of a mixed layer each kind becomes one of its own in the same archive.
    """
    out = io.BytesIO()
    with tempfile.TemporaryDirectory() as folder:
        for kind, part in rows.groupby(rows.geom_type):
            name = layer if len(part) == len(rows) else f"{layer}_{str(kind).lower()}"
            part.to_file(Path(folder) / f"{name}.shp", driver="ESRI Shapefile", engine="pyogrio", encoding=encoding)
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for part in sorted(Path(folder).iterdir()):
                archive.write(part, part.name)
    return out.getvalue()


def check(given: dict[str, Any]) -> list[dict[str, Any]]:
    """Overlaps, gaps and what lies outside of {"outline": ring, "parts": {code: ring}}; m² on the ellipsoid."""
    outline = shapely.Polygon(given["outline"])
    parts = geopandas.GeoDataFrame(
        {"code": list(given["parts"])},
        geometry=[shapely.Polygon(ring) for ring in given["parts"].values()],
        crs="EPSG:4326",
    )
    wrong = parts[~parts.geometry.is_valid]
    if len(wrong):
        return [_defect("crossing", [code], shape) for code, shape in zip(wrong.code, wrong.geometry, strict=True)]
    found = []
    for one, two in _meeting(parts):
        shared = parts.geometry.iloc[one].intersection(parts.geometry.iloc[two])
        found += _pieces("overlap", sorted([parts.code.iloc[one], parts.code.iloc[two]]), shared)
    for code, shape in zip(parts.code, parts.geometry, strict=True):
        found += _pieces("outside", [code], shape.difference(outline))
    covered = parts.geometry.union_all() if len(parts) else shapely.Polygon()
    return found + _pieces("gap", [], outline.difference(covered))


def _meeting(parts: Any) -> list[tuple[int, int]]:
    if len(parts) < 2:
        return []
    if len(parts) < 20:
        return list(combinations(range(len(parts)), 2))
    left, right = parts.sindex.query(parts.geometry, predicate="intersects")
    return [(int(a), int(b)) for a, b in zip(left, right, strict=True) if a < b]


def _pieces(kind: str, codes: list[str], shape: Any) -> list[dict[str, Any]]:
    polygons = [piece for piece in getattr(shape, "geoms", [shape]) if piece.geom_type == "Polygon"]
    return [_defect(kind, codes, piece) for piece in polygons if not piece.is_empty and _area(piece) > SLIVER]


def _area(shape: Any) -> float:
    return abs(float(EARTH.geometry_area_perimeter(shape)[0]))


def _defect(kind: str, codes: list[str], shape: Any) -> dict[str, Any]:
    point = shape.representative_point() if shape.is_valid else shape.centroid
    area = _area(shape) if shape.is_valid else 0.0
    return {"kind": kind, "codes": codes, "area": area, "lon": point.x, "lat": point.y}

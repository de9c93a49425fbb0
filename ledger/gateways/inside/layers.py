"""Layers of polygons: GeoJSON or GeoPackage in, a GeoPackage out, and a second opinion on a set of boundaries."""

import io
import json
import os
from itertools import combinations
from math import isnan
from typing import Any, BinaryIO

DRIVERS = frozenset({"GPKG", "GeoJSON"})
# every other driver of this GDAL: a VRT, a GDALG or a database file may name any other file of the machine or an
# address, and what it holds would come back as the columns of a layer (a test holds this list complete)
os.environ["OGR_SKIP"] = (
    "ADBC,AIVector,AVCBin,AVCE00,AmigoCloud,CSV,CSW,Carto,DGN,DXF,EDIGEO,EEDA,ESRI Shapefile,ESRIJSON,Elasticsearch,"
    "FlatGeobuf,GDALG,GML,GPSBabel,GPX,GTFS,GeoJSONSeq,GeoRSS,HTTP,Idrisi,JML,JSONFG,KML,LIBKML,LVBAG,MBTiles,MEM,MVT,"
    "MapInfo File,MapML,MiraMonVector,NGW,OAPIF,ODS,OGCAPI,OGR_GMT,OGR_PDS,OGR_VRT,OSM,OpenFileGDB,PCIDSK,PDF,PDS4,"
    "PGDUMP,PLSCENES,PMTiles,S57,SQLite,SXF,Selafin,TopoJSON,VDV,VFK,VICAR,WAsP,WFS,XLSX"
)

import geopandas  # noqa: E402 - the drivers are registered on import
import pyogrio  # noqa: E402
import shapely  # noqa: E402
from pyproj import Geod  # noqa: E402

SQLITE = b"SQLite format 3\0"
EARTH = Geod(ellps="WGS84")
SLIVER = 1e-6  # m²; below it an overlay cannot tell a shape from rounding
TINY = '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"code":"1"},"geometry":{"type":"Polygon","coordinates":[[[117,36],[117.1,36],[117.1,36.1],[117,36]]]}}]}'  # noqa: E501


def warm_up(options: dict[str, Any]) -> None:
    """Read and write a small layer: drivers, projections, codecs and their files are open afterwards."""
    _is_geojson(b"\xef\xbb\xbf{}")
    rows = geopandas.read_file(io.BytesIO(TINY.encode()), engine="pyogrio")
    written = _packed(rows)
    pyogrio.list_layers(io.BytesIO(written))
    geopandas.read_file(io.BytesIO(written), engine="pyogrio")


def main(options: dict[str, Any], source: BinaryIO, target: BinaryIO) -> None:
    """Do what options["do"] says: read, write or check.

    Arguments:
        options: for read also "features" and "vertices", the most that are looked at.
    """
    data = source.read()
    if options["do"] == "read":
        target.write(json.dumps(read(data, options)).encode())
    elif options["do"] == "write":
        target.write(write(json.loads(data)))
    else:
        target.write(json.dumps(check(json.loads(data))).encode())


def read(data: bytes, options: dict[str, Any]) -> dict[str, Any]:
    """{"fault": code} or {"crs", "features": [{"properties", "type", "rings", "fault", "at"}]}, numbered from 1."""
    if not data.startswith(SQLITE) and not _is_geojson(data):
        return {"fault": "unreadable", "words": "neither a database nor GeoJSON"}
    try:
        layers = pyogrio.list_layers(io.BytesIO(data))
        if len(layers) != 1:
            return {"fault": "layers", "count": len(layers)}
        facts = pyogrio.read_info(io.BytesIO(data), force_feature_count=True)
        if facts["features"] > options["features"]:
            return {"fault": "features", "count": int(facts["features"])}
        rows = geopandas.read_file(io.BytesIO(data), engine="pyogrio")
    except Exception as error:  # whatever the driver dislikes: the file is no layer
        return {"fault": "unreadable", "words": str(error)[:200]}
    if not isinstance(rows, geopandas.GeoDataFrame):
        return {"fault": "no_geometry"}
    names = [name for name in rows.columns if name != rows.geometry.name]
    features = [
        _feature(shape, {name: _plain(value) for name, value in zip(names, values, strict=True)}, options["vertices"])
        for shape, values in zip(rows.geometry, rows[names].itertuples(index=False), strict=True)
    ]
    return {"crs": rows.crs.to_authority() if rows.crs is not None else None, "features": features}


def _is_geojson(data: bytes) -> bool:
    """Whether it is GeoJSON by its own words: other formats are JSON too."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError, LookupError):  # the last: a codec that was not loaded in time
        return False
    return isinstance(found, dict) and found.get("type") in ("FeatureCollection", "Feature")


def _plain(value: Any) -> Any:
    if value is None or (isinstance(value, float) and isnan(value)):
        return None
    return value if isinstance(value, int | str | bool) else str(value)


def _feature(shape: Any, properties: dict[str, Any], most: int) -> dict[str, Any]:
    fault, at, rings = "", None, []
    if shape is None or shape.is_empty:
        fault = "empty"
    else:
        if shape.geom_type == "MultiPolygon" and len(shape.geoms) == 1:
            shape = shape.geoms[0]
        point = shape.representative_point() if shape.is_valid else shape.centroid
        at = [point.x, point.y]
        if shape.geom_type != "Polygon":
            fault = "not_polygon"
        elif shapely.get_num_coordinates(shape) > most:
            fault = "vertices"
        elif shape.interiors:
            fault, at = "hole", list(shape.interiors[0].coords[0])[:2]
        else:
            if not shape.is_valid:
                fault, at = "crossing", _crossing(shape) or at
            rings = [[x, y] for x, y, *_rest in shape.exterior.coords]
    return {"properties": properties, "rings": rings, "fault": fault, "at": at}


def _crossing(shape: Any) -> list[float] | None:
    words = shapely.is_valid_reason(shape)
    inside = words[words.find("[") + 1 : words.find("]")].split()
    try:
        return [float(inside[0]), float(inside[1])]
    except (IndexError, ValueError):
        return None


def write(given: dict[str, Any]) -> bytes:
    """A GeoPackage with the layer "grids" of {"features": [{"properties", "ring"}]}."""
    shapes = [shapely.Polygon(feature["ring"]) for feature in given["features"]]
    table = [feature["properties"] for feature in given["features"]]
    return _packed(geopandas.GeoDataFrame(table, geometry=shapes, crs="EPSG:4326"))


def _packed(rows: Any) -> bytes:
    out = io.BytesIO()
    rows.to_file(out, driver="GPKG", layer="grids", engine="pyogrio")
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

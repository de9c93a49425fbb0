"""The basemap as one PMTiles file, drawn by GDAL. Needs the pyogrio and shapely wheels; never imported by a web worker.

pyogrio writes one layer per file, a PMTiles archive is written in one go: the layers are collected in a GeoPackage and
GDAL's own translation (gdal_utils.h) turns that into tiles, each layer with its own zooms.
"""

import ctypes
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy
import pyogrio
import shapely
from django.conf import settings

from grids.town.records import Shape, Town

FIRST_ZOOM = {"county": 6, "label": 6, "land": 11, "building": 14}
LAST_ZOOM, LEAST_ZOOM = 15, 6
LINES, POINTS = frozenset({"road", "rail"}), frozenset({"label"})
GDAL_OF_VECTOR = 0x04


class DrawingFailed(RuntimeError):
    """GDAL refused; its own message stands on standard error."""


def write_basemap(town: Town, counties: dict[str, Any], target: Path) -> None:
    """Draw the town and the county outlines into a PMTiles file.

    Arguments:
        counties: GeoJSON feature collection with properties code, name_zh, name_en.
        target: replaced if it exists.

    Raises:
        DrawingFailed: GDAL could not write it.
    """
    layers: dict[str, list[tuple[Shape, Any]]] = {}
    for shape in town.shapes:
        layers.setdefault(shape.layer, []).append((shape, _geometry(shape)))
    for item in counties["features"]:
        text = item["properties"]
        outline = shapely.geometry.shape(item["geometry"])
        names = text["name_zh"], text["name_en"]
        middle = shapely.maximum_inscribed_circle(outline).coords[0]
        layers.setdefault("county", []).append((Shape("county", "county", [], *names), outline))
        layers["label"].append((Shape("label", "county", [middle], *names), shapely.Point(middle)))
    with TemporaryDirectory() as folder:
        source = Path(folder) / "layers.gpkg"
        for layer, rows in layers.items():
            _write_layer(source, layer, rows)
        fresh = Path(folder) / "town.pmtiles"
        _translate(source, fresh, list(layers))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(fresh.read_bytes())


def _geometry(shape: Shape) -> Any:
    if shape.layer in POINTS:
        return shapely.Point(shape.points[0])
    return shapely.LineString(shape.points) if shape.layer in LINES else shapely.Polygon(shape.points)


def _write_layer(path: Path, layer: str, rows: list[tuple[Shape, Any]]) -> None:
    columns = [
        numpy.array([getattr(shape, name) for shape, _ in rows], dtype=object)
        for name in ("kind", "name_zh", "name_en")
    ]
    pyogrio.raw.write(
        path,
        shapely.to_wkb([geometry for _, geometry in rows]),
        columns,
        ["kind", "name", "name_en"],
        layer=layer,
        driver="GPKG",
        crs="EPSG:4326",
        geometry_type="Unknown",
        append=path.exists(),
    )


def _translate(source: Path, target: Path, layers: list[str]) -> None:
    zooms = {layer: {"minzoom": FIRST_ZOOM.get(layer, 10), "maxzoom": LAST_ZOOM} for layer in layers}
    options = ["-f", "PMTiles", "-dsco", f"MINZOOM={LEAST_ZOOM}", "-dsco", f"MAXZOOM={LAST_ZOOM}"]
    options += ["-dsco", "NAME=town", "-dsco", f"CONF={json.dumps(zooms)}"]
    gdal = _library()
    opened = gdal.GDALOpenEx(str(source).encode(), GDAL_OF_VECTOR, None, None, None)
    words = (ctypes.c_char_p * (len(options) + 1))(*(word.encode() for word in options), None)
    chosen = gdal.GDALVectorTranslateOptionsNew(words, None)
    failed = ctypes.c_int(0)
    sources = (ctypes.c_void_p * 1)(opened)
    made = gdal.GDALVectorTranslate(str(target).encode(), None, 1, sources, chosen, ctypes.byref(failed))
    gdal.GDALVectorTranslateOptionsFree(chosen)
    if made:
        gdal.GDALClose(made)  # the file is complete only now
    gdal.GDALClose(opened)
    if not made or failed.value:
        raise DrawingFailed(f"GDAL could not write {target.name}")


def _library() -> ctypes.CDLL:
    path = settings.GDAL_LIBRARY_PATH
    if path is None:
        raise DrawingFailed("the pyogrio wheel with its GDAL is not installed")
    gdal = ctypes.CDLL(path)
    gdal.GDALAllRegister()
    gdal.GDALOpenEx.restype = ctypes.c_void_p
    gdal.GDALOpenEx.argtypes = [ctypes.c_char_p, ctypes.c_uint, *([ctypes.c_void_p] * 3)]
    gdal.GDALVectorTranslateOptionsNew.restype = ctypes.c_void_p
    gdal.GDALVectorTranslateOptionsNew.argtypes = [ctypes.POINTER(ctypes.c_char_p), ctypes.c_void_p]
    gdal.GDALVectorTranslateOptionsFree.argtypes = [ctypes.c_void_p]
    gdal.GDALVectorTranslate.restype = ctypes.c_void_p
    gdal.GDALVectorTranslate.argtypes = [
        ctypes.c_char_p,
        ctypes.c_void_p,
        ctypes.c_int,
        ctypes.POINTER(ctypes.c_void_p),
        ctypes.c_void_p,
        ctypes.POINTER(ctypes.c_int),
    ]
    gdal.GDALClose.argtypes = [ctypes.c_void_p]
    return gdal

"""Files of layers, and the second check of a draft: geopandas in a sandboxed subprocess, never in here."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from grids.rules.coverage import Ring, closed_degrees
from ledger.gateways import sandbox

WRITE, READ = "layers", "read_layer"
FEATURES_MOST, VERTICES_MOST, POINTS_MOST = 50_000, 2000, 3_000_000
LIMITS = sandbox.Limits(seconds=60, memory=2048, output=256, threads=True)


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer as it was read.

    Arguments:
        header: names of the columns; the last is the shape.
        rows: (number, cells); the shape is "lon lat,lon lat,…" or "!code lon lat", see inside/layer_shapes.py.
        facts: format, layers, layer, encoding, said (of the encoding), stated and system (of coordinates), swapped.
    """

    header: list[str]
    rows: list[tuple[int, list[Any]]]
    facts: dict[str, Any]


def _run(tool: str, data: bytes, **options: Any) -> bytes:
    try:
        return sandbox.run(tool, data=data, options=options, limits=LIMITS)
    except sandbox.Refused as refusal:
        raise ValidationError(_sentence(refusal.reason, {}), code=f"layer_{refusal.reason}") from refusal


def read_layer(data: bytes, *, layer: str = "", system: str = "", any_kind: bool = False) -> Layer:
    """A layer of polygons; metres become degrees, nothing else is converted.

    Arguments:
        layer: name; "" takes the first with shapes.
        system: EPSG:4326, EPSG:4548 or EPSG:4527 against what the file says; "" believes the file.
        any_kind: places ("point:…") and lines ("line:…") are taken as well, a table may give a place a row.

    Raises:
        ValidationError: the file as a whole is not taken; a sentence for who sent it.
    """
    most = {"features": FEATURES_MOST, "vertices": VERTICES_MOST, "points": POINTS_MOST}
    answer = json.loads(_run(READ, data, layer=layer, system=system, any=any_kind, **most))
    if "refused" in answer:
        raise ValidationError(_sentence(answer["refused"], answer), code=f"layer_{answer['refused']}")
    header, rows = answer.pop("header"), answer.pop("rows")
    return Layer(header, [(number, cells) for number, cells in rows], answer)


def _sentence(code: str, facts: dict[str, Any]) -> str:
    """Why a file is not taken, and what to do."""
    words = {
        "time": _("Reading this file takes too long. Split it."),
        "memory": _("Reading this file needs too much memory. Split it."),
        "size": _("This file holds too much. Split it."),
        "empty": _("There is nothing in this file."),
        "kind": _("This is none of the kinds of layers: GeoJSON, GeoPackage, zipped Shapefile, KML, CSV, XLSX."),
        "pointer": _("This file only points to other files (VRT). Send the layer itself."),
        "nested": _("Shapes lie within shapes too deep in this file. It was not opened."),
        "doctype": _("This file contains declarations that could load other files. It was not opened."),
        "encoding": _("This file is neither UTF-8 nor GB18030. Save it again as UTF-8."),
        "no_shp": _("There is no .shp file in this archive."),
        "parts": _("These parts of the Shapefile are missing in the archive: %(names)s."),
        "counts": _("The .shp file holds %(shapes)s shapes and the .dbf file %(rows)s rows. Export it again."),
        "cut": _("The Shapefile is shorter than it says. It was cut off; send it again."),
        "entries": _("This archive has more than %(most)s parts."),
        "names": _("Parts of this file carry names that lead elsewhere. It was not opened."),
        "locked": _("This archive has a password. Pack it without."),
        "old": _("This is an old or password-protected spreadsheet. Save it as XLSX without a password."),
        "bomb": _("Unpacked, this file would be far larger than a layer. It was not opened."),
        "damaged": _("This GeoPackage is damaged. Export it again."),
        "program": _("This GeoPackage contains programs or views (%(name)s). Export the layer alone into a new one."),
        "macro": _("This file contains macros. Save it as XLSX without macros."),
        "link": _("This file takes values from other files. Paste the values instead and remove the links."),
        "embedded": _("Other files are hidden in this file. Remove them."),
        "formula": _("Cell %(cell)s contains a formula. Paste the values instead of the formulas."),
        "merged": _("The cells %(cell)s are merged. Undo the merging; every row needs its own cells."),
        "rows": _("More than %(most)s rows. Split the file."),
        "columns": _("More than %(most)s columns. Keep only those that are needed."),
        "cells": _("The sheet reaches too far. Delete empty rows and columns behind the table."),
        "no_geometry": _("The file holds no shapes."),
        "no_columns": _(
            "No column holds a boundary. Needed is a column with WKT (POLYGON …), or the columns code, lon and lat "
            "with one place of the boundary a row."
        ),
        "features": _("The layer has %(count)s features; at most %(most)s are read. Split it."),
        "points": _("The layer has %(count)s vertices; at most %(most)s are read. Split or simplify it."),
        "crs": _(
            "The layer is in %(crs)s. Send WGS-84 or CGCS2000 in degrees (EPSG:4326, EPSG:4490) or Gauss-Krüger zone "
            "39 (EPSG:4548, EPSG:4527)."
        ),
    }
    broken = _("This file cannot be read. It is damaged, or not what its name says.")
    known = {"most": 0, "count": 0, "name": "", "names": "", "shapes": 0, "rows": 0, "crs": "", "cell": "?", **facts}
    return words.get(code, broken) % known


def write_shapes(
    features: Sequence[tuple[dict[str, Any], str]],
    *,
    name: str,
    form: str,
    system: str | None,
    metres: str = "",
    encoding: str = "UTF-8",
) -> bytes:
    """A layer of columns and shapes as WKT; arguments as of `write_layer`, `name` is that of the layer."""
    rows = [{"properties": properties, "wkt": wkt} for properties, wkt in features]
    return _written(rows, form=form, system=system, metres=metres, encoding=encoding, layer=name)


def _written(rows: list[dict[str, Any]], **given: Any) -> bytes:
    given["format"] = given.pop("form")
    return _run(WRITE, json.dumps({"features": rows, **given}).encode(), do="write")


def write_layer(
    features: Sequence[tuple[dict[str, Any], Ring]],
    *,
    form: str,
    system: str | None,
    metres: str = "",
    encoding: str = "UTF-8",
) -> bytes:
    """The layer "grids" of columns and rings as a GeoPackage, zipped Shapefile or KML.

    Arguments:
        form: gpkg, shp or kml.
        system: what the degrees are stated in; None for a shifted datum, which has no number.
        metres: a projection the degrees are turned into.
        encoding: of the text of a Shapefile: UTF-8, or GB18030 for programs that know nothing else.
    """
    rows = [{"properties": properties, "ring": closed_degrees(ring)} for properties, ring in features]
    return _written(rows, form=form, system=system, metres=metres, encoding=encoding, layer="grids")


def second_check(parts: Mapping[str, Ring], outline: Ring) -> list[dict[str, Any]]:
    """What geopandas finds wrong with a set of boundaries: kind, codes, area in m², lon, lat of each place."""
    given = {
        "outline": closed_degrees(outline),
        "parts": {code: closed_degrees(ring) for code, ring in parts.items()},
    }
    found: list[dict[str, Any]] = json.loads(_run(WRITE, json.dumps(given).encode(), do="check"))
    return found

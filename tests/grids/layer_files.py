"""Layers as people send them, and as attackers do."""

import importlib
import io
import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import geopandas
import pytest
import shapely

from ledger.gateways import sandbox
from ledger.gateways.sandbox import START, Limits


def archive(parts: dict[str, bytes]) -> bytes:
    """An archive of these files."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name, body in parts.items():
            new.writestr(name, body)
    return out.getvalue()


def parts_of(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as old:
        return {entry.filename: old.read(entry) for entry in old.infolist()}


def gbk(data: bytes) -> bytes:
    """A zipped Shapefile as older programs write it: columns in GBK, nothing that says so."""
    parts = {name: body for name, body in parts_of(data).items() if not name.endswith(".cpg")}
    return archive({name: in_gbk(body) if name.endswith(".dbf") else body for name, body in parts.items()})


def in_gbk(dbf: bytes) -> bytes:
    """Every text of the table in the other encoding, filled up to its width; the table does not say which."""
    start, width = int.from_bytes(dbf[8:10], "little"), int.from_bytes(dbf[10:12], "little")
    widths = [dbf[place + 16] for place in range(32, start - 1, 32)]
    out, at = dbf[:29] + b"\0" + dbf[30:start], start
    while at + width <= len(dbf):
        out += dbf[at : at + 1]
        place = at + 1
        for size in widths:
            out += dbf[place : place + size].decode().encode("gbk").ljust(size)
            place += size
        at += width
    return out + dbf[at:]


def geojson(*geometries: dict[str, Any]) -> bytes:
    features = [{"type": "Feature", "properties": {"name": "a"}, "geometry": geometry} for geometry in geometries]
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


def package(data: bytes) -> bytes:
    """The same layer as a GeoPackage."""
    out = io.BytesIO()
    geopandas.read_file(io.BytesIO(data)).to_file(out, driver="GPKG", layer="grids")
    return out.getvalue()


def shapefile(name: str) -> bytes:
    """A zipped Shapefile of one triangle with a column."""
    rows = geopandas.GeoDataFrame(
        {"name_zh": [name]},
        geometry=[shapely.Polygon([(117.17, 36.19), (117.18, 36.19), (117.18, 36.2)])],
        crs="EPSG:4326",
    )
    with tempfile.TemporaryDirectory() as folder:
        rows.to_file(Path(folder) / "grids.shp", encoding="UTF-8")
        return archive({part.name: part.read_bytes() for part in Path(folder).iterdir()})


def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tools run here instead of in the sandbox, which takes a second to start."""
    monkeypatch.syspath_prepend(str(START.parent))
    importlib.import_module("layer_shapes").warm_up()

    def run(tool: str, *, data: bytes, options: dict[str, Any], limits: Limits) -> bytes:
        out = io.BytesIO()
        importlib.import_module(tool).main(options, io.BytesIO(data), out)
        return out.getvalue()

    monkeypatch.setattr(sandbox, "run", run)

"""Boundaries of a day as rows of a layer, and as GeoJSON with exactly the stored coordinates."""

import csv
import io
from dataclasses import dataclass
from datetime import date
from typing import Any

from grids.datum import Datum, from_wgs84
from grids.models import GridVersion
from grids.queries.boundaries import ring_from
from grids.rules.coverage import Ring, closed_degrees, node_of
from grids.town.files import collection, feature
from ledger.rules import safe_cell


@dataclass(frozen=True, slots=True)
class LayerRow:
    """One grid: the columns of the file and its ring in the datum of the file."""

    properties: dict[str, Any]
    ring: Ring


def layer_rows(*, scheme: str, on: date, division: str, territory: str, datum: str) -> list[LayerRow]:
    """Grids of a scheme with the boundary of a day, by code.

    Arguments:
        division: code of a village or of what is above it; "" for all of the territory.
        territory: path the reader's rights reach down from; "" reaches nothing.
        datum: wgs84 and cgcs2000 keep every coordinate; the others shift it.
    """
    versions = GridVersion.objects.filter(scheme__code=scheme, valid__contains=on, grid__path__startswith=territory)
    if not territory:
        versions = versions.none()
    if division:
        versions = versions.filter(grid__path__contains=f"/{division}/")
    rows = versions.select_related("grid__division").defer("grid__division__outline").order_by("grid__code")
    return [LayerRow(_properties(row, scheme), _shifted(ring_from(row.boundary), datum)) for row in rows]


def _properties(version: GridVersion, scheme: str) -> dict[str, Any]:
    grid = version.grid
    return {
        "code": grid.code,
        "scheme": scheme,
        "type": grid.type,
        "name_zh": grid.name_zh,
        "name_en": grid.name_en,
        "division": grid.division.code,
        "households": grid.households,
        "valid_from": str(version.valid.lower),
    }


def _shifted(ring: Ring, datum: str) -> Ring:
    if Datum(datum) in (Datum.WGS84, Datum.CGCS2000):
        return ring
    return tuple(node_of(*from_wgs84(lon, lat, datum)) for lon, lat in closed_degrees(ring)[:-1])


def layer_table(rows: list[LayerRow]) -> list[list[str]]:
    """Header and rows as text, the boundary as WKT in the last column."""
    header = [*rows[0].properties, "wkt"]
    return [
        header,
        *([*(safe_cell(str(value)) for value in row.properties.values()), wkt_of(row.ring)] for row in rows),
    ]


def wkt_of(ring: Ring) -> str:
    """POLYGON with every decimal of the lattice."""
    return f"POLYGON(({','.join(f'{lon:.8f} {lat:.8f}' for lon, lat in closed_degrees(ring))}))"


def csv_of(table: list[list[str]]) -> bytes:
    """CSV as spreadsheets open it: UTF-8 with a mark."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(table)
    return out.getvalue().encode("utf-8-sig")


def layer_geojson(rows: list[LayerRow]) -> str:
    """A FeatureCollection, one feature a line."""
    return collection(feature(row.properties, closed_degrees(row.ring)) for row in rows)

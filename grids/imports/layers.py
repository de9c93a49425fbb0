"""Boundaries of a day as rows of a layer, and as GeoJSON with exactly the stored coordinates."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from grids.datum import Datum, from_wgs84
from grids.models import GridVersion
from grids.queries.boundaries import ring_from
from grids.rules.coverage import Ring, closed_degrees, node_of
from grids.town.files import collection, feature


@dataclass(frozen=True, slots=True)
class LayerRow:
    """One grid: the columns of the file and its ring in the datum of the file."""

    properties: dict[str, Any]
    ring: Ring


def layer_rows(*, scheme: str, on: date, village: str, territory: str, datum: str) -> list[LayerRow]:
    """Grids of a scheme with the boundary of a day, by code.

    Arguments:
        territory: path the reader's rights reach down from; "" reaches nothing.
        datum: wgs84 and cgcs2000 keep every coordinate; the others shift it.
    """
    versions = GridVersion.objects.filter(scheme__code=scheme, valid__contains=on, grid__path__startswith=territory)
    if not territory:
        versions = versions.none()
    if village:
        versions = versions.filter(grid__division__code=village)
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


def layer_geojson(rows: list[LayerRow]) -> str:
    """A FeatureCollection, one feature a line."""
    return collection(feature(row.properties, closed_degrees(row.ring)) for row in rows)

"""Things as rows of a file: for the city folder, and for whoever exports them."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from grids.datum import Datum, from_wgs84
from grids.imports.layer_check import SHAPE
from grids.imports.thing_kinds import THINGS, ThingKind, narrowed, thing_columns
from grids.imports.things import REFERENCES, plain
from grids.town.files import collection, number
from ledger.cityfolder import to_csv
from ledger.progress import tick
from ledger.rules import safe_cell


def header_of(kind: ThingKind) -> list[str]:
    """Columns of a file of this kind without the shape."""
    return [column.key for column in thing_columns(kind.key) if column.key != SHAPE]


def thing_cells(kind: ThingKind, row: Any) -> list[str]:
    """Values of a row in the order of `header_of`; codes for what it refers to."""
    return [plain(getattr(row, name)) for name in header_of(kind)]


def rows_with_references(kind: ThingKind) -> Any:
    """All rows by code, with what they refer to."""
    names = [name for name in REFERENCES if name in header_of(kind)]
    return kind.model.objects.select_related(*names).order_by("code")


@dataclass(frozen=True, slots=True)
class ThingShape:
    """A thing on its way out: columns, and its places (one, those of a line, or of a closed ring) in some datum."""

    properties: dict[str, str]
    kind: str
    places: list[tuple[float, float]]

    @property
    def wkt(self) -> str:
        """POINT, LINESTRING or POLYGON with every decimal of the lattice."""
        inner = ", ".join(_place(place) for place in self.places)
        return f"{self.kind.upper()} (({inner}))" if self.kind == "Polygon" else f"{self.kind.upper()} ({inner})"

    @property
    def line(self) -> str:
        """One feature of a GeoJSON file."""
        places: Any = [list(place) for place in self.places]
        coordinates = {"Point": places[0], "LineString": places, "Polygon": [places]}[self.kind]
        shape = {"type": self.kind, "coordinates": coordinates}
        return json.dumps({"type": "Feature", "properties": self.properties, "geometry": shape}, ensure_ascii=False)


def things_of_area(key: str, *, territory: str, grid: str, datum: str) -> Iterator[ThingShape]:
    """Things of a kind by code, an outline if there is one, else the place.

    Arguments:
        territory: path the reader's rights reach down from; "" reaches nothing.
        grid: code of either scheme, "" for all of the territory.
        datum: wgs84 and cgcs2000 keep every coordinate; the others shift it.
    """
    kind = THINGS[key]
    rows = narrowed(kind, rows_with_references(kind), territory=territory, grid=grid)
    total, header = rows.count(), header_of(kind)
    for count, row in enumerate(rows.iterator(chunk_size=1000)):
        tick(count, 2 * total)
        shape = getattr(row, "shape", None) or getattr(row, kind.geometry)
        name, coords = shape.geom_type, shape.coords
        places = [coords] if name == "Point" else coords[0] if name == "Polygon" else coords
        cells = dict(zip(header, thing_cells(kind, row), strict=True))
        yield ThingShape(cells, name, [_shifted(place, datum) for place in places])


def _shifted(place: tuple[float, ...], datum: str) -> tuple[float, float]:
    lon, lat = place[0], place[1]
    return (lon, lat) if Datum(datum) in (Datum.WGS84, Datum.CGCS2000) else from_wgs84(lon, lat, datum)


def things_table(rows: list[ThingShape]) -> list[list[str]]:
    """Header and rows as text, the shape as WKT in the last column."""
    body = ([*map(safe_cell, row.properties.values()), row.wkt] for row in rows)
    return [[*rows[0].properties, "wkt"], *body]


def things_geojson(rows: list[ThingShape]) -> str:
    """A FeatureCollection, one feature a line."""
    return collection(row.line for row in rows)


def _place(place: Iterable[float]) -> str:
    return " ".join(number(value) for value in place)


def folder_shape(kind: ThingKind, row: Any) -> str:
    """A shape as a line of the city folder has it: "point:lon lat", "line:…", or the places of a ring."""
    shape = getattr(row, "shape", None)
    if shape is not None:
        return ",".join(_place(place) for place in shape.coords[0][:-1])
    shape = getattr(row, kind.geometry)
    places = [shape.coords] if kind.geometry == "point" else shape.coords
    return f"{kind.geometry}:{','.join(_place(place) for place in places)}"


def export_things() -> dict[str, str]:
    """The files of the city folder; a kind of which there is nothing has none. Only what is illustrative goes there."""
    files = {}
    for kind in THINGS.values():
        rows = rows_with_references(kind).filter(illustrative=True)
        cells = [[*thing_cells(kind, row), folder_shape(kind, row)] for row in rows]
        if cells:
            files[kind.file] = to_csv([*header_of(kind), "shape"], cells)
    return files

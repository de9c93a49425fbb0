"""Things as rows of a file: for the city folder, and for whoever exports them."""

from collections.abc import Iterable
from typing import Any

from grids.imports.layer_check import SHAPE
from grids.imports.thing_kinds import THINGS, ThingKind, thing_columns
from grids.imports.things import REFERENCES, plain
from grids.town.files import number
from ledger.cityfolder import to_csv


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


def wkt_of_thing(kind: ThingKind, row: Any) -> str:
    """POINT, LINESTRING or POLYGON in degrees WGS-84 with every decimal of the lattice."""
    shape = getattr(row, "shape", None) or getattr(row, kind.geometry)
    name, coords = shape.geom_type.upper(), shape.coords
    if name == "POINT":
        return f"POINT ({_place(coords)})"
    inner = ", ".join(_place(place) for place in (coords[0] if name == "POLYGON" else coords))
    return f"{name} (({inner}))" if name == "POLYGON" else f"{name} ({inner})"


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

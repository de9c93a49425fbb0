"""Divisions and grids with their boundaries, by page, for other systems."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.gis.db.models import Extent
from django.contrib.gis.db.models.functions import AsGeoJSON
from django.contrib.gis.geos import GEOSGeometry, Polygon
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Q, QuerySet

from grids.models import Division, GridVersion, Scheme

Box = tuple[float, float, float, float]
PRECISION = 7  # digits of a degree: a centimetre


@dataclass(frozen=True, slots=True)
class Boundary:
    """A division or a grid as it was drawn for some time. geometry: GeoJSON text, "" where nothing is drawn.

    `id` is code and beginning of the validity (divisions) or code and number (grids); it never changes.
    """

    id: str
    key: tuple[str, int]
    geometry: str
    valid_from: date | None
    valid_to: date | None
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SchemeRow:
    """A way of dividing the territory; `{% coded %}` reads the two names."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """What is looked for.

    Arguments:
        start, end: validity meets these days, both included; None is open.
        box: west, south, east, north in degrees; west > east goes over the date line.
        area: instead of the box, as WKB in degrees.
        exact: column → value.
        after: key of the last row of the page before.
    """

    start: date | None = None
    end: date | None = None
    box: Box | None = None
    area: bytes | None = None
    exact: Mapping[str, str] | None = None
    after: tuple[str, int] | None = None
    limit: int = 50


def transformed(geometries: Sequence[str | None], *, srid: int, flipped: bool, digits: int) -> list[str | None]:
    """Geometries in another reference system, in their order. One statement.

    Arguments:
        geometries: GeoJSON text in longitude and latitude WGS-84; None stays None.
        flipped: the second axis first.
        digits: decimals.
    """
    sql = (
        "SELECT ST_AsGeoJSON({shape}, %(digits)s, 0) FROM unnest(%(shapes)s::text[]) WITH ORDINALITY AS t(text, place)"
    )
    shape = "ST_Transform(ST_SetSRID(ST_GeomFromGeoJSON(text), 4326), %(srid)s)"
    with connection.cursor() as cursor:
        cursor.execute(
            sql.format(shape=f"ST_FlipCoordinates({shape})" if flipped else shape) + " ORDER BY place",
            {"shapes": list(geometries), "srid": srid, "digits": digits},
        )
        return [row[0] for row in cursor.fetchall()]


def area_of_box(box: Box, *, srid: int) -> tuple[bytes, Box]:
    """A box of another reference system as the area it covers (WKB), and the box around that, both in degrees WGS-84.

    The sides of such a box are no meridians: they are taken in forty pieces each.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH area AS (SELECT ST_Transform(ST_Segmentize(ST_MakeEnvelope(%(w)s, %(s)s, %(e)s, %(n)s, %(srid)s),"
            " greatest(%(e)s - %(w)s, %(n)s - %(s)s, 1) / 40), 4326) AS shape)"
            " SELECT ST_AsBinary(shape), ST_XMin(shape), ST_YMin(shape), ST_XMax(shape), ST_YMax(shape) FROM area",
            {"w": box[0], "s": box[1], "e": box[2], "n": box[3], "srid": srid},
        )
        shape, *corners = cursor.fetchone()
    west, south, east, north = corners
    return bytes(shape), (west, south, east, north)


def schemes() -> list[SchemeRow]:
    """The schemes of this city, by code."""
    return [SchemeRow(*row) for row in Scheme.objects.order_by("code").values_list("code", "name_zh", "name_en")]


def divisions(sought: Sought) -> tuple[list[Boundary], int]:
    """A page of divisions by code, one row more than the limit if there are more; how many fit. Two statements."""
    found = Division.objects.filter(_meets(sought, "outline"), **sought.exact or {})
    rows = found.order_by("code", "valid")
    if sought.after is not None:
        code, day = sought.after
        rows = rows.filter(Q(code__gt=code) | Q(code=code, valid__startswith__gt=_day(day)))
    return [_division(row) for row in _drawn(rows, "outline")[: sought.limit + 1]], found.count()


def division(code: str, day: int | None, *, on: date) -> Boundary | None:
    """One division: of the version that began on that day (20240131), or of the one in force."""
    rows = Division.objects.filter(code=code)
    rows = rows.filter(valid__contains=on) if day is None else rows.filter(valid__startswith=_day(day))
    found = _drawn(rows, "outline").first()
    return _division(found) if found is not None else None


def grids(scheme: str, sought: Sought) -> tuple[list[Boundary], int]:
    """A page of boundary versions of a scheme by code, one row more than the limit if there are more; how many fit."""
    exact = {f"grid__{name}": value for name, value in (sought.exact or {}).items()}
    found = GridVersion.objects.filter(_meets(sought, "boundary"), scheme__code=scheme, **exact)
    rows = found.order_by("grid__code", "number")
    if sought.after is not None:
        code, number = sought.after
        rows = rows.filter(Q(grid__code__gt=code) | Q(grid__code=code, number__gt=number))
    return [_grid(row) for row in _drawn(rows, "boundary", *_OF_GRID)[: sought.limit + 1]], found.count()


def grid(scheme: str, code: str, number: int | None, *, on: date) -> Boundary | None:
    """One boundary version of a grid: that number, or the one in force."""
    rows = GridVersion.objects.filter(scheme__code=scheme, grid__code=code)
    rows = rows.filter(valid__contains=on) if number is None else rows.filter(number=number)
    found = _drawn(rows, "boundary", *_OF_GRID).first()
    return _grid(found) if found is not None else None


def grids_extent(scheme: str, *, on: date) -> Box | None:
    """West, south, east, north of a scheme's grids in force; None if nothing is drawn."""
    rows = GridVersion.objects.filter(scheme__code=scheme, valid__contains=on)
    extent: Box | None = rows.aggregate(box=Extent("boundary"))["box"]
    return extent


_OF_GRID = ("grid", "grid__division")


def _drawn(rows: QuerySet[Any], column: str, *related: str) -> QuerySet[Any]:
    """The geometry as GeoJSON made by the database; the column itself is not read."""
    rows = rows.defer(column).annotate(drawn=AsGeoJSON(column, precision=PRECISION))
    return rows.select_related(*related) if related else rows.select_related("parent").defer(column, "parent__outline")


def _meets(sought: Sought, column: str) -> Q:
    found = Q(valid__overlap=DateRange(sought.start, sought.end, "[]"))
    if sought.area is not None:
        return found & Q(**{f"{column}__intersects": GEOSGeometry(memoryview(sought.area), srid=4326)})
    if sought.box is None:
        return found
    west, south, east, north = sought.box
    spans = [(west, east)] if west <= east else [(west, 180.0), (-180.0, east)]
    inside = Q()
    for low, high in spans:
        box = Polygon.from_bbox((low, south, high, north))
        box.srid = 4326
        inside |= Q(**{f"{column}__intersects": box})
    return found & inside


def _day(number: int) -> date:
    return date(number // 10000, number // 100 % 100, number % 100)


def _division(row: Any) -> Boundary:
    start: date | None = row.valid.lower
    number = start.year * 10000 + start.month * 100 + start.day if start else 0
    facts = {
        "code": row.code,
        "level": row.level,
        "name_zh": row.name_zh,
        "name_en": row.name_en,
        "path": row.path,
        "parent": row.parent.code if row.parent else "",
        "illustrative": row.illustrative,
        "source": row.outline_source,
    }
    return Boundary(f"{row.code}.{number}", (row.code, number), row.drawn or "", start, row.valid.upper, facts)


def _grid(row: Any) -> Boundary:
    facts = {
        "code": row.grid.code,
        "version": row.number,
        "type": row.grid.type,
        "name_zh": row.grid.name_zh,
        "name_en": row.grid.name_en,
        "path": row.grid.path,
        "division": row.grid.division.code,
        "households": row.grid.households,
        "area": round(row.area, 1),
    }
    key = (row.grid.code, row.number)
    return Boundary(f"{key[0]}.{key[1]}", key, row.drawn or "", row.valid.lower, row.valid.upper, facts)

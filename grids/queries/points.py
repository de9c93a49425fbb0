"""Where a point lies: decided by the database, in one statement."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from math import isfinite
from typing import Any

from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _

from grids.datum import to_wgs84
from grids.models import Division

SCHEMES = ("service", "management")
NEAR_DEGREES = 0.05  # about 5 km: county outlines are generalised, a place at the edge may lie outside its drawing
EDGE_DEGREES = 0.01  # about 1 km, for the same reason
CHINA = (73.0, 3.0, 136.0, 54.0)  # west, south, east, north; a pair that fits only when exchanged was exchanged


class OutOfCity(ValidationError):
    """The coordinate is not in the city; the message names it."""


@dataclass(frozen=True, slots=True)
class GridAt:
    """The grid of one scheme at a point, with the boundary version in force on the date asked for."""

    grid_id: int
    version_id: int
    code: str
    name_zh: str
    name_en: str
    path: str

    def as_json(self) -> dict[str, Any]:
        return {
            "id": self.grid_id,
            "version": self.version_id,
            "code": self.code,
            "name_zh": self.name_zh,
            "name_en": self.name_en,
            "path": self.path,
        }


@dataclass(frozen=True, slots=True)
class Located:
    """Where a point lies.

    Arguments:
        lon: degrees WGS-84, as stored.
        lat: degrees WGS-84.
        division_path: the smallest division known there; a village inside the drawn town, else the county.
        division_zh: name of that division.
        division_en: its pinyin name.
        parent_zh: name of the division above (township, or city), for a text address.
        parent_en: its pinyin name.
        grids: scheme code → grid; a scheme that does not cover the point is absent.
    """

    lon: float
    lat: float
    division_path: str
    division_zh: str
    division_en: str
    parent_zh: str
    parent_en: str
    grids: dict[str, GridAt] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """The narrowest path: of the service grid if there is one, else of the division."""
        grid = self.grids.get("service") or self.grids.get("management")
        return grid.path if grid else self.division_path

    def as_json(self) -> dict[str, Any]:
        return {
            "lon": self.lon,
            "lat": self.lat,
            "division": {"path": self.division_path, "name_zh": self.division_zh, "name_en": self.division_en},
            "grids": {scheme: grid.as_json() for scheme, grid in self.grids.items()},
        }


# The function keeps its plan: planning took four times as long as finding. See grids/migrations/0002_locate.py.
_LOCATE = "SELECT * FROM grid_at(%s, %s, %s, %s, %s)"


def locate(*, lon: float, lat: float, datum: str, on: date | None, schemes: Sequence[str] = SCHEMES) -> Located:
    """The division and the grids at a point. One statement.

    A point on a shared line belongs to the grid with the lower code, always.

    Arguments:
        lon: degrees in `datum`.
        lat: degrees in `datum`.
        datum: wgs84, cgcs2000, gcj02 or bd09.
        on: date whose boundaries count; None is today.
        schemes: codes of the schemes wanted, each answered separately.

    Raises:
        OutOfCity: the point is not in the city, or longitude and latitude were exchanged; the message says which.
        ValidationError: the datum is unknown or the numbers are not a place.
    """
    x, y = checked_point(lon, lat, datum)
    with connection.cursor() as cursor:
        cursor.execute(_LOCATE, [x, y, on, list(schemes), NEAR_DEGREES])
        rows = cursor.fetchall()
    if not rows:
        raise OutOfCity(
            _("The point %(lon)s, %(lat)s (%(datum)s) is not in this city.") % {"lon": lon, "lat": lat, "datum": datum},
            code="out_of_city",
        )
    grids: dict[str, GridAt] = {}
    for row in rows:
        if row[0]:
            grids.setdefault(row[0], GridAt(*row[1:7]))
    path, zh, en, parent_zh, parent_en = rows[0][7:12]
    return Located(x, y, path, zh, en, parent_zh or "", parent_en or "", grids)


_LOCATE_ALL = """
SELECT place.n, found.* FROM unnest(%s::float8[], %s::float8[]) WITH ORDINALITY AS place(lon, lat, n)
  LEFT JOIN LATERAL grid_at(place.lon, place.lat, NULL, %s, %s) AS found ON true
 ORDER BY place.n, found.code
"""


def locate_all(points: Sequence[tuple[float, float]]) -> list[Located]:
    """Where each of many points lies today, in their order; one that lies nowhere has no path. One statement.

    Arguments:
        points: longitude and latitude in degrees WGS-84, as stored.
    """
    places = [Located(x, y, "", "", "", "", "") for x, y in points]
    with connection.cursor() as cursor:
        cursor.execute(_LOCATE_ALL, [[x for x, _ in points], [y for _, y in points], list(SCHEMES), NEAR_DEGREES])
        for number, scheme, *grid, path, zh, en, parent_zh, parent_en in cursor.fetchall():
            place = places[number - 1]
            if scheme:
                place.grids.setdefault(scheme, GridAt(*grid))
            if path and not place.division_path:
                named = (path, zh, en, parent_zh or "", parent_en or "")
                places[number - 1] = Located(place.lon, place.lat, *named, grids=place.grids)
    return places


def checked_point(lon: float, lat: float, datum: str) -> tuple[float, float]:
    """Longitude and latitude in degrees WGS-84.

    Raises:
        OutOfCity: nowhere in China, with a hint if the two were exchanged.
        ValidationError: not numbers, or an unknown datum.
    """
    if not (isfinite(lon) and isfinite(lat)):
        raise ValidationError(_("Longitude and latitude must be numbers."), code="not_a_point")
    west, south, east, north = CHINA
    if not (west <= lon <= east and south <= lat <= north):
        values = {"lon": lon, "lat": lat}
        if west <= lat <= east and south <= lon <= north:
            message = _("Longitude and latitude seem exchanged in %(lon)s, %(lat)s: longitude comes first.")
            raise OutOfCity(message % values, code="exchanged")
        raise OutOfCity(_("The point %(lon)s, %(lat)s is not in this city.") % values, code="out_of_city")
    try:
        return to_wgs84(lon, lat, datum)
    except ValueError as error:
        raise ValidationError(
            _("Unknown datum %(datum)s: use wgs84, cgcs2000, gcj02 or bd09.") % {"datum": datum}, code="unknown_datum"
        ) from error


def lies_in(path: str, *, lon: float, lat: float, on: date) -> bool:
    """Whether a point lies in a division, as far as it is drawn: in its outline, or in that of the next division above
    that has one. True where none has. Two statements.

    Arguments:
        path: of the division.
        lon, lat: degrees WGS-84.
        on: date whose outlines count.
    """
    codes = path.strip("/").split("/")
    paths = [f"/{'/'.join(codes[:length])}/" for length in range(1, len(codes) + 1)]
    drawn = Division.objects.filter(path__in=paths, valid__contains=on, outline__isnull=False)
    nearest = max(drawn.values_list("path", flat=True), key=len, default="")
    place = Point(lon, lat, srid=4326)
    return not nearest or drawn.filter(path=nearest, outline__dwithin=(place, EDGE_DEGREES)).exists()


def boundary_faults(rows: Sequence[tuple[str, str, bytes]]) -> list[tuple[str, str]]:
    """(code, what is wrong) for boundaries that cross themselves or overlap another of the same scheme. Exact.

    Arguments:
        rows: (grid code, scheme code, polygon as WKB in SRID 4326).
    """
    codes, schemes, shapes = [row[0] for row in rows], [row[1] for row in rows], [bytes(row[2]) for row in rows]
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS boundary_check")
        cursor.execute(
            "CREATE TEMP TABLE boundary_check ON COMMIT DROP AS"
            " SELECT code, scheme, ST_GeomFromWKB(shape, 4326) AS shape"
            " FROM unnest(%s::text[], %s::text[], %s::bytea[]) AS t(code, scheme, shape)",
            [codes, schemes, shapes],
        )
        cursor.execute("CREATE INDEX ON boundary_check USING gist (shape)")
        cursor.execute("ANALYZE boundary_check")
        cursor.execute(
            "SELECT code, 'crosses itself: ' || ST_IsValidReason(shape) FROM boundary_check WHERE NOT ST_IsValid(shape)"
        )
        faults: list[tuple[str, str]] = cursor.fetchall()
        if not faults:
            # T in the first place: the insides meet. Shared lines do not count, and nothing is rounded.
            cursor.execute(
                "SELECT a.code, 'overlaps ' || b.code FROM boundary_check a JOIN boundary_check b"
                " ON a.shape && b.shape AND a.code < b.code AND a.scheme = b.scheme"
                " AND ST_Relate(a.shape, b.shape, 'T********') ORDER BY 1, 2"
            )
            faults = cursor.fetchall()
    return faults

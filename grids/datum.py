"""One place where a point changes its datum. Storage is WGS-84; CGCS2000 differs from it by less than a metre.

GCJ-02 is the shifted system of Chinese phone maps, BD-09 a second shift on top of it. Taking one for the other moves a
point by 500–550 m in Tai'an. The forward formulas are the publicly known ones (domain.md 5.2); inverses are iterated.
"""

from collections.abc import Callable
from enum import StrEnum
from math import atan2, cos, hypot, pi, sin, sqrt

Point = tuple[float, float]  # longitude, latitude in degrees

SEMI_MAJOR = 6378245.0  # metres, ellipsoid of Krasovsky, which the shift is defined on
ECCENTRICITY_SQUARED = 0.00669342162296594323
BAIDU_TURN = pi * 3000.0 / 180.0
INVERSE_TOLERANCE = 1e-11  # degrees, about a micrometre
INVERSE_ROUNDS = 12


class Datum(StrEnum):
    """Systems a point may be stated in."""

    WGS84 = "wgs84"
    CGCS2000 = "cgcs2000"
    GCJ02 = "gcj02"
    BD09 = "bd09"


def to_wgs84(lon: float, lat: float, datum: str) -> Point:
    """Longitude and latitude in degrees WGS-84 of a point stated in `datum`.

    Raises:
        ValueError: the datum is not one of the four.
    """
    match Datum(datum):
        case Datum.GCJ02:
            return _inverse(wgs84_to_gcj02, lon, lat)
        case Datum.BD09:
            return _inverse(wgs84_to_gcj02, *bd09_to_gcj02(lon, lat))
        case _:
            return lon, lat


def from_wgs84(lon: float, lat: float, datum: str) -> Point:
    """A WGS-84 point (degrees) expressed in `datum`; the inverse of `to_wgs84`."""
    match Datum(datum):
        case Datum.GCJ02:
            return wgs84_to_gcj02(lon, lat)
        case Datum.BD09:
            return gcj02_to_bd09(*wgs84_to_gcj02(lon, lat))
        case _:
            return lon, lat


def wgs84_to_gcj02(lon: float, lat: float) -> Point:
    """The shift, degrees in and out; none outside the frame the shift is defined for."""
    if not (72.004 <= lon <= 137.8347 and 0.8293 <= lat <= 55.8271):
        return lon, lat
    east, north = _shift_metres(lon - 105.0, lat - 35.0)
    latitude = lat / 180.0 * pi
    curvature = 1 - ECCENTRICITY_SQUARED * sin(latitude) ** 2
    root = sqrt(curvature)
    meridian = SEMI_MAJOR * (1 - ECCENTRICITY_SQUARED) / (curvature * root)
    return (
        lon + east * 180.0 / (SEMI_MAJOR / root * cos(latitude) * pi),
        lat + north * 180.0 / (meridian * pi),
    )


def gcj02_to_bd09(lon: float, lat: float) -> Point:
    radius = hypot(lon, lat) + 0.00002 * sin(lat * BAIDU_TURN)
    angle = atan2(lat, lon) + 0.000003 * cos(lon * BAIDU_TURN)
    return radius * cos(angle) + 0.0065, radius * sin(angle) + 0.006


def bd09_to_gcj02(lon: float, lat: float) -> Point:
    return _inverse(gcj02_to_bd09, lon, lat)


def _shift_metres(x: float, y: float) -> Point:
    shared = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + shared
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + shared
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    return east, north


def _inverse(forward: Callable[[float, float], Point], lon: float, lat: float) -> Point:
    x, y = lon, lat
    for _ in range(INVERSE_ROUNDS):
        shifted = forward(x, y)
        dx, dy = shifted[0] - lon, shifted[1] - lat
        x, y = x - dx, y - dy
        if abs(dx) < INVERSE_TOLERANCE and abs(dy) < INVERSE_TOLERANCE:
            break
    return x, y

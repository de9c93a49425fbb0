"""Coordinate reference systems of the geodata (OGC 18-058r1, part 2): which, in which order of axes, asked for how."""

import re
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/{}"
SHORT = re.compile(r"(?:epsg|EPSG):(\d{4,5})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Crs:
    """A reference system.

    Arguments:
        srid: of the database.
        flipped: the definition names latitude or northing first, and so must the coordinates (requirement crs-uri).
        digits: decimals that are a centimetre or less.
    """

    uri: str
    srid: int
    flipped: bool
    digits: int


# WGS-84, CGCS2000 in degrees and in the two Gauss-Krüger grids of Tai'an (zone 39 by 3 degrees; central meridian 117°),
# and the projection of web maps
KNOWN = tuple(
    Crs(uri, srid, flipped, digits)
    for uri, srid, flipped, digits in (
        (CRS84, 4326, False, 7),
        (EPSG.format(4326), 4326, True, 7),
        (EPSG.format(4490), 4490, True, 7),
        (EPSG.format(4527), 4527, True, 3),
        (EPSG.format(4548), 4548, True, 3),
        (EPSG.format(3857), 3857, False, 3),
    )
)
USUAL = KNOWN[0]


def read_crs(name: str, text: str) -> Crs:
    """The system a parameter or header names: by its address, or short as "EPSG:4548".

    Raises:
        ValidationError: keyed by the parameter; it is not offered.
    """
    short = SHORT.fullmatch(text.strip("<>[]"))
    uri = EPSG.format(short[1]) if short else text.strip("<>[]").replace("https:", "http:")
    found = next((crs for crs in KNOWN if crs.uri == uri), None)
    if found is None:
        raise ValidationError({name: _("This reference system is not offered; the collection lists them.")})
    return found

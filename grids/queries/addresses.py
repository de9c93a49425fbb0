"""Address search and its reverse."""

from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection
from django.utils.translation import get_language

from grids.queries.points import locate

NEAREST_METRES = 150.0
METRES_PER_DEGREE = 111_195.0
LIMIT_MOST = 50


@dataclass(frozen=True, slots=True)
class AddressRow:
    """A place found: longitude and latitude in degrees WGS-84."""

    code: str
    name_zh: str
    name_en: str
    kind: str
    lon: float
    lat: float
    division_zh: str
    division_en: str

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


_COLUMNS = """a.code, a.text_zh, a.text_en, a.kind, ST_X(a.point), ST_Y(a.point), d.name_zh, d.name_en"""

# A whole street or landmark goes before its houses; then what begins with the words, then what is most alike.
_SEARCH = f"""
SELECT {_COLUMNS}
  FROM grids_address a JOIN grids_division d ON d.id = a.division_id
 WHERE a.text_zh LIKE %(inside)s OR a.text_en ILIKE %(inside)s OR (%(fuzzy)s AND a.text_en %% %(text)s)
 ORDER BY (a.text_zh LIKE %(start)s OR a.text_en ILIKE %(start)s) DESC,
          (a.kind <> 'house') DESC,
          greatest(similarity(a.text_zh, %(text)s), similarity(a.text_en, %(text)s)) DESC,
          length(a.text_zh), a.code
 LIMIT %(limit)s
"""  # noqa: S608 - columns are a constant


def search_addresses(text: str, limit: int = 10) -> list[AddressRow]:
    """Places whose Chinese or pinyin text holds the words, best first. One statement.

    Arguments:
        text: what was typed; blank finds nothing.
        limit: at most 50.
    """
    words = " ".join(text.split())[:80]
    if not words:
        return []
    pattern = words.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    values: dict[str, Any] = {
        "inside": f"%{pattern}%",
        "start": f"{pattern}%",
        "text": words,
        "fuzzy": words.isascii() and len(words) > 3,
        "limit": min(limit, LIMIT_MOST),
    }
    with connection.cursor() as cursor:
        cursor.execute(_SEARCH, values)
        return [AddressRow(*row) for row in cursor.fetchall()]


_BY_CODE = f"""
SELECT {_COLUMNS} FROM grids_address a JOIN grids_division d ON d.id = a.division_id WHERE a.code = %(code)s
"""  # noqa: S608 - columns are a constant


def address_by_code(code: str) -> AddressRow | None:
    """The address with this code; None if there is none."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_CODE, {"code": code})
        row = cursor.fetchone()
    return AddressRow(*row) if row else None


_NEAREST = f"""
SELECT {_COLUMNS}
  FROM grids_address a JOIN grids_division d ON d.id = a.division_id
 WHERE ST_DWithin(a.point, ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326), %(near)s)
 ORDER BY a.point <-> ST_SetSRID(ST_MakePoint(%(lon)s, %(lat)s), 4326), a.code
 LIMIT 1
"""  # noqa: S608 - columns are a constant


def place_text(lon: float, lat: float) -> AddressRow | None:
    """The nearest address within 150 m of a WGS-84 point (degrees); None where no house is near: name the division."""
    values = {"lon": lon, "lat": lat, "near": NEAREST_METRES / METRES_PER_DEGREE}
    with connection.cursor() as cursor:
        cursor.execute(_NEAREST, values)
        row = cursor.fetchone()
    return AddressRow(*row) if row else None


def place_at(*, lon: float, lat: float, datum: str) -> dict[str, Any]:
    """A picked point in words: nearest address, grid, division; `name` in the reader's language. Two statements.

    Raises:
        ValidationError: not in the city, exchanged, or not a place (see `locate`).
    """
    found = locate(lon=lon, lat=lat, datum=datum, on=None)
    near = place_text(found.lon, found.lat)
    grid = found.grids.get("service")
    texts = {
        "zh": [near.name_zh if near else found.division_zh, grid.name_zh if grid else ""],
        "en": [near.name_en if near else found.division_en, grid.name_en if grid else ""],
    }
    language = "zh" if (get_language() or "zh").startswith("zh") else "en"
    return {
        "name": (" · " if language == "zh" else ", ").join(filter(None, texts[language])),
        "name_zh": " · ".join(filter(None, texts["zh"])),
        "name_en": ", ".join(filter(None, texts["en"])),
        "path": found.path,
        "lon": found.lon,
        "lat": found.lat,
        "grid": grid.as_json() if grid else None,
        "division_zh": found.division_zh,
        "division_en": found.division_en,
        "address_zh": near.name_zh if near else "",
        "address_en": near.name_en if near else "",
    }

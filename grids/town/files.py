"""The files of an invented town inside a city folder: town/divisions.geojson, town/grids.geojson, town/addresses.csv.

One feature stands on one line, so that a fault can be told by file and line, and a difference read in review.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from grids.town.records import Town
from ledger.cityfolder import to_csv

VALID_FROM = "2026-01-01"
DRAWN_ON = "2026-01-05"  # boundaries in force since
DIVISIONS, GRIDS, ADDRESSES = "town/divisions.geojson", "town/grids.geojson", "town/addresses.csv"
ADDRESS_COLUMNS = ("code", "kind", "text_zh", "text_en", "lon", "lat", "division", "households")


def town_files(town: Town) -> dict[str, str]:
    """File name inside the city folder → text."""
    divisions = (
        feature(
            {
                "code": row.code,
                "name_zh": row.name_zh,
                "name_en": row.name_en,
                "level": row.level,
                "parent_code": row.parent_code,
                "valid_from": VALID_FROM,
                "illustrative": True,
            },
            row.ring,
        )
        for row in town.divisions
    )
    grids = (
        feature(
            {
                "code": row.code,
                "scheme": row.scheme,
                "type": row.type,
                "name_zh": row.name_zh,
                "name_en": row.name_en,
                "division": row.division,
                "households": row.households,
                "valid_from": DRAWN_ON,
            },
            row.ring,
        )
        for row in town.grids
    )
    addresses = (
        (row.code, row.kind, row.text_zh, row.text_en, *map(number, row.point), row.division, row.households)
        for row in sorted(town.addresses, key=lambda item: item.code)
    )
    return {
        DIVISIONS: collection(divisions),
        GRIDS: collection(grids),
        ADDRESSES: to_csv(ADDRESS_COLUMNS, addresses),
    }


def number(value: float) -> str:
    """Degrees on the 1e-8° lattice, without trailing noughts."""
    return f"{value:.8f}".rstrip("0").rstrip(".")


def feature(properties: Mapping[str, Any], ring: Iterable[Sequence[float]]) -> str:
    """One GeoJSON feature with a polygon of one ring, on one line."""
    text = json.dumps(properties, ensure_ascii=False, separators=(",", ":"))
    return f'{{"type":"Feature","properties":{text},"geometry":{{"type":"Polygon","coordinates":[[{_points(ring)}]]}}}}'


def geometry_feature(properties: Mapping[str, Any], polygons: Iterable[Iterable[Iterable[Sequence[float]]]]) -> str:
    """One GeoJSON feature with a multipolygon, on one line."""
    text = json.dumps(properties, ensure_ascii=False, separators=(",", ":"))
    shapes = ",".join(f"[{','.join(f'[{_points(ring)}]' for ring in rings)}]" for rings in polygons)
    return f'{{"type":"Feature","properties":{text},"geometry":{{"type":"MultiPolygon","coordinates":[{shapes}]}}}}'


def _points(ring: Iterable[Sequence[float]]) -> str:
    return ",".join(f"[{number(point[0])},{number(point[1])}]" for point in ring)


def collection(features: Iterable[str]) -> str:
    """A feature collection: line 1 opens it, feature n stands on line n + 1."""
    return '{"type":"FeatureCollection","features":[\n' + ",\n".join(features) + "\n]}\n"

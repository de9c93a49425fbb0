"""divisions.csv, counties.geojson and town/divisions.geojson."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.contrib.gis.geos import MultiPolygon, Polygon

from grids import rules
from grids.imports.features import Feature, as_date, features, refuse
from ledger.cityfolder import CityFolder

CSV, COUNTIES, TOWN = "divisions.csv", "counties.geojson", "town/divisions.geojson"
COLUMNS = ("code", "name_zh", "name_en", "level", "parent_code", "valid_from")
OUTLINE_SOURCE = "counties.geojson"


@dataclass(frozen=True, slots=True)
class DivisionEntry:
    """One division as the folder has it; `outline` is a MultiPolygon in SRID 4326 or None."""

    code: str
    name_zh: str
    name_en: str
    level: str
    parent_code: str
    path: str
    valid_from: date
    illustrative: bool = False
    outline: MultiPolygon | None = None
    outline_source: str = ""


def read_divisions(folder: CityFolder) -> dict[str, DivisionEntry]:
    """Code → division, parents before children. Makes paths, villages and outlines known to the parts that follow."""
    found: dict[str, DivisionEntry] = {}
    for row in folder.rows(CSV, required=COLUMNS):
        fault = _add(found, row.values, illustrative=False)
        if fault:
            folder.refuse(row, *fault)
    for item in features(folder, TOWN):
        fault = _add(found, {name: item.text(name) for name in COLUMNS}, illustrative=True)
        if fault:
            refuse(folder, item, *fault)
            continue
        found[item.text("code")] = _with_outline(folder, found[item.text("code")], item, TOWN)
    for item in features(folder, COUNTIES):
        code = item.text("code")
        if code not in found:
            refuse(folder, item, "code", f"no division {code!r} in {CSV}")
        else:
            found[code] = _with_outline(folder, found[code], item, OUTLINE_SOURCE)
    folder.known["divisions"].update(found)
    folder.known["paths"].update(entry.path for entry in found.values())
    folder.known["villages"].update(code for code, entry in found.items() if entry.level == "village")
    return found


def _add(found: dict[str, DivisionEntry], values: dict[str, str], *, illustrative: bool) -> tuple[str, str] | None:
    code, parent, level = values["code"], values["parent_code"], values["level"]
    fault = rules.division_code_fault(code, level, parent, illustrative=illustrative)
    if fault:
        return "code", fault
    if code in found:
        return "code", f"{code} stands here twice"
    if parent and parent not in found:
        return "parent_code", f"no division {parent} above this line"
    if not (values["name_zh"] and values["name_en"]):
        return "name_zh", "both names are needed"
    valid_from = as_date(values["valid_from"])
    if valid_from is None:
        return "valid_from", "is not a date like 2026-01-31"
    path = f"{found[parent].path if parent else '/'}{code}/"
    found[code] = DivisionEntry(
        code, values["name_zh"], values["name_en"], level, parent, path, valid_from, illustrative=illustrative
    )
    return None


def _with_outline(folder: CityFolder, entry: DivisionEntry, item: Feature, source: str) -> DivisionEntry:
    polygons = _polygons(item.geometry)
    fault = "has no polygon" if not polygons else next(filter(None, (_fault(rings) for rings in polygons)), "")
    if fault:
        refuse(folder, item, "geometry", fault)
        return entry
    outline = MultiPolygon([Polygon(*rings) for rings in polygons], srid=4326)
    return replace(entry, outline=outline, outline_source=source)


def _fault(rings: list[Any]) -> str:
    return next(filter(None, (rules.ring_fault(ring) for ring in rings)), "")


def _polygons(geometry: dict[str, Any]) -> list[Any]:
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if not isinstance(coordinates, list) or kind not in ("Polygon", "MultiPolygon"):
        return []
    return [coordinates] if kind == "Polygon" else coordinates

"""town/grids.geojson, town/addresses.csv and town/duties.csv."""

from dataclasses import dataclass
from datetime import date

from grids import rules
from grids.imports.features import Feature, as_date, features, refuse
from ledger.cityfolder import CityFolder, Row

GRIDS, ADDRESSES, DUTIES = "town/grids.geojson", "town/addresses.csv", "town/duties.csv"
ADDRESS_COLUMNS = ("code", "kind", "text_zh", "text_en", "lon", "lat", "division", "households")
DUTY_COLUMNS = ("grid", "worker", "deputy", "valid_from")
KINDS = ("house", "street", "landmark")


@dataclass(frozen=True, slots=True)
class GridEntry:
    """A grid with its boundary (closed ring, counter-clockwise, degrees) and the line it stands on."""

    code: str
    scheme: str
    type: str
    name_zh: str
    name_en: str
    division: str
    households: int
    valid_from: date
    ring: tuple[rules.Coordinate, ...]
    line: int


@dataclass(frozen=True, slots=True)
class AddressEntry:
    code: str
    kind: str
    text_zh: str
    text_en: str
    lon: float
    lat: float
    division: str
    households: int


@dataclass(frozen=True, slots=True)
class DutyEntry:
    """Who answers for a grid; `line` for faults."""

    grid: str
    worker: str
    deputy: str
    valid_from: date
    line: int


def read_grids(folder: CityFolder) -> dict[str, GridEntry]:
    """Code → grid. Unknown divisions, wrong codes and outlines that are no rings are refused."""
    schemes = {item["code"] for item in folder.json("city.json").get("schemes", [])}
    found: dict[str, GridEntry] = {}
    for item in features(folder, GRIDS):
        entry = _grid(folder, item, schemes)
        if entry is None:
            continue
        if entry.code in found:
            refuse(folder, item, "code", f"{entry.code} stands here twice")
        found[entry.code] = entry
    folder.known["grids"].update(found)
    return found


def _grid(folder: CityFolder, item: Feature, schemes: set[str]) -> GridEntry | None:
    code, scheme, division = item.text("code"), item.text("scheme"), item.text("division")
    valid_from = as_date(item.text("valid_from"))
    households = item.properties.get("households", 0)
    rings = item.geometry.get("coordinates") if item.geometry.get("type") == "Polygon" else None
    faults = {
        "scheme": "" if scheme in schemes else f"no scheme {scheme!r} in city.json",
        "division": "" if division in folder.known["villages"] else f"no village {division!r}",
        "code": rules.grid_code_fault(scheme, item.text("type"), code, division),
        "name_zh": "" if item.text("name_zh") and item.text("name_en") else "both names are needed",
        "households": "" if isinstance(households, int) and households >= 0 else "is not a whole number from 0",
        "valid_from": "" if valid_from else "is not a date like 2026-01-31",
        "geometry": rules.ring_fault(rings[0]) if rings and len(rings) == 1 else "is not a polygon without holes",
    }
    for column, fault in faults.items():
        if fault:
            refuse(folder, item, column, fault)
    if any(faults.values()) or valid_from is None or rings is None:
        return None
    ring = tuple(rules.counter_clockwise(rings[0]))
    names = item.text("name_zh"), item.text("name_en")
    return GridEntry(code, scheme, item.text("type"), *names, division, households, valid_from, ring, item.line)


def read_addresses(folder: CityFolder) -> dict[str, AddressEntry]:
    """Code → address."""
    found: dict[str, AddressEntry] = {}
    for row in folder.rows(ADDRESSES, required=ADDRESS_COLUMNS):
        entry = _address(folder, row)
        if entry is None:
            continue
        if entry.code in found:
            folder.refuse(row, "code", f"{entry.code} stands here twice")
        found[entry.code] = entry
    return found


def _address(folder: CityFolder, row: Row) -> AddressEntry | None:
    if row["kind"] not in KINDS:
        folder.refuse(row, "kind", f"is none of {', '.join(KINDS)}")
    elif row["division"] not in folder.known["divisions"]:
        folder.refuse(row, "division", f"no division {row['division']!r}")
    elif not (row["code"] and row["text_zh"] and row["text_en"]):
        folder.refuse(row, "text_zh", "code and both texts are needed")
    else:
        try:
            lon, lat, households = float(row["lon"]), float(row["lat"]), int(row["households"] or 0)
        except ValueError:
            folder.refuse(row, "lon", "lon, lat or households is not a number")
            return None
        if not (73 <= lon <= 136 and 3 <= lat <= 54) or households < 0:
            folder.refuse(row, "lon", f"{lon}, {lat} is not longitude, latitude in China")
            return None
        texts = row["text_zh"], row["text_en"]
        return AddressEntry(row["code"], row["kind"], *texts, lon, lat, row["division"], households)
    return None


def read_duties(folder: CityFolder) -> list[DutyEntry]:
    """Worker and deputy of each grid, by user name; every service grid needs a worker (Binzhou regulation, art. 7)."""
    found: dict[str, DutyEntry] = {}
    for row in folder.rows(DUTIES, required=DUTY_COLUMNS):
        valid_from = as_date(row["valid_from"])
        unknown = [name for name in (row["worker"], row["deputy"]) if name and name not in folder.known["users"]]
        if row["grid"] not in folder.known["grids"]:
            folder.refuse(row, "grid", f"no grid {row['grid']!r}")
        elif row["grid"] in found:
            folder.refuse(row, "grid", f"{row['grid']} stands here twice")
        elif not row["worker"] or unknown:
            folder.refuse(row, "worker", f"no user {', '.join(unknown)!r}" if unknown else "a worker is needed")
        elif row["worker"] == row["deputy"]:
            folder.refuse(row, "deputy", "is the worker")
        elif valid_from is None:
            folder.refuse(row, "valid_from", "is not a date like 2026-01-31")
        else:
            found[row["grid"]] = DutyEntry(row["grid"], row["worker"], row["deputy"], valid_from, row.number)
    return list(found.values())

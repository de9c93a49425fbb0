"""duty_kinds.csv: the catalogue of duties, read and written back."""

from dataclasses import dataclass
from datetime import date

from grids.imports.features import as_date
from grids.models import DutyKind
from grids.rules.codes import PART_TYPES
from ledger.cityfolder import CityFolder, to_csv

FILE = "duty_kinds.csv"
COLUMNS = ("code", "name_zh", "name_en", "valid_from")
TYPES = "grid_types"  # may be left out


@dataclass(frozen=True, slots=True)
class DutyKindEntry:
    """A duty; its place in the file is its place in every list."""

    code: str
    name_zh: str
    name_en: str
    position: int
    valid_from: date
    grid_types: tuple[str, ...] = ()  # of the service grids it is asked for in; none: every one


def read_duty_kinds(folder: CityFolder) -> list[DutyKindEntry]:
    """The duties in the order of the file; a city without the file has none."""
    found: dict[str, DutyKindEntry] = {}
    for row in folder.rows(FILE, required=COLUMNS):
        valid_from = as_date(row["valid_from"])
        if not (row["code"] and row["name_zh"] and row["name_en"]):
            folder.refuse(row, "code", "code and both names are needed")
        elif row["code"] in found:
            folder.refuse(row, "code", f"{row['code']} stands here twice")
        elif valid_from is None:
            folder.refuse(row, "valid_from", "is not a date like 2026-01-31")
        elif not set(types := tuple(row[TYPES].split())) <= set(PART_TYPES["service"]):
            folder.refuse(row, "grid_types", f"are not types of service grids: {' '.join(PART_TYPES['service'])}")
        else:
            names = row["name_zh"], row["name_en"]
            found[row["code"]] = DutyKindEntry(row["code"], *names, len(found), valid_from, types)
    return list(found.values())


def export_duty_kinds() -> dict[str, str]:
    """The duties in force, if there are any."""
    rows = DutyKind.objects.filter(valid__upper_inf=True).order_by("position", "code")
    cells = [(row.code, row.name_zh, row.name_en, row.valid.lower, " ".join(row.grid_types)) for row in rows]
    some = any(row[-1] for row in cells)
    columns = (*COLUMNS, TYPES) if some else COLUMNS
    return {FILE: to_csv(columns, [row[: len(columns)] for row in cells])} if cells else {}

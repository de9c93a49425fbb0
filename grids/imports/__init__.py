"""The territory's files of a city folder: read with file and line of every fault, and written back."""

from grids.imports.division_sheet import check_divisions, division_changes, division_columns, official_code
from grids.imports.divisions import DivisionEntry, read_divisions
from grids.imports.duty_kinds import DutyKindEntry, export_duty_kinds, read_duty_kinds
from grids.imports.export import export_city_facts, export_divisions, export_duties, export_town
from grids.imports.layer_check import LABELS, check_layer, layer_columns
from grids.imports.thing_export import export_things
from grids.imports.thing_kinds import (
    barrier_columns,
    building_columns,
    equipment_columns,
    part_columns,
    premises_columns,
)
from grids.imports.things import (
    barrier_changes,
    building_changes,
    check_barriers,
    check_buildings,
    check_equipment,
    check_parts,
    check_premises,
    equipment_changes,
    part_changes,
    premises_changes,
)
from grids.imports.town import AddressEntry, DutyEntry, GridEntry, read_addresses, read_duties, read_grids

__all__ = [
    "LABELS",
    "AddressEntry",
    "DivisionEntry",
    "DutyEntry",
    "DutyKindEntry",
    "GridEntry",
    "barrier_changes",
    "barrier_columns",
    "building_changes",
    "building_columns",
    "check_barriers",
    "check_buildings",
    "check_divisions",
    "check_equipment",
    "check_layer",
    "check_parts",
    "check_premises",
    "division_changes",
    "division_columns",
    "equipment_changes",
    "equipment_columns",
    "export_city_facts",
    "export_divisions",
    "export_duties",
    "export_duty_kinds",
    "export_things",
    "export_town",
    "layer_columns",
    "official_code",
    "part_changes",
    "part_columns",
    "premises_changes",
    "premises_columns",
    "read_addresses",
    "read_divisions",
    "read_duties",
    "read_duty_kinds",
    "read_grids",
]

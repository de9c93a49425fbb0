"""The territory's files of a city folder: read with file and line of every fault, and written back."""

from grids.imports.division_sheet import check_divisions, division_changes, division_columns, official_code
from grids.imports.divisions import DivisionEntry, read_divisions
from grids.imports.duty_kinds import DutyKindEntry, export_duty_kinds, read_duty_kinds
from grids.imports.export import export_city_facts, export_divisions, export_duties, export_town
from grids.imports.layer_check import LABELS, check_layer, layer_columns
from grids.imports.town import AddressEntry, DutyEntry, GridEntry, read_addresses, read_duties, read_grids

__all__ = [
    "LABELS",
    "AddressEntry",
    "DivisionEntry",
    "DutyEntry",
    "DutyKindEntry",
    "GridEntry",
    "check_divisions",
    "check_layer",
    "division_changes",
    "division_columns",
    "export_city_facts",
    "export_divisions",
    "export_duties",
    "export_duty_kinds",
    "export_town",
    "layer_columns",
    "official_code",
    "read_addresses",
    "read_divisions",
    "read_duties",
    "read_duty_kinds",
    "read_grids",
]

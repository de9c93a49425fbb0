"""Reads of the territory. Rows come typed; coded names carry both languages."""

from grids.queries.addresses import AddressRow, place_text, search_addresses
from grids.queries.points import GridAt, Located, OutOfCity, locate
from grids.queries.postings import GridRow, Posting, grid_list, grid_posting, grid_worker, grids_of_worker, today
from grids.queries.territory import DivisionRow, children_of, division_by_path, names_of_paths, territory_extent

__all__ = [
    "AddressRow",
    "DivisionRow",
    "GridAt",
    "GridRow",
    "Located",
    "OutOfCity",
    "Posting",
    "children_of",
    "division_by_path",
    "grid_list",
    "grid_posting",
    "grid_worker",
    "grids_of_worker",
    "locate",
    "names_of_paths",
    "place_text",
    "search_addresses",
    "territory_extent",
    "today",
]

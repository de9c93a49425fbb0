"""Reads of the territory. Rows come typed; coded names carry both languages."""

from grids.queries.addresses import (
    AddressRow,
    place_at,
    place_text,
    search_addresses,
)
from grids.queries.points import (
    GridAt,
    Located,
    OutOfCity,
    boundary_faults,
    locate,
)
from grids.queries.postings import (
    GridPage,
    GridRow,
    Posting,
    city_day,
    grid_list,
    grid_page,
    grid_posting,
    grid_worker,
    grids_of_worker,
    today,
)
from grids.queries.territory import (
    DivisionRow,
    children_of,
    division_by_code,
    division_by_path,
    names_of_paths,
    territory_extent,
    villages_with_grids,
)

__all__ = [
    "AddressRow",
    "DivisionRow",
    "GridAt",
    "GridPage",
    "GridRow",
    "Located",
    "OutOfCity",
    "Posting",
    "boundary_faults",
    "children_of",
    "city_day",
    "division_by_code",
    "division_by_path",
    "grid_list",
    "grid_page",
    "grid_posting",
    "grid_worker",
    "grids_of_worker",
    "locate",
    "names_of_paths",
    "place_at",
    "place_text",
    "search_addresses",
    "territory_extent",
    "today",
    "villages_with_grids",
]

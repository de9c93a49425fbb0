"""Rules of codes, boundaries and changes of boundaries. Pure."""

from grids.rules.codes import (
    CODE_DIGITS,
    DIVISIONS,
    LATTICE_DECIMALS,
    RESERVED,
    UNITS_MOST,
    Coordinate,
    counter_clockwise,
    covers_exactly,
    division_code_fault,
    grid_code_fault,
    next_code,
    ring_fault,
)

__all__ = [
    "CODE_DIGITS",
    "DIVISIONS",
    "LATTICE_DECIMALS",
    "RESERVED",
    "UNITS_MOST",
    "Coordinate",
    "counter_clockwise",
    "covers_exactly",
    "division_code_fault",
    "grid_code_fault",
    "next_code",
    "ring_fault",
]

"""Rules of codes and rings."""

import pytest

from grids import rules

VILLAGE = "370902900006"
SQUARE = [(117.0, 36.0), (117.1, 36.0), (117.1, 36.1), (117.0, 36.1), (117.0, 36.0)]


@pytest.mark.parametrize(
    ("code", "level", "parent", "illustrative", "words"),
    [
        ("370902", "county", "3709", False, ""),
        ("370902001", "township", "370902", False, ""),
        ("370902900", "township", "370902", True, ""),
        ("370902900", "township", "370902", False, "reserved"),
        ("370902001", "township", "370902", True, "reserved"),
        ("37090200", "township", "370902", False, "9 digits"),
        ("370911001", "township", "370902", False, "parent 370902"),
        ("370902", "parish", "3709", False, "unknown level"),
        ("３７０９０２", "county", "", False, "6 digits"),
    ],
)
def test_division_codes(code: str, level: str, parent: str, illustrative: bool, words: str) -> None:
    fault = rules.division_code_fault(code, level, parent, illustrative=illustrative)
    assert words in fault if words else fault == ""


@pytest.mark.parametrize(
    ("scheme", "kind", "code", "words"),
    [
        ("management", "unit", f"{VILLAGE}001", ""),
        ("management", "unit", f"{VILLAGE}999", ""),
        ("management", "unit", f"{VILLAGE}000", "from 001"),
        ("management", "unit", f"{VILLAGE}1000", "three digits"),
        ("management", "base", f"{VILLAGE}001", "is a unit grid"),
        ("service", "base", f"{VILLAGE}S01", ""),
        ("service", "unit", f"{VILLAGE}S01", "base, special or micro"),
        ("service", "base", f"{VILLAGE}001", "from S01"),
        ("service", "base", "370902900005S01", "code of its village"),
    ],
)
def test_grid_codes_by_scheme(scheme: str, kind: str, code: str, words: str) -> None:
    fault = rules.grid_code_fault(scheme, kind, code, VILLAGE)
    assert words in fault if words else fault == ""


@pytest.mark.parametrize(
    ("ring", "words"),
    [
        (SQUARE, ""),
        (SQUARE[:-1], "closed"),
        ([(y, x) for x, y in SQUARE], "longitude, latitude"),
        ([(117.123456789, 36.0), *SQUARE[1:4], (117.123456789, 36.0)], "decimals"),
        ([SQUARE[0], SQUARE[1], SQUARE[0], SQUARE[0]], "three different"),
    ],
)
def test_rings(ring: list[tuple[float, float]], words: str) -> None:
    fault = rules.ring_fault(ring)
    assert words in fault if words else fault == ""


def test_a_ring_is_turned_counter_clockwise_whichever_way_it_came() -> None:
    assert rules.counter_clockwise(SQUARE) == SQUARE
    assert rules.counter_clockwise(SQUARE[::-1]) == SQUARE

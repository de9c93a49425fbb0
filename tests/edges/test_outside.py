"""What the public sees of a place is computed alike in Python and in SQL, and a filter sees no more than the reader."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cases.queries import Wanted, open_cases
from cases.rules import snapped
from tests.events import drive
from tests.events.town import HERE, Town

INSIDE = st.tuples(st.floats(117.1702, 117.1798), st.floats(36.1852, 36.1948))


@pytest.fixture
def shown(town: Town) -> tuple[float, float]:
    drive.reported(town, lon=HERE[0] + 0.00004, lat=HERE[1] + 0.00004)
    row = open_cases(Wanted()).rows[0]
    assert row.lon is not None and row.lat is not None
    return row.lon, row.lat


def test_the_lattice_is_the_one_of_the_pages(shown: tuple[float, float]) -> None:
    assert shown == pytest.approx(snapped(HERE[0] + 0.00004, HERE[1] + 0.00004), abs=2e-6)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(corner=INSIDE, size=st.floats(0.000001, 0.003))
def test_a_box_finds_a_case_where_it_is_shown_and_not_where_it_is(
    shown: tuple[float, float], corner: tuple[float, float], size: float
) -> None:
    box = (corner[0], corner[1], corner[0] + size, corner[1] + size)
    inside = box[0] <= shown[0] <= box[2] and box[1] <= shown[1] <= box[3]
    assert bool(open_cases(Wanted(box=box)).rows) is inside


def test_a_tiny_box_round_the_true_point_finds_nothing(shown: tuple[float, float]) -> None:
    lon, lat = HERE[0] + 0.00004, HERE[1] + 0.00004
    tiny = 1e-7
    assert not open_cases(Wanted(box=(lon - tiny, lat - tiny, lon + tiny, lat + tiny))).rows
    assert open_cases(Wanted(box=(shown[0] - tiny, shown[1] - tiny, shown[0] + tiny, shown[1] + tiny))).rows


def test_a_box_over_the_date_line_is_two_boxes(shown: tuple[float, float]) -> None:
    assert open_cases(Wanted(box=(117.0, 36.0, -179.0, 37.0))).rows
    assert not open_cases(Wanted(box=(118.0, 36.0, 117.0, 37.0))).rows

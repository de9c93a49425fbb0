"""Point → grid: the database decides, in one statement."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import connection

from grids.datum import from_wgs84
from grids.models import GridVersion
from grids.queries import OutOfCity, city_day, locate, place_at, today
from ledger.clock import app_now
from tests.grids import small

LON, LAT = small.INSIDE
DAY = date(2026, 6, 1)


def at(lon: float = LON, lat: float = LAT, datum: str = "wgs84", on: date | None = DAY) -> Any:
    return locate(lon=lon, lat=lat, datum=datum, on=on)


def test_a_point_has_a_grid_in_each_scheme_and_a_village(town: Path) -> None:
    found = at()
    assert found.division_path == "/3709/370902/370902900/370902900006/"
    assert found.division_zh == "晨光社区（示意）"
    assert found.parent_en == "Shifan Town (illustrative)"
    service, unit = found.grids["service"], found.grids["management"]
    assert service.path == f"{found.division_path}{service.code}/" == found.path
    assert service.code.startswith("370902900006S")
    assert unit.code[:12] == "370902900006"
    assert unit.code[12:].isdigit()


def test_one_scheme_is_answered_alone(town: Path) -> None:
    assert set(locate(lon=LON, lat=LAT, datum="wgs84", on=DAY, schemes=["management"]).grids) == {"management"}


def test_it_is_one_statement(town: Path, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        at()
    with django_assert_num_queries(1):
        at(on=None)


@pytest.mark.parametrize("datum", ["cgcs2000", "gcj02", "bd09"])
def test_the_same_place_in_another_datum_lies_in_the_same_grid(town: Path, datum: str) -> None:
    assert at(*from_wgs84(LON, LAT, datum), datum=datum).grids == at().grids


def test_a_gcj02_point_taken_for_wgs84_lies_in_another_grid(town: Path) -> None:
    assert at(*from_wgs84(LON, LAT, "gcj02")).grids != at().grids


def test_a_point_on_a_shared_line_belongs_to_the_grid_with_the_lower_code(town: Path) -> None:
    node = small.full_town().grids[60].ring[0]
    holders = [
        version.grid.code
        for version in GridVersion.objects.filter(boundary__covers=f"SRID=4326;POINT({node[0]} {node[1]})")
        if version.grid.scheme.code == "management"
    ]
    if len(holders) < 2:
        inner = GridVersion.objects.get(grid__code="370902900006015").boundary.coords[0][2]
        node, holders = inner, _units_at(inner)
    assert len(holders) > 1
    assert at(*node).grids["management"].code == min(holders)


def _units_at(node: Any) -> list[str]:
    point = f"SRID=4326;POINT({node[0]} {node[1]})"
    rows = GridVersion.objects.filter(boundary__covers=point, scheme__code="management")
    return list(rows.values_list("grid__code", flat=True))


def test_outside_the_drawn_town_the_county_answers_without_a_grid(town: Path) -> None:
    found = at(*small.COUNTY_ONLY)
    assert (found.division_path, found.grids) == ("/3709/370902/", {})
    assert found.path == "/3709/370902/"


def test_a_place_just_outside_the_generalised_outline_still_belongs_to_the_county(town: Path) -> None:
    assert at(117.36, 36.2).division_path == "/3709/370902/"


def test_out_of_the_city_the_message_names_the_coordinate(town: Path) -> None:
    with pytest.raises(OutOfCity, match=r"118\.9") as refusal:
        at(118.9, 36.2)
    assert refusal.value.code == "out_of_city"


def test_out_of_the_country_too(town: Path) -> None:
    with pytest.raises(OutOfCity, match=r"2\.35"):
        at(2.35, 48.85)


def test_exchanged_longitude_and_latitude_are_recognised(town: Path) -> None:
    with pytest.raises(OutOfCity) as refusal:
        at(LAT, LON)
    assert refusal.value.code == "exchanged"


@pytest.mark.parametrize(("lon", "datum"), [(float("nan"), "wgs84"), (float("inf"), "wgs84"), (LON, "wgs72")])
def test_what_is_no_place_is_refused(db: None, lon: float, datum: str) -> None:
    with pytest.raises(ValidationError):
        at(lon, datum=datum)


def test_before_the_first_boundary_there_is_no_grid(town: Path) -> None:
    assert at(on=date(2025, 12, 31)).grids == {}


def test_the_version_in_force_on_the_day_answers(town: Path) -> None:
    before = at().grids["service"]
    old = GridVersion.objects.get(pk=before.version_id)
    old.valid = type(old.valid)(old.valid.lower, date(2026, 7, 1), "[)")
    old.save()
    new = GridVersion.objects.create(
        grid=old.grid,
        scheme=old.scheme,
        number=2,
        boundary=old.boundary,
        area=1,
        valid=type(old.valid)(date(2026, 7, 1), None, "[)"),
    )
    assert at(on=date(2026, 6, 30)).grids["service"].version_id == old.pk
    assert at(on=date(2026, 7, 1)).grids["service"].version_id == new.pk


def test_today_is_the_day_of_the_one_clock(town: Path) -> None:
    assert at(on=None) == at(on=today())
    assert today() == city_day(app_now())


def test_the_point_query_walks_the_spatial_index(town: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # 200 rows are read faster without it
        cursor.execute(
            "EXPLAIN SELECT id FROM grids_gridversion"
            " WHERE ST_Covers(boundary, ST_SetSRID(ST_MakePoint(%s, %s), 4326))",
            [LON, LAT],
        )
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "Index Scan using grids_gridversion_boundary" in plan or "Bitmap Index Scan on grids_gridversion_bou" in plan


def test_a_picked_point_is_told_in_words_of_the_reader(town: Path) -> None:
    place = place_at(lon=LON, lat=LAT, datum="wgs84")
    assert place["grid"]["name_zh"].startswith("晨光社区第")
    assert place["name_zh"].endswith(place["grid"]["name_zh"])
    assert place["path"].endswith(f"{place['grid']['code']}/")

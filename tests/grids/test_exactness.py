"""Exactness where it counts: in the database, on the whole invented town."""

from pathlib import Path

import pytest
from django.contrib.gis.geos import GEOSGeometry, MultiPolygon, Polygon
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from grids.models import Address, Division, Grid, GridVersion
from grids.queries.boundaries import ring_from, wkb
from grids.rules.coverage import (
    Ring,
    Side,
    closed_degrees,
    cross,
    crossing,
    degrees_of,
    node_of,
    ring_of,
    sides,
    twice_area,
)
from ledger.cityfolder import city_path
from tests.grids import small


def _one(sql: str, *values: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql, values or None)
        return cursor.fetchone()[0]


@pytest.fixture
def whole(db: None, tmp_path: Path) -> None:
    """The real folder without its duty roster."""
    for path in city_path("taian").rglob("*"):
        if (
            path.is_file() and path.name in ("city.json", "divisions.csv", "counties.geojson")
        ) or path.parent.name == "town":
            target = tmp_path / path.relative_to(city_path("taian"))
            target.parent.mkdir(exist_ok=True)
            if path.name != "duties.csv":
                target.write_bytes(path.read_bytes())
    folder, changes = small.load(tmp_path)
    assert folder.faults == []
    assert changes["load_divisions"].added == 3877 + 13


def test_the_whole_city_is_exact(whole: None) -> None:
    """One load, all that must hold: it takes some seconds."""
    assert Division.objects.filter(level="village").count() == 3782 + 12
    overlaps = """SELECT count(*) FROM grids_gridversion a JOIN grids_gridversion b
        ON a.boundary && b.boundary AND a.id < b.id AND a.scheme_id = b.scheme_id
        AND ST_Relate(a.boundary, b.boundary, 'T********')"""
    assert _one(overlaps) == 0
    for level, count in (("village", 12), ("township", 1)):
        same = """SELECT count(*) FROM grids_division d WHERE d.level = %s AND d.illustrative AND ST_Equals(
            d.outline, (SELECT ST_Union(v.boundary) FROM grids_gridversion v JOIN grids_grid g ON g.id = v.grid_id
            JOIN grids_scheme s ON s.id = v.scheme_id WHERE s.code = 'service' AND g.path LIKE d.path || '%%'))"""
        assert _one(same, level) == count
    outside = """SELECT count(*) FROM grids_division t, grids_division c
        WHERE t.code = '370902900' AND c.code = '370902' AND NOT ST_Covers(c.outline, t.outline)"""
    assert _one(outside) == 0
    assert GridVersion.objects.filter(boundary__isvalid=False).count() == 0
    assert _one("SELECT max(abs(area - ST_Area(boundary::geography))) FROM grids_gridversion") == 0
    misplaced = """SELECT count(*) FROM grids_address a JOIN grids_division d ON d.id = a.division_id
        WHERE a.kind = 'house' AND NOT ST_Covers(d.outline, a.point)"""
    assert _one(misplaced) == 0
    assert not Address.objects.filter(illustrative=False).exists()
    assert not Grid.objects.exclude(division__illustrative=True).exists()
    paths = """SELECT count(*) FROM grids_grid g JOIN grids_division d ON d.id = g.division_id
        WHERE g.path <> d.path || g.code || '/'"""
    assert _one(paths) == 0


@given(st.integers(7_300_000_000, 13_600_000_000), st.integers(300_000_000, 5_400_000_000))
def test_degrees_are_the_doubles_that_the_decimals_are_read_as(x: int, y: int) -> None:
    assert degrees_of((x, y)) == (float(f"{x // 10**8}.{x % 10**8:08d}"), float(f"{y // 10**8}.{y % 10**8:08d}"))
    assert node_of(*degrees_of((x, y))) == (x, y)


def test_a_ring_goes_into_bytes_and_comes_back(db: None) -> None:
    ring = ring_of([(117.1, 36.1), (117.2, 36.1), (117.20000001, 36.2), (117.1, 36.20000003)])
    for shape in (GEOSGeometry(memoryview(wkb(ring)), srid=4326), Polygon(closed_degrees(ring), srid=4326)):
        assert shape.valid
        assert ring_from(shape) == ring
        assert ring_from(MultiPolygon(shape, srid=4326)) == ring
    assert wkb(ring) == bytes(Polygon(closed_degrees(ring), srid=4326).wkb)


def by_pairs(ring: Ring) -> bool:
    """Whether a ring meets itself, asked of every two sides."""
    found = sides(ring)
    return any(
        cross(one, two) or (len({*one, *two}) == 3 and _runs_back(one, two))
        for place, one in enumerate(found)
        for two in found[place + 1 :]
    )


def _runs_back(one: Side, two: Side) -> bool:
    (middle,) = set(one) & set(two)
    (a,), (b,) = set(one) - {middle}, set(two) - {middle}
    straight = (a[0] - middle[0]) * (b[1] - middle[1]) == (a[1] - middle[1]) * (b[0] - middle[0])
    return straight and (a[0] - middle[0]) * (b[0] - middle[0]) + (a[1] - middle[1]) * (b[1] - middle[1]) > 0


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), min_size=4, max_size=9, unique=True))
def test_the_sweep_finds_what_every_pair_of_sides_finds(nodes: list[tuple[int, int]]) -> None:
    ring = tuple(nodes)
    if twice_area(ring):
        assert (crossing(ring) is not None) is by_pairs(ring)

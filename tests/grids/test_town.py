"""The invented town: deterministic, exact, and visibly invented."""

import json
from collections import defaultdict
from itertools import pairwise

import pytest
from shapely.geometry import Polygon, shape

from grids import rules
from grids.town import names
from grids.town.duties import duties_csv
from grids.town.files import town_files
from grids.town.houses import share
from grids.town.plan import build_town, make_plan
from ledger.cityfolder import city_path
from tests.grids.small import full_town


def test_the_same_seed_gives_the_same_town_to_the_last_digit() -> None:
    assert town_files(build_town()) == town_files(full_town())


def test_another_seed_gives_another_town() -> None:
    assert town_files(build_town(seed=7)) != town_files(full_town())


@pytest.mark.parametrize("name", ["town/divisions.geojson", "town/grids.geojson", "town/addresses.csv"])
def test_the_committed_files_are_what_the_generator_makes(name: str) -> None:
    assert (city_path("taian") / name).read_text(encoding="utf-8") == town_files(full_town())[name]


def test_the_service_grids_fill_every_village_with_no_gap_and_no_overlap() -> None:
    town = full_town()
    rings = defaultdict(list)
    for grid in town.grids:
        if grid.scheme == "service":
            rings[grid.division].append(grid.ring)
    villages = {row.code: row.ring for row in town.divisions if row.level == "village"}
    assert len(villages) == 12
    assert all(rules.covers_exactly(rings[code], ring) for code, ring in villages.items())


def test_the_unit_grids_fill_the_villages_of_the_core() -> None:
    town = full_town()
    units = defaultdict(list)
    for grid in town.grids:
        if grid.scheme == "management":
            units[grid.division].append(grid.ring)
    villages = {row.code: row.ring for row in town.divisions}
    assert len(units) == 4
    assert all(rules.covers_exactly(rings, villages[code]) for code, rings in units.items())


def test_the_villages_fill_the_township() -> None:
    town = full_town()
    rings = [row.ring for row in town.divisions if row.level == "village"]
    (township,) = [row.ring for row in town.divisions if row.level == "township"]
    assert rules.covers_exactly(rings, township)


def test_a_missing_grid_and_a_doubled_grid_are_both_seen() -> None:
    town = full_town()
    rings = [row.ring for row in town.divisions if row.level == "village"]
    (township,) = [row.ring for row in town.divisions if row.level == "township"]
    assert not rules.covers_exactly(rings[1:], township)
    assert not rules.covers_exactly([*rings, rings[0]], township)


def test_every_coordinate_lies_on_the_lattice_of_1e_8_degrees() -> None:
    assert all(rules.ring_fault(grid.ring) == "" for grid in full_town().grids)


def test_there_are_120_service_grids_of_300_to_500_households_and_some_special_ones() -> None:
    service = [grid for grid in full_town().grids if grid.scheme == "service"]
    assert len(service) == 120
    assert all(300 <= grid.households <= 500 for grid in service if grid.type == "base")
    assert {grid.use for grid in service if grid.type == "special"} == {"park", "market", "school", "site"}


def test_the_households_of_the_houses_in_a_grid_add_up_to_the_grids() -> None:
    town = full_town()
    houses = [address for address in town.addresses if address.kind == "house"]
    grid = next(grid for grid in town.grids if grid.code == f"{'370902900006'}S03")
    outline = Polygon(grid.ring)
    inside = [house for house in houses if outline.contains(shape({"type": "Point", "coordinates": house.point}))]
    assert sum(house.households for house in inside) == grid.households
    assert sum(house.households for house in houses) == sum(item.households for item in town.grids)


def test_unit_grids_are_numbered_from_west_to_east_and_then_from_north_to_south() -> None:
    plan = make_plan(seed=370902, villages=12, grids=120)
    village = next(item for item in plan.villages if item.place in names.CORE)
    cells = list(village.rect.cells())
    assert all((b[1] == a[1] and b[0] == a[0] + 1) or b[1] == a[1] - 1 for a, b in pairwise(cells))
    units = [grid for grid in full_town().grids if grid.scheme == "management" and grid.division == village.code]
    assert [grid.code for grid in units] == [f"{village.code}{n:03}" for n in range(1, len(cells) + 1)]
    assert [grid.ring[0] for grid in units] == [plan.lattice.node(*cell) for cell in cells]


def test_every_code_is_in_the_reserved_range_and_every_division_says_that_it_is_illustrative() -> None:
    town = full_town()
    assert all(row.code[:6] == "370902" and int(row.code[6:9]) in rules.RESERVED for row in town.divisions)
    assert all("示意" in row.name_zh and "illustrative" in row.name_en for row in town.divisions)
    assert all(int(item.code[6:9]) in rules.RESERVED for item in (*town.grids, *town.addresses))


def test_no_invented_village_bears_a_real_name() -> None:
    real = (city_path("taian") / "divisions.csv").read_text(encoding="utf-8")
    assert not [name for name in names.VILLAGES if name.removesuffix("社区").removesuffix("村") in real]


def test_the_town_lies_inside_the_real_outline_of_its_county() -> None:
    counties = json.loads((city_path("taian") / "counties.geojson").read_text(encoding="utf-8"))
    county = next(item for item in counties["features"] if item["properties"]["code"] == names.COUNTY)
    assert shape(county["geometry"]).contains(Polygon(full_town().divisions[0].ring))


def test_house_numbers_are_given_once_a_street() -> None:
    texts = [address.text_zh for address in full_town().addresses if address.kind == "house"]
    assert len(texts) == len(set(texts))


def test_the_bench_is_the_same_generator_in_another_size() -> None:
    town = build_town(villages=48, grids=480, houses=False)
    assert sum(grid.scheme == "service" for grid in town.grids) == 480
    assert [row.code for row in town.divisions if row.level == "township"] == [f"37090290{n}" for n in range(4)]
    rings = [grid.ring for grid in town.grids if grid.scheme == "service" and grid.division.startswith("370902903")]
    township = next(row.ring for row in town.divisions if row.code == "370902903")
    assert rules.covers_exactly(rings, township)


def test_a_size_that_cannot_be_tiled_is_refused() -> None:
    with pytest.raises(ValueError, match="12 × a square"):
        build_town(villages=13)


@pytest.mark.parametrize(("total", "weights"), [(0, [1, 2]), (7, [1, 1, 1]), (100, [3, 3, 1]), (5, [0, 5, 0])])
def test_shares_are_whole_and_add_up(total: int, weights: list[int]) -> None:
    parts = share(total, weights)
    assert sum(parts) == total
    assert all(abs(part - total * weight / sum(weights)) < 1 for part, weight in zip(parts, weights, strict=True))


def test_the_committed_roster_is_made_from_the_users_of_the_folder_and_leaves_no_grid_vacant() -> None:
    users = (city_path("taian") / "users.csv").read_text(encoding="utf-8")
    roster = duties_csv(full_town(), users)
    assert (city_path("taian") / "town/duties.csv").read_text(encoding="utf-8") == roster
    rows = [line.split(",") for line in roster.splitlines()[1:]]
    assert len(rows) == 120
    assert all(worker and deputy and worker != deputy for _, worker, deputy, _ in rows)

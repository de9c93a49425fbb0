"""The grid compiler: what holds for every division, on towns small enough to look at."""

import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.grids import compiler_world as world
from tests.grids.compiler_world import Data, answer, faults, house, question, rows


@st.composite
def towns(draw: st.DrawFn) -> Data:
    """Houses on a jittered raster, some without outline, some with an annex, with barriers anywhere."""
    columns, lines = draw(st.integers(2, 7)), draw(st.integers(2, 6))
    random = draw(st.randoms(use_true_random=False))
    buildings = []
    for number in range(columns * lines):
        x, y = 100 + number % columns * 260, 100 + number // columns * 260
        if random.random() < 0.15 and number:
            continue
        one = house(number, x + random.randint(0, 110), y + random.randint(0, 110), random.randint(1, 90))
        one["households"] = random.choice([0, one["households"], one["households"]]) if number else 30
        if random.random() < 0.2:
            one["shape"] = None
        buildings.append(one)
        if random.random() < 0.15:
            corner = one["place"]
            annex = house(number + 1000, 0, 0, 5, size=15)
            east, north = (corner[0] - world.EAST) * 1e6 + 55, (corner[1] - world.NORTH) * 1e6 - 20
            annex |= {"place": world.place(east + 7, north + 7), "shape": world.box(east, north, 15, 15)}
            buildings.append(annex)
    width, height = columns * 260 + 200, lines * 260 + 200
    barriers = [
        {
            "kind": "road",
            "line": [world.place(random.randint(-50, width + 50), random.randint(-50, height + 50)) for _ in range(3)],
            "strength": random.choice([0.3, 0.6]),
        }
        for _ in range(draw(st.integers(0, 3)))
    ]
    for _ in range(draw(st.integers(0, 2))):
        x = 100 + 260 * random.randint(1, columns) - 20
        line = [world.place(x, -50), world.place(x + 5, height + 50)]
        barriers.append({"kind": "river", "line": line, "strength": 1.0})
    if draw(st.booleans()):
        y = 100 + 260 * random.randint(0, lines) - 20
        line = [world.place(80, y), world.place(340, y), world.place(340, y + 260), world.place(80, y + 260)]
        barriers.append({"kind": "wall", "line": [*line, line[0]], "strength": 0.9})
    step = draw(st.sampled_from([100, 200, 5000]))
    data = question(buildings, width, height, barriers=barriers, seed=draw(st.integers(0, 9)))
    data["parents"][0]["ring"] = world.outline(width, height, step)
    return data


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(towns())
def test_any_town_is_divided_exactly_with_whole_buildings(data: Data) -> None:
    found = answer(data)
    assert len(found["alternatives"]) == 3
    assert faults(data, found) == []


def test_a_regular_town_is_balanced_and_compact_and_the_same_every_time() -> None:
    data = question(rows(20, 12, 20), 5200, 3200)
    found = answer(data)
    for alternative in found["alternatives"]:
        assert len(alternative["parts"]) == 12
        assert alternative["scores"]["within"] == 1.0
        assert alternative["outside"] == []
        assert alternative["scores"]["compactness"] > 0.55
    assert faults(data, found) == []
    assert answer(data)["alternatives"] == found["alternatives"]


def test_no_part_lies_on_both_sides_of_a_river() -> None:
    line = [world.place(x, 1280 + 20 * (x % 3)) for x in range(-100, 5600, 250)]
    data = question(rows(20, 10, 20), 5200, 2700, barriers=[{"kind": "river", "line": line, "strength": 1.0}])
    data["buildings"] = [row for row in data["buildings"] if not 1150 < (row["place"][1] - world.NORTH) * 1e6 < 1400]
    found = answer(data)
    river = shapely.LineString(line)
    assert faults(data, found) == []
    for alternative in found["alternatives"]:
        assert alternative["scores"]["barriers_crossed"] == 0
        for part in alternative["parts"]:
            assert shapely.Polygon(part["ring"]).buffer(-3e-5).intersection(river).length < 1e-5


def test_who_misses_the_target_is_named_with_the_reason() -> None:
    river = [world.place(1100, -50), world.place(1100, 1500)]
    data = question(
        rows(8, 5, 20), 2200, 1450, barriers=[{"kind": "river", "line": river, "strength": 1.0}], target=600
    )
    data["buildings"][7]["households"] = 900
    found = answer(data)
    assert faults(data, found) == []
    for alternative in found["alternatives"]:
        named = {row["reason"]: row["bound"] for row in alternative["outside"]}
        assert named["component_too_small"] == 400
        assert "one_building" in named or "component_no_multiple" in named
        for number, part in enumerate(alternative["parts"]):
            far = abs(part["weight"] / 600 - 1) > 0.15
            assert far == (number in {row["part"] for row in alternative["outside"]})


def test_good_grids_of_today_stay_as_they_are() -> None:
    data = question(rows(20, 12, 20), 5200, 3200, keep=1.0)
    first = answer(data)["alternatives"][0]["parts"]
    data["present"] = [{"code": f"G{n}", "parent": world.CODE, "ring": part["ring"]} for n, part in enumerate(first)]
    kept = answer(data)["alternatives"][0]
    assert kept["name"] == "keep"
    assert kept["scores"]["kept"] == 1.0
    assert {part["of"] for part in kept["parts"]} == {f"G{n}" for n in range(len(first))}
    same = {grid["code"]: shapely.Polygon(grid["ring"]) for grid in data["present"]}
    assert all(shapely.Polygon(part["ring"]).equals(same[part["of"]]) for part in kept["parts"])
    assert faults(data, {"alternatives": [kept]}) == []

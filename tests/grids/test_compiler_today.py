"""The grid compiler where grids exist, and several communities at once."""

from tests.grids import compiler_world as world
from tests.grids.compiler_world import Data, answer, faults, house, question, rows


def divided_today(keep: float) -> Data:
    data = question(rows(20, 12, 20), 5200, 3200)
    parts = answer(data)["alternatives"][0]["parts"]
    data["present"] = [{"code": f"G{n}", "parent": world.CODE, "ring": part["ring"]} for n, part in enumerate(parts)]
    return data | {"keep": keep}


def test_only_the_neighbours_of_a_grid_that_grew_give_way() -> None:
    data = divided_today(0.9)
    grown = data["buildings"][0]
    grown["households"] += 120
    found = answer(data)
    kept = found["alternatives"][0]
    assert [row["name"] for row in found["alternatives"]] == ["keep", "balance", "compact"]
    assert faults(data, found) == []
    assert kept["scores"]["within"] == 1.0
    assert 0.85 < kept["scores"]["kept"] < 1.0
    assert kept["scores"]["kept"] >= max(row["scores"]["kept"] for row in found["alternatives"])


def test_grids_far_from_the_target_are_shared_out_or_cut() -> None:
    data = divided_today(1.0)
    data["target"] = 1000
    few = answer(data)["alternatives"][0]
    data["target"] = 200
    many = answer(data)["alternatives"][0]
    assert len(few["parts"]) < 12 < len(many["parts"])
    assert faults(data, {"alternatives": [few, many]}) == []


def test_communities_are_divided_on_their_own_and_share_their_border() -> None:
    west = question(rows(8, 8, 20), 2200, 2200)
    ring = west["parents"][0]["ring"]
    east = [(round(lon + 0.0022, 8), lat) for lon, lat in ring]
    west["parents"].append({"code": "370902900002", "ring": east})
    for number, one in enumerate(rows(8, 8, 20)):
        other = house(number + 500, 0, 0)
        other["place"] = (round(one["place"][0] + 0.0022, 8), one["place"][1])
        other["shape"] = [(round(lon + 0.0022, 8), lat) for lon, lat in one["shape"]]
        west["buildings"].append(other | {"parent": None})
    found = answer(west)
    assert faults(west, found) == []
    for alternative in found["alternatives"]:
        codes = [part["parent"] for part in alternative["parts"]]
        assert codes == sorted(codes)
        assert codes.count(world.CODE) == codes.count("370902900002") == 3


def test_a_region_barriers_cannot_keep_apart_is_named() -> None:
    wall = world.box(1240, 1240, 500, 500)
    data = question(rows(12, 12, 20), 3200, 3200, barriers=[{"kind": "wall", "line": wall, "strength": 1.0}])
    data["buildings"] = [row for row in data["buildings"] if not _on(row["place"], 1240, 1740)]
    found = answer(data)
    assert faults(data, found) == []
    for alternative in found["alternatives"]:
        assert "component_enclosed" in {row["reason"] for row in alternative["outside"]}


def _on(place: tuple[float, float], low: float, high: float) -> bool:
    """True if a house stands on the wall."""
    x, y = (place[0] - world.EAST) * 1e6, (place[1] - world.NORTH) * 1e6
    inner = low + 80 < x < high - 80 and low + 80 < y < high - 80
    return not inner and low - 80 < x < high + 80 and low - 80 < y < high + 80

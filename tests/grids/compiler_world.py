"""Small questions to the grid compiler, and what every answer has to fulfil."""

from typing import Any

import shapely

from grids.compiler.given import read
from grids.compiler.plan import solve
from grids.rules.coverage import exact, ring_of

Data = dict[str, Any]
EAST, NORTH = 117.0, 36.0
CODE = "370902900001"


def place(x: float, y: float) -> tuple[float, float]:
    """Degrees of a place in tenths of a metre, roughly, from the corner of the world."""
    return round(EAST + x * 1e-6, 8), round(NORTH + y * 1e-6, 8)


def box(x: float, y: float, width: float, height: float) -> list[tuple[float, float]]:
    return [place(x + a * width, y + b * height) for a, b in ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))]


def outline(width: int, height: int, step: int = 200) -> list[tuple[float, float]]:
    """A closed rectangle with a vertex every `step`."""
    south = [(x, 0) for x in range(0, width, step)]
    east = [(width, y) for y in range(0, height, step)]
    north = [(x, height) for x in range(width, 0, -step)]
    west = [(0, y) for y in range(height, 0, -step)]
    return [place(*node) for node in (*south, *east, *north, *west, (0, 0))]


def house(number: int, x: float, y: float, households: int = 20, size: float = 110) -> Data:
    return {
        "id": str(number),
        "place": place(x + size / 2, y + size / 2),
        "parent": CODE,
        "households": households,
        "residents": households * 3,
        "activity": 0.0,
        "shape": box(x, y, size, size),
    }


def rows(columns: int, lines: int, households: int = 20, pitch: int = 250) -> list[Data]:
    return [
        house(line * columns + column, 100 + column * pitch, 100 + line * pitch, households)
        for line in range(lines)
        for column in range(columns)
    ]


def question(buildings: list[Data], width: int, height: int, **more: Any) -> Data:
    return {
        "parents": [{"code": CODE, "ring": outline(width, height)}],
        "buildings": buildings,
        "barriers": [],
        "present": [],
        "target": 400,
        "tolerance": 0.15,
        "weights": {"households": 1, "residents": 0, "activity": 0},
        "keep": 0,
        "seed": 1,
        "alternatives": 3,
    } | more


def answer(data: Data) -> Data:
    return solve(read(data), lambda *_: None)


def faults(data: Data, found: Data) -> list[str]:
    """What must not be: a gap, an overlap, a ring that meets itself, a building cut or in no part, sums that differ."""
    wrong = []
    for alternative in found["alternatives"]:
        name = alternative["name"]
        for parent in data["parents"]:
            rings = {
                str(number): ring_of(part["ring"])
                for number, part in enumerate(alternative["parts"])
                if part["parent"] == parent["code"]
            }
            if not exact(rings, ring_of(parent["ring"])):
                wrong.append(f"{name}: {parent['code']} is not filled exactly")
        wrong += [f"{name}: {fault}" for fault in _building_faults(data, alternative["parts"])]
    return wrong


def _building_faults(data: Data, parts: list[Data]) -> list[str]:
    polygons = [shapely.Polygon(part["ring"]) for part in parts]
    held = [0] * len(parts)
    wrong = []
    for building in data["buildings"]:
        figure = shapely.Polygon(building["shape"]) if building["shape"] else shapely.Point(building["place"])
        homes = [number for number, polygon in enumerate(polygons) if polygon.buffer(1e-8).covers(figure)]
        if len(homes) != 1:
            wrong.append(f"building {building['id']} lies in parts {homes}")
        else:
            held[homes[0]] += building["households"]
    if not wrong and held != [part["households"] for part in parts]:
        wrong.append("households are not those of the buildings inside")
    return wrong

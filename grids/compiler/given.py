"""What is asked, read and checked. Every fault names its place in the question."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from grids.rules.coverage import Node, Ring, ring_of, twice_area

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Data = dict[str, Any]

WEIGHTS = ("households", "residents", "activity")


def summed(index: Ints, weights: Floats | Bools, count: int) -> Floats:
    """Weights added up by their index."""
    found: Floats = np.bincount(index, weights=weights, minlength=count).astype(np.float64)
    return found


class Wrong(Exception):
    """A question that cannot be answered.

    Arguments:
        code: which rule: missing, number, ring_crosses, ring_short, parent_unknown, parent_empty, parent_weightless,
            building_outside, target, not_exact.
        at: where in the question, for example `buildings[3].place`.
    """

    def __init__(self, code: str, at: str) -> None:
        super().__init__(f"{code} at {at}")
        self.code, self.at = code, at


@dataclass(frozen=True)
class Barrier:
    """A line that a part should not lie on both sides of; strength 0..1."""

    kind: str
    line: tuple[Node, ...]
    strength: float


@dataclass(frozen=True)
class Present:
    """A grid as it is today."""

    code: str
    parent: str
    ring: Ring


@dataclass
class Parent:
    """One outline to be divided and the buildings in it, by their number in the question."""

    code: str
    ring: Ring
    buildings: Ints


@dataclass
class Problem:
    """The whole question in lattice units.

    Arguments:
        places: one row (longitude, latitude) a building, lattice units.
        counts: one row (households, residents, activity) a building.
        shapes: outline of a building or None.
        weight: what is balanced: the counts times the weights, scaled so that `target` is in the same unit.
    """

    parents: list[Parent]
    places: Ints
    counts: Floats
    weight: Floats
    shapes: list[Ring | None]
    barriers: list[Barrier]
    present: list[Present]
    target: float
    tolerance: float
    weights: dict[str, float]
    keep: float
    seed: int
    alternatives: int


def read(data: Data) -> Problem:
    """The checked question.

    Raises:
        Wrong: see there.
    """
    parents = [_parent(row, f"parents[{index}]") for index, row in enumerate(_list(data, "parents"))]
    if not parents:
        raise Wrong("missing", "parents")
    rows = _list(data, "buildings")
    places = np.array([_place(row.get("place"), f"buildings[{i}].place") for i, row in enumerate(rows)], dtype=np.int64)
    places = places.reshape(-1, 2)
    counts = np.array(
        [[_number(row, name, f"buildings[{i}]", 0.0) for name in WEIGHTS] for i, row in enumerate(rows)]
    ).reshape(-1, 3)
    weights = {name: _number(data.get("weights") or {"households": 1}, name, "weights", 0.0) for name in WEIGHTS}
    weight = counts @ np.array([weights[name] for name in WEIGHTS])
    _homes(parents, rows, places)
    for index, parent in enumerate(parents):
        if not len(parent.buildings):
            raise Wrong("parent_empty", f"parents[{index}]")
        if not weight[parent.buildings].sum() > 0:
            raise Wrong("parent_weightless", f"parents[{index}]")
    target, tolerance = _number(data, "target", "", 400.0), _number(data, "tolerance", "", 0.15)
    if target <= 0 or not 0 < tolerance < 1:
        raise Wrong("target", "target" if target <= 0 else "tolerance")
    return Problem(
        parents,
        places,
        counts,
        weight,
        _shapes(rows),
        [_barrier(row, f"barriers[{index}]") for index, row in enumerate(_list(data, "barriers"))],
        [_present(row, f"present[{index}]") for index, row in enumerate(_list(data, "present"))],
        target,
        tolerance,
        weights,
        min(_number(data, "keep", "", 0.0), 1.0),
        int(_number(data, "seed", "", 0.0)),
        max(1, min(int(_number(data, "alternatives", "", 3.0)), 3)),
    )


def _list(data: Data, name: str) -> list[Data]:
    found = data.get(name) or []
    if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
        raise Wrong("missing", name)
    return found


def _number(row: Data, name: str, at: str, default: float) -> float:
    value = row.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value) or value < 0:
        raise Wrong("number", f"{at}.{name}".lstrip("."))
    return float(value)


def _place(value: object, at: str) -> Node:
    if not isinstance(value, list | tuple) or len(value) < 2:
        raise Wrong("missing", at)
    lon, lat = value[0], value[1]
    if not all(isinstance(x, int | float) and math.isfinite(x) for x in (lon, lat)) or abs(lon) > 180 or abs(lat) > 85:
        raise Wrong("number", at)
    return round(lon * 1e8), round(lat * 1e8)


def _ring(value: object, at: str) -> Ring:
    ring = _loop(value, at)
    if not shapely.Polygon(ring).is_valid:
        raise Wrong("ring_crosses", at)
    return ring


def _loop(value: object, at: str) -> Ring:
    """A ring that may still cross itself."""
    if not isinstance(value, list | tuple):
        raise Wrong("missing", at)
    for index, place in enumerate(value):
        _place(place, f"{at}[{index}]")
    ring = ring_of(value)
    if len(ring) < 3 or twice_area(ring) == 0:
        raise Wrong("ring_short", at)
    return ring


def polygons(rings: list[Ring]) -> npt.NDArray[np.object_]:
    """Polygons of rings, in the numbers of the rings."""
    places = np.array([node for ring in rings for node in (*ring, ring[0])], dtype=float).reshape(-1, 2)
    index = np.repeat(np.arange(len(rings)), [len(ring) + 1 for ring in rings])
    found: npt.NDArray[np.object_] = shapely.polygons(shapely.linearrings(places, indices=index))
    return found


def _shapes(rows: list[Data]) -> list[Ring | None]:
    """Outlines of buildings, checked together."""
    numbers = [number for number, row in enumerate(rows) if row.get("shape")]
    rings = [_loop(rows[number]["shape"], f"buildings[{number}].shape") for number in numbers]
    for number, good in zip(numbers, shapely.is_valid(polygons(rings)).tolist() if rings else [], strict=True):
        if not good:
            raise Wrong("ring_crosses", f"buildings[{number}].shape")
    found: list[Ring | None] = [None] * len(rows)
    for number, ring in zip(numbers, rings, strict=True):
        found[number] = ring
    return found


def _parent(row: Data, at: str) -> Parent:
    return Parent(str(row.get("code", "")), _ring(row.get("ring"), f"{at}.ring"), np.empty(0, dtype=np.int64))


def _barrier(row: Data, at: str) -> Barrier:
    line = row.get("line")
    if not isinstance(line, list | tuple) or len(line) < 2:
        raise Wrong("missing", f"{at}.line")
    nodes = tuple(_place(place, f"{at}.line[{index}]") for index, place in enumerate(line))
    return Barrier(str(row.get("kind", "road")), nodes, min(_number(row, "strength", at, 1.0), 1.0))


def _present(row: Data, at: str) -> Present:
    return Present(str(row.get("code", "")), str(row.get("parent", "")), _ring(row.get("ring"), f"{at}.ring"))


def _homes(parents: list[Parent], rows: list[Data], places: Ints) -> None:
    """Give each building its parent: the one it names, which has to hold it, else the first that does."""
    numbers = {parent.code: index for index, parent in enumerate(parents)}
    tree = shapely.STRtree([shapely.Polygon(parent.ring) for parent in parents])
    points = shapely.points(places.astype(float))
    held: dict[int, list[int]] = {}
    for point, polygon in zip(*tree.query(points, predicate="intersects"), strict=True):
        held.setdefault(int(point), []).append(int(polygon))
    mine: list[list[int]] = [[] for _ in parents]
    for index, row in enumerate(rows):
        named, holders = row.get("parent"), held.get(index, [])
        if named is not None and named not in numbers:
            raise Wrong("parent_unknown", f"buildings[{index}].parent")
        home = min(holders, default=-1) if named is None else numbers[named]
        if home < 0 or home not in holders:
            raise Wrong("building_outside", f"buildings[{index}].place")
        mine[home].append(index)
    for parent, numbers_in in zip(parents, mine, strict=True):
        parent.buildings = np.array(numbers_in, dtype=np.int64)

"""Cells: the ground around each building group, as sides of an exact coverage, and who borders on whom."""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import shapely

from grids.compiler import mesh
from grids.compiler.given import Bools, Floats, Ints, Problem, summed
from grids.compiler.ground import HARD, Ground, Shapes, linked
from grids.rules.coverage import METRES_LAT


@dataclass
class Sides:
    """Directed sides of cells, counter-clockwise around their owner.

    Arguments:
        a, b: nodes. owner: the cell to the left. other: the cell to the right, -1 outside the parent.
        strength: of the barrier on the side, -1 without one.
    """

    a: Ints
    b: Ints
    owner: Ints
    other: Ints
    strength: Floats

    def where(self, kept: Bools) -> "Sides":
        return Sides(self.a[kept], self.b[kept], self.owner[kept], self.other[kept], self.strength[kept])


@dataclass
class Cells:
    """The cells of one parent.

    Arguments:
        nodes: lattice units from the origin of the ground.
        metres: width and height of a unit.
        cell: of each building of the parent.
        sides: between different cells only. wall: of a side, True where a dividing barrier lies on it.
        length: of a side in metres. area: of a cell in square metres.
    """

    nodes: Ints
    metres: tuple[float, float]
    cell: Ints
    sides: Sides
    wall: Bools
    length: Floats
    area: Floats
    sites: Ints
    walls: Shapes
    weight: Floats = field(default_factory=lambda: np.zeros(0))

    @property
    def count(self) -> int:
        return len(self.area)

    @cached_property
    def first(self) -> Ints:
        """Where the sides of a cell begin; sides are sorted by owner."""
        return np.searchsorted(self.sides.owner, np.arange(self.count + 1)).astype(np.int64)

    @cached_property
    def centre(self) -> Floats:
        """Mean of a cell's corners, in metres from the origin."""
        where = self.nodes[self.sides.a] * np.array(self.metres)
        number = np.maximum(np.bincount(self.sides.owner, minlength=self.count), 1)
        return np.stack([summed(self.sides.owner, where[:, k], self.count) / number for k in (0, 1)], axis=1)


def build(problem: Problem, ground: Ground, buildings: Ints) -> Cells:
    """Cells of a ground; buildings without a place in the mesh belong to the nearest cell."""
    stretch, metres = _scale(ground)
    points = ground.points
    index = mesh.triangles(_framed(points), stretch)
    ring = np.arange(ground.outline)
    outline = np.stack([ring, np.roll(ring, -1)], axis=1)
    index, present = mesh.constrained(_framed(points), index, np.concatenate([outline, ground.edges]))
    index = _inside(points, index, ground.outline)
    held = present[ground.outline :]
    nodes, sides, sites = _pieces(points, index, ground.unit)
    _strengths(sides, ground, held, len(points))
    sides, cell_of = _whole(sides, nodes, int(ground.unit.max(initial=-1)) + 1)
    wall = _walls(sides, ground)
    length = np.hypot(*((nodes[sides.b] - nodes[sides.a]) * np.array(metres)).T)
    cell = _homes(cell_of, ground, problem.places[buildings] - np.array(ground.origin), sites)
    count = int(sides.owner.max()) + 1
    return Cells(nodes, metres, cell, sides, wall, length, _areas(nodes, sides, count, metres), sites[0], ground.walls)


def _scale(ground: Ground) -> tuple[int, tuple[float, float]]:
    middle = ground.origin[1] + int(ground.points[:, 1].max()) // 2
    width = float(np.cos(mesh.radians_of(middle)))
    return max(1, round(100 * width * 1.0033)), (METRES_LAT * width * 1.0033, METRES_LAT)


def _framed(points: Ints) -> Ints:
    """The points and four far ones, so that the mesh covers the whole outline."""
    reach = int(points.max()) + 1000
    return np.concatenate(
        [points, np.array([(-reach, -reach), (2 * reach, -reach), (2 * reach, 2 * reach), (-reach, 2 * reach)])]
    )


def _inside(points: Ints, index: Ints, outline: int) -> Ints:
    """Triangles inside the outline, whose sides are all in the mesh."""
    index = index[(index < len(points)).all(axis=1)]
    polygon = shapely.Polygon(points[:outline].astype(float))
    shapely.prepare(polygon)
    middle = points[index].mean(axis=1)
    kept = shapely.contains_xy(polygon, middle[:, 0], middle[:, 1])
    for k in range(3):
        a, b = index[:, k], index[:, (k + 1) % 3]
        on = (a < outline) & (b < outline)
        kept[on & (b == (a + 1) % outline)] = True
        kept[on & (a == (b + 1) % outline)] = False
    found: Ints = index[kept]
    return found


def _pieces(points: Ints, index: Ints, unit: Ints) -> tuple[Ints, Sides, tuple[Ints, Ints]]:
    """Triangles divided among the units at their corners: nodes, all sides with twins, and the sites (place, unit)."""
    cutter = _Cutter(points, index, unit)
    a, b, owner = cutter.cut()
    twin = mesh.twins(a, b, len(cutter.nodes))
    other = np.where(twin >= 0, owner[twin], -1)
    kept = owner != other
    sides = Sides(a[kept], b[kept], owner[kept], other[kept], np.full(int(kept.sum()), -1.0))
    own = np.flatnonzero(unit >= 0)
    return cutter.nodes, sides, (points[own], unit[own])


class _Cutter:
    """Cuts triangles: halves of sides between two units, thirds where three meet; a free corner takes no share."""

    def __init__(self, points: Ints, index: Ints, unit: Ints) -> None:
        self.index, self.units = index, unit[index]
        start, end = index.reshape(-1), np.roll(index, -1, axis=1).reshape(-1)
        halved = (unit[start] >= 0) & (unit[end] >= 0) & (unit[start] != unit[end])
        keys = np.minimum(start, end) * len(points) + np.maximum(start, end)
        distinct, first, back = np.unique(keys[halved], return_index=True, return_inverse=True)
        where = np.flatnonzero(halved)[first]
        middle = np.full(len(start), -1, dtype=np.int64)
        middle[halved] = len(points) + back
        self.middle: Ints = middle.reshape(-1, 3)
        self.three = np.flatnonzero((self.middle >= 0).all(axis=1))
        centre = np.rint(points[index[self.three]].mean(axis=1)).astype(np.int64)
        self.centre = len(points) + len(distinct)
        self.nodes = np.concatenate([points, (points[start[where]] + points[end[where]]) // 2, centre])
        self.next = int(unit.max(initial=-1)) + 1
        self.out: list[tuple[Ints, Ints, Ints]] = []

    def cut(self) -> tuple[Ints, Ints, Ints]:
        halves = (self.middle >= 0).sum(axis=1)
        self._whole(np.flatnonzero(halves == 0))
        self._free_corner(np.flatnonzero(halves == 1))
        self._odd_corner(np.flatnonzero(halves == 2))
        self._thirds()
        a, b, owner = (np.concatenate([piece[k] for piece in self.out]) for k in range(3))
        return a, b, owner

    def _add(self, owner: Ints, *corners: Ints) -> None:
        for k, corner in enumerate(corners):
            self.out.append((corner, corners[(k + 1) % len(corners)], owner))

    def _whole(self, rows: Ints) -> None:
        owner = self.units[rows].max(axis=1)
        free = owner < 0
        owner[free] = self.next + np.arange(int(free.sum()))
        self._add(owner, *self.index[rows].T)

    def _turned(self, rows: Ints, shift: Ints) -> tuple[Ints, Ints, Ints]:
        columns = (np.arange(3)[None, :] + shift[:, None]) % 3
        at = rows[:, None]
        return self.index[at, columns], self.units[at, columns], self.middle[at, columns]

    def _free_corner(self, rows: Ints) -> None:
        corner, unit, middle = self._turned(rows, np.argmin(self.units[rows], axis=1))
        self._add(unit[:, 1], corner[:, 0], corner[:, 1], middle[:, 1])
        self._add(unit[:, 2], corner[:, 0], middle[:, 1], corner[:, 2])

    def _odd_corner(self, rows: Ints) -> None:
        # the side that is not halved lies opposite of the odd corner
        corner, unit, middle = self._turned(rows, (np.argmin(self.middle[rows], axis=1) + 2) % 3)
        self._add(unit[:, 0], corner[:, 0], middle[:, 0], middle[:, 2])
        self._add(unit[:, 1], middle[:, 0], corner[:, 1], corner[:, 2], middle[:, 2])

    def _thirds(self) -> None:
        corner, unit, middle = self.index[self.three], self.units[self.three], self.middle[self.three]
        centre = self.centre + np.arange(len(self.three))
        for k in range(3):
            self._add(unit[:, k], corner[:, k], middle[:, k], centre, middle[:, (k + 2) % 3])


def _strengths(sides: Sides, ground: Ground, held: Bools, count: int) -> None:
    """Write the strength of the barrier that lies on a side."""
    edges, power = ground.edges[held], ground.strength[held]
    free = (ground.unit[edges] < 0).all(axis=1)
    keys = edges[free].min(axis=1) * count + edges[free].max(axis=1)
    if not len(keys):
        return
    order = np.argsort(keys, kind="stable")
    ranked = keys[order]
    mine = np.minimum(sides.a, sides.b) * count + np.maximum(sides.a, sides.b)
    mine[(sides.a >= count) | (sides.b >= count)] = -1
    place = np.minimum(np.searchsorted(ranked, mine), len(ranked) - 1)
    hit = ranked[place] == mine
    sides.strength[hit] = power[free][order][place[hit]]


def merged(sides: Sides, label: Ints) -> Sides:
    """Sides between different labels of cells."""
    owner, other = label[sides.owner], np.where(sides.other >= 0, label[sides.other], -1)
    found = Sides(sides.a, sides.b, owner, other, sides.strength).where(owner != other)
    order = np.argsort(found.owner, kind="stable")
    return Sides(found.a[order], found.b[order], found.owner[order], found.other[order], found.strength[order])


def rings(sides: Sides, nodes: int) -> tuple[Ints, Ints]:
    """Number of the ring each side belongs to, and sides at which an owner comes to the same node twice."""
    key = sides.owner * nodes + sides.a
    order = np.argsort(key, kind="stable")
    ranked = key[order]
    twice = order[1:][ranked[1:] == ranked[:-1]]
    follow = order[np.searchsorted(ranked, sides.owner * nodes + sides.b)]
    label = np.arange(len(key))
    while True:
        new = np.minimum(label, label[follow])
        follow = follow[follow]
        if (new == label).all():
            return label, twice
        label = new


def faults(sides: Sides, nodes: Ints) -> list[tuple[int, int]]:
    """Pairs (owner, another inside of it) for owners that are no disk: with a hole, or touching themselves."""
    ring, twice = rings(sides, len(nodes))
    bad = set(sides.owner[twice].tolist())
    area = nodes[sides.a, 0] * nodes[sides.b, 1] - nodes[sides.b, 0] * nodes[sides.a, 1]
    swept = summed(ring, area, len(ring))
    hole = (swept[ring] < 0) & ~np.isin(sides.owner, list(bad)) & (sides.other >= 0)
    found = list(dict.fromkeys(zip(sides.owner[hole].tolist(), sides.other[hole].tolist(), strict=True)))
    for side in twice.tolist():
        owner, node = int(sides.owner[side]), int(sides.a[side])
        around = np.flatnonzero((sides.a == node) & (sides.owner != owner))
        inner = [int(sides.owner[k]) for k in around if sides.other[k] >= 0]
        found += [(owner, other) for other in inner[:1]]
    return found


def _whole(sides: Sides, nodes: Ints, units: int) -> tuple[Sides, Ints]:
    """Cells that are disks: what a cell encloses is joined to it. Sides by new numbers, and the number of a unit."""
    count = max(int(sides.owner.max()) + 1, units)
    label = np.arange(count)
    while True:
        found = merged(sides, label)
        pairs = faults(found, nodes)
        if not pairs:
            break
        one, two = np.array(pairs).T
        label = linked(count, one, two)[label]
    names, number = np.unique(found.owner, return_inverse=True)
    other = np.where(found.other >= 0, np.searchsorted(names, found.other), -1)
    place = np.minimum(np.searchsorted(names, label[:units]), len(names) - 1)
    cell = np.where(names[place] == label[:units], place, -1)
    return Sides(found.a, found.b, number.astype(np.int64), other, found.strength), cell


def _walls(sides: Sides, ground: Ground) -> Bools:
    """Sides on dividing barriers, and where such a barrier stops short of the outline the way to it."""
    wall = (sides.strength >= HARD) & (sides.other >= 0)
    for end in ground.ends.tolist():
        ways = np.flatnonzero((sides.a == end) & (sides.b < ground.outline) & (sides.other >= 0))
        if len(ways) and not wall[ways].any():
            gap = ground.points[sides.b[ways]] - ground.points[end]
            best = ways[int(np.argmin(np.hypot(*gap.T)))]
            wall |= (np.minimum(sides.a, sides.b) == min(end, int(sides.b[best]))) & (
                np.maximum(sides.a, sides.b) == max(end, int(sides.b[best]))
            )
    return wall


def _homes(cell: Ints, ground: Ground, places: Ints, sites: tuple[Ints, Ints]) -> Ints:
    """Cell of each building."""
    units = cell[ground.group]
    lost = np.flatnonzero((units < 0) | ~np.isin(ground.group, sites[1]))
    if len(lost) and len(sites[0]):
        tree = shapely.STRtree(shapely.points(sites[0].astype(float)))
        units[lost] = cell[sites[1][tree.nearest(shapely.points(places[lost].astype(float)))]]
    return np.maximum(units, 0)


def _areas(nodes: Ints, sides: Sides, count: int, metres: tuple[float, float]) -> Floats:
    cross = nodes[sides.a, 0] * nodes[sides.b, 1] - nodes[sides.b, 0] * nodes[sides.a, 1]
    twice = summed(sides.owner, cross.astype(float), count)
    return twice / 2 * metres[0] * metres[1]

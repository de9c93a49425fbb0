"""Who borders on whom, how long, and in which regions between dividing barriers a parent falls."""

import heapq
from dataclasses import dataclass, field

import numpy as np

from grids.compiler.cells import Cells, faults, merged
from grids.compiler.given import Bools, Floats, Ints, summed
from grids.compiler.ground import linked

Neighbour = tuple[int, bool]  # label's cell or -1 outside; True if they share a side, False if only a node


@dataclass
class Graph:
    """Borders between cells, each pair once, and the rim.

    Arguments:
        one, two: cells of a pair. length: metres. cost: metres less what a barrier makes cheap.
        along: metres on barriers, times their strength.
        wall: True if a dividing barrier lies on all of the border.
        rim: metres of a cell on the outline.
    """

    one: Ints
    two: Ints
    length: Floats
    cost: Floats
    wall: Bools
    rim: Floats
    along: Floats


def of(cells: Cells) -> Graph:
    """The graph of cells."""
    sides, count = cells.sides, cells.count
    inner = (sides.other > sides.owner) & (sides.other >= 0)
    key = sides.owner[inner] * count + sides.other[inner]
    names, back = np.unique(key, return_inverse=True)
    length, power = cells.length[inner], np.clip(sides.strength[inner], 0.0, 1.0)
    wall = cells.wall[inner]
    total = summed(back, length, len(names))
    along = summed(back, length * power, len(names))
    open_ = summed(back, ~wall, len(names))
    rim = summed(sides.owner[sides.other < 0], cells.length[sides.other < 0], count)
    return Graph(names // count, names % count, total, total, open_ == 0, rim, along)


def within(graph: Graph, label: Ints, cheap: float) -> Graph:
    """Only borders inside regions; those between regions are rim.

    Arguments:
        cheap: share of a border's length that is not counted where it lies on the strongest barrier.
    """
    same = label[graph.one] == label[graph.two]
    rim = graph.rim.copy()
    for end in (graph.one, graph.two):
        np.add.at(rim, end[~same], graph.length[~same])
    length, along = graph.length[same], graph.along[same]
    cost = length - cheap * along
    return Graph(graph.one[same], graph.two[same], length, cost, np.zeros(len(length), dtype=bool), rim, along)


@dataclass
class Regions:
    """Between dividing barriers.

    Arguments:
        label: region of each cell, 0..count-1.
        named: regions that were not kept apart, as (reason, a cell of it, its weight): joined because too light to
            stand alone, or enclosed by another one.
    """

    label: Ints
    named: list[tuple[str, int, float]] = field(default_factory=list)

    @property
    def count(self) -> int:
        return int(self.label.max()) + 1


def regions(cells: Cells, graph: Graph, least: float) -> Regions:
    """Connected cells between dividing barriers; what weighs less than `least` goes to its longest neighbour."""
    open_ = ~graph.wall
    label = linked(cells.count, graph.one[open_], graph.two[open_])
    named: list[tuple[str, int, float]] = []
    while True:
        weight = summed(label, cells.weight, cells.count)
        pairs = [("component_enclosed", *pair) for pair in faults(merged(cells.sides, label), cells.nodes)]
        pairs = pairs or [("component_too_small", *pair) for pair in _too_light(graph, label, weight, least)]
        if not pairs:
            break
        named += [(reason, gone, float(weight[gone])) for reason, _, gone in pairs]
        kept, gone = np.array([pair[1:] for pair in pairs]).T
        label = linked(cells.count, kept, gone)[label]
    return Regions(np.unique(label, return_inverse=True)[1].astype(np.int64), named)


def _too_light(graph: Graph, label: Ints, weight: Floats, least: float) -> list[tuple[int, int]]:
    """Regions below `least` and the neighbour each goes to, the lightest first, as (kept, gone).

    A region is named by its smallest cell. A neighbour may be light as well: what it goes to takes both.
    """
    a, b = label[graph.one], label[graph.two]
    border = a != b
    count = len(label)
    names, back = np.unique(np.minimum(a, b)[border] * count + np.maximum(a, b)[border], return_inverse=True)
    near: dict[int, dict[int, float]] = {}
    for name, length in zip(names.tolist(), summed(back, graph.length[border], len(names)).tolist(), strict=True):
        one, two = divmod(name, count)
        near.setdefault(one, {})[two] = near.setdefault(two, {})[one] = length
    mass = {region: float(weight[region]) for region in near}
    heap = [(value, region) for region, value in mass.items() if value < least]
    heapq.heapify(heap)
    found = []
    while heap:
        value, gone = heapq.heappop(heap)
        if value != mass.get(gone) or not near[gone]:
            continue
        kept = max(near[gone], key=lambda region: (near[gone][region], -region))
        found.append((kept, gone))
        _absorb(near, mass, kept, gone)
        if mass[kept] < least:
            heapq.heappush(heap, (mass[kept], kept))
    return found


def _absorb(near: dict[int, dict[int, float]], mass: dict[int, float], kept: int, gone: int) -> None:
    """One region takes another with its borders."""
    mass[kept] += mass.pop(gone)
    for other, length in near.pop(gone).items():
        del near[other][gone]
        if other != kept:
            near[kept][other] = near[other][kept] = near[kept].get(other, 0.0) + length


class Rounds:
    """The neighbours around each cell in order, found when asked for and kept."""

    def __init__(self, cells: Cells) -> None:
        sides = cells.sides
        self.first = cells.first.tolist()
        self.a, self.b, self.other = sides.a.tolist(), sides.b.tolist(), sides.other.tolist()
        degree = np.bincount(sides.a, minlength=len(cells.nodes))
        edge = np.zeros(len(cells.nodes), dtype=np.int64)
        edge[sides.a[sides.other < 0]] = 1
        edge[sides.b[sides.other < 0]] = 1
        many = degree + edge >= 4
        at = np.flatnonzero(many[sides.a])
        keys = zip(sides.owner[at].tolist(), sides.a[at].tolist(), strict=True)
        self.leave = dict(zip(keys, sides.other[at].tolist(), strict=True))
        at = np.flatnonzero(many[sides.b])
        keys = zip(sides.owner[at].tolist(), sides.b[at].tolist(), strict=True)
        self.arrive = dict(zip(keys, sides.other[at].tolist(), strict=True))
        self.kept: dict[int, list[Neighbour]] = {}

    def of(self, cell: int) -> list[Neighbour]:
        """Neighbours counter-clockwise, those that touch only in a node between those that share a side."""
        if cell not in self.kept:
            self.kept[cell] = self._walk(cell)
        return self.kept[cell]

    def _walk(self, cell: int) -> list[Neighbour]:
        onward = {self.a[k]: k for k in range(self.first[cell], self.first[cell + 1])}
        node = start = self.a[self.first[cell]]
        found: list[Neighbour] = []
        while True:
            side = onward[node]
            entry = (self.other[side], True)
            if not found or found[-1] != entry:
                found.append(entry)
            node = self.b[side]
            if (cell, node) in self.leave:
                found += [(each, False) for each in self._corner(cell, node)]
            if node == start:
                return found

    def _corner(self, cell: int, node: int) -> list[int]:
        """Cells at a node that are neither the cell nor its two neighbours there, from the side that arrives on."""
        before, after = self.arrive[(cell, node)], self.leave[(cell, node)]
        found: list[int] = []
        here = before
        while here not in (-1, after, cell):
            here = self.arrive[(here, node)]
            if here not in (after, cell):
                found.append(here)
        if here != -1:
            return found
        back: list[int] = []
        here = after
        while here not in (-1, before, cell):
            here = self.leave[(here, node)]
            if here not in (before, cell, -1):
                back.append(here)
        return found + back[::-1]

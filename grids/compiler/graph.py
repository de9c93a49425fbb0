"""Who borders on whom, how long, and in which regions between dividing barriers a parent falls."""

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
        pair = _enclosed(cells, label) or _smallest(graph, label, weight, least)
        if pair is None:
            break
        kind, keep, gone = pair
        named.append((kind, int(np.flatnonzero(label == gone)[0]), float(weight[gone])))
        label = np.where(label == gone, keep, label)
    return Regions(np.unique(label, return_inverse=True)[1].astype(np.int64), named)


def _enclosed(cells: Cells, label: Ints) -> tuple[str, int, int] | None:
    pairs = faults(merged(cells.sides, label), cells.nodes)
    return ("component_enclosed", *pairs[0]) if pairs else None


def _smallest(graph: Graph, label: Ints, weight: Floats, least: float) -> tuple[str, int, int] | None:
    names = np.unique(label)
    if len(names) < 2:
        return None
    small = names[np.argsort(weight[names], kind="stable")]
    for gone in small[weight[small] < least].tolist():
        a, b = label[graph.one], label[graph.two]
        border = (a == gone) != (b == gone)
        near = np.where(a == gone, b, a)[border]
        if len(near):
            length = summed(near, graph.length[border], int(names.max()) + 1)
            return "component_too_small", int(np.argmax(length)), int(gone)
    return None


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

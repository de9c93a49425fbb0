"""Cells go over to the neighbouring part where that makes the division better; parts stay disks at every step."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from math import pi

from grids.compiler.cells import Cells
from grids.compiler.given import Floats, Ints, summed
from grids.compiler.graph import Graph, Rounds


@dataclass(frozen=True)
class Wish:
    """What a division is judged by.

    Arguments:
        balance, compact, keep: how much a unit of each counts.
        target: weight of a part. tolerance: share of it a part may stray.
    """

    balance: float
    compact: float
    keep: float
    target: float
    tolerance: float


class Division:
    """Parts of a parent: part of each cell, and what is known of each part.

    Arguments:
        label: part of each cell, -1 for none yet. home: the present grid of each cell, -1 for none.
        wanted: the weight each part should have. owner: the present grid that each part continues, -1 for none.
    """

    def __init__(
        self, cells: Cells, graph: Graph, rounds: Rounds, label: Ints, wanted: Floats, home: Ints, owner: Ints
    ) -> None:
        self.cells, self.rounds = cells, rounds
        self.label: list[int] = label.tolist()
        self.home: list[int] = home.tolist()
        self.owner: list[int] = owner.tolist()
        self.mass: list[float] = cells.weight.tolist()
        self.ground: list[float] = cells.area.tolist()
        count = len(wanted)
        kept = label >= 0
        self.wanted: list[float] = wanted.tolist()
        self.weight: list[float] = summed(label[kept], cells.weight[kept], count).tolist()
        self.area: list[float] = summed(label[kept], cells.area[kept], count).tolist()
        self.near = _neighbours(graph, cells.count)
        self.rim: list[float] = graph.rim.tolist()
        self.border = self._borders(count)

    def _borders(self, count: int) -> list[float]:
        found = [0.0] * count
        for cell, part in enumerate(self.label):
            if part >= 0:
                found[part] += self.rim[cell]
                found[part] += sum(cost for other, cost in self.near[cell] if self.label[other] != part)
        return found

    def holds(self, cell: int, part: int) -> bool:
        """True if the part lies along one stretch around the cell and shares a side with it.

        Then the part stays a disk when the cell joins it, and also when the cell leaves it.
        """
        around = self.rounds.of(cell)
        label = self.label
        mine = [other >= 0 and label[other] == part for other, _ in around]
        starts = sum(1 for k, here in enumerate(mine) if here and not mine[k - 1])
        return starts == 1 and any(here and side for here, (_, side) in zip(mine, around, strict=True))

    def shift(self, cell: int, part: int) -> float:
        """What the border of a part grows by when the cell joins it."""
        inner = sum(cost for other, cost in self.near[cell] if self.label[other] == part)
        return self.rim[cell] + sum(cost for _, cost in self.near[cell]) - 2 * inner

    def put(self, cell: int, part: int) -> None:
        """The cell goes over; no question is asked."""
        old = self.label[cell]
        if old >= 0:
            self.label[cell] = -1
            self.border[old] -= self.shift(cell, old)
            self.weight[old] -= self.mass[cell]
            self.area[old] -= self.ground[cell]
        self.border[part] += self.shift(cell, part)
        self.label[cell] = part
        self.weight[part] += self.mass[cell]
        self.area[part] += self.ground[cell]


def _neighbours(graph: Graph, count: int) -> list[list[tuple[int, float]]]:
    """Other cells beside each cell and what the border with them costs; walls are borders for ever."""
    found: list[list[tuple[int, float]]] = [[] for _ in range(count)]
    for one, two, cost in zip(graph.one.tolist(), graph.two.tolist(), graph.cost.tolist(), strict=True):
        found[one].append((two, cost))
        found[two].append((one, cost))
    return found


class Judge:
    """Better or worse, for one cell that changes its part."""

    def __init__(self, division: Division, wish: Wish) -> None:
        self.division, self.wish = division, wish

    def part(self, part: int, weight: float, border: float, area: float) -> float:
        """How bad a part is."""
        wish = self.wish
        wanted = self.division.wanted[part]
        stray = (weight - wanted) / (wish.target * wish.tolerance)
        over = max(0.0, abs(weight - wish.target) / (wish.target * wish.tolerance) - 0.92)
        over = 0.0 if abs(wanted - wish.target) > 0.92 * wish.target * wish.tolerance else over
        return wish.balance * stray * stray + 30.0 * over + wish.compact * border * border / (4 * pi * area)

    def gain(self, cell: int, part: int) -> float:
        """How much better all is when the cell goes over."""
        d, old = self.division, self.division.label[cell]
        mass, ground = d.mass[cell], d.ground[cell]
        if d.area[old] - ground <= 0:
            return -1.0
        d.label[cell] = -1
        leave, join = d.shift(cell, old), d.shift(cell, part)
        d.label[cell] = old
        before = self.part(old, d.weight[old], d.border[old], d.area[old])
        before += self.part(part, d.weight[part], d.border[part], d.area[part])
        after = self.part(old, d.weight[old] - mass, d.border[old] - leave, d.area[old] - ground)
        after += self.part(part, d.weight[part] + mass, d.border[part] + join, d.area[part] + ground)
        return before - after + self.wish.keep * self._homely(cell, part, old)

    def _homely(self, cell: int, part: int, old: int) -> float:
        d, home = self.division, self.division.home[cell]
        if home < 0 or not self.wish.keep:
            return 0.0
        share = d.mass[cell] / self.wish.target + 0.001
        return share * (int(d.owner[part] == home) - int(d.owner[old] == home))


def refine(division: Division, wish: Wish, order: Ints, told: Callable[[int, int], None]) -> None:
    """Move cells as long as something is gained.

    Arguments:
        order: cells in the order they are looked at first.
        told: called now and then with what is done and what there is.
    """
    judge = Judge(division, wish)
    waiting = deque(order.tolist())
    queued = set(waiting)
    budget = 12 * len(waiting) + 2000
    for looked in range(budget):
        if not waiting:
            return
        if looked % 20000 == 0:
            told(looked, max(looked + len(waiting), 1))
        cell = waiting.popleft()
        queued.discard(cell)
        if _move(division, judge, cell):
            for other in [cell, *(near for near, _ in division.near[cell])]:
                if other not in queued:
                    queued.add(other)
                    waiting.append(other)


def _move(division: Division, judge: Judge, cell: int) -> bool:
    """Give the cell to the neighbouring part that gains most."""
    label, old = division.label, division.label[cell]
    parts = {label[other] for other, _ in division.near[cell]} - {old, -1}
    ranked = sorted(((judge.gain(cell, part), part) for part in parts), reverse=True)
    for gain, part in ranked:
        if gain <= 1e-9:
            return False
        if division.holds(cell, old) and division.holds(cell, part):
            division.put(cell, part)
            return True
    return False


def grow(division: Division, desired: list[int], seeds: dict[int, int]) -> None:
    """Fill parts from one cell each, as disks, towards what is desired; what is left goes where it can."""
    for part, cell in seeds.items():
        division.put(cell, part)
    ring = deque(other for cell in seeds.values() for other, _ in division.near[cell])
    _fill(division, ring, lambda cell: [desired[cell]])
    ring.extend(cell for cell, part in enumerate(division.label) if part < 0)
    _fill(division, ring, lambda cell: _beside(division, cell))


def _beside(division: Division, cell: int) -> list[int]:
    """Parts beside a cell, the longest border first."""
    found: dict[int, float] = {}
    for other, cost in division.near[cell]:
        if division.label[other] >= 0:
            found[division.label[other]] = found.get(division.label[other], 0.0) + cost
    return sorted(found, key=lambda part: (-found[part], part))


def _fill(division: Division, ring: "deque[int]", choose: Callable[[int], list[int]]) -> None:
    while ring:
        cell = ring.popleft()
        if division.label[cell] >= 0:
            continue
        for part in choose(cell):
            if part >= 0 and division.holds(cell, part):
                division.put(cell, part)
                ring.extend(other for other, _ in division.near[cell] if division.label[other] < 0)
                break

"""A bent lattice of cells. Every boundary runs through its nodes, so neighbours share every vertex exactly.

Node (i, j) is i columns east and j rows north of the south-west corner; a cell is about 100 m wide in the middle and
200 m at the edge of a town. Positions are rounded to 1e-8° once, and everything else is made of those numbers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from math import cos, hypot, pi, sin
from random import Random

Coordinate = tuple[float, float]  # longitude, latitude in degrees WGS-84

METRES_PER_DEGREE_LAT = 110_963.0  # on the ellipsoid at 36.19° north
METRES_PER_DEGREE_LON = 89_947.0
DECIMALS = 8


@dataclass(frozen=True, slots=True)
class Rect:
    """Cells from column i0 to i1 and row j0 to j1, upper bounds not included."""

    i0: int
    j0: int
    i1: int
    j1: int

    @property
    def width(self) -> int:
        return self.i1 - self.i0

    @property
    def height(self) -> int:
        return self.j1 - self.j0

    def cells(self) -> Iterator[tuple[int, int]]:
        """Cells by the rule of the unit grid code: west to east, then north to south."""
        for j in range(self.j1 - 1, self.j0 - 1, -1):
            for i in range(self.i0, self.i1):
                yield i, j

    def perimeter(self) -> list[tuple[int, int]]:
        """All nodes on the outline, counter-clockwise, the first one not repeated."""
        south = [(i, self.j0) for i in range(self.i0, self.i1)]
        east = [(self.i1, j) for j in range(self.j0, self.j1)]
        north = [(i, self.j1) for i in range(self.i1, self.i0, -1)]
        west = [(self.i0, j) for j in range(self.j1, self.j0, -1)]
        return south + east + north + west


def split(rect: Rect, parts: int, random: Random) -> list[Rect]:
    """Cut a rectangle into `parts` of about the same size, each at least two cells wide, across its longer side."""
    if parts == 1:
        return [rect]
    first = parts // 2
    across = rect.width >= rect.height
    size = rect.width if across else rect.height
    cut = round(size * first / parts) + (random.choice((-1, 0, 0, 1)) if size > 2 * parts else 0)
    cut = min(max(cut, 2), size - 2)
    if across:
        one, two = Rect(rect.i0, rect.j0, rect.i0 + cut, rect.j1), Rect(rect.i0 + cut, rect.j0, rect.i1, rect.j1)
    else:
        one, two = Rect(rect.i0, rect.j0, rect.i1, rect.j0 + cut), Rect(rect.i0, rect.j0 + cut, rect.i1, rect.j1)
    return split(one, first, random) + split(two, parts - first, random)


@dataclass(frozen=True)
class Lattice:
    """Columns × rows of cells around a centre in degrees.

    Arguments:
        cell: width in metres of a cell in the middle.
        still: (columns, rows) of lattice lines whose nodes are not shaken: main roads, river and railway run smoothly.
    """

    seed: int
    columns: int
    rows: int
    centre: Coordinate
    cell: float = 82.0
    still: tuple[frozenset[int], frozenset[int]] = (frozenset(), frozenset())

    @cached_property
    def _nodes(self) -> dict[tuple[int, int], Coordinate]:
        return {}

    def node(self, i: int, j: int) -> Coordinate:
        """Position of a node; the same object for everybody who asks."""
        found = self._nodes.get((i, j))
        if found is None:
            found = self._nodes[i, j] = self._rounded(*self._shaken(i, j))
        return found

    def smooth(self, i: float, j: float) -> Coordinate:
        """Position of any place in cell units, without the shaking; equals `node` on still lines."""
        return self._rounded(*self._bent(i, j))

    def within(self, cell: tuple[int, int], s: float, t: float) -> Coordinate:
        """A place inside a cell: s from west to east and t from south to north, both 0 to 1."""
        i, j = cell
        (ax, ay), (bx, by) = self.node(i, j), self.node(i + 1, j)
        (cx, cy), (dx, dy) = self.node(i + 1, j + 1), self.node(i, j + 1)
        # added by hand: sum() rounds differently from Python 3.12 on, and the town would no longer be the committed one
        sw, se, ne, nw = (1 - s) * (1 - t), s * (1 - t), s * t, (1 - s) * t
        x = sw * ax + se * bx + ne * cx + nw * dx
        y = sw * ay + se * by + ne * cy + nw * dy
        return round(x, DECIMALS), round(y, DECIMALS)

    def ring(self, rect: Rect) -> list[Coordinate]:
        """Closed outline of a rectangle of cells through every node on it, counter-clockwise."""
        points = [self.node(i, j) for i, j in rect.perimeter()]
        return [*points, points[0]]

    def patch(self, cell: tuple[int, int], west: float, south: float, east: float, north: float) -> list[Coordinate]:
        """Closed four-sided outline inside a cell, bounds in its own 0–1 measure."""
        corners = ((west, south), (east, south), (east, north), (west, north), (west, south))
        return [self.within(cell, s, t) for s, t in corners]

    def middle(self, rect: Rect, aside: float = 0.0) -> Coordinate:
        """Middle of a rectangle of cells, moved `aside` cells to the north-west."""
        return self.smooth((rect.i0 + rect.i1) / 2 - aside, (rect.j0 + rect.j1) / 2 + aside)

    def _bent(self, i: float, j: float) -> tuple[float, float]:
        """Metres east and north of the centre."""
        u, v = i - self.columns / 2, j - self.rows / 2
        x = self.cell * u * (1 + 0.3 * min(1.0, abs(u) / (self.columns / 2)) ** 2)
        y = self.cell * v * (1 + 0.3 * min(1.0, abs(v) / (self.rows / 2)) ** 2)
        x += 58.0 * sin(v / 7.0 + 0.6) + 21.0 * sin(v / 3.1 + 1.7)
        y += 66.0 * sin(u / 9.0 + 0.3) + 19.0 * sin(u / 3.7 + 0.9)
        turn = 7.0 * pi / 180.0
        return x * cos(turn) - y * sin(turn), x * sin(turn) + y * cos(turn)

    def _shaken(self, i: int, j: int) -> tuple[float, float]:
        x, y = self._bent(i, j)
        if i in self.still[0] or j in self.still[1]:
            return x, y
        random = Random(f"{self.seed}:{i}:{j}")  # noqa: S311 - a drawing, not a secret
        reach = 9.0
        dx, dy = random.uniform(-reach, reach), random.uniform(-reach, reach)
        return x + dx, y + dy

    def _rounded(self, x: float, y: float) -> Coordinate:
        return (
            round(self.centre[0] + x / METRES_PER_DEGREE_LON, DECIMALS),
            round(self.centre[1] + y / METRES_PER_DEGREE_LAT, DECIMALS),
        )


def metres_between(one: Coordinate, two: Coordinate) -> float:
    """Distance in metres, good within a town."""
    return hypot((one[0] - two[0]) * METRES_PER_DEGREE_LON, (one[1] - two[1]) * METRES_PER_DEGREE_LAT)

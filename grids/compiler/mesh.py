"""A Delaunay mesh on whole numbers that contains given edges: nothing is rounded, so nothing can overlap."""

import math

import numpy as np
import shapely

from grids.compiler.given import Bools, Ints


def triangles(points: Ints, stretch: int) -> Ints:
    """Delaunay triangles of distinct points, counter-clockwise, as numbers of points.

    Arguments:
        points: whole numbers.
        stretch: width of a unit of longitude in hundredths of one of latitude, so that angles are those on the ground.
    """
    scaled = points * np.array([stretch, 100])
    found = shapely.delaunay_triangles(shapely.multipoints(scaled.astype(float)))
    corners = shapely.get_coordinates(found).reshape(-1, 4, 2)[:, :3]
    keys = key_of(points)
    order = np.argsort(keys, kind="stable")
    wanted = key_of(np.rint(corners / np.array([stretch, 100])).astype(np.int64).reshape(-1, 2))
    index = order[np.searchsorted(keys[order], wanted)].reshape(-1, 3)
    area = doubled(points, index)
    index[area < 0] = index[area < 0][:, ::-1]
    kept: Ints = index[area != 0]
    return kept


def key_of(points: Ints) -> Ints:
    """One number for a point whose coordinates are below 2^30 in size."""
    found: Ints = points[:, 0] * (1 << 32) + points[:, 1]
    return found


def doubled(points: Ints, index: Ints) -> Ints:
    """Twice the signed area of triangles."""
    a, b, c = (points[index[:, k]] for k in range(3))
    found: Ints = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    return found


def twins(start: Ints, end: Ints, count: int) -> Ints:
    """For directed sides a→b the number of the side b→a, -1 without."""
    keys, back = start * count + end, end * count + start
    order = np.argsort(keys, kind="stable")
    ranked = keys[order]
    place = np.minimum(np.searchsorted(ranked, back), len(keys) - 1)
    return np.where(ranked[place] == back, order[place], -1)


def constrained(points: Ints, index: Ints, edges: Ints) -> tuple[Ints, Bools]:
    """The mesh turned until it contains the edges, and which edges it contains now.

    An edge that would cross an earlier one is left out; one that runs through a point is there in two pieces.
    """
    start = index.reshape(-1)
    end = np.roll(index, -1, axis=1).reshape(-1)
    have = np.sort(np.minimum(start, end) * len(points) + np.maximum(start, end))
    wanted = edges.min(axis=1) * len(points) + edges.max(axis=1)
    place = np.minimum(np.searchsorted(have, wanted), len(have) - 1)
    present: Bools = have[place] == wanted
    if present.all():
        return index, present
    turner = _Turner(points, start, twins(start, end, len(points)), {int(key) for key in wanted[present]})
    for number in np.flatnonzero(~present):
        present[number] = turner.insert(int(edges[number, 0]), int(edges[number, 1]))
    return np.array(turner.origin, dtype=np.int64).reshape(-1, 3), present


class _Turner:
    """Half-edges 3t, 3t+1, 3t+2 of triangle t as plain lists; inserts edges by turning diagonals (Sloan 1993)."""

    def __init__(self, points: Ints, origin: Ints, twin: Ints, locked: set[int]) -> None:
        self.x, self.y = points[:, 0].tolist(), points[:, 1].tolist()
        self.origin, self.twin = origin.tolist(), twin.tolist()
        self.count, self.locked = len(points), locked
        self.at = dict(zip(self.origin, range(len(self.origin)), strict=True))

    def side(self, a: int, b: int, c: int) -> int:
        x, y = self.x, self.y
        return (x[b] - x[a]) * (y[c] - y[a]) - (y[b] - y[a]) * (x[c] - x[a])  # type: ignore[no-any-return]

    def key(self, a: int, b: int) -> int:
        return min(a, b) * self.count + max(a, b)

    def insert(self, a: int, b: int) -> bool:
        """Make a–b an edge; False if a locked edge or the end of the mesh is in the way."""
        for _ in range(64):
            crossed, stop = self._crossed(a, b)
            if stop < 0 or any(self.key(self.origin[h], self.origin[self._next(h)]) in self.locked for h in crossed):
                return False
            if crossed and not self._turn_all(crossed, a, stop):
                return False
            self.locked.add(self.key(a, stop))
            if stop == b:
                return True
            a = stop
        return False

    @staticmethod
    def _next(h: int) -> int:
        return h - 2 if h % 3 == 2 else h + 1

    def _around(self, a: int) -> list[int]:
        """Half-edges that leave a point."""
        first = self.at[a]
        found, h = [], first
        while h >= 0:
            found.append(h)
            h = self.twin[self._next(self._next(h))]
            if h == first:
                return found
        h = self.twin[first]
        while h >= 0:
            h = self._next(h)
            found.append(h)
            h = self.twin[h]
        return found

    def _crossed(self, a: int, b: int) -> tuple[list[int], int]:
        """Half-edges that a–b crosses, and the first point on it: b, one between, or -1 if it leaves the mesh."""
        h, stop = self._first(a, b)
        crossed: list[int] = []
        while stop == -2:
            crossed.append(h)
            g = self.twin[h]
            if g < 0:
                return crossed, -1
            third = self.origin[self._next(self._next(g))]
            if third == b:
                return crossed, b
            turn = self.side(a, b, third)
            if turn == 0:
                return crossed, third
            h = self._next(g) if turn > 0 else self._next(self._next(g))
        return crossed, stop

    def _first(self, a: int, b: int) -> tuple[int, int]:
        """The half-edge opposite of `a` that a–b crosses and -2; or a point where it goes along an edge; or -1."""
        x, y = self.x, self.y
        for h in self._around(a):
            one, two = self.origin[self._next(h)], self.origin[self._next(self._next(h))]
            if b in (one, two):
                return h, b
            left, right = self.side(a, b, two), self.side(a, b, one)
            for point, turn in ((one, right), (two, left)):
                if turn == 0 and (x[b] - x[a]) * (x[point] - x[a]) + (y[b] - y[a]) * (y[point] - y[a]) > 0:
                    return h, point
            if right < 0 < left:
                return self._next(h), -2
        return -1, -1

    def _turn_all(self, crossed: list[int], a: int, b: int) -> bool:
        """Turn crossed diagonals until none crosses a–b."""
        queue = [(self.origin[h], self.origin[self._next(h)]) for h in crossed]
        for _ in range(40 * len(queue) * len(queue) + 100):
            if not queue:
                return True
            one, two = queue.pop(0)
            h = self._edge(one, two)
            g = self.twin[h]
            p, q = self.origin[self._next(self._next(h))], self.origin[self._next(self._next(g))]
            if self.side(p, q, one) * self.side(p, q, two) >= 0:
                queue.append((one, two))
                continue
            self._flip(h, g)
            if a in (p, q) or b in (p, q):
                continue
            if (self.side(a, b, p) > 0) != (self.side(a, b, q) > 0):
                queue.append((p, q))
        return not queue

    def _edge(self, a: int, b: int) -> int:
        return next(h for h in self._around(a) if self.origin[self._next(h)] == b)

    def _flip(self, h: int, g: int) -> None:
        """Turn the diagonal of the two triangles of half-edges h and g."""
        o, t = self.origin, self.twin
        h1, h2, g1, g2 = self._next(h), h - 1 if h % 3 else h + 2, self._next(g), g - 1 if g % 3 else g + 2
        a, b, p, q = o[h], o[g], o[h2], o[g2]
        outer = t[h1], t[h2], t[g1], t[g2]
        # triangles become (p, a, q) and (q, b, p)
        o[h], o[h1], o[h2] = q, p, a
        o[g], o[g1], o[g2] = p, q, b
        for mine, other in zip((g2, h1, h2, g1), outer, strict=True):
            t[mine] = other
            if other >= 0:
                t[other] = mine
        t[h], t[g] = g, h
        self.at[a], self.at[b], self.at[p], self.at[q] = h2, g2, h1, g1


def radians_of(latitude: int) -> float:
    """Radians of a latitude in lattice units."""
    return math.radians(latitude / 1e8)

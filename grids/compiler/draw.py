"""Parts as rings: borders drawn straighter where nothing stands in the way, proved to fill the parent exactly."""

import numpy as np
import shapely

from grids.compiler.cells import Cells, Sides, merged
from grids.compiler.given import Bools, Floats, Ints, polygons
from grids.rules.coverage import Node, Ring, fills, twice_area

BESIDE = 1.5  # metres a border along a barrier may stray from it


def rings(cells: Cells, label: Ints, outline: Ring, origin: tuple[int, int], reach: float) -> dict[str, Ring] | None:
    """Rings of parts by their number, or None if they do not fill the outline exactly.

    Arguments:
        label: part of each cell.
        reach: metres a border may be drawn straighter by; 0 leaves it as the cells are.
    """
    sides = merged(cells.sides, label)
    fixed = _fixed(sides, len(cells.nodes))
    if reach > 0:
        gone = _needless(cells, sides, fixed, reach)
        sides = _shortened(sides, gone)
    parts = _walked(sides, cells.nodes + np.array(origin))
    return parts if parts is not None and fills(parts, outline) and _simple(parts) else None


def _simple(parts: dict[str, Ring]) -> bool:
    """True if no ring meets itself; on whole numbers of this size the predicates of GEOS are exact."""
    if any(len(ring) < 3 or twice_area(ring) <= 0 for ring in parts.values()):
        return False
    return bool(shapely.is_valid(polygons(list(parts.values()))).all())


def _fixed(sides: Sides, count: int) -> Bools:
    """Nodes that stay: on the outline, and where more than two parts meet."""
    leaving = np.bincount(sides.a, minlength=count)
    found: Bools = leaving != 2
    outer = sides.other < 0
    found[sides.a[outer]] = True
    found[sides.b[outer]] = True
    return found


def _chains(sides: Sides, fixed: Bools) -> list[Ints]:
    """Borders inside the outline, each once, as nodes from one fixed node to the next."""
    inner = np.flatnonzero((sides.other >= 0) & (sides.owner < sides.other))
    after = dict(
        zip(zip(sides.owner[inner].tolist(), sides.a[inner].tolist(), strict=True), inner.tolist(), strict=True)
    )
    starts = inner[fixed[sides.a[inner]]].tolist()
    found = []
    for side in starts:
        owner, nodes = int(sides.owner[side]), [int(sides.a[side]), int(sides.b[side])]
        while not fixed[nodes[-1]]:
            nodes.append(int(sides.b[after[(owner, nodes[-1])]]))
        found.append(np.array(nodes, dtype=np.int64))
    return found


def _needless(cells: Cells, sides: Sides, fixed: Bools, reach: float) -> Bools:
    """Nodes that a border can do without: it strays by at most `reach` metres and passes no other point.

    What lies between the old line and the new one holds no node of another border and no corner of a building, so
    that nothing can be crossed (Saalfeld 1999).
    """
    chains = [chain for chain in _chains(sides, fixed) if len(chain) > 2]
    gone = np.zeros(len(cells.nodes), dtype=bool)
    if not chains:
        return gone
    barred = np.zeros(len(cells.nodes), dtype=bool)
    on = sides.strength >= 0
    barred[sides.a[on]] = barred[sides.b[on]] = True
    used = np.unique(np.concatenate([sides.a, sides.b]))
    marks = _Marks(cells, used)
    flat, start = np.concatenate(chains), np.cumsum([0, *map(len, chains)])
    where = cells.nodes[flat] * np.array(cells.metres)
    limit = np.where(barred[flat], min(BESIDE, reach), reach)
    spans = np.stack([start[:-1], start[1:] - 1], axis=1)
    while len(spans):
        spans = spans[spans[:, 1] - spans[:, 0] > 1]
        if not len(spans):
            break
        far, good = _strays(where, limit, spans)
        good[good] = marks.clear(flat, spans[good])
        for low, high in spans[good].tolist():
            gone[flat[low + 1 : high]] = True
        rest, cut = spans[~good], far[~good]
        spans = np.concatenate([np.stack([rest[:, 0], cut], axis=1), np.stack([cut, rest[:, 1]], axis=1)])
    return gone


def _strays(where: Floats, limit: Floats, spans: Ints) -> tuple[Ints, Bools]:
    """For stretches of the flat list: the place that strays most, and whether all stay within their limits."""
    size = spans[:, 1] - spans[:, 0] - 1
    span = np.repeat(np.arange(len(spans)), size)
    begin = np.concatenate([[0], np.cumsum(size)])
    place = np.arange(begin[-1]) - begin[:-1][span] + spans[span, 0] + 1
    a, b = where[spans[span, 0]], where[spans[span, 1]]
    way, own = b - a, where[place] - a
    square = np.maximum((way * way).sum(axis=1), 1e-12)
    share = np.clip((own * way).sum(axis=1) / square, 0.0, 1.0)
    stray = np.hypot(*(own - share[:, None] * way).T) / limit[place]
    most = np.maximum.reduceat(stray, begin[:-1])
    at = np.flatnonzero(stray == most[span])
    far = place[at[np.unique(span[at], return_index=True)[1]]]
    return far, most <= 1.0


class _Marks:
    """Points no border may be drawn over."""

    def __init__(self, cells: Cells, used: Ints) -> None:
        self.cells, self.used = cells, used
        places = np.concatenate([cells.nodes[used], cells.sites])
        self.tree = shapely.STRtree(shapely.points(places.astype(float)))

    def clear(self, flat: Ints, spans: Ints) -> Bools:
        """Whether nothing lies between each stretch and the straight line from its first to its last node."""
        size = spans[:, 1] - spans[:, 0] + 1
        span = np.repeat(np.arange(len(spans)), size)
        begin = np.concatenate([[0], np.cumsum(size)])[:-1]
        node = flat[np.arange(int(size.sum())) - begin[span] + spans[span, 0]]
        places = self.cells.nodes[node].astype(float)
        lines = shapely.linestrings(places, indices=span)
        if not len(spans):
            return np.ones(0, dtype=bool)
        around, index = _closed(places, span, begin)
        closed = shapely.polygons(shapely.linearrings(around, indices=index))
        swept = np.where(shapely.is_valid(closed), closed, shapely.convex_hull(lines))
        hit, mark = self.tree.query(swept, predicate="intersects")
        own = set(zip(span.tolist(), node.tolist(), strict=True))
        good = np.ones(len(spans), dtype=bool)
        for which, number in zip(hit.tolist(), mark.tolist(), strict=True):
            if number >= len(self.used) or (which, int(self.used[number])) not in own:
                good[which] = False
        return good


def _closed(places: Floats, span: Ints, begin: Ints) -> tuple[Floats, Ints]:
    ends = np.append(begin[1:], len(span))
    return np.insert(places, ends, places[begin], axis=0), np.insert(span, ends, span[begin])


def _shortened(sides: Sides, gone: Bools) -> Sides:
    """Sides without the needless nodes."""
    after = {
        (owner, a): (b, other)
        for owner, a, b, other in zip(
            sides.owner.tolist(), sides.a.tolist(), sides.b.tolist(), sides.other.tolist(), strict=True
        )
    }
    rows = []
    for (owner, a), (b, other) in after.items():
        if gone[a]:
            continue
        end = b
        while gone[end]:
            end = after[(owner, end)][0]
        rows.append((a, end, owner, other))
    a, b, owner, other = np.array(rows, dtype=np.int64).T
    return Sides(a, b, owner, other, np.full(len(a), -1.0))


def _walked(sides: Sides, places: Ints) -> dict[str, Ring] | None:
    """Rings by owner; None if an owner has more than one or comes to a node twice."""
    onward: dict[int, dict[int, int]] = {}
    for owner, a, b in zip(sides.owner.tolist(), sides.a.tolist(), sides.b.tolist(), strict=True):
        mine = onward.setdefault(owner, {})
        if a in mine:
            return None
        mine[a] = b
    found: dict[str, Ring] = {}
    for owner, mine in sorted(onward.items()):
        node = start = min(mine)
        ring: list[Node] = []
        for _ in range(len(mine)):
            ring.append((int(places[node][0]), int(places[node][1])))
            node = mine[node]
            if node == start:
                break
        if len(ring) != len(mine):
            return None
        found[str(owner)] = tuple(ring)
    return found

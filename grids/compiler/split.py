"""A first division: a region is halved, and its halves, until each piece weighs about the target."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from grids.compiler.cells import Cells
from grids.compiler.given import Bools, Floats, Ints, summed
from grids.compiler.graph import Graph
from grids.compiler.ground import linked

TURNS = 12  # directions a cut is tried in
SLACK = 0.12  # of a part's weight a cut may stray to find a shorter border


@dataclass
class Piece:
    """Cells that are still one: their numbers, and borders among them as places in the list of cells."""

    cells: Ints
    one: Ints
    two: Ints
    cost: Floats
    outer: Floats  # metres of border with anything else
    parts: int


def count_for(weight: float, target: float) -> int:
    """The number of parts whose mean lies nearest to the target, as a share of it."""
    low = max(1, int(weight // target))
    return low if abs(weight / low - target) <= abs(weight / (low + 1) - target) else low + 1


def divide(cells: Cells, graph: Graph, members: Ints, parts: int, told: Callable[[], None]) -> list[Ints]:
    """Cells of a region in `parts` disks of like weight; fewer where no cut is possible."""
    waiting = [_piece(cells, graph, members, parts)]
    done: list[Ints] = []
    while waiting:
        piece = waiting.pop()
        halves = _halved(cells, piece) if piece.parts > 1 else None
        if halves is None:
            done.append(piece.cells)
            told()
        else:
            waiting += halves
    return done


def _piece(cells: Cells, graph: Graph, members: Ints, parts: int) -> Piece:
    place = np.full(cells.count, -1, dtype=np.int64)
    place[members] = np.arange(len(members))
    a, b = place[graph.one], place[graph.two]
    inner = (a >= 0) & (b >= 0)
    outer = graph.rim[members].copy()
    for mine, other in ((a, b), (b, a)):
        rim = (mine >= 0) & (other < 0)
        outer += summed(mine[rim], graph.length[rim], len(members))
    return Piece(members, a[inner], b[inner], graph.cost[inner], outer, parts)


def _halved(cells: Cells, piece: Piece) -> list[Piece] | None:
    """The shortest cut near the middle that leaves two disks."""
    weight = cells.weight[piece.cells]
    best: tuple[float, Bools, int] | None = None
    for tried, (first, side) in enumerate(_cuts(cells, piece, weight)):
        mended = _mended(piece, side, cells.area[piece.cells])
        if mended is None:
            continue
        share = weight[mended].sum() / weight.sum()
        miss = abs(share * piece.parts - first)
        if best is None or miss < best[0]:
            best = miss, mended, first
        if miss < 2 * SLACK or tried > 3 * TURNS:
            break
    if best is None:
        return None
    first = min(max(round(float(weight[best[1]].sum() / weight.sum()) * piece.parts), 1), piece.parts - 1)
    return [_half(piece, best[1], first), _half(piece, ~best[1], piece.parts - first)]


def _cuts(cells: Cells, piece: Piece, weight: Floats) -> Iterator[tuple[int, Bools]]:
    """Straight cuts, the cheapest first: how many parts lie on the first side, and which cells."""
    rank, cost, sums = _swept(cells.centre[piece.cells], piece, weight)
    found = []
    for first in sorted({piece.parts // 2, piece.parts - piece.parts // 2}):
        off = np.abs(sums - first)
        off[:, [0, -1]] = 1e9  # both sides need a cell
        price = np.where(off <= np.maximum(SLACK, off.min(axis=1))[:, None], cost * (1 + 2 * off), np.inf)
        at = np.argmin(price, axis=1)
        found += [(float(price[turn, at[turn]]), first, turn, int(at[turn])) for turn in range(TURNS)]
    for price_of, first, turn, place in sorted(found):
        if price_of < np.inf:
            yield first, rank[turn] < place


def _swept(centre: Floats, piece: Piece, weight: Floats) -> tuple[Ints, Floats, Floats]:
    """For each direction and each place in it: rank of the cells, cost of a cut before it, parts that lie before it."""
    angle = np.pi * np.arange(TURNS)[:, None] / TURNS
    order = np.argsort(np.cos(angle) * centre[:, 0] + np.sin(angle) * centre[:, 1], axis=1, kind="stable")
    rank = np.empty_like(order)
    np.put_along_axis(rank, order, np.broadcast_to(np.arange(len(centre)), order.shape), axis=1)
    one, two = rank[:, piece.one], rank[:, piece.two]
    width = len(centre) + 2
    row = width * np.arange(TURNS)[:, None] + 1
    costs = np.tile(piece.cost, TURNS)
    steps = summed((np.minimum(one, two) + row).ravel(), costs, TURNS * width)
    steps -= summed((np.maximum(one, two) + row).ravel(), costs, TURNS * width)
    cost = np.cumsum(steps.reshape(TURNS, width), axis=1)[:, :-1]
    sums = np.cumsum(weight[order], axis=1) / weight.sum() * piece.parts
    return rank, cost, np.concatenate([np.zeros((TURNS, 1)), sums], axis=1)


def _mended(piece: Piece, side: Bools, area: Floats) -> Bools | None:
    """The cut with both sides connected and both on the rim, so that both are disks; None if it cannot be."""
    side = side.copy()
    for _ in range(6):
        same = side[piece.one] == side[piece.two]
        label = linked(len(side), piece.one[same], piece.two[same])
        size = summed(label, area, len(side))
        keep = []
        for value in (True, False):
            mine = label[side == value]
            if not len(mine):
                return None
            keep.append(int(mine[np.argmax(size[mine])]))
        loose = ~np.isin(label, keep)
        if not loose.any():
            good = piece.outer[side].sum() > 0 and piece.outer[~side].sum() > 0
            return side if good else None
        side[loose] = ~side[loose]
    return None


def _half(piece: Piece, side: Bools, parts: int) -> Piece:
    place = np.full(len(side), -1, dtype=np.int64)
    place[side] = np.arange(int(side.sum()))
    a, b = place[piece.one], place[piece.two]
    inner, outer = (a >= 0) & (b >= 0), piece.outer.copy()
    cut = (a >= 0) != (b >= 0)
    # any length will do: what counts is whether a cell has a border outside
    np.add.at(outer, piece.one[cut], 1.0)
    np.add.at(outer, piece.two[cut], 1.0)
    return Piece(piece.cells[side], a[inner], b[inner], piece.cost[inner], outer[side], parts)

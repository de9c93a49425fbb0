"""What grids become when the villages they lie in change. Pure and exact: the cells are given, nothing is computed.

A cell is a piece of ground that lies in one village of the future and in one grid of the present. The part of a grid
that stays in its village keeps its code. What comes into another village becomes a grid there if it is at least half of
the grid it was; a smaller piece joins the grid beside it with which it shares most border.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from grids.rules.coverage import Node, Refused, Ring, Side, chained, crossing, sides, twice_area
from grids.rules.cutting import metres


@dataclass(frozen=True, slots=True)
class Cell:
    """A piece of ground: the village it will lie in, and the grid it lies in ("" for none)."""

    ring: Ring
    village: str
    grid: str


@dataclass(frozen=True, slots=True)
class Carried:
    """A grid of the future: its village, the grid it comes from, and whether it is that grid still."""

    village: str
    origin: str
    ring: Ring
    kept: bool


def joined(rings: Sequence[Ring]) -> Ring:
    """The ring around cells that share their vertices.

    Raises:
        Refused: ring, if they are not one area without holes.
    """
    walked = {side for ring in rings for side in sides(ring)}
    found = chained(side for side in walked if (side[1], side[0]) not in walked)
    if len(found) != 1 or crossing(found[0]) is not None:
        raise Refused("ring", rings[0][0])
    return found[0]


def without(ring: Ring, kept: Collection[Node]) -> Ring:
    """The ring without the vertices that are not to be kept."""
    return tuple(node for node in ring if node in kept)


def carried(cells: Iterable[Cell], homes: Mapping[str, str], sizes: Mapping[str, int]) -> list[Carried]:
    """The grids of the future, by village and place.

    Arguments:
        homes: code of a grid → code of the village it lies in at present.
        sizes: code of a grid → twice its area in square lattice units.

    Raises:
        Refused: ring, if a piece is not one area without holes.
    """
    pieces = _pieces(cells)
    home = _homes(pieces, homes)
    done, loose = [], []
    for piece in pieces:
        if piece is home.get(piece.origin):
            done.append(replace(piece, kept=True))
        elif 2 * twice_area(piece.ring) >= sizes[piece.origin]:
            done.append(piece)
        else:
            loose.append(piece)
    for piece in sorted(loose, key=lambda row: -twice_area(row.ring)):
        _join(done, piece)
    return sorted(done, key=lambda row: (row.village, row.origin, min(row.ring)))


def _homes(pieces: list[Carried], homes: Mapping[str, str]) -> dict[str, Carried]:
    """Grid → its largest piece in the village it lies in."""
    found: dict[str, Carried] = {}
    for piece in pieces:
        best = found.get(piece.origin)
        if homes[piece.origin] == piece.village and (best is None or twice_area(piece.ring) > twice_area(best.ring)):
            found[piece.origin] = piece
    return found


def _pieces(cells: Iterable[Cell]) -> list[Carried]:
    """Cells of one grid in one village, put together as far as they touch along a side."""
    groups: defaultdict[tuple[str, str], list[Ring]] = defaultdict(list)
    for cell in cells:
        if cell.grid:
            groups[cell.village, cell.grid].append(cell.ring)
    found = []
    for (village, grid), rings in sorted(groups.items()):
        found += [Carried(village, grid, joined(cluster), kept=False) for cluster in _touching(rings)]
    return found


def _touching(rings: list[Ring]) -> list[list[Ring]]:
    """Rings in groups that hang together by their sides."""
    left, found = list(rings), []
    while left:
        cluster = [left.pop()]
        edge = set(sides(cluster[0]))
        while beside := [ring for ring in left if any((b, a) in edge for a, b in sides(ring))]:
            cluster += beside
            edge |= {side for ring in beside for side in sides(ring)}
            left = [ring for ring in left if ring not in beside]
        found.append(cluster)
    return found


def _join(done: list[Carried], piece: Carried) -> None:
    """A small piece comes to the grid of its village with most border in common; to none, and it is one of its own."""
    back = {(b, a) for a, b in sides(piece.ring)}
    beside = [(sum(map(_length, back & set(sides(row.ring)))), place) for place, row in enumerate(done)
              if row.village == piece.village]  # fmt: skip
    for shared, place in sorted(beside, reverse=True):
        if shared:
            try:
                done[place] = replace(done[place], ring=joined([done[place].ring, piece.ring]))
            except Refused:  # it would close a ring around something: the next best neighbour
                continue
            return
    done.append(piece)


def _length(side: Side) -> float:
    return metres(*side)

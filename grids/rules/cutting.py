"""Cutting a part in two along a line, moving, adding and removing shared vertices. Exact; see rules.coverage."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import hypot

from grids.rules.coverage import (
    METRES_LAT,
    METRES_LON,
    Node,
    Parts,
    Refused,
    Ring,
    between,
    cross,
    crossing,
    replaced,
    sides,
    turn,
    twice_area,
)

Place = tuple[Fraction, Fraction]


def metres(one: Node, two: Node) -> float:
    """Distance in metres, good within a town."""
    return hypot((one[0] - two[0]) * METRES_LON, (one[1] - two[1]) * METRES_LAT)


def inside(ring: Ring, x: Fraction | int, y: Fraction | int) -> bool:
    """True if a place lies in a ring; on its line is not inside."""
    odd = False
    for (ax, ay), (bx, by) in sides(ring):
        turned = (bx - ax) * (y - ay) - (by - ay) * (x - ax)
        if turned == 0 and min(ax, bx) <= x <= max(ax, bx) and min(ay, by) <= y <= max(ay, by):
            return False
        if (ay > y) != (by > y) and (turned > 0) == (by > ay):
            odd = not odd
    return odd


def nearest_on(ring: Ring, node: Node) -> tuple[float, Node, int]:
    """Distance in metres, the nearest node on a ring, and the number of the side it lies on."""
    found: tuple[float, Node, int] | None = None
    for index, (a, b) in enumerate(sides(ring)):
        ax, ay = a[0] * METRES_LON, a[1] * METRES_LAT
        dx, dy = b[0] * METRES_LON - ax, b[1] * METRES_LAT - ay
        share = ((node[0] * METRES_LON - ax) * dx + (node[1] * METRES_LAT - ay) * dy) / (dx * dx + dy * dy)
        share = min(max(share, 0.0), 1.0)
        foot = (round(a[0] + share * (b[0] - a[0])), round(a[1] + share * (b[1] - a[1])))
        distance = metres(node, foot)
        if found is None or distance < found[0]:
            found = distance, foot, index
    if found is None:
        raise Refused("empty", node)
    return found


def cut(parts: Parts, key: str, new: str, line: Sequence[Node], outline: Ring, snap: float) -> Parts:
    """The parts after one of them is cut along a line; the right-hand side of the line becomes the part `new`.

    Where the line meets a side, the neighbour's side gets the same vertex. On the outline no vertex can be added (it
    belongs to the divisions), so there a line ends at a vertex of the outline.

    Arguments:
        line: nodes; ends may lie outside the part, or inside by at most `snap`.
        snap: metres within which an end is drawn to the boundary, and a meeting point to a vertex.

    Raises:
        Refused: short, line, crosses_itself, misses, ends_inside, many, outline, sliver.
    """
    ring = parts[key]
    path = _reaching(ring, _tidy(line), snap)
    enter, leave, middle = _stretch(ring, path)
    found = dict(parts)
    ends = []
    for place in (enter, leave):
        node, found = _landed(found, key, place, outline, snap)
        ends.append(node)
    if ends[0] == ends[1]:
        raise Refused("sliver", ends[0])
    way = [ends[0], *(node for node in middle if node not in ends), ends[1]]
    ring = found[key]
    start, stop = ring.index(ends[0]), ring.index(ends[1])
    ahead = _walk(ring, stop, start)  # from the end of the line on to its beginning
    back = _walk(ring, start, stop)
    left, right = tuple(way[:-1] + ahead[:-1]), tuple(way[::-1][:-1] + back[:-1])
    if any(twice_area(half) <= 0 or crossing(half) is not None for half in (left, right)):
        raise Refused("crosses_itself", way[len(way) // 2])
    return found | {key: left, new: right}


def _tidy(line: Sequence[Node]) -> list[Node]:
    nodes = [node for index, node in enumerate(line) if index == 0 or node != line[index - 1]]
    if len(nodes) < 2:
        raise Refused("line", nodes[0] if nodes else None)
    legs = list(pairwise(nodes))
    for index, one in enumerate(legs):
        if any(cross(one, two) for two in legs[index + 1 :]):
            raise Refused("crosses_itself", one[1])
    return nodes


def _reaching(ring: Ring, line: list[Node], snap: float) -> list[Node]:
    """The line with ends that fall short by at most `snap` metres drawn to the boundary."""
    nodes = list(line)
    for end in (0, -1):
        if not inside(ring, *nodes[end]):
            continue
        distance, foot, _side = nearest_on(ring, nodes[end])
        if distance > snap:
            raise Refused("ends_inside", nodes[end], metres=distance)
        nodes.insert(0 if end == 0 else len(nodes), foot)
    return nodes


def _stretch(ring: Ring, line: list[Node]) -> tuple[Place, Place, list[Node]]:
    """Where the line enters and leaves the part, and its own nodes between; exactly one stretch may lie inside."""
    events = sorted(set(_meetings(ring, line)))
    runs = [(a, b) for a, b in pairwise(events) if inside(ring, *_midway(line, a, b))]
    if not runs:
        raise Refused("misses", line[0])
    if len(runs) > 1:
        raise Refused("many", line[0], number=len(runs))
    (first, last) = runs[0]
    middle = [node for index, node in enumerate(line) if first < index < last]
    return _at(line, first), _at(line, last), middle


def _meetings(ring: Ring, line: list[Node]) -> list[Fraction]:
    """Measures along the line (number of the leg and the share of it) where it meets the ring, and its two ends."""
    found: list[Fraction] = []
    for index, (a, b) in enumerate(pairwise(line)):
        for c, d in sides(ring):
            one, two = turn(a, b, c), turn(a, b, d)
            if one == two == 0:
                found += [index + _share(a, b, node) for node in (c, d) if between(a, b, node)]
                continue
            if one * two > 0 or turn(c, d, a) * turn(c, d, b) > 0:
                continue
            near, far = turn(c, d, a), turn(c, d, b)
            if near != far:
                found.append(index + Fraction(near, near - far))
    # an end that was drawn to the boundary is rounded and lies beside it by less than a millimetre
    for end in (0, len(line) - 1):
        if nearest_on(ring, line[end])[0] < 0.01:
            found.append(Fraction(end))
    return found


def _share(a: Node, b: Node, c: Node) -> Fraction:
    axis = 0 if a[0] != b[0] else 1
    return Fraction(c[axis] - a[axis], b[axis] - a[axis])


def _at(line: list[Node], measure: Fraction) -> Place:
    leg = min(int(measure), len(line) - 2)
    share, (a, b) = measure - leg, (line[leg], line[leg + 1])
    return a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])


def _midway(line: list[Node], one: Fraction, two: Fraction) -> Place:
    whole = int(one) + 1
    return _at(line, Fraction(whole)) if one < whole < two else _at(line, (one + two) / 2)


def _landed(parts: Parts, key: str, place: Place, outline: Ring, snap: float) -> tuple[Node, Parts]:
    """The node at which a line ends: a vertex that is near, else a new one, which the neighbour gets as well."""
    node = (round(place[0]), round(place[1]))
    ring = parts[key]
    _distance, foot, side = nearest_on(ring, node)
    a, b = sides(ring)[side]
    near = min((a, b), key=lambda end: metres(end, foot))
    if foot in ring:
        return foot, parts
    if (a, b) in set(sides(outline)):
        if metres(near, foot) > max(snap, 0.0):
            raise Refused("outline", near, metres=metres(near, foot))
        return near, parts
    if metres(near, foot) <= min(snap, 2.0):
        return near, parts
    return foot, replaced(parts, (a, b), [foot])


def _walk(ring: Ring, start: int, stop: int) -> list[Node]:
    """Nodes of a ring from one to another, both included."""
    return list(ring[start : stop + 1] if start <= stop else ring[start:] + ring[: stop + 1])


def move(parts: Parts, node: Node, to: Node, outline: Ring) -> Parts:
    """Every part that has a vertex has it elsewhere.

    Raises:
        Refused: no_vertex, outline (it belongs to the divisions), occupied, crosses_itself.
    """
    holders = _holders(parts, node, outline)
    if any(to in parts[key] for key in holders):
        raise Refused("occupied", to)
    found = dict(parts)
    for key in holders:
        found[key] = tuple(to if each == node else each for each in parts[key])
        if twice_area(found[key]) <= 0 or crossing(found[key]) is not None:
            raise Refused("crosses_itself", to)
    return found


def insert(parts: Parts, a: Node, b: Node, node: Node, outline: Ring) -> Parts:
    """A side gets a vertex, on both of its sides.

    Raises:
        Refused: no_side, outline, occupied, crosses_itself.
    """
    edge = set(sides(outline))
    if (a, b) in edge or (b, a) in edge:
        raise Refused("outline", a)
    touched = [key for key, ring in parts.items() if (a, b) in set(sides(ring)) or (b, a) in set(sides(ring))]
    if not touched:
        raise Refused("no_side", a)
    if any(node in parts[key] for key in touched):
        raise Refused("occupied", node)
    found = replaced(parts, (a, b) if any((a, b) in sides(parts[key]) for key in touched) else (b, a), [node])
    if any(twice_area(found[key]) <= 0 or crossing(found[key]) is not None for key in touched):
        raise Refused("crosses_itself", node)
    return found


def drop(parts: Parts, node: Node, outline: Ring) -> Parts:
    """A vertex between two neighbours is taken out of both.

    Raises:
        Refused: no_vertex, outline, junction (three or more parts meet there), crosses_itself.
    """
    holders = _holders(parts, node, outline)
    if len(holders) != 2:
        raise Refused("junction", node, number=len(holders))
    found = dict(parts)
    for key in holders:
        found[key] = tuple(each for each in parts[key] if each != node)
        if twice_area(found[key]) <= 0 or crossing(found[key]) is not None:
            raise Refused("crosses_itself", node)
    return found


def _holders(parts: Parts, node: Node, outline: Ring) -> list[str]:
    holders = [key for key, ring in parts.items() if node in ring]
    if not holders:
        raise Refused("no_vertex", node)
    if node in outline:
        raise Refused("outline", node)
    return holders


def welded(parts: Parts, outline: Ring, reach: float) -> Parts:
    """Vertices that lie within `reach` metres of another part's vertex become it; within reach of a side, join it.

    The outline stays as it is and draws vertices to itself first; after it the earlier keys draw the later ones.
    """
    anchors: dict[Node, None] = dict.fromkeys(outline)
    found: Parts = {}
    for key in sorted(parts):
        nodes: list[Node] = []
        for node in parts[key]:
            near = _near(anchors, node, reach)
            anchors[near] = None
            if not nodes or nodes[-1] != near:
                nodes.append(near)
        while len(nodes) > 1 and nodes[0] == nodes[-1]:
            nodes.pop()
        found[key] = tuple(nodes)
    return {key: _joined(ring, anchors, reach, outline) for key, ring in found.items()}


def _near(anchors: dict[Node, None], node: Node, reach: float) -> Node:
    if node in anchors:
        return node
    best = min(anchors, key=lambda other: metres(other, node), default=node)
    return best if metres(best, node) <= reach else node


def _joined(ring: Ring, anchors: dict[Node, None], reach: float, outline: Ring) -> Ring:
    edge = set(sides(outline))
    nodes: list[Node] = []
    own = set(ring)
    for a, b in sides(ring):
        nodes.append(a)
        if (a, b) in edge:
            continue
        on = [node for node in anchors if node not in own and _beside(a, b, node, reach)]
        nodes += sorted(on, key=lambda node: metres(a, node))
    return tuple(nodes)


def _beside(a: Node, b: Node, node: Node, reach: float) -> bool:
    width, height = reach / METRES_LON, reach / METRES_LAT
    if not (min(a[0], b[0]) - width <= node[0] <= max(a[0], b[0]) + width):
        return False
    if not (min(a[1], b[1]) - height <= node[1] <= max(a[1], b[1]) + height):
        return False
    ax, ay = a[0] * METRES_LON, a[1] * METRES_LAT
    dx, dy = b[0] * METRES_LON - ax, b[1] * METRES_LAT - ay
    x, y = node[0] * METRES_LON - ax, node[1] * METRES_LAT - ay
    length = dx * dx + dy * dy
    share = (x * dx + y * dy) / length if length else 0.0
    return 0 < share < 1 and hypot(x - share * dx, y - share * dy) <= reach

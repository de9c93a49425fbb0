"""A coverage: parts that fill an outline and share every vertex. Whole numbers only, so that nothing is ever rounded.

A node is (longitude, latitude) in units of the lattice, 1e-8 degrees. A ring is a tuple of nodes, counter-clockwise,
the first one not repeated. Parts are rings by key. Every change here keeps shared vertices shared; what a free drawing
leaves behind is found by `exact` and measured by the database (queries.boundary_defects). docs/adr/0008.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

Node = tuple[int, int]
Ring = tuple[Node, ...]
Parts = dict[str, Ring]
Side = tuple[Node, Node]

UNITS = 100_000_000  # lattice units in a degree
METRES_LON, METRES_LAT = 0.00089947, 0.00110963  # metres of a unit at 36.19° north; tolerances only, never areas


class Refused(Exception):
    """A change that cannot be made.

    Arguments:
        code: which rule; the words are chosen by the action.
        at: the place, if there is one.
        metres: a distance, if there is one.
        number: a count, if there is one.
    """

    def __init__(self, code: str, at: Node | None = None, *, metres: float = 0.0, number: int = 0) -> None:
        super().__init__(code)
        self.code, self.at, self.metres, self.number = code, at, metres, number


def node_of(lon: float, lat: float) -> Node:
    """The lattice node nearest to a place in degrees."""
    return round(lon * UNITS), round(lat * UNITS)


def degrees_of(node: Node) -> tuple[float, float]:
    """Longitude and latitude in degrees, exactly the number that is stored: a quotient of two whole numbers is the
    double that is nearest to it, which is what its eight decimals are read as."""
    return node[0] / UNITS, node[1] / UNITS


def ring_of(coordinates: Iterable[Sequence[float]]) -> Ring:
    """A ring of a closed or open list of places in degrees, turned counter-clockwise, without repeated neighbours."""
    nodes: list[Node] = []
    for place in coordinates:
        node = node_of(place[0], place[1])
        if not nodes or nodes[-1] != node:
            nodes.append(node)
    if len(nodes) > 1 and nodes[0] == nodes[-1]:
        nodes.pop()
    ring = tuple(nodes)
    return ring if twice_area(ring) >= 0 else ring[::-1]


def closed_degrees(ring: Ring) -> list[tuple[float, float]]:
    """Closed outline in degrees, as it is stored."""
    return [degrees_of(node) for node in (*ring, ring[0])]


def twice_area(ring: Ring) -> int:
    """Twice the signed area in square lattice units: exact, and positive if counter-clockwise."""
    if len(ring) < 3:
        return 0
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in sides(ring))


def sides(ring: Ring) -> list[Side]:
    """Directed sides of a ring."""
    return list(pairwise((*ring, ring[0])))


def turn(a: Node, b: Node, c: Node) -> int:
    """Positive if a-b-c turns left, 0 if the three lie on a line."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def between(a: Node, b: Node, c: Node) -> bool:
    """True if c, known to lie on the line of a and b, lies on the stretch between them, ends included."""
    return min(a[0], b[0]) <= c[0] <= max(a[0], b[0]) and min(a[1], b[1]) <= c[1] <= max(a[1], b[1])


def cross(one: Side, two: Side) -> bool:
    """True if two sides have a point in common that is not a shared end of both."""
    (a, b), (c, d) = one, two
    if max(a[0], b[0]) < min(c[0], d[0]) or max(c[0], d[0]) < min(a[0], b[0]):
        return False
    if max(a[1], b[1]) < min(c[1], d[1]) or max(c[1], d[1]) < min(a[1], b[1]):
        return False
    ends = turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)
    if (ends[0] > 0) != (ends[1] > 0) and (ends[2] > 0) != (ends[3] > 0) and 0 not in ends:
        return True
    touching = [n for n, s in ((c, one), (d, one)) if turn(*s, n) == 0 and between(*s, n)]
    touching += [n for n, s in ((a, two), (b, two)) if turn(*s, n) == 0 and between(*s, n)]
    return any(not (node in one and node in two) for node in touching)


def crossing(ring: Ring) -> Node | None:
    """A node beside which a ring meets itself; None if it is simple."""
    if len(ring) < 3 or twice_area(ring) == 0:
        return ring[0] if ring else (0, 0)
    repeated = [node for node, count in Counter(ring).items() if count > 1]
    if repeated:
        return repeated[0]
    found = sides(ring)
    met = [min(one, two) for one, two in _near(found) if _meet(found[one], found[two])]
    return found[min(met)][1] if met else None


def _meet(one: Side, two: Side) -> bool:
    """True if two sides of a ring without repeated nodes have more in common than the end where they follow each other.

    Neighbours do only where the second runs back over the first.
    """
    if one[1] == two[0]:
        (a, middle), b = one, two[1]
    elif two[1] == one[0]:
        (a, middle), b = two, one[1]
    else:
        return cross(one, two)
    east, north, on_east, on_north = middle[0] - a[0], middle[1] - a[1], b[0] - middle[0], b[1] - middle[1]
    return east * on_north == north * on_east and east * on_east + north * on_north < 0


def _near(found: Sequence[Side]) -> Iterator[tuple[int, int]]:
    """Pairs of sides whose boxes touch, by a line that sweeps over them from west to east."""
    boxes = [
        (min(a[0], b[0]), max(a[0], b[0]), min(a[1], b[1]), max(a[1], b[1]), place)
        for place, (a, b) in enumerate(found)
    ]
    boxes.sort()
    open_: list[tuple[int, int, int, int, int]] = []
    for box in boxes:
        west, _east, south, north, place = box
        open_ = [other for other in open_ if other[1] >= west]
        for _w, _e, low, high, other in open_:
            if low <= north and high >= south:
                yield place, other
        open_.append(box)


def exact(parts: Mapping[str, Ring], outline: Ring) -> bool:
    """True if simple rings fill the outline with no gap and no overlap.

    Simple counter-clockwise rings whose sides are walked once each way, but for those of the outline, add up to the
    outline: their winding numbers do, and each is 0 or 1.
    """
    if any(twice_area(ring) <= 0 or crossing(ring) is not None for ring in parts.values()):
        return False
    return fills(parts, outline)


def fills(parts: Mapping[str, Ring], outline: Ring) -> bool:
    """True if rings that are known to be simple and counter-clockwise fill the outline; see `exact`."""
    walked = Counter(side for ring in parts.values() for side in sides(ring))
    if any(count > 1 for count in walked.values()):
        return False
    return {side for side in walked if (side[1], side[0]) not in walked} == set(sides(outline))


def unshared(parts: Mapping[str, Ring], outline: Ring) -> list[tuple[str, Side]]:
    """Sides no neighbour walks back and the outline does not hold, with the part they belong to."""
    walked = {side for ring in parts.values() for side in sides(ring)}
    edge = set(sides(outline))
    return [
        (key, side)
        for key, ring in parts.items()
        for side in sides(ring)
        if side not in edge and (side[1], side[0]) not in walked
    ]


def gaps(parts: Mapping[str, Ring], outline: Ring) -> list[Ring]:
    """Rings of what no part covers, where the parts share their vertices; nothing is computed but who walks where."""
    walked = {side for ring in parts.values() for side in sides(ring)}
    edge = set(sides(outline))
    missing = [side for side in edge if side not in walked]
    missing += [(b, a) for a, b in walked if (a, b) not in edge and (b, a) not in walked]
    return [ring for ring in chained(missing) if twice_area(ring) > 0 and crossing(ring) is None]


def chained(loose: Iterable[Side]) -> list[Ring]:
    """Rings made of directed sides; at a node with several ways on, the sharpest left turn is taken."""
    onward: dict[Node, list[Node]] = {}
    for a, b in loose:
        onward.setdefault(a, []).append(b)
    found: list[Ring] = []
    while onward:
        start = min(onward)
        path = [start]
        while path[-1] in onward:
            path.append(_take(onward, path))
            if path[-1] in path[:-1]:
                begin = path.index(path[-1])
                found.append(tuple(path[begin:-1]))
                path = path[: begin + 1]
    return found


def _take(onward: dict[Node, list[Node]], path: list[Node]) -> Node:
    here, ways = path[-1], onward[path[-1]]
    before = path[-2] if len(path) > 1 else None
    chosen = ways[0]
    if before is not None:
        for way in ways[1:]:
            if _lefter(before, here, way, chosen):
                chosen = way
    ways.remove(chosen)
    if not ways:
        del onward[here]
    return chosen


def _lefter(before: Node, here: Node, one: Node, two: Node) -> bool:
    """True if going on to `one` turns further left than going on to `two`."""
    left_one, left_two = turn(before, here, one) > 0, turn(before, here, two) > 0
    if left_one != left_two:
        return left_one
    return turn(here, two, one) > 0


def merged(one: Ring, two: Ring) -> Ring:
    """The ring around two neighbours.

    Raises:
        Refused: apart (they share no side), ring (something would lie between them).
    """
    first, second = sides(one), sides(two)
    back = {(b, a) for a, b in first} & set(second)
    if not back:
        raise Refused("apart", one[0])
    kept = [side for side in first if (side[1], side[0]) not in back] + [side for side in second if side not in back]
    rings = chained(kept)
    if len(rings) != 1 or crossing(rings[0]) is not None:
        raise Refused("ring", one[0])
    return rings[0]


def replaced(parts: Parts, old: Side, path: Sequence[Node]) -> Parts:
    """Every part that walks a side walks the path instead; whoever walks it back walks the path back."""
    found: Parts = {}
    for key, ring in parts.items():
        nodes: list[Node] = []
        for a, b in sides(ring):
            nodes.append(a)
            if (a, b) == old:
                nodes += path
            elif (b, a) == old:
                nodes += path[::-1]
        found[key] = tuple(nodes)
    return found


def canonical(ring: Ring) -> Ring:
    """The ring beginning with its smallest node, so that two spellings of one ring are equal."""
    start = ring.index(min(ring))
    return ring[start:] + ring[:start]

"""The ground of one parent: building sites, barriers and outline as points and edges a mesh can be laid over."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt
import shapely

from grids.compiler.given import Bools, Floats, Ints, Parent, Problem
from grids.rules.coverage import METRES_LAT, Ring

METRE = 1 / METRES_LAT  # lattice units, of latitude; distances here are tolerances only
TOUCH = 0.3 * METRE  # buildings nearer than this are one
CLEAR = 0.5 * METRE  # what stands between a building and a border along a barrier
INSET = 1.0 * METRE  # barriers keep this far from the outline and are tied to its vertices
STEP = 40.0 * METRE  # a barrier has a vertex at least so often, where borders may leave it
REACH = 20.0 * METRE  # a dividing barrier that stops this near to the outline goes on to it
HARD = 0.8  # strength from which a barrier divides

Line = tuple[shapely.Geometry, float]
Shapes = npt.NDArray[np.object_]


@dataclass
class Ground:
    """Points and edges in lattice units from `origin`.

    Arguments:
        unit: of a point: number of the building group it belongs to, -1 for outline and barriers.
        outline: how many points from the first are the outline, in order.
        edges: pairs of points; strength: of the barrier on an edge, 0 for a building's wall and today's borders.
        group: of a building of this parent (in the order of `buildings`): its group; groups without a point are -1.
        ends: points where a dividing barrier stops at the outline.
        walls: shapes of the buildings, None where there is none.
    """

    origin: tuple[int, int]
    points: Ints
    unit: Ints
    outline: int
    edges: Ints
    strength: Floats
    group: Ints
    ends: Ints
    walls: Shapes


def lay(problem: Problem, parent: Parent, *, today: bool) -> Ground:
    """Points and edges of one parent; with `today` the borders of its present grids are among them."""
    origin = min(x for x, _ in parent.ring), min(y for _, y in parent.ring)
    outline = np.array(parent.ring, dtype=np.int64) - origin
    inner = shapely.Polygon(outline).buffer(-CLEAR, join_style="mitre")
    shapely.prepare(inner)
    hard, soft = _barriers(problem, parent, outline, origin, today=today)
    shapes, places = _shapes(problem, parent, origin)
    group, figures = _groups(shapes, places)
    walls = _blocked(figures, hard)
    lines, strength = _arranged(hard, soft, [shape for shape, open_ in zip(figures, walls, strict=True) if open_])
    sites, unit, edges = _sites(figures, walls, inner)
    return _joined(origin, outline, (sites, unit, edges), (lines, strength), group, shapes)


def _local(ring: Ring, origin: tuple[int, int]) -> Ints:
    return np.array(ring, dtype=np.int64) - np.array(origin, dtype=np.int64)


def _shapes(problem: Problem, parent: Parent, origin: tuple[int, int]) -> tuple[Shapes, Ints]:
    shapes = np.array([None] * len(parent.buildings), dtype=object)
    for row, building in enumerate(parent.buildings):
        ring = problem.shapes[building]
        if ring is not None:
            shapes[row] = shapely.Polygon(_local(ring, origin))
    return shapes, problem.places[parent.buildings] - np.array(origin)


def _barriers(
    problem: Problem, parent: Parent, outline: Ints, origin: tuple[int, int], *, today: bool
) -> tuple[list[Line], list[Line]]:
    """Dividing and other lines inside the outline, with their strength."""
    room = shapely.Polygon(outline).buffer(-INSET, join_style="mitre")
    shapely.prepare(room)
    hard: list[Line] = []
    soft: list[Line] = []
    lines = [(barrier.line, barrier.strength) for barrier in problem.barriers]
    if today:
        lines += [((*grid.ring, grid.ring[0]), 0.0) for grid in problem.present if grid.parent == parent.code]
    for line, strength in lines:
        found = shapely.intersection(shapely.LineString(_local(line, origin)), room)
        if not found.is_empty and found.length > INSET:
            (hard if strength >= HARD else soft).append((found, strength))
    return hard, soft


def linked(count: int, one: Ints, two: Ints) -> Ints:
    """Connected components: for each of `count` things the smallest number of its component."""
    label = np.arange(count)
    while True:
        a, b = label[one], label[two]
        if (a == b).all():
            return label
        low, high = np.minimum(a, b), np.maximum(a, b)
        np.minimum.at(label, high, low)
        while (label[label] != label).any():
            label = label[label]


def _groups(shapes: Shapes, places: Ints) -> tuple[Ints, list[shapely.Geometry]]:
    """Buildings that touch are one: group of each building, and the figure of each group."""
    figures = np.where(shapely.is_missing(shapes), shapely.points(places.astype(float)), shapes)
    tree = shapely.STRtree(figures)
    one, two = tree.query(figures, predicate="dwithin", distance=TOUCH)
    label = linked(len(figures), one, two)
    roots, group = np.unique(label, return_inverse=True)
    found: list[shapely.Geometry] = [figures[root] for root in roots]
    order = np.argsort(group, kind="stable")
    bounds = np.searchsorted(group[order], np.arange(len(roots) + 1))
    for number in np.flatnonzero(np.diff(bounds) > 1):
        found[number] = _one([figures[k] for k in order[bounds[number] : bounds[number + 1]]])
    return group.astype(np.int64), found


def _one(figures: list[shapely.Geometry]) -> shapely.Geometry:
    """One outline around figures that touch; the first if all are the same point."""
    areas = [figure for figure in figures if figure.geom_type == "Polygon"]
    if not areas:
        return figures[0]
    grown = shapely.union_all([figure.buffer(TOUCH * 0.55, join_style="bevel") for figure in figures])
    outer = max(shapely.get_parts(grown), key=lambda part: part.area).exterior
    rounded = shapely.Polygon(np.rint(shapely.get_coordinates(outer)))
    return rounded if rounded.is_valid else rounded.convex_hull


def _blocked(figures: list[shapely.Geometry], hard: list[Line]) -> Bools:
    """False for figures a dividing barrier runs through: the barrier wins, the building is its place only."""
    free = np.ones(len(figures), dtype=bool)
    if hard:
        tree = shapely.STRtree(figures)
        free[tree.query([line for line, _ in hard], predicate="dwithin", distance=CLEAR / 2)[1]] = False
    return free


def _arranged(
    hard: list[Line],
    soft: list[Line],
    figures: list[shapely.Geometry],
) -> tuple[list[Ints], Floats]:
    """Barriers cut where they meet each other and where a building stands: pieces of two nodes, their strength."""
    tree = shapely.STRtree(figures)
    lines = [line for line, _ in hard]
    for line, _ in soft:
        near = tree.query(line, predicate="dwithin", distance=CLEAR)
        blocks = shapely.union_all([figures[k].buffer(CLEAR, quad_segs=2) for k in near])
        lines.append(line.difference(blocks) if len(near) else line)
    strength = np.array([value for _, value in (*hard, *soft)])
    if not lines:
        return [], strength
    noded = shapely.get_parts(shapely.line_merge(shapely.union_all(lines, grid_size=1.0)))
    pieces: list[Ints] = []
    for line in noded:
        pieces += _stepped(shapely.get_coordinates(line))
    middles = shapely.points(np.array([(piece[0] + piece[1]) / 2 for piece in pieces]).reshape(-1, 2))
    found = np.zeros(len(pieces))
    piece, source = shapely.STRtree(lines).query(middles, predicate="dwithin", distance=4.0)
    np.maximum.at(found, piece, strength[source])
    return pieces, found


def _stepped(line: Floats) -> list[Ints]:
    """Pieces of at most STEP."""
    pieces = []
    for a, b in pairwise(line):
        count = max(1, int(np.ceil(np.hypot(*(b - a)) / STEP)))
        nodes = np.rint(a + (b - a) * (np.arange(count + 1) / count)[:, None]).astype(np.int64)
        pieces += [nodes[k : k + 2] for k in range(count)]
    return pieces


def _sites(figures: list[shapely.Geometry], walls: Bools, inner: shapely.Geometry) -> tuple[Ints, Ints, Ints]:
    """Corners of buildings that lie inside, the group of each, and walls between them as pairs of their numbers."""
    array = np.array(figures, dtype=object)
    outer = np.where(shapely.get_type_id(array) == 3, shapely.get_exterior_ring(array), array)
    outer = np.where(walls, outer, shapely.point_on_surface(array))
    nodes, unit = shapely.get_coordinates(outer, return_index=True)
    nodes = np.rint(nodes).astype(np.int64)
    ring = shapely.get_type_id(outer)[unit] == 2
    whole = shapely.contains_properly(inner, outer)[unit]
    kept = whole | shapely.contains_xy(inner, nodes[:, 0], nodes[:, 1])
    follows = np.flatnonzero(ring[:-1] & (unit[:-1] == unit[1:]) & kept[:-1] & kept[1:])
    number = np.cumsum(kept) - 1
    edges = np.stack([number[follows], number[follows + 1]], axis=1)
    return nodes[kept], unit[kept].astype(np.int64), edges


def _joined(
    origin: tuple[int, int],
    outline: Ints,
    sites: tuple[Ints, Ints, Ints],
    barriers: tuple[list[Ints], Floats],
    group: Ints,
    shapes: Shapes,
) -> Ground:
    """All points once: the outline first, then barriers, then sites."""
    pieces, strength = barriers
    ways = np.array(pieces, dtype=np.int64).reshape(-1, 2)
    every = np.concatenate([outline, ways, sites[0]])
    _, first, back = np.unique(every, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(first, kind="stable")
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    number = rank[back.reshape(-1)]
    points = every[first[order]]
    unit = np.full(len(points), -1, dtype=np.int64)
    own = number[len(outline) + len(ways) :]
    free = own >= number[: len(outline) + len(ways)].max() + 1
    unit[own[free]] = sites[1][free]
    way = number[len(outline) : len(outline) + len(ways)].reshape(-1, 2)
    wall = own[sites[2]]
    strength = strength if len(way) else np.zeros(0)
    ties, pull, ends = _ties(way, strength, points, len(outline))
    edges = np.concatenate([wall, way[np.argsort(-strength, kind="stable")], ties])
    power = np.concatenate([np.zeros(len(wall)), -np.sort(-strength, kind="stable"), pull])
    good = edges[:, 0] != edges[:, 1]
    return Ground(origin, points, unit, len(outline), edges[good], power[good], group, ends, shapes)


def _ties(way: Ints, strength: Floats, points: Ints, outline: int) -> tuple[Ints, Floats, Ints]:
    """Where a barrier stops at the outline: an edge to the nearest vertex, its strength; ends of dividing ones."""
    node, first, count = np.unique(way, return_index=True, return_counts=True)
    alone, power = node[count == 1], strength[first[count == 1] // 2]
    ring = points[:outline].astype(float)
    reach = np.where(power >= HARD, REACH, 2 * INSET)
    near = shapely.dwithin(shapely.points(points[alone].astype(float)), shapely.LinearRing(ring), reach)
    ends, power = alone[near], power[near]
    tree = shapely.STRtree(shapely.points(ring))
    vertex = tree.nearest(shapely.points(points[ends].astype(float))) if len(ends) else np.empty(0, dtype=np.int64)
    return np.stack([ends, vertex], axis=1).astype(np.int64), power, ends[power >= HARD]

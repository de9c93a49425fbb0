"""The whole way from question to answer: cells, a first division, better ones, rings, figures."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely

from grids.compiler import draw, graph, ground, score, split
from grids.compiler.cells import Cells, build
from grids.compiler.given import Data, Floats, Ints, Parent, Problem, Wrong, summed
from grids.compiler.graph import Graph, Regions, Rounds
from grids.compiler.ground import linked
from grids.compiler.refine import Division, Wish, grow, refine

Told = Callable[[str, int, int, int], None]  # step, alternative, done, of

ALONE = 0.25  # of the target: a lighter region between barriers goes to its neighbour
STRAIGHT = 12.0  # metres a border may be drawn straighter by


@dataclass(frozen=True)
class Way:
    """One alternative.

    Arguments:
        balance, compact, keep: how much they count against each other.
        cheap: share of a border's length that is not counted where it lies on a barrier.
        start: `halves` from nothing, `today` from the present grids.
    """

    name: str
    balance: float
    compact: float
    keep: float
    cheap: float
    start: str = "halves"


@dataclass
class Field:
    """One parent made ready: everything that is the same for all alternatives.

    Arguments:
        home: of a cell, the number of the present grid it lies in, -1 for none.
    """

    parent: Parent
    origin: tuple[int, int]
    cells: Cells
    graph: Graph
    regions: Regions
    rounds: Rounds
    home: Ints


def ways(problem: Problem) -> list[Way]:
    """The alternatives asked for."""
    keep = problem.keep if problem.present else 0.0
    found = [
        Way("balance", 2.0, 1.0, 0.5 * keep, 0.5),
        Way("compact", 0.4, 2.0, 0.5 * keep, 0.2),
        Way("barriers", 1.0, 1.0, 0.5 * keep, 0.9),
    ]
    if keep > 0:
        found.insert(0, Way("keep", 0.3 * (1 - keep), 1.0 - keep, 12.0 * keep, 0.5, "today"))
    return found[: problem.alternatives]


def solve(problem: Problem, told: Told) -> Data:
    """The answer to a checked question."""
    began = time.perf_counter()
    fields = []
    for number, parent in enumerate(problem.parents):
        told("cells", 0, number, len(problem.parents))
        fields.append(prepare(problem, parent))
    told("cells", 0, len(fields), len(fields))
    found = [_alternative(problem, fields, way, number, told) for number, way in enumerate(ways(problem))]
    return {"alternatives": found, "seconds": round(time.perf_counter() - began, 3)}


def prepare(problem: Problem, parent: Parent) -> Field:
    """Cells of a parent, their borders and the regions between dividing barriers."""
    today = problem.keep > 0 and any(grid.parent == parent.code for grid in problem.present)
    laid = ground.lay(problem, parent, today=today)
    cells = build(problem, laid, parent.buildings)
    cells.weight = summed(cells.cell, problem.weight[parent.buildings], cells.count)
    borders = graph.of(cells)
    regions = graph.regions(cells, borders, ALONE * problem.target)
    home = _homes(problem, parent, cells, laid.origin)
    return Field(parent, laid.origin, cells, borders, regions, Rounds(cells), home)


def _homes(problem: Problem, parent: Parent, cells: Cells, origin: tuple[int, int]) -> Ints:
    """The present grid of each cell: that of its last building, else of its middle."""
    home = np.full(cells.count, -1, dtype=np.int64)
    grids = [k for k, grid in enumerate(problem.present) if grid.parent == parent.code]
    if not grids:
        return home
    tree = shapely.STRtree([shapely.Polygon(problem.present[k].ring) for k in grids])
    middle = cells.centre / np.array(cells.metres) + np.array(origin)
    middle[cells.cell] = problem.places[parent.buildings]
    point, polygon = tree.query(shapely.points(middle), predicate="intersects")
    home[point] = np.array(grids)[polygon]
    return home


def _alternative(problem: Problem, fields: list[Field], way: Way, number: int, told: Told) -> Data:
    parts: list[score.Part] = []
    outside: list[Data] = []
    labels = []
    for done, field in enumerate(fields):
        told("split", number, done, len(fields))
        label = partition(problem, field, way, number, lambda a, b: told("balance", number, a, b))
        told("draw", number, done, len(fields))
        mine = drawn(problem, field, label)
        outside += score.outside(problem, field, label, mine, len(parts))
        parts += mine
        labels.append(label)
    told("draw", number, len(fields), len(fields))
    return {
        "name": way.name,
        "explained": {"parameters": score.parameters(problem, way)},
        "parts": [score.row(problem, part) for part in parts],
        "scores": score.scores(problem, parts, outside, score.barriers(fields, labels)),
        "outside": outside,
    }


def partition(problem: Problem, field: Field, way: Way, number: int, told: Callable[[int, int], None]) -> Ints:
    """Part of each cell of a parent."""
    borders = graph.within(field.graph, field.regions.label, way.cheap)
    label, wanted = _begun(problem, field, borders, way, told)
    owner = score.continued(field.home, label, field.cells.weight)
    division = Division(field.cells, borders, field.rounds, label, wanted, field.home, owner)
    random = np.random.default_rng(problem.seed + 7919 * number)
    rim = np.unique(np.concatenate([borders.one, borders.two])[np.tile(label[borders.one] != label[borders.two], 2)])
    wish = Wish(way.balance, way.compact, way.keep, problem.target, problem.tolerance)
    refine(division, wish, random.permutation(rim), told)
    return np.array(division.label, dtype=np.int64)


def _begun(
    problem: Problem, field: Field, borders: Graph, way: Way, told: Callable[[int, int], None]
) -> tuple[Ints, Floats]:
    """A first division of all regions, and the weight each part should have."""
    label = np.full(field.cells.count, -1, dtype=np.int64)
    wanted: list[float] = []
    if way.start == "today":
        begun = settled(problem, field, borders, field.home)
    else:
        begun = [[members] for members in _grouped(field.regions.label, field.regions.count)]
    for pieces in begun:
        found: list[Ints] = []
        for piece in pieces:
            weight = float(field.cells.weight[piece].sum())
            count = split.count_for(weight, problem.target)
            low = len(pieces) > 1 and weight <= (1 + problem.tolerance) * problem.target
            found += [piece] if low else split.divide(field.cells, borders, piece, count, lambda: told(0, 1))
        mean = float(sum(field.cells.weight[piece].sum() for piece in found)) / len(found)
        for piece in found:
            label[piece] = len(wanted)
            wanted.append(mean)
    return label, np.array(wanted)


def _grouped(label: Ints, count: int) -> list[Ints]:
    """The cells of each label, 0..count-1."""
    order = np.argsort(label, kind="stable")
    bounds = np.searchsorted(label[order], np.arange(count + 1))
    return [order[bounds[k] : bounds[k + 1]] for k in range(count)]


def settled(problem: Problem, field: Field, borders: Graph, wish: Ints) -> list[list[Ints]]:
    """For each region its cells by a wish for each (-1 for none), as disks; the largest piece of each wish counts.

    A piece lighter than half of the target is shared out; a region without any other piece stays whole.
    """
    cells, region = field.cells, field.regions.label
    same = (wish[borders.one] == wish[borders.two]) & (wish[borders.one] >= 0)
    core = linked(cells.count, borders.one[same], borders.two[same])
    weight = summed(core, cells.weight, cells.count)
    best: dict[tuple[int, int], int] = {}
    for root in sorted(np.unique(core).tolist(), key=lambda root: -weight[root]):
        if wish[root] >= 0 and weight[root] >= 0.5 * problem.target:
            best.setdefault((int(region[root]), int(wish[root])), root)
    number = np.full(cells.count, -1, dtype=np.int64)
    number[list(best.values())] = np.arange(len(best))
    found = _grown(field, borders, number[core], len(best))
    members = _grouped(region, field.regions.count)
    pieces: list[list[Ints]] = [[] for _ in members]
    for part in _grouped(found, len(best)):
        pieces[region[part[0]]].append(part)
    return [mine if (found[all_] >= 0).all() else [all_] for mine, all_ in zip(pieces, members, strict=True)]


def _grown(field: Field, borders: Graph, desired: Ints, count: int) -> Ints:
    """Disks towards what is desired (-1: nothing): each begins at the cell nearest to its middle."""
    cells = field.cells
    seeds: dict[int, int] = {}
    for part, mine in enumerate(_grouped(desired, count)):
        gap = np.hypot(*(cells.centre[mine] - cells.centre[mine].mean(axis=0)).T)
        seeds[part] = int(mine[np.argmin(gap)])
    blank = np.full(cells.count, -1, dtype=np.int64)
    division = Division(cells, borders, field.rounds, blank, np.zeros(count), blank, np.full(count, -1))
    grow(division, desired.tolist(), seeds)
    return np.array(division.label, dtype=np.int64)


def drawn(problem: Problem, field: Field, label: Ints) -> list["score.Part"]:
    """Rings of the parts of one parent, with what is in them.

    Raises:
        Wrong: not_exact, parts that do not fill the parent even as the cells are; none was ever seen.
    """
    for reach in (STRAIGHT, STRAIGHT / 4, 0.0):
        rings = draw.rings(field.cells, label, field.parent.ring, field.origin, reach)
        if rings is not None:
            return score.parts(problem, field, label, rings)
    raise Wrong("not_exact", field.parent.code)

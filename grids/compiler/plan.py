"""The whole way from question to answer: cells, a first division, better ones, rings, figures."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import shapely

from grids.compiler import draw, graph, ground, score, split
from grids.compiler.cells import Cells, build
from grids.compiler.given import Data, Floats, Ints, Parent, Problem, summed
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
    for region in range(field.regions.count):
        members = np.flatnonzero(field.regions.label == region)
        pieces = [members]
        if way.start == "today":
            pieces = settled(problem, field, borders, members, field.home)
        found: list[Ints] = []
        for piece in pieces:
            weight = float(field.cells.weight[piece].sum())
            count = split.count_for(weight, problem.target)
            low = len(pieces) > 1 and weight <= (1 + problem.tolerance) * problem.target
            found += [piece] if low else split.divide(field.cells, borders, piece, count, lambda: told(0, 1))
        mean = float(field.cells.weight[members].sum()) / len(found)
        for piece in found:
            label[piece] = len(wanted)
            wanted.append(mean)
    return label, np.array(wanted)


def settled(problem: Problem, field: Field, borders: Graph, members: Ints, wish: Ints) -> list[Ints]:
    """The region's cells by a wish for each (-1 for none), as disks; what is too light to stand alone is shared out."""
    cells = field.cells
    inner = np.isin(borders.one, members)
    one, two = borders.one[inner], borders.two[inner]
    same = (wish[one] == wish[two]) & (wish[one] >= 0)
    core = linked(cells.count, one[same], two[same])
    weight = summed(core, cells.weight, cells.count)
    best: dict[int, int] = {}
    for cell in members[np.argsort(-weight[core[members]], kind="stable")].tolist():
        number = int(wish[cell])
        if number >= 0 and weight[core[cell]] >= 0.5 * problem.target:
            best.setdefault(number, int(core[cell]))
    if not best:
        return [members]
    names = {found: number for number, found in best.items()}
    return regrown(field, borders, members, np.array([names.get(found, -1) for found in core.tolist()]))


def regrown(field: Field, borders: Graph, members: Ints, desired: Ints) -> list[Ints]:
    """Disks towards what is desired: each begins at the cell nearest to its middle.

    Arguments:
        desired: a number for each cell, -1 for no wish.
    """
    names = np.unique(desired[members])
    names = names[names >= 0]
    cells = field.cells
    rank = np.where(desired >= 0, np.searchsorted(names, desired), -1)
    seeds: dict[int, int] = {}
    for part in range(len(names)):
        mine = members[rank[members] == part]
        gap = np.hypot(*(cells.centre[mine] - cells.centre[mine].mean(axis=0)).T)
        seeds[part] = int(mine[np.argmin(gap)])
    blank = np.full(cells.count, -1, dtype=np.int64)
    division = Division(cells, borders, field.rounds, blank, np.zeros(len(names)), blank, blank[: len(names)])
    keep = np.zeros(cells.count, dtype=bool)
    keep[members] = True
    grow(division, np.where(keep, rank, -1).tolist(), seeds, members.tolist())
    found = np.array(division.label)
    return [np.flatnonzero(found == part) for part in range(len(names))]


def drawn(problem: Problem, field: Field, label: Ints) -> list["score.Part"]:
    """Rings of the parts of one parent, with what is in them.

    Raises:
        RuntimeError: parts that do not fill the parent exactly even as the cells are.
    """
    for reach in (STRAIGHT, STRAIGHT / 4, 0.0):
        rings = draw.rings(field.cells, label, field.parent.ring, field.origin, reach)
        if rings is not None:
            return score.parts(problem, field, label, rings)
    raise RuntimeError(f"the parts do not fill {field.parent.code} exactly")

"""Other ways to divide the same town: PySAL spopt and k-means + Voronoi, as found and after the compiler's post-step.

`python -m bench.baselines <method> <in.json> <out.json>`, each in a process of its own so that it can be measured and
stopped. All get the compiler's cells, their contiguity (dividing barriers cut it) and the same number of parts.
"""

import json
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import geopandas
import libpysal
import numpy as np
import shapely
from sklearn.cluster import KMeans
from spopt.region import MaxPHeuristic, RegionKMeansHeuristic, Skater

from grids.compiler import graph, plan, score
from grids.compiler.cells import merged
from grids.compiler.given import Data, Floats, Ints, Problem, read, summed
from grids.compiler.ground import linked
from grids.compiler.plan import Field

ROUNDS = 30  # of k-means


def _frame(field: Field) -> tuple[Any, Any]:
    """Cells as a table and their contiguity."""
    near: dict[int, list[int]] = {cell: [] for cell in range(field.cells.count)}
    open_ = ~field.graph.wall
    for one, two in zip(field.graph.one[open_].tolist(), field.graph.two[open_].tolist(), strict=True):
        near[one].append(two)
        near[two].append(one)
    x, y = field.cells.centre.T
    table = geopandas.GeoDataFrame(
        {"x": x, "y": y, "weight": field.cells.weight}, geometry=geopandas.points_from_xy(x, y)
    )
    return table, libpysal.weights.W(near, silence_warnings=True)


def max_p(problem: Problem, field: Field, count: int) -> Ints:
    table, near = _frame(field)
    least = problem.target * (1 - problem.tolerance)
    model = MaxPHeuristic(
        table, near, ["x", "y"], "weight", least, 2, max_iterations_construction=2, max_iterations_sa=2
    )
    model.solve()
    return np.array(model.labels_)


def skater(problem: Problem, field: Field, count: int) -> Ints:
    table, near = _frame(field)
    model = Skater(table, near, ["x", "y"], n_clusters=count)
    model.solve()
    return np.array(model.labels_)


def region_k_means(problem: Problem, field: Field, count: int) -> Ints:
    table, near = _frame(field)
    model = RegionKMeansHeuristic(table[["x", "y"]].to_numpy(), count, near)
    model.solve()
    return np.array(model.labels_)


def k_means(problem: Problem, field: Field, count: int) -> Ints:
    """Of buildings weighed by households; a cell without building goes to the nearest mean."""
    model = KMeans(count, n_init=1, max_iter=ROUNDS, random_state=problem.seed)
    model.fit(_places(problem, field), sample_weight=problem.weight[field.parent.buildings])
    found: Ints = model.predict(field.cells.centre)
    found[field.cells.cell] = model.labels_
    return found


METHODS: dict[str, Callable[[Problem, Field, int], Ints]] = {
    "Max-P": max_p,
    "SKATER": skater,
    "RegionKMeans": region_k_means,
    "k-means + Voronoi": k_means,
}


def _places(problem: Problem, field: Field) -> Floats:
    local = problem.places[field.parent.buildings] - np.array(field.origin)
    found: Floats = local * np.array(field.cells.metres)
    return found


def main(method: str, question: Path, answer: Path) -> None:
    """Labels by the method; its figures as found and repaired."""
    warnings.filterwarnings("ignore")
    problem = read(json.loads(question.read_text()))
    field = plan.prepare(problem, problem.parents[0])
    count = max(2, round(float(field.cells.weight.sum()) / problem.target))
    began = time.process_time()
    label = METHODS[method](problem, field, count)
    used = time.process_time() - began
    label = np.unique(label, return_inverse=True)[1].reshape(-1)
    found = [_found(problem, field, label, polygons=method == "k-means + Voronoi"), _repaired(problem, field, label)]
    answer.write_text(json.dumps({"cpu": used, "found": found[0], "repaired": found[1]}))


def _found(problem: Problem, field: Field, label: Ints, *, polygons: bool) -> Data:
    """Figures of labels as they are."""
    cells = field.cells
    sides = merged(cells.sides, label)
    length = np.hypot(*((cells.nodes[sides.b] - cells.nodes[sides.a]) * np.array(cells.metres)).T)
    count = int(label.max()) + 1
    area = summed(label, cells.area, count)
    figures = 4 * np.pi * area / summed(sides.owner, length, count) ** 2
    same = label[field.graph.one] == label[field.graph.two]
    pieces = len(np.unique(linked(cells.count, field.graph.one[same], field.graph.two[same])))
    row = _balance(problem, summed(label, cells.weight, count)) | {"cut": 0, "loose": pieces - count}
    if polygons:
        figures, row["cut"] = _voronoi(problem, field, label)
    return row | score.barriers([field], [label]) | {"compactness": round(float(figures.mean()), 4)}


def _voronoi(problem: Problem, field: Field, label: Ints) -> tuple[Floats, int]:
    """Polsby-Popper of the Voronoi polygons of the means, and how many buildings their borders cut."""
    where, part = _places(problem, field), label[field.cells.cell]
    weight = np.maximum(problem.weight[field.parent.buildings], 1e-9)
    total = summed(part, weight, int(label.max()) + 1)
    middle = np.stack(
        [summed(part, where[:, k] * weight, len(total)) / np.maximum(total, 1e-9) for k in (0, 1)], axis=1
    )
    outline = shapely.Polygon((np.array(field.parent.ring) - np.array(field.origin)) * np.array(field.cells.metres))
    parted = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(middle[total > 0]), extend_to=outline))
    polygons = shapely.intersection(parted, outline)
    walls = shapely.transform(
        np.array([shape for shape in field.cells.walls if shape is not None], dtype=object),
        lambda nodes: nodes * np.array(field.cells.metres),
    )
    cut = shapely.STRtree(walls).query(shapely.boundary(polygons), predicate="crosses")[1]
    return 4 * np.pi * shapely.area(polygons) / shapely.length(polygons) ** 2, len(np.unique(cut))


def _repaired(problem: Problem, field: Field, label: Ints) -> Data:
    """Figures after the compiler's own post-step: disks inside regions, whole buildings, drawn the same way."""
    borders = graph.within(field.graph, field.regions.label, 0.0)
    mended = np.full(field.cells.count, -1, dtype=np.int64)
    pieces = [piece for region in plan.settled(problem, field, borders, label) for piece in region]
    for number, piece in enumerate(pieces):
        mended[piece] = number
    parts = plan.drawn(problem, field, mended)
    row = _balance(problem, np.array([part.weight for part in parts])) | {"cut": 0, "loose": 0}
    compactness = round(float(np.mean([part.compactness for part in parts])), 4)
    return row | score.barriers([field], [mended]) | {"compactness": compactness}


def _balance(problem: Problem, weight: Floats) -> Data:
    stray = np.abs(weight / problem.target - 1)
    return {
        "parts": len(weight),
        "within": round(float((stray <= problem.tolerance + 1e-9).mean()), 4),
        "worst": round(float(stray.max()), 4),
        "spread": round(float(weight.std() / weight.mean()), 4),
    }


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3]))

"""What is drawn but governs nothing: river, railway, parks, ponds, blocks."""

from math import cos, pi, sin
from typing import TYPE_CHECKING

from grids.town import names
from grids.town.lattice import Coordinate, Rect
from grids.town.records import Shape, Town
from grids.town.streets import REACH

if TYPE_CHECKING:
    from grids.town.plan import Plan, Plot

BANK = 0.17  # of a cell, from the middle of the river to its bank


def add_scenery(town: Town, plan: "Plan") -> None:
    """Append the shapes of the basemap that come from the plan alone."""
    _river_and_railway(town, plan)
    for village in plan.villages:
        for plot in village.plots:
            _ground(town, plan, plot)
    edge = Rect(0, 0, plan.lattice.columns, plan.lattice.rows)
    town.shapes.append(Shape("land", "town", plan.lattice.ring(edge), "示范镇", "Shifan Town"))


def _river_and_railway(town: Town, plan: "Plan") -> None:
    lattice = plan.lattice
    steps = range(-2 * REACH, 2 * (lattice.rows + REACH) + 1)
    west = [lattice.smooth(plan.river - BANK - 0.04 * sin(k / 5), k / 2) for k in steps]
    east = [lattice.smooth(plan.river + BANK + 0.05 * sin(k / 4 + 1), k / 2) for k in reversed(steps)]
    town.shapes.append(Shape("water", "river", [*west, *east, west[0]], names.RIVER, "Chengxi River"))
    middle = lattice.smooth(plan.river, lattice.rows * 0.72)
    town.shapes.append(Shape("label", "river", [middle], names.RIVER, "Chengxi River"))
    rail = [lattice.smooth(i, plan.rail) for i in range(-REACH, lattice.columns + REACH + 1)]
    town.shapes.append(Shape("rail", "rail", rail, names.RAILWAY, "Shifan Railway"))


def _ground(town: Town, plan: "Plan", plot: "Plot") -> None:
    """Blocks between the streets; a special grid is one block, a park is green and has a pond."""
    lattice = plan.lattice
    if plot.use == "home":
        for cell in plot.rect.cells():
            town.shapes.append(Shape("land", "block", lattice.patch(cell, 0.06, 0.06, 0.94, 0.94)))
        return
    rect = plot.rect
    ring = _inset(plan, rect)
    if plot.use == "park":
        english = names.landmark_en(plot.landmark)
        town.shapes.append(Shape("park", "park", ring, plot.landmark, english))
        town.shapes.append(Shape("water", "pond", _pond(plan, rect)))
    else:
        town.shapes.append(Shape("land", plot.use, ring))


def _inset(plan: "Plan", rect: Rect) -> list[Coordinate]:
    """Outline of a rectangle moved inwards by 0.08 of a cell."""
    gap = 0.08
    points = []
    for i, j in rect.perimeter():
        x = min(max(float(i), rect.i0 + gap), rect.i1 - gap)
        y = min(max(float(j), rect.j0 + gap), rect.j1 - gap)
        points.append(plan.lattice.smooth(x, y))
    return [*points, points[0]]


def _pond(plan: "Plan", rect: Rect) -> list[Coordinate]:
    x, y = (rect.i0 + rect.i1) / 2, (rect.j0 + rect.j1) / 2
    points = []
    for k in range(18):
        angle = 2 * pi * k / 18
        reach = 0.26 + 0.03 * sin(3 * angle)
        points.append(plan.lattice.smooth(x + reach * rect.width * cos(angle), y + reach * rect.height * sin(angle)))
    return [*points, points[0]]

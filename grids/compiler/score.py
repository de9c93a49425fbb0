"""Figures of a division, and the parts that miss the target with the reason."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from grids.compiler.given import Data, Floats, Ints, Problem, summed
from grids.compiler.ground import HARD
from grids.rules.coverage import Ring, closed_degrees

if TYPE_CHECKING:
    from grids.compiler.plan import Field, Way


@dataclass
class Part:
    """One proposed grid.

    Arguments:
        counts: households, residents, activity. of: number of the present grid it continues, -1 for none.
        kept: households of its buildings that stay in that grid.
        area, border: square metres and metres.
    """

    parent: str
    ring: Ring
    counts: Floats
    weight: float
    buildings: int
    of: int
    kept: float
    area: float
    border: float

    @property
    def compactness(self) -> float:
        """Polsby–Popper: 1 for a circle."""
        return 4 * np.pi * self.area / (self.border * self.border)


def continued(home: Ints, label: Ints, weight: Floats) -> Ints:
    """For each part the present grid it shares most weight with, each grid at most once; -1 without."""
    count = int(label.max()) + 1
    found = np.full(count, -1, dtype=np.int64)
    known = home >= 0
    if not known.any():
        return found
    width = int(home.max()) + 1
    names, back = np.unique(label[known] * width + home[known], return_inverse=True)
    shared = np.bincount(back, weights=weight[known])
    taken: set[int] = set()
    for name in names[np.argsort(-shared, kind="stable")].tolist():
        part, grid = divmod(name, width)
        if found[part] < 0 and grid not in taken:
            found[part] = grid
            taken.add(grid)
    return found


def parts(problem: Problem, field: "Field", label: Ints, rings: dict[str, Ring]) -> list[Part]:
    """Parts with what is in them, in the order of their numbers."""
    buildings = field.parent.buildings
    part = label[field.cells.cell]
    count = int(label.max()) + 1
    counts = np.stack([summed(part, problem.counts[buildings, k], count) for k in range(3)], axis=1)
    weight = summed(part, problem.weight[buildings], count)
    number = np.bincount(part, minlength=count)
    of = continued(field.home, label, field.cells.weight)
    stays = of[part] == field.home[field.cells.cell]
    kept = summed(part, problem.counts[buildings, 0] * (stays & (of[part] >= 0)), count)
    area, border = measured([rings[str(k)] for k in range(count)], field.cells.metres)
    return [
        Part(
            field.parent.code,
            rings[str(k)],
            counts[k],
            float(weight[k]),
            int(number[k]),
            int(of[k]),
            float(kept[k]),
            float(area[k]),
            float(border[k]),
        )
        for k in range(count)
    ]


def measured(rings: list[Ring], metres: tuple[float, float]) -> tuple[Floats, Floats]:
    """Areas in square metres and lengths in metres."""
    lines = [np.array((*ring, ring[0]), dtype=float) - np.array(ring[0]) for ring in rings]
    steps = [np.diff(line * np.array(metres), axis=0) for line in lines]
    border = np.array([np.hypot(*step.T).sum() for step in steps])
    area = np.array([_area(line * np.array(metres)) for line in lines])
    return area, border


def _area(line: Floats) -> float:
    return float((line[:-1, 0] * line[1:, 1] - line[1:, 0] * line[:-1, 1]).sum() / 2)


def row(problem: Problem, part: Part) -> Data:
    """A part as it is handed out."""
    return {
        "parent": part.parent,
        "ring": closed_degrees(part.ring),
        "households": round(float(part.counts[0])),
        "residents": round(float(part.counts[1])),
        "weight": round(part.weight, 3),
        "buildings": part.buildings,
        "of": problem.present[part.of].code if part.of >= 0 else None,
    }


def scores(problem: Problem, found: list[Part], outside_rows: list[Data], barriers: Data) -> Data:
    """Figures of all parts together."""
    weight = np.array([part.weight for part in found])
    stray = np.abs(weight / problem.target - 1)
    bound = {row["part"] for row in outside_rows if row["reason"] != "not_reached"}
    free = np.array([k not in bound for k in range(len(found))], dtype=bool)
    within = stray <= problem.tolerance + 1e-9
    homes = float(problem.counts[:, 0].sum())
    return {
        "parts": len(found),
        "within": round(float(within.mean()), 4),
        "within_allowed": round(float(within[free].mean()), 4) if free.any() else 1.0,
        "worst": round(float(stray.max()), 4),
        "spread": round(float(weight.std() / weight.mean()), 4),
        "compactness": round(float(np.mean([part.compactness for part in found])), 4),
        **barriers,
        "kept": round(sum(part.kept for part in found) / homes, 4) if problem.present and homes else None,
    }


def barriers(fields: "list[Field]", labels: list[Ints]) -> Data:
    """Metres of dividing barriers with one part on both sides, and the share of inner borders that lie on barriers."""
    crossed = on = whole = 0.0
    for field, label in zip(fields, labels, strict=True):
        sides, length = field.cells.sides, field.cells.length
        inner = (sides.other >= 0) & (sides.owner < sides.other)
        cut = label[sides.owner] != label[sides.other]
        crossed += float(length[inner & ~cut & (sides.strength >= HARD)].sum())
        whole += float(length[inner & cut].sum())
        on += float(length[inner & cut & (sides.strength > 0)].sum())
    return {"barriers_crossed": round(crossed, 1), "on_barriers": round(on / whole, 4) if whole else 0.0}


def outside(problem: Problem, field: "Field", label: Ints, found: list[Part], first: int) -> list[Data]:
    """Parts beyond the tolerance, and parts on both sides of a dividing barrier, each with reason and bound."""
    rows = [(int(label[cell]), reason, weight) for reason, cell, weight in field.regions.named]
    region = np.zeros(len(found), dtype=np.int64)
    region[label] = field.regions.label
    total = np.bincount(field.regions.label, weights=field.cells.weight)
    heaviest = np.zeros(len(found))
    np.maximum.at(heaviest, label, field.cells.weight)
    named = {part for part, _, _ in rows}
    for number, part in enumerate(found):
        if abs(part.weight / problem.target - 1) > problem.tolerance + 1e-9 and number not in named:
            siblings = int((region == region[number]).sum())
            reason, bound = _reason(problem, float(total[region[number]]), siblings, float(heaviest[number]))
            rows.append((number, reason, part.weight if reason == "not_reached" else bound))
    return [
        {"parent": field.parent.code, "part": first + part, "reason": reason, "bound": round(bound, 3)}
        for part, reason, bound in rows
    ]


def _reason(problem: Problem, total: float, siblings: int, heaviest: float) -> tuple[str, float]:
    low, high = (problem.target * (1 + sign * problem.tolerance) for sign in (-1, 1))
    if total < low:
        return "component_too_small", total
    if not low <= total / siblings <= high:
        return "component_no_multiple", total / siblings
    if heaviest > high:
        return "one_building", heaviest
    if heaviest > 2 * problem.tolerance * problem.target:
        return "heavy_building", heaviest
    return "not_reached", 0.0


def parameters(problem: Problem, way: "Way") -> Data:
    """What the page quotes."""
    return {
        "target": problem.target,
        "tolerance": problem.tolerance,
        "weights": problem.weights,
        "seed": problem.seed,
        "keep": problem.keep,
        "balance": way.balance,
        "compactness": way.compact,
        "stay": way.keep,
        "barrier_discount": way.cheap,
        "start": way.start,
    }

"""Houses in the blocks, their households, and the landmarks."""

from random import Random
from typing import TYPE_CHECKING

from grids.town import names
from grids.town.lattice import Coordinate
from grids.town.records import Shape, Town, TownAddress
from grids.town.romanise import romanise
from grids.town.streets import Cell, House, Line, Streets

if TYPE_CHECKING:
    from grids.town.plan import Plan, Plot, Village

MARGIN = 0.14  # of a cell: half a street and a front garden
WIDE_MARGIN = 0.34  # beside river and railway


def share(total: int, weights: list[int]) -> list[int]:
    """Whole numbers in proportion to the weights that add up to the total (largest remainder)."""
    if not weights:
        return []
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    rest = sorted(range(len(weights)), key=lambda k: (-(total * weights[k] % whole), k))
    for k in rest[: total - sum(parts)]:
        parts[k] += 1
    return parts


def add_houses(
    town: Town,
    streets: Streets,
    *,
    plot: "Plot",
    village: "Village",
    blocked: tuple[int, int],
    random: Random,
) -> None:
    """Fill the cells of one service grid with houses whose households add up to the grid's.

    Arguments:
        plot: the grid's cells, use and households.
        blocked: river column and railway row, kept clear.
    """
    use = plot.use
    lots: list[tuple[Cell, tuple[float, float, float, float], Line]] = []
    for cell in plot.rect.cells():
        if use == "park" or (use == "site" and random.random() < 0.6):
            continue
        lots.extend(_lots(cell, use, village.rural, blocked, random))
    weights = [random.randint(2, 5) if use in ("home", "market") else 1 for _ in lots]
    parts = share(plot.households, weights)
    for (cell, box, line), part in zip(lots, parts, strict=True):
        ring = streets.lattice.patch(cell, *box)
        s, t = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
        along, side = _place_on(line, cell, s, t)
        point = streets.lattice.within(cell, s, t)
        town.shapes.append(Shape("building", use, ring, at=point))
        streets.houses[line].append(House(along, side, point, village.code, part))


def _place_on(line: Line, cell: Cell, s: float, t: float) -> tuple[float, int]:
    """How far along the street from its west or north end, and on which side (0 odd, 1 even)."""
    i, j = cell
    if line[0] == "h":
        return i + s, int(j < line[1])
    return -(j + t), int(i < line[1])


def _lots(
    cell: Cell, use: str, rural: bool, blocked: tuple[int, int], random: Random
) -> list[tuple[Cell, tuple[float, float, float, float], Line]]:
    """Rows of houses in one cell, each facing a street that exists."""
    i, j = cell
    west = WIDE_MARGIN if i == blocked[0] else MARGIN
    east = 1 - (WIDE_MARGIN if i + 1 == blocked[0] else MARGIN)
    south = WIDE_MARGIN if j == blocked[1] else MARGIN
    north = 1 - (WIDE_MARGIN if j + 1 == blocked[1] else MARGIN)
    rows = {"market": 2, "school": 2, "site": 2}.get(use, 3 if rural else 2)
    across = 2 if use == "home" and (rural or (i + j) % 3 != 0) else 1
    depth = (north - south) / rows
    found = []
    for row in range(rows):
        base = south + row * depth
        for part in range(across):
            width = (east - west) / across
            left = west + part * width
            inset = random.uniform(0.03, 0.07)
            front = random.uniform(0.10, 0.24) * depth
            box = (left + inset, base + front, left + width - inset, base + depth - front)
            found.append((cell, box, _facing(cell, row * 2 >= rows, part, across, blocked)))
    return found


def _facing(cell: Cell, upper: bool, part: int, across: int, blocked: tuple[int, int]) -> Line:
    i, j = cell
    vertical: Line = ("v", i if part * 2 < across else i + 1)
    horizontal: Line = ("h", j + 1 if upper else j)
    river, rail = blocked
    if (i + 2 * j) % 4 == 0 and vertical[1] != river:
        return vertical
    if horizontal[1] == rail:
        horizontal = ("h", j if upper else j + 1)
    return horizontal


def add_landmarks(town: Town, plan: "Plan") -> None:
    """Parks, schools, markets, sites, village offices and the station as places to search for and labels to read."""
    for village in plan.villages:
        for plot in village.plots:
            if plot.landmark:
                point = plan.lattice.middle(plot.rect)
                _landmark(town, plot.use, (plot.landmark, names.landmark_en(plot.landmark)), point, village.code)
        english = romanise(village.name)
        office = plan.lattice.middle(village.rect, 0.5)
        _landmark(town, "office", (f"{village.name}党群服务中心", f"{english} Service Centre"), office, village.code)
        label = Shape("label", "village", [plan.lattice.middle(village.rect)], village.name, english)
        town.shapes.append(label)
    column = round(plan.lattice.columns * 0.45)
    owner = next(v for v in plan.villages if v.rect.i0 <= column < v.rect.i1 and v.rect.j0 == plan.rail)
    station = plan.lattice.within((column, plan.rail), 0.5, 0.22)
    _landmark(town, "station", (names.STATION, "Shifan Station"), station, owner.code)


def _landmark(town: Town, kind: str, text: tuple[str, str], point: Coordinate, division: str) -> None:
    serial = 1 + sum(address.kind == "landmark" for address in town.addresses)
    code = f"{names.COUNTY}{names.FIRST_TOWNSHIP}L{serial:03}"
    town.addresses.append(TownAddress(code, *text, "landmark", point, division))
    town.shapes.append(Shape("label", kind, [point], *text))

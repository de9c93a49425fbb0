"""The plan of an invented town: villages, service grids and unit grids as rectangles of lattice cells.

Deterministic in its seed and size. `build_town()` is the demo; `build_town(villages=1200, grids=12000, houses=False)`
is the bench: a hundred towns side by side in one seamless lattice, townships 900 to 999.
"""

from dataclasses import dataclass
from itertools import pairwise
from random import Random

from grids.town import names
from grids.town.houses import add_houses, add_landmarks, share
from grids.town.lattice import Coordinate, Lattice, Rect, split
from grids.town.records import Town, TownDivision, TownGrid
from grids.town.romanise import romanise
from grids.town.scenery import add_scenery
from grids.town.streets import Streets, add_streets

CENTRE: Coordinate = (117.175, 36.19)
SIDE = 10  # cells of a village side, on average
COLUMNS, ROWS = 4, 3  # villages in the tile of one town


@dataclass(frozen=True, slots=True)
class Plot:
    """One service grid before it has a code: its cells, its use and its households."""

    rect: Rect
    use: str
    landmark: str
    households: int


@dataclass(frozen=True, slots=True)
class Village:
    """A village: place in the tile of its town (0–11), number of the town, code, name, cells and plots."""

    place: int
    town: int
    code: str
    name: str
    rect: Rect
    plots: tuple[Plot, ...]

    @property
    def rural(self) -> bool:
        return self.place in names.RURAL


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that is decided before anything is drawn.

    Arguments:
        river: lattice column the river follows.
        rail: lattice row the railway follows.
    """

    lattice: Lattice
    villages: tuple[Village, ...]
    river: int
    rail: int


def build_town(*, seed: int = 370902, villages: int = 12, grids: int = 120, houses: bool = True) -> Town:
    """An invented town.

    Arguments:
        seed: same seed and size, same town to the last digit.
        villages: a multiple of 12 that is 12 times a square, at most 1,200.
        grids: service grids in all, about ten a village.
        houses: False leaves out streets, houses and scenery (bench).

    Raises:
        ValueError: the size cannot be tiled.
    """
    plan = make_plan(seed=seed, villages=villages, grids=grids)
    town = Town(seed)
    _add_divisions(town, plan)
    _add_grids(town, plan)
    if houses:
        streets = Streets(plan.lattice, Random(f"{seed}:streets"))  # noqa: S311
        uses = {cell: plot.use for village in plan.villages for plot in village.plots for cell in plot.rect.cells()}
        blocked = (plan.river, plan.rail)
        add_streets(town, streets, _owners(plan), uses, blocked)
        for village in plan.villages:
            random = Random(f"{seed}:{village.code}")  # noqa: S311
            for plot in village.plots:
                add_houses(town, streets, plot=plot, village=village, blocked=blocked, random=random)
        streets.number(town)
        add_landmarks(town, plan)
        add_scenery(town, plan)
    return town


def make_plan(*, seed: int, villages: int, grids: int) -> Plan:
    """Where the lines run and what lies between them."""
    tiles = round((villages / names.TILE) ** 0.5)
    if tiles * tiles * names.TILE != villages or tiles * tiles > 100:
        raise ValueError("villages must be 12 × a square, at most 1,200")
    random = Random(f"{seed}:plan")  # noqa: S311
    columns, rows = tiles * COLUMNS * SIDE, tiles * ROWS * SIDE
    bands = _breaks(tiles * ROWS, random)
    river = 3 * SIDE
    verticals = [_breaks(tiles * COLUMNS, random, fixed={3: river}) for _ in pairwise(bands)]
    still = frozenset(line for band in verticals for line in band), frozenset(bands)
    lattice = Lattice(seed, columns, rows, CENTRE, still=still)
    made: list[Village] = []
    counts = share(grids, [_weight(place) for place in _places(tiles)])
    for band in range(len(bands) - 2, -1, -1):  # from the north
        for column, (west, east) in enumerate(pairwise(verticals[band])):
            rect = Rect(west, bands[band], east, bands[band + 1])
            made.append(_village((len(bands) - 2 - band, column), tiles, rect, counts[len(made)], random))
    return Plan(lattice, tuple(made), river, bands[1])


def _breaks(parts: int, random: Random, fixed: dict[int, int] | None = None) -> list[int]:
    inner = [k * SIDE + random.choice((-1, 0, 1)) for k in range(1, parts)]
    for place, line in (fixed or {}).items():
        inner[place - 1] = line
    return [0, *inner, parts * SIDE]


def _places(tiles: int) -> list[int]:
    return [
        band % ROWS * COLUMNS + column % COLUMNS for band in range(tiles * ROWS) for column in range(tiles * COLUMNS)
    ]


def _weight(place: int) -> int:
    return 12 if place in names.CORE else 8 if place in names.RURAL else 10


def _village(where: tuple[int, int], tiles: int, rect: Rect, grids: int, random: Random) -> Village:
    band, column = where
    place = band % ROWS * COLUMNS + column % COLUMNS
    town = band // ROWS * tiles + column // COLUMNS
    code = f"{names.COUNTY}{names.FIRST_TOWNSHIP + town}{place + 1:03}"
    base = names.VILLAGES[place]
    name = base if town == 0 else f"{base[:2]}{town + 1}{base[2:]}"
    rects = sorted(split(rect, grids, random), key=lambda item: (-item.j1, item.i0))
    specials = dict(zip(random.sample(range(1, len(rects) - 1), 2), names.SPECIAL.get(place, ()), strict=False))
    plots = []
    for number, part in enumerate(rects):
        use, landmark = specials.get(number, ("home", ""))
        households = random.randint(300, 500) if use == "home" else random.randint(30, 60) if use == "market" else 0
        plots.append(Plot(part, use, landmark, households))
    return Village(place, town, code, name, rect, tuple(plots))


def _owners(plan: Plan) -> dict[tuple[int, int], tuple[str, int]]:
    """Cell → (village code, number of the plot in it)."""
    return {
        cell: (village.code, number)
        for village in plan.villages
        for number, plot in enumerate(village.plots)
        for cell in plot.rect.cells()
    }


def _add_divisions(town: Town, plan: Plan) -> None:
    """One township for every twelve villages; its outline runs through every village corner."""
    lattice = plan.lattice
    for number in sorted({village.town for village in plan.villages}):
        members = [village for village in plan.villages if village.town == number]
        code = members[0].code[:9]
        name_zh, name_en = names.marked("示范镇" if number == 0 else f"示范{number + 1}镇")
        ring = outline(lattice, [village.rect for village in members])
        town.divisions.append(TownDivision(code, name_zh, name_en, "township", names.COUNTY, ring))
        for village in sorted(members, key=lambda item: item.code):
            zh, en = names.marked(village.name)
            town.divisions.append(TownDivision(village.code, zh, en, "village", code, lattice.ring(village.rect)))


def outline(lattice: Lattice, rects: list[Rect]) -> list[Coordinate]:
    """Outline of rectangles that together have no hole: what is left when edges walked both ways cancel."""
    edges: dict[tuple[int, int], tuple[int, int]] = {}
    inner: set[tuple[tuple[int, int], tuple[int, int]]] = set()
    every = [pair for rect in rects for pair in pairwise([*rect.perimeter(), (rect.i0, rect.j0)])]
    present = set(every)
    inner.update((a, b) for a, b in every if (b, a) in present)
    edges.update({a: b for a, b in every if (a, b) not in inner})
    node = start = min(edges)
    ring = [lattice.node(*start)]
    while (node := edges[node]) != start:
        ring.append(lattice.node(*node))
    return [*ring, ring[0]]


def _add_grids(town: Town, plan: Plan) -> None:
    for village in plan.villages:
        for number, plot in enumerate(village.plots, start=1):
            town.grids.append(_service_grid(plan.lattice, village, number, plot))
        if village.place in names.CORE:
            town.grids.extend(_unit_grids(plan.lattice, village))


def _service_grid(lattice: Lattice, village: Village, number: int, plot: Plot) -> TownGrid:
    """Code: village code, S, two digits, west to east, then north to south. What a special grid holds is its name."""
    special = plot.use != "home"
    zh, en = f"{village.name}第{number}网格", f"{romanise(village.name)} Grid {number}"
    if special:
        zh, en = f"{plot.landmark}专属网格", f"{names.landmark_en(plot.landmark)} Special Grid"
    kind = "special" if special else "base"
    code = f"{village.code}S{number:02}"
    return TownGrid(code, "service", kind, zh, en, village.code, plot.households, lattice.ring(plot.rect), plot.use)


def _unit_grids(lattice: Lattice, village: Village) -> list[TownGrid]:
    """Code: village code and three digits, west to east, then north to south (GB/T 30428.1; domain.md 1.2)."""
    found = []
    english = romanise(village.name)
    for number, (i, j) in enumerate(village.rect.cells(), start=1):
        zh, en = f"{village.name}单元网格{number:03}", f"{english} Unit {number:03}"
        ring = lattice.ring(Rect(i, j, i + 1, j + 1))
        code = f"{village.code}{number:03}"
        found.append(TownGrid(code, "management", "unit", zh, en, village.code, 0, ring))
    return found

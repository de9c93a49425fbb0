"""Streets along the lattice lines: east–west ones are 街, north–south ones 路; houses are numbered along them."""

from collections import defaultdict
from dataclasses import dataclass, field
from random import Random

from grids.town import names
from grids.town.lattice import Coordinate, Lattice
from grids.town.records import Shape, Town, TownAddress
from grids.town.romanise import romanise

Line = tuple[str, int]  # ("h", row) or ("v", column)
Cell = tuple[int, int]
REACH = 5  # cells a main road runs on beyond the town


@dataclass(slots=True)
class House:
    """A house before it has a number: how far along its street it stands, on which side, and where."""

    along: float
    side: int
    point: Coordinate
    division: str
    households: int


@dataclass(slots=True)
class Streets:
    """Names of all lines, and the houses that stand on each."""

    lattice: Lattice
    random: Random
    name: dict[Line, str] = field(init=False)
    houses: defaultdict[Line, list[House]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        lines: list[Line] = [("h", j) for j in range(self.lattice.rows + 1)]
        lines += [("v", i) for i in range(self.lattice.columns + 1)]
        stems = names.street_names(len(lines), self.random)
        self.name = {line: stem + ("街" if line[0] == "h" else "路") for line, stem in zip(lines, stems, strict=True)}

    def number(self, town: Town) -> None:
        """Number the houses of every street from its west or north end, odd on one side, even on the other."""
        serials: defaultdict[str, int] = defaultdict(int)
        for line, houses in sorted(self.houses.items()):
            counts = [0, 0]
            for house in sorted(houses, key=lambda item: (item.along, item.point)):
                number = 2 * counts[house.side] + 1 + house.side
                counts[house.side] += 1
                serials[house.division] += 1
                code = f"{house.division}A{serials[house.division]:05}"
                street = self.name[line]
                zh, en = f"{street}{number}号", f"{number} {romanise(street)}"
                town.addresses.append(TownAddress(code, zh, en, "house", house.point, house.division, house.households))


def add_streets(
    town: Town,
    streets: Streets,
    owners: dict[Cell, tuple[str, int]],
    uses: dict[Cell, str],
    blocked: tuple[int, int],
) -> None:
    """Roads of three widths: between villages, between grids, between blocks.

    Arguments:
        owners: cell → (village code, plot); streets between two plots are wider.
        uses: cell → use; no lane runs through a park, a school, a market or a site.
        blocked: river column and railway row, which carry no street.
    """
    lattice = streets.lattice
    for line, name in streets.name.items():
        if line in (("v", blocked[0]), ("h", blocked[1])):
            continue
        length = lattice.columns if line[0] == "h" else lattice.rows
        kinds = [_kind(line, k, owners, uses) for k in range(length)]
        runs = _runs(kinds)
        for kind, start, end in runs:
            main = kind == "primary"
            low = -REACH if main and start == 0 and end == length else start
            high = length + REACH if main and start == 0 and end == length else end
            points = [_at(lattice, line, k) for k in range(low, high + 1)]
            town.shapes.append(Shape("road", kind, points, name, romanise(name)))
        _add_address(town, streets, line, runs, owners)


def _kind(line: Line, k: int, owners: dict[Cell, tuple[str, int]], uses: dict[Cell, str]) -> str:
    """primary, secondary, lane, or "" where no street runs between the cells k steps along."""
    one, two = ((k, line[1] - 1), (k, line[1])) if line[0] == "h" else ((line[1] - 1, k), (line[1], k))
    if one not in owners or two not in owners:
        return "secondary"
    if owners[one][0] != owners[two][0]:
        return "primary"
    if owners[one] != owners[two]:
        return "secondary"
    return "lane" if uses[one] == "home" else ""


def _runs(kinds: list[str]) -> list[tuple[str, int, int]]:
    """Neighbouring equal steps joined: (kind, first node, last node)."""
    runs: list[tuple[str, int, int]] = []
    for k, kind in enumerate(kinds):
        if not kind:
            continue
        if runs and runs[-1][0] == kind and runs[-1][2] == k:
            runs[-1] = (kind, runs[-1][1], k + 1)
        else:
            runs.append((kind, k, k + 1))
    return runs


def _at(lattice: Lattice, line: Line, k: int) -> Coordinate:
    inside = 0 <= k <= (lattice.columns if line[0] == "h" else lattice.rows)
    i, j = (k, line[1]) if line[0] == "h" else (line[1], k)
    return lattice.node(i, j) if inside else lattice.smooth(i, j)


def _add_address(
    town: Town,
    streets: Streets,
    line: Line,
    runs: list[tuple[str, int, int]],
    owners: dict[Cell, tuple[str, int]],
) -> None:
    """The street itself as a place, at the middle of its longest run."""
    lattice, name = streets.lattice, streets.name[line]
    _, start, end = max(runs, key=lambda run: run[2] - run[1])
    middle = (start + end) // 2
    point = _at(lattice, line, middle)
    i, j = (middle, line[1]) if line[0] == "h" else (line[1], middle)
    cell = min(i, lattice.columns - 1), min(j, lattice.rows - 1)
    code = f"{names.COUNTY}{names.FIRST_TOWNSHIP}{'H' if line[0] == 'h' else 'V'}{line[1]:03}"
    town.addresses.append(TownAddress(code, name, romanise(name), "street", point, owners[cell][0]))

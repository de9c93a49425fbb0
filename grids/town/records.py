"""What an invented town consists of. Plain values; coordinates are degrees WGS-84."""

from dataclasses import dataclass, field

from grids.town.lattice import Coordinate

Ring = list[Coordinate]


@dataclass(frozen=True, slots=True)
class TownDivision:
    code: str
    name_zh: str
    name_en: str
    level: str
    parent_code: str
    ring: Ring


@dataclass(frozen=True, slots=True)
class TownGrid:
    """A grid with its boundary; `use` says what a special grid is for."""

    code: str
    scheme: str
    type: str
    name_zh: str
    name_en: str
    division: str
    households: int
    ring: Ring
    use: str = "home"


@dataclass(frozen=True, slots=True)
class TownAddress:
    code: str
    text_zh: str
    text_en: str
    kind: str
    point: Coordinate
    division: str
    households: int = 0


@dataclass(frozen=True, slots=True)
class Shape:
    """Something to draw: `layer` of the basemap, `kind` within it, rings or one line or one point."""

    layer: str
    kind: str
    points: Ring
    name_zh: str = ""
    name_en: str = ""
    at: Coordinate | None = None  # of a building: the place of its address


@dataclass(slots=True)
class Town:
    seed: int
    divisions: list[TownDivision] = field(default_factory=list)
    grids: list[TownGrid] = field(default_factory=list)
    addresses: list[TownAddress] = field(default_factory=list)
    shapes: list[Shape] = field(default_factory=list)

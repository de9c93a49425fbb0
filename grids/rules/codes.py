"""Rules of codes and boundaries. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import pairwise

Coordinate = tuple[float, float]

# digits of a code by level (GB/T 2260 for the first six, then the statistical code)
CODE_DIGITS = {"province": 2, "city": 4, "county": 6, "township": 9, "village": 12}
RESERVED = range(900, 1000)  # third segment of invented townships; real ones end at 599
UNITS_MOST = 999  # three digits for the grids of one community
LATTICE_DECIMALS = 8
# what a grid of a scheme may be; the first is the usual one
PART_TYPES = {"service": ("base", "special", "micro"), "management": ("unit",), "division": ("village",)}
DIVISIONS = "division"  # stands for the scheme where the villages of a township are drawn themselves


def reserved(code: str) -> bool:
    """A code from the range reserved for invented townships and the villages in them."""
    return len(code) >= 9 and int(code[6:9]) in RESERVED


def division_code_fault(code: str, level: str, parent_code: str, *, illustrative: bool) -> str:
    """What is wrong with a division's code; "" if nothing."""
    digits = CODE_DIGITS.get(level)
    if digits is None:
        return f"unknown level {level!r}"
    if not (code.isascii() and code.isdigit() and len(code) == digits):
        return f"a {level} code has {digits} digits"
    if parent_code and not code.startswith(parent_code):
        return f"does not begin with the code of its parent {parent_code}"
    if reserved(code) != illustrative:
        return "townships 900–999 are reserved for illustrative divisions, and these use no other"
    return ""


def grid_code_fault(scheme: str, kind: str, code: str, division: str) -> str:
    """What is wrong with a grid's code; "" if nothing.

    Management scheme: village code + 3 digits from 001 (domain.md 1.2). Service scheme: village code + S + 2 digits.
    """
    rest = code.removeprefix(division)
    if rest == code:
        return f"does not begin with the code of its village {division}"
    if scheme == "management":
        if kind != "unit":
            return "a grid of the management scheme is a unit grid"
        return "" if len(rest) == 3 and rest.isdigit() and int(rest) else "ends in three digits, from 001"
    if kind not in ("base", "special", "micro"):
        return "a grid of the service scheme is base, special or micro"
    good = len(rest) == 3 and rest[0] == "S" and rest[1:].isdigit() and int(rest[1:])
    return "" if good else "ends in S and two digits, from S01"


def ring_fault(ring: Sequence[Sequence[float]]) -> str:
    """What is wrong with a closed outline in degrees; "" if nothing. Crossing lines are found by the database."""
    if len(ring) < 4 or list(ring[0]) != list(ring[-1]):
        return "is not a closed ring"
    for point in ring:
        if len(point) != 2 or not (73 <= point[0] <= 136 and 3 <= point[1] <= 54):
            return f"{list(point)} is not longitude, latitude in China"
        if any(round(value, LATTICE_DECIMALS) != value for value in point):
            return f"{list(point)} has more than {LATTICE_DECIMALS} decimals"
    if len({tuple(point) for point in ring}) < 3:
        return "has fewer than three different points"
    return ""


def covers_exactly(rings: Iterable[Sequence[Coordinate]], outline: Sequence[Coordinate]) -> bool:
    """True if counter-clockwise closed rings fill an outline with no gap, no overlap and no shared stretch left over.

    Every side is walked once each way by two neighbours, except those that make the outline. Exact: no arithmetic.
    """
    walked = Counter(side for ring in rings for side in pairwise(map(tuple, ring)))
    if any(count > 1 for count in walked.values()):
        return False
    open_sides = {side for side in walked if (side[1], side[0]) not in walked}
    return open_sides == set(pairwise(map(tuple, outline)))


def counter_clockwise(ring: Sequence[Coordinate]) -> list[Coordinate]:
    """The closed ring in the sense the coverage rule walks it."""
    points = [(float(x), float(y)) for x, y in ring]
    x0, y0 = points[0]
    twice = sum((a[0] - x0) * (b[1] - y0) - (b[0] - x0) * (a[1] - y0) for a, b in pairwise(points))
    return points if twice > 0 else points[::-1]


def next_code(scheme: str, division: str, taken: Iterable[str]) -> str:
    """The next free code of a scheme in a village, or of a village in a township; "" if all are used up.

    Retired codes count as taken.

    The number after the highest, not the first gap: a code that was once withdrawn must not come back as another grid.
    """
    mark, digits, most = ("S", 2, 99) if scheme == "service" else ("", 3, UNITS_MOST)
    prefix = f"{division}{mark}"
    rests = [code.removeprefix(prefix) for code in taken if code.startswith(prefix)]
    numbers = [int(rest) for rest in rests if len(rest) == digits and rest.isdigit()]
    number = max(numbers, default=0) + 1
    return f"{prefix}{number:0{digits}d}" if number <= most else ""

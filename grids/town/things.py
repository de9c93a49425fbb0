"""What stands in an invented town: buildings with footprints, city parts, equipment, and what parts a neighbourhood."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from random import Random

from accounts.demo_identity import demo_credit_code
from grids.town.files import number
from grids.town.lattice import Coordinate
from grids.town.records import Shape, Town
from ledger.cityfolder import to_csv

SOURCE, AS_OF, VERIFY_BY = "示意数据", "2026-01-05", "2027-01-05"
STALE = "2026-06-30"  # some of it is to be verified by now
# use of a plot → (use of the building, storeys, people of a working day)
USES = {"home": ("home", 6, 0), "market": ("market", 2, 60), "school": ("school", 4, 180), "site": ("site", 1, 40)}
PARTS = (("0137", "路灯", "Street lamp", 3), ("0305", "果皮箱", "Litter bin", 5), ("0102", "污水井盖", "Manhole", 7))
BARRIERS = {"rail": ("railway", 0.9), "river": ("river", 1.0), "primary": ("road", 0.6), "secondary": ("road", 0.3)}
PREMISES = 40
NAMES = ("青禾", "云帆", "杏坛", "星河", "百合")
TRADES = (
    ("trader", "便民超市", "Corner shop", "F5212", 2),
    ("trader", "早餐店", "Breakfast bar", "H6241", 3),
    ("company", "机械加工厂", "Machine works", "C3484", 24),
    ("company", "物业服务公司", "Property services", "K7020", 11),
    ("social", "志愿服务协会", "Volunteers", "S9521", 5),
    ("public", "幼儿园", "Nursery", "P8310", 18),
)
ORIGIN = ("source", "as_of", "verify_by", "shape")
HEADERS = {
    "buildings": (
        "code", "name_zh", "name_en", "house", "households", "residents", "storeys", "use", "activity", *ORIGIN,
    ),
    "parts": ("code", "name_zh", "name_en", "system", "department", "owner", "maintainer", "state", *ORIGIN),
    "equipment": (
        "code", "name_zh", "name_en", "kind", "serial", "department", "owner", "custodian", "state", "checked_on",
        "next_check", *ORIGIN,
    ),
    "premises": (
        "code", "name_zh", "name_en", "kind", "credit_code", "address", "industry", "staff", "state", *ORIGIN,
    ),
    "barriers": ("code", "name_zh", "name_en", "kind", "strength", *ORIGIN),
}  # fmt: skip


def thing_files(town: Town) -> dict[str, str]:
    """File name inside the city folder → text; columns as the import has them."""
    rows = {
        "buildings": _buildings(town),
        "parts": _parts(town),
        "equipment": _equipment(town),
        "premises": _premises(town),
        "barriers": _barriers(town),
    }
    return {
        f"town/{key}.csv": to_csv(HEADERS[key], sorted(lines, key=lambda line: str(line[0])))
        for key, lines in rows.items()
    }


def _origin(place: int) -> tuple[str, str, str]:
    return SOURCE, AS_OF, STALE if place % 17 == 0 else VERIFY_BY


def _places(points: Iterable[Coordinate]) -> str:
    return ",".join(f"{number(lon)} {number(lat)}" for lon, lat in points)


def _buildings(town: Town) -> Iterator[Sequence[object]]:
    """Every house number is a building; its households are those of the address. Residents: 2 or 3 a household."""
    footprints = {shape.at: shape for shape in town.shapes if shape.layer == "building"}
    for place, address in enumerate(sorted(town.addresses, key=lambda item: item.code)):
        shape = footprints.get(address.point)
        if address.kind != "house" or shape is None:
            continue
        random = Random(f"{town.seed}:{address.code}")  # noqa: S311 - a drawing, not a secret
        use, storeys, activity = USES.get(shape.kind, ("other", 1, 0))
        residents = sum(random.choice((2, 2, 3, 3, 4)) for _ in range(address.households))
        height = max(1, storeys + random.choice((-1, 0, 0, 1)))
        yield (
            f"B{address.code}", address.text_zh, address.text_en, address.code, "", residents, height, use, activity,
            *_origin(place), _places(shape.points[:-1]),
        )  # fmt: skip


def _parts(town: Town) -> Iterator[Sequence[object]]:
    """Lamps, bins and manholes along the roads, a few hundred of each county code's classes."""
    roads = [shape for shape in town.shapes if shape.layer == "road" and shape.kind != "lane"]
    corners = sorted({point for road in roads for point in road.points if _inside(town, point)})
    for minor, zh, en, every in PARTS:
        for serial, point in enumerate(corners[::every], start=1):
            code = f"370902{minor}{serial:06}"
            department = "370902900-hw" if minor == "0305" else "370902-cg"
            state = "damaged" if serial % 29 == 0 else "sound"
            yield (
                code, zh, en, "GB/T 30428.2-2013", department, "", "示范镇市政养护队（示意）", state,
                *_origin(serial), f"point:{_places([point])}",
            )  # fmt: skip


def _inside(town: Town, point: Coordinate) -> bool:
    (ring,) = [row.ring for row in town.divisions if row.level == "township"][:1]
    return min(x for x, _ in ring) < point[0] < max(x for x, _ in ring) and _holds(ring, point)


def _holds(ring: Sequence[Coordinate], point: Coordinate) -> bool:
    """Whether a ring goes round a point: crossings of a ray to the east."""
    x, y = point
    inside = False
    for (ax, ay), (bx, by) in pairwise(ring):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            inside = not inside
    return inside


def _equipment(town: Town) -> Iterator[Sequence[object]]:
    """A camera without identities at every landmark, a water sensor at the river, a handheld in each village office."""
    marks = [row for row in town.addresses if row.kind == "landmark"]
    for serial, mark in enumerate(sorted(marks, key=lambda item: item.code), start=1):
        office = mark.text_zh.endswith("党群服务中心")
        kind, zh, en = ("handheld", "手持终端", "Handheld") if office else ("camera", "摄像机", "Camera")
        yield (
            f"E{serial:04}", f"{mark.text_zh}{zh}", f"{mark.text_en} {en}", kind, f"SN{town.seed}{serial:04}",
            "370902900-wg", "", "gridworker" if office else "", "broken" if serial % 11 == 0 else "in_use",
            "2025-12-20", STALE if serial % 5 == 0 else "2026-12-20", *_origin(serial),
            f"point:{_places([mark.point])}",
        )  # fmt: skip


def _premises(town: Town) -> Iterator[Sequence[object]]:
    """Shops at markets, a factory here and there, an association in every tenth place: forty invented organisations."""
    shops = {shape.at: shape for shape in town.shapes if shape.layer == "building" and shape.kind != "home"}
    houses = [row for row in sorted(town.addresses, key=lambda item: item.code) if row.kind == "house"]
    busy = [row for row in houses if row.point in shops] or houses
    random = Random(f"{town.seed}:premises")  # noqa: S311 - a drawing, not a secret
    for serial, house in enumerate(busy[:: max(1, len(busy) // PREMISES)][:PREMISES], start=1):
        kind, zh, en, industry, staff = TRADES[serial % len(TRADES)]
        yield (
            f"U{serial:04}", f"{NAMES[serial % len(NAMES)]}{serial:02}号{zh}（示意）", f"{en} {serial:02}", kind,
            demo_credit_code(random), house.text_zh, industry, staff + serial % 7,
            "paused" if serial % 19 == 0 else "open", *_origin(serial), f"point:{_places([house.point])}",
        )  # fmt: skip


def _barriers(town: Town) -> Iterator[Sequence[object]]:
    """Main roads, the railway and the middle of the river."""
    serials = dict.fromkeys(("road", "river", "railway"), 0)
    for shape in town.shapes:
        if shape.kind not in BARRIERS or shape.layer not in ("road", "rail", "water"):
            continue
        kind, strength = BARRIERS[shape.kind]
        serials[kind] += 1
        code = f"{kind.upper()}{serials[kind]:04}"
        yield (
            code, shape.name_zh, shape.name_en, kind, f"{strength:g}", *_origin(serials[kind]),
            f"line:{_places(_middle_of(shape))}",
        )  # fmt: skip


def _middle_of(shape: Shape) -> list[Coordinate]:
    """A line as it is; of a river, between its two banks."""
    if shape.kind != "river":
        return shape.points
    half = (len(shape.points) - 1) // 2
    west, east = shape.points[:half], list(reversed(shape.points[half:-1]))
    return [(round((a[0] + b[0]) / 2, 8), round((a[1] + b[1]) / 2, 8)) for a, b in zip(west, east, strict=True)]

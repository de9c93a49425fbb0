"""A layer on its way into drafts: rings in the datum of storage, the villages they belong to, and what is wrong."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from accounts.access import within
from grids import rules
from grids.datum import to_wgs84
from grids.models import Scheme
from grids.queries import city_day
from grids.queries.boundaries import Defect, boundary_defects
from grids.queries.drafts import Part, VillageRow, codes_in_use, parts_of_villages
from grids.queries.layer_places import village_outlines, villages_known, villages_under
from grids.rules.codes import PART_TYPES
from grids.rules.coverage import Node, Ring, canonical, crossing, degrees_of, fills, ring_of, twice_area
from ledger.actors import Actor
from ledger.kinds import Column, RowError, SheetRow
from ledger.progress import tick

SHAPE = "layer_shape"
LEAST_AREA = 1.0  # m²
SQUARE_METRES = 0.998e-6  # of a square lattice unit at 36.19° north; for slivers only
DEFECTS_MOST, WRONG_MOST = 20, 60  # of one village; villages
Place = tuple[float, float]


def layer_columns() -> Sequence[Column]:
    """Columns of a layer of grids; the reader adds the shape."""
    return (
        Column("code", "网格编码", "Code", "code", aliases=("code", "grid_code", "编码", "代码", "wgbm"), max_length=20,
               help_zh="没有编码的图形成为新网格", help_en="a feature without one becomes a new grid"),
        Column("name_zh", "名称", "Name", aliases=("name_zh", "name", "网格名称", "wgmc", "mc"), max_length=80),
        Column("name_en", "英文名称", "Name in English", aliases=("name_en",), max_length=120),
        Column("type", "类型", "Type", aliases=("type", "网格类型"), max_length=20,
               help_zh="base、special、micro 或 unit", help_en="base, special, micro or unit"),
        Column(SHAPE, SHAPE, SHAPE, required=True, max_length=10_000_000, hidden=True),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shape:
    """A feature that can become a grid."""

    row: SheetRow
    code: str
    ring: Ring


@dataclass(slots=True)
class Village:
    """What a file holds of one village, beside what is there; `unnamed` get their codes when they are written."""

    code: str
    division_id: int
    name_zh: str
    name_en: str
    base: dict[str, Part]
    taken: frozenset[str]
    named: dict[str, Shape] = field(default_factory=dict)
    unnamed: list[Shape] = field(default_factory=list)

    @property
    def shapes(self) -> list[Shape]:
        return [*self.named.values(), *self.unnamed]


@dataclass(slots=True)
class Sorted:
    """A layer by villages, and what is wrong with single features."""

    villages: dict[str, Village] = field(default_factory=dict)
    faults: list[RowError] = field(default_factory=list)


def check_layer(
    rows: Sequence[SheetRow], *, actor: Actor, now: datetime, choices: dict[str, str], facts: dict[str, Any]
) -> list[RowError]:
    """Faults and warnings of a layer; `facts` get the villages it touches. Reads only."""
    found = sorted_layer(rows, actor=actor, on=city_day(now), choices=choices)
    faults = [*_whole(choices, facts), *found.faults]
    villages = list(found.villages.values())
    facts["villages"] = [_counts(village) for village in villages]
    if faults:  # how features fit together is looked at when each of them is sound
        return faults
    return list(_fitting(villages))


def _whole(choices: dict[str, str], facts: dict[str, Any]) -> Iterator[RowError]:
    """The datum against the boundaries that are known; the scheme."""
    if not Scheme.objects.filter(code=choices.get("scheme", "")).exists():
        yield RowError(0, "", _("Choose a scheme."))
    off = offset_of(choices.get("datum", ""), facts)
    if off is not None and choices.get("sure") != "yes":
        message = _(
            "Read as %(datum)s the layer lies %(metres)s m from the boundaries that are known; read as %(best)s it "
            "fits. Choose another datum, or say that this one is right."
        )
        values = {"datum": label(choices["datum"]), "best": label(facts["best"]), "metres": f"{off:,.0f}"}
        yield RowError(0, "", message % values)


LABELS = {
    "wgs84": "WGS-84", "cgcs2000": "CGCS2000 (EPSG:4490)", "gcj02": "GCJ-02", "bd09": "BD-09",
    "epsg4548": "CGCS2000 Gauss-Krüger (EPSG:4548)", "epsg4527": "CGCS2000 Gauss-Krüger (EPSG:4527)",
}  # fmt: skip


def label(datum: str) -> str:
    return LABELS.get(datum, datum)


def offset_of(datum: str, facts: dict[str, Any]) -> float | None:
    """Metres between a datum and the one that fits; None if it fits itself, or nothing does."""
    metres = {item["datum"]: float(item["metres"]) for item in facts.get("offsets", ())}
    best = facts.get("best", "")
    if not best or datum == best or datum not in metres:
        return None
    return metres[datum] if metres[datum] > 5 else None


def sorted_layer(rows: Sequence[SheetRow], *, actor: Actor, on: date, choices: dict[str, str]) -> Sorted:
    """Features by village; by the code they carry, else by the largest overlap."""
    found = Sorted()
    rings = dict(rings_of(rows, choices.get("datum", "wgs84"), found.faults))
    places = villages_known(on=on)
    by_code = {row.number: row["code"][:12] for row in rows if row["code"][:12] in places}
    loose = [(number, ring) for number, ring in rings.items() if number not in by_code]
    assigned = villages_under(loose, on=on) | by_code
    mine = {code for code in assigned.values() if within(actor.territory, places[code].path)}
    found.villages = _villages([places[code] for code in sorted(mine)], rows, choices.get("scheme", ""))
    for row in rows:
        if row.number not in rings:
            continue
        village = assigned.get(row.number, "")
        if village in mine:
            _put(row, rings[row.number], found.villages[village], found, choices)
            continue
        at = degrees_of(rings[row.number][0])
        words = _("lies in %(village)s, which is not yours.") % {"village": village}
        message = words if village else _("lies in no village that is known.")
        found.faults.append(RowError(row.number, "", said(row, message, at), at))
    found.villages = {code: village for code, village in found.villages.items() if village.shapes}
    return found


def _villages(mine: Sequence[VillageRow], rows: Sequence[SheetRow], scheme: str) -> dict[str, Village]:
    taken = codes_in_use([row["code"] for row in rows if row["code"]])
    found = {row.code: Village(row.code, row.id, row.name_zh, row.name_en, {}, taken) for row in mine}
    by_id = {village.division_id: village for village in found.values()}
    for division_id, part in parts_of_villages(list(by_id), scheme):
        by_id[division_id].base[part.code] = part
    return found


def _put(row: SheetRow, ring: Ring, village: Village, found: Sorted, choices: dict[str, str]) -> None:
    code = row["code"]
    shape = Shape(row, code, ring)
    if not code:
        village.unnamed.append(shape)
        return
    fault = _code_fault(row, village, choices.get("scheme", ""))
    if fault:
        at = degrees_of(ring[0])
        found.faults.append(RowError(row.number, "", said(row, fault, at), at))
    else:
        village.named[code] = shape


def kind_of(row: SheetRow, scheme: str) -> str:
    """The type of a new grid: what the file says if the scheme knows it, else the usual one."""
    types = PART_TYPES.get(scheme, ("",))
    return row["type"] if row["type"] in types else types[0]


def _code_fault(row: SheetRow, village: Village, scheme: str) -> str:
    code = row["code"]
    if code in village.named:
        return _("code %(code)s stands in the file twice.") % {"code": code}
    kind = village.base[code].type if code in village.base else kind_of(row, scheme)
    if rules.grid_code_fault(scheme, kind, code, village.code):
        return _("%(code)s is not a code of this scheme in %(village)s.") % {"code": code, "village": village.code}
    if code not in village.base and code in village.taken:
        return _("code %(code)s belonged to another grid and is not used again.") % {"code": code}
    return ""


def said(row: SheetRow, words: str, at: Place | None) -> str:
    """A fault of a feature in words, with its code and place."""
    place = f" ({at[0]:.7f}, {at[1]:.7f})" if at is not None else ""
    code = f"{row['code']} " if row["code"] and row["code"] not in words else ""
    return f"{code}{words.rstrip('.。') if place else words}{place}"


def rings_of(rows: Sequence[SheetRow], datum: str, faults: list[RowError]) -> Iterator[tuple[int, Ring]]:
    """Number and ring of every sound feature; `faults` get the others."""
    converted: dict[Place, Place] = {}
    seen: dict[Ring, int] = {}
    for count, row in enumerate(rows):
        tick(count, 2 * len(rows))
        try:
            ring = ring_in(row, datum, converted)
            key = canonical(ring)
            if key in seen:
                raise ShapeFault(_("has the same boundary as feature %(number)s.") % {"number": seen[key]}, ring[0])
            seen[key] = row.number
            yield row.number, ring
        except ShapeFault as fault:
            faults.append(RowError(row.number, "", said(row, fault.words, fault.at), fault.at))


class ShapeFault(Exception):
    """What is wrong with one shape, and where in degrees."""

    def __init__(self, words: str, at: Node | Place | None = None) -> None:
        super().__init__(words)
        self.words = words
        self.at: Place | None = degrees_of(at) if at is not None and isinstance(at[0], int) else at  # type: ignore[arg-type]


def ring_in(row: SheetRow, datum: str, converted: dict[Place, Place]) -> Ring:
    """The ring of a feature.

    Raises:
        ShapeFault: it is none, or not a sound one.
    """
    ring = ring_of(places_in(row[SHAPE], datum, converted))
    wrong = crossing(ring) if len(ring) >= 3 else ring[0]
    if wrong is not None:
        raise ShapeFault(_("crosses itself."), wrong)
    if twice_area(ring) / 2 * SQUARE_METRES < LEAST_AREA:
        raise ShapeFault(_("is smaller than one square metre."), ring[0])
    return ring


def places_in(text: str, datum: str, converted: dict[Place, Place]) -> list[Place]:
    """Places written as the reader writes them, in degrees WGS-84.

    Raises:
        ShapeFault: there is no shape, or a place is not in China.
    """
    if not text or text.startswith("!"):
        raise _told(text or "!empty", datum)
    places = [(float(x), float(y)) for x, y in (pair.split(" ") for pair in text.split(","))]
    for lon, lat in places:
        if not in_china(lon, lat):
            words = _("%(lon)s, %(lat)s is not longitude, latitude in China.")
            if in_china(lat, lon):
                words = _("%(lon)s, %(lat)s: latitude stands before longitude; exchange them.")
            raise ShapeFault(words % {"lon": f"{lon:.10g}", "lat": f"{lat:.10g}"})
    return _converted(places, datum, converted)


def _converted(places: list[Place], datum: str, known: dict[Place, Place]) -> list[Place]:
    if datum not in ("gcj02", "bd09"):
        return places
    for place in places:
        if place not in known:  # neighbours share their vertices; an inverse is iterated
            known[place] = to_wgs84(*place, datum)
    return [known[place] for place in places]


def in_china(lon: float, lat: float) -> bool:
    return 73 <= lon <= 136 and 3 <= lat <= 54


def _told(text: str, datum: str) -> ShapeFault:
    code, *place = text[1:].split(" ")
    words = {
        "empty": _("has no shape, or one that cannot be read."),
        "not_finite": _("has a coordinate that is no number."),
        "vertices": _("has too many vertices; draw it with fewer."),
        "several": _("is of several parts that do not touch; make one feature of each."),
        "not_polygon": _("is not a single polygon."),
        "crossing": _("crosses itself."),
        "hole": _("has a hole."),
    }[code]
    at = (float(place[0]), float(place[1])) if place else None
    if at is not None and in_china(*at) and datum in ("gcj02", "bd09"):
        at = to_wgs84(*at, datum)
    return ShapeFault(words, at)


def _counts(village: Village) -> dict[str, Any]:
    """How the grids of a village would change; for the screen."""
    found = Counter(
        "new" if code not in village.base
        else "same" if canonical(shape.ring) == canonical(village.base[code].ring) else "changed"
        for code, shape in village.named.items()
    )  # fmt: skip
    return {
        "code": village.code, "features": len(village.shapes), "new": found["new"] + len(village.unnamed),
        "changed": found["changed"], "same": found["same"], "ended": len(village.base.keys() - village.named.keys()),
    }  # fmt: skip


def _fitting(villages: Sequence[Village]) -> Iterator[RowError]:
    """Overlaps, gaps and what leaves the village, as warnings: they are mended in the draft, on the map."""
    outlines, wrong = village_outlines([village.division_id for village in villages]), 0
    total = 2 * sum(len(village.shapes) for village in villages)
    done = total // 2
    for village in villages:
        tick(done, total)
        done += len(village.shapes)
        shapes = {shape.code or f"#{shape.row.number}": shape for shape in village.shapes}
        parts = {key: shape.ring for key, shape in shapes.items()}
        outline = outlines[village.division_id]
        if fills(parts, outline):
            continue
        wrong += 1
        if wrong > WRONG_MOST:
            yield RowError(0, "", _("More villages do not fit; their drafts say where."), warning=True)
            return
        numbers = {key: shape.row.number for key, shape in shapes.items()}
        yield from (_warning(defect, numbers) for defect in boundary_defects(parts, outline)[:DEFECTS_MOST])


def _warning(defect: Defect, numbers: dict[str, int]) -> RowError:
    words = {
        "overlap": _("%(codes)s overlap by %(area)s m²"),
        "gap": _("beside %(codes)s there is a gap of %(area)s m²"),
        "outside": _("%(codes)s leaves the village by %(area)s m²"),
        "unshared": _("%(codes)s touches its neighbour without sharing its vertices"),
        "crossing": _("%(codes)s crosses itself"),
    }[defect.kind]
    place = (defect.lon, defect.lat)
    message = words % {"codes": ", ".join(defect.codes), "area": f"{defect.area:,.2f}"}
    row = min((numbers[code] for code in defect.codes if code in numbers), default=0)
    return RowError(row, "", f"{message} ({place[0]:.7f}, {place[1]:.7f})", place, warning=True)

"""Things on their way in: from a layer, a sheet or the city folder. Faults name row, field and place; reads only."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.gis.geos import LineString, Point, Polygon
from django.utils.translation import gettext as _

from accounts.access import within
from accounts.models import Department, User
from accounts.rules import credit_code_fault
from grids.imports.layer_check import SHAPE, ShapeFault, places_in, ring_in, said
from grids.imports.thing_kinds import THINGS, ThingKind, fields_of
from grids.models import Address
from grids.queries.points import locate_all
from grids.rules.coverage import closed_degrees
from grids.rules.parts import part_code_fault
from ledger.actors import Actor
from ledger.cityfolder import Change
from ledger.kinds import RowError, SheetRow

LEAST_OF_ZERO = ("households", "residents", "storeys", "activity", "staff")
MOST = {"households": 5000, "residents": 20000, "storeys": 200, "activity": 200_000, "staff": 200_000}
INDUSTRY = re.compile(r"[A-T]([0-9]{2,4})?")
REFERENCES = {"house": Address, "department": Department, "custodian": User}
KEYS = {"house": "code", "department": "code", "custodian": "username"}


@dataclass(slots=True)
class Entry:
    """One sound row: the values that are written, and its shapes. `values` lack what the file does not say."""

    number: int
    code: str
    values: dict[str, Any]
    shapes: dict[str, Any]
    was: Any = None  # the row that is there

    def differences(self) -> dict[str, list[str]]:
        """Field → [before, after] as text, against what is there; empty for a new one or the same."""
        if self.was is None:
            return {}
        pairs = {name: (plain(getattr(self.was, name)), plain(value)) for name, value in self.values.items()}
        pairs |= {name: (plain(getattr(self.was, name)), plain(value)) for name, value in self.shapes.items()}
        return {name: [before, after] for name, (before, after) in pairs.items() if before != after}


@dataclass(slots=True)
class Read:
    """What a file holds of one kind."""

    entries: list[Entry] = field(default_factory=list)
    faults: list[RowError] = field(default_factory=list)


def plain(value: Any) -> str:
    """A value as it is compared and shown: codes for what it refers to, WKT for shapes."""
    if value is None:
        return ""
    if isinstance(value, (Address, Department)):
        return value.code
    if isinstance(value, User):
        return value.username
    if isinstance(value, (Point, LineString, Polygon)):
        return str(value.wkt)
    return f"{value:g}" if isinstance(value, float) else str(value)


def read_things(
    key: str, rows: Sequence[SheetRow], *, territory: str, choices: Mapping[str, str], illustrative: bool = False
) -> Read:
    """Sound rows with what is there of the same code, and the faults of the others.

    Arguments:
        territory: path the reader's rights reach down from; "" reaches nothing.
        choices: datum, and source and as_of for rows that say none.
    """
    kind, found = THINGS[key], Read()
    known = _known(kind, rows)
    codes = Counter(row["code"] for row in rows)
    converted: dict[tuple[float, float], tuple[float, float]] = {}
    for row in rows:
        try:
            shapes, at = _shapes(kind, row, choices.get("datum", "wgs84"), converted)
        except ShapeFault as fault:
            found.faults.append(RowError(row.number, "", said(row, fault.words, fault.at), fault.at))
            continue
        values, faults = _values(kind, row, known, choices)
        if codes[row["code"]] > 1:
            faults.append(("code", _("This code stands in the file %(n)s times.") % {"n": codes[row["code"]]}))
        found.faults += [RowError(row.number, column, said(row, words, at), at) for column, words in faults]
        entry = Entry(row.number, row["code"], values, shapes, known["code"].get(row["code"]))
        if entry.was is None:
            entry.values["illustrative"] = illustrative
        if not faults:
            found.entries.append(entry)
    found.faults += _outside(kind, found.entries, territory)
    return found


def _known(kind: ThingKind, rows: Sequence[SheetRow]) -> dict[str, dict[str, Any]]:
    """What the rows refer to, by their codes: a handful of statements for a whole file."""
    references = [name for name in REFERENCES if name in fields_of(kind.key)]
    there = kind.model.objects.filter(code__in={row["code"] for row in rows}).select_related(*references)
    known: dict[str, dict[str, Any]] = {"code": {row.code: row for row in there}}
    for name in references:
        wanted = {row[name] for row in rows if row[name]}
        held: Any = REFERENCES[name]._default_manager.filter(**{f"{KEYS[name]}__in": wanted})
        if name == "house":
            held = held.select_related("building")
        known[name] = {getattr(item, KEYS[name]): item for item in held}
    return known


def _shapes(
    kind: ThingKind, row: SheetRow, datum: str, converted: dict[tuple[float, float], tuple[float, float]]
) -> tuple[dict[str, Any], tuple[float, float]]:
    """Shape columns and a place in it. A footprint alone gives the point as well."""
    text = row[SHAPE] or ""
    form, places = ("ring", text) if ":" not in text else text.split(":", 1)
    if text and not text.startswith("!") and form not in kind.takes:
        first = places_in(places.split(",", 1)[0], datum, converted)[0]
        raise ShapeFault(_wanted(kind), first)
    if form == "ring":
        ring = closed_degrees(ring_in(row, datum, converted))
        shape = Polygon(ring, srid=4326)
        inside = shape.point_on_surface
        point = Point(round(inside.x, 8), round(inside.y, 8), srid=4326)
        return {"shape": shape, "point": point}, (point.x, point.y)
    found = [(round(x, 8), round(y, 8)) for x, y in places_in(places, datum, converted)]
    if form == "point":
        return {"point": Point(*found[0], srid=4326)}, found[0]
    if len(set(found)) < 2:
        raise ShapeFault(_("is a line without length."), found[0])
    return {"line": LineString(found, srid=4326)}, found[len(found) // 2]


def _wanted(kind: ThingKind) -> str:
    if kind.geometry == "line":
        return _("is not a line.")
    return _("is neither a place nor a polygon.") if "ring" in kind.takes else _("is not a single place.")


def _values(
    kind: ThingKind, row: SheetRow, known: dict[str, dict[str, Any]], choices: Mapping[str, str]
) -> tuple[dict[str, Any], list[tuple[str, str]]]:
    """What the row says (an empty cell keeps what is there) and what is wrong: (column, words)."""
    said_ = {name: row[name] for name in fields_of(kind.key) if row[name] not in ("", None)}
    was = known["code"].get(row["code"])
    faults: list[tuple[str, str]] = []
    for name in REFERENCES.keys() & said_.keys():
        code, said_[name] = said_[name], known[name].get(said_[name])
        if said_[name] is None:
            faults.append((name, _("%(code)s is not known.") % {"code": code}))
    for name in ("source", "as_of"):
        said_.setdefault(name, _of_file(name, choices) or (getattr(was, name) if was else None))
        if not said_[name]:
            faults.append((name, _("Must not be empty; say it for the whole file.")))
    if "strength" in said_:
        said_["strength"] = float(said_["strength"])
    faults += _figures(said_)
    faults += _OWN_FAULTS.get(kind.key, _no_faults)(row["code"], said_, was)
    return said_, faults


def _of_file(name: str, choices: Mapping[str, str]) -> Any:
    text = choices.get(name, "").strip()
    if name == "source":
        return text[:120]
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _figures(values: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for name in LEAST_OF_ZERO:
        if values.get(name) is not None and not 0 <= values[name] <= MOST[name]:
            yield name, _("Must lie between 0 and %(most)s.") % {"most": MOST[name]}
    if not 0 <= values.get("strength", 0) <= 1:
        yield "strength", _("Must lie between 0 and %(most)s.") % {"most": 1}
    if values.get("verify_by") and values.get("as_of") and values["verify_by"] < values["as_of"]:
        yield "verify_by", _("Lies before the day of the data.")
    if values.get("next_check") and values.get("checked_on") and values["next_check"] < values["checked_on"]:
        yield "next_check", _("Lies before the last check.")


def _no_faults(code: str, values: dict[str, Any], was: Any) -> Iterator[tuple[str, str]]:
    yield from ()


def _household_faults(code: str, values: dict[str, Any], was: Any) -> Iterator[tuple[str, str]]:
    """One figure: a building with a house number has the households of its address, and says no other."""
    house = values.get("house") or (was.house if was else None)
    if house is None:
        return
    other = getattr(house, "building", None)
    if other is not None and (was is None or other.pk != was.pk):
        yield "house", _("This house number belongs to building %(code)s.") % {"code": other.code}
    stated = values.pop("households", None)
    if stated is not None and stated != house.households:
        words = _("The address %(code)s has %(n)s households; correct the figure there.")
        yield "households", words % {"code": house.code, "n": house.households}
    values["households"] = None


def _premises_faults(code: str, values: dict[str, Any], was: Any) -> Iterator[tuple[str, str]]:
    credit_code = values.get("credit_code", "").upper()
    if credit_code:
        values["credit_code"] = credit_code
        if credit_code_fault(credit_code, demo=settings.DEMO):
            yield "credit_code", _("This is not a unified social credit code.")
    industry = values.get("industry", "")
    if industry and not INDUSTRY.fullmatch(industry):
        yield "industry", _("An industry is a letter from A to T and two to four digits (GB/T 4754).")


def _part_faults(code: str, values: dict[str, Any], was: Any) -> Iterator[tuple[str, str]]:
    system = values.get("system") or (was.system if was else "GB/T 30428.2-2013")
    fault = part_code_fault(code, system)
    words = {
        "digits": _("A part has 16 digits: county 6, class 2 and 2, serial number 6."),
        "class": _("Digits 7 and 8 are no class of %(system)s.") % {"system": system},
        "serial": _("Class and serial number begin with 01 and 000001."),
    }
    if fault:
        yield "code", words[fault]


_OWN_FAULTS = {"buildings": _household_faults, "premises": _premises_faults, "parts": _part_faults}


def _outside(kind: ThingKind, entries: list[Entry], territory: str) -> Iterator[RowError]:
    """Where each lies by the database, and whose area that is; also of what is there already."""
    middles = [_middle(entry) for entry in entries]
    for entry, at, place in zip(entries, middles, locate_all(middles) if middles else [], strict=True):
        where = f"({at[0]:.7f}, {at[1]:.7f})"
        if not place.path:
            yield RowError(entry.number, "", f"{entry.code} {_('lies outside the city')} {where}", at)
        elif not within(territory, place.path) or (entry.was and not within(territory, entry.was.path)):
            words = _("lies in %(village)s, which is not yours") % {"village": place.division_zh or place.path}
            yield RowError(entry.number, "", f"{entry.code} {words} {where}", at)
        elif kind.key == "parts" and f"/{entry.code[:6]}/" not in place.path:
            words = _("The first six digits are not the county it lies in")
            yield RowError(entry.number, "code", f"{entry.code} {words} {where}", at)


def _middle(entry: Entry) -> tuple[float, float]:
    line = entry.shapes.get("line")
    found: tuple[float, float] = line.coords[len(line.coords) // 2] if line else entry.shapes["point"].coords
    return found


def thing_changes(read: Read) -> Change:
    """What taking the rows over would add and change, told by code and field."""
    change = Change()
    for entry in read.entries:
        told = entry.differences()
        if entry.was is None:
            change.added += 1
            change.lines.append(f"+ {entry.code} {entry.values.get('name_zh', '')}".rstrip())
        elif told:
            change.changed += 1
            change.lines.append(f"~ {entry.code} {'；'.join(told_field(*item) for item in told.items())}")
        else:
            change.same += 1
    return change


def told_field(name: str, pair: Sequence[str]) -> str:
    """One changed field in a line; a shape that moved is not written out."""
    if name in ("point", "shape", "line"):
        return f"{name} ↷"
    return f"{name}: {pair[0] or '—'} → {pair[1] or '—'}"


def _check(
    key: str,
    rows: Sequence[SheetRow],
    *,
    actor: Actor,
    now: datetime,
    choices: dict[str, str],
    facts: dict[str, Any],
) -> list[RowError]:
    """Faults of a file of one kind; see `read_things`."""
    found = read_things(key, rows, territory=actor.territory, choices=choices).faults
    if choices.get("as_of", "").strip() and _of_file("as_of", choices) is None:
        return [RowError(0, "", _("The day of the data is no date like 2026-01-31.")), *found]
    return found


def _changes(
    key: str,
    rows: Sequence[SheetRow],
    *,
    actor: Actor,
    now: datetime,
    choices: dict[str, str],
    facts: dict[str, Any],
) -> Change:
    return thing_changes(read_things(key, rows, territory=actor.territory, choices=choices))


check_buildings, building_changes = partial(_check, "buildings"), partial(_changes, "buildings")
check_parts, part_changes = partial(_check, "parts"), partial(_changes, "parts")
check_equipment, equipment_changes = partial(_check, "equipment"), partial(_changes, "equipment")
check_premises, premises_changes = partial(_check, "premises"), partial(_changes, "premises")
check_barriers, barrier_changes = partial(_check, "barriers"), partial(_changes, "barriers")

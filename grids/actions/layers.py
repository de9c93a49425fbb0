"""Boundaries from a file become drafts; boundaries of any day go out as a file."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import demand_right
from grids import gateways
from grids.actions.drafting import EDIT, Beginning, start_drawn
from grids.actions.layer_reading import GAUSS
from grids.actions.numbering import Numbering, next_part
from grids.imports.layer_check import Shape, Village, kind_of, sorted_layer
from grids.imports.layers import LayerRow, csv_of, layer_geojson, layer_rows, layer_table
from grids.queries import city_day
from grids.queries.drafts import Part, taken_codes
from ledger.actions import audit
from ledger.actors import Actor
from ledger.clock import app_now
from ledger.gateways.sheets import XLSX, table_sheet
from ledger.kinds import SheetRow


def commit_layer(
    *,
    rows: Sequence[SheetRow],
    run_id: UUID,
    actor: Actor,
    now: datetime,
    choices: dict[str, str],
    facts: dict[str, Any],
) -> dict[str, int]:
    """A draft for each village the layer touches, in the caller's transaction; `facts` get their ids.

    The grids of the file stand instead of those of the village; what does not fit is in the draft and shown there, as
    with anything drawn.

    Raises:
        PermissionDenied: no right, or not the actor's village.
        ValidationError: a village cannot be drawn in, or its codes are used up.
    """
    demand_right(actor, EDIT)
    found = sorted_layer(rows, actor=actor, on=city_day(now), choices=choices)
    if found.faults:
        raise ValidationError(found.faults[0].message, code="stale")
    scheme, villages = choices["scheme"], list(found.villages.values())
    run = {"run": str(run_id)}
    drawn = [
        Beginning(one.division_id, list(one.base.values()), _parts(one, scheme), {"features": len(one.shapes), **run})
        for one in villages
    ]
    ids = start_drawn(beginnings=drawn, scheme=scheme, title=choices["title"], operation="import", actor=actor, now=now)
    facts["drafts"] = [{"id": pk, "code": one.code} for pk, one in zip(ids, villages, strict=True)]
    audit(
        actor=actor,
        action="boundary.imported",
        now=now,
        object_kind="import",
        object_id=run_id,
        data={"drafts": len(ids)},
    )
    return {"drafts": len(ids), **_changes(facts)}


def _changes(facts: dict[str, Any]) -> dict[str, int]:
    """Counts of the check, which the commit has just repeated."""
    names = {"added": "new", "changed": "changed", "ended": "ended"}
    return {name: sum(row[key] for row in facts["villages"]) for name, key in names.items()}


def _parts(village: Village, scheme: str) -> list[Part]:
    parts = {code: _part(shape, village, scheme) for code, shape in village.named.items()}
    taken = taken_codes(village.code) if village.unnamed else set()
    place = Numbering(scheme, village.code, village.name_zh, village.name_en, village.base)
    for shape in village.unnamed:
        part = next_part(place, shape.ring, taken | parts.keys())
        zh, en = shape.row["name_zh"] or part.name_zh, shape.row["name_en"] or part.name_en
        parts[part.code] = Part(part.code, kind_of(shape.row, scheme), zh, en, shape.ring)
    return list(parts.values())


def _part(shape: Shape, village: Village, scheme: str) -> Part:
    code, row = shape.code, shape.row
    base, zh, en = village.base.get(code), row["name_zh"], row["name_en"]
    if base is not None:
        return Part(code, base.type, zh or base.name_zh, en or base.name_en, shape.ring, base.grid_id, base.version_id)
    return Part(code, kind_of(row, scheme), zh or code, en or code, shape.ring)


FORMATS = {
    "geojson": ("application/geo+json", "geojson"),
    "gpkg": ("application/geopackage+sqlite3", "gpkg"),
    "shp": ("application/zip", "zip"),
    "kml": ("application/vnd.google-earth.kml+xml", "kml"),
    "csv": ("text/csv; charset=utf-8", "csv"),
    "xlsx": (XLSX, "xlsx"),
}
SYSTEMS = {"wgs84": "EPSG:4326", "cgcs2000": "EPSG:4490"}


def export_layer(
    *, scheme: str, on: date, division: str, datum: str, form: str, actor: Actor
) -> tuple[bytes, str, str]:
    """Boundaries of a day in the actor's territory as a file: content, media type, file name.

    Arguments:
        division: code of any level, "" for all of the territory.
        datum: what the file is stated in: wgs84, cgcs2000, gcj02, bd09, or epsg4548 and epsg4527 in metres.
        form: one of FORMATS.

    Raises:
        ValidationError: there is nothing to export, or the format cannot hold it.
    """
    if datum in GAUSS and form not in ("gpkg", "shp"):
        raise ValidationError(_("Only a GeoPackage or a Shapefile says that it is in metres; choose one of them."))
    degrees = "cgcs2000" if datum in GAUSS else datum
    rows = layer_rows(scheme=scheme, on=on, division=division, territory=actor.territory, datum=degrees)
    if not rows:
        raise ValidationError(_("There are no boundaries of this kind on that day."), code="layer_empty")
    body = _written(rows, form, degrees, GAUSS.get(datum, ""))
    _note_export(scheme=scheme, on=on, division=division, count=len(rows), actor=actor)
    media, suffix = FORMATS[form]
    return body, media, f"grids-{scheme}-{division or 'all'}-{on}-{datum}.{suffix}"


def _written(rows: list[LayerRow], form: str, datum: str, metres: str) -> bytes:
    if form == "geojson":
        return layer_geojson(rows).encode()
    if form in ("csv", "xlsx"):
        table = layer_table(rows)
        return csv_of(table) if form == "csv" else table_sheet(table[0], table[1:], title="grids")
    features = [(row.properties, row.ring) for row in rows]
    # KML knows WGS-84 only
    system = "EPSG:4326" if form == "kml" else SYSTEMS.get(datum)
    return gateways.write_layer(features, form=form, system=system, metres=metres)


@transaction.atomic(durable=True)
def _note_export(*, scheme: str, on: date, division: str, count: int, actor: Actor) -> None:
    facts: dict[str, Any] = {"scheme": scheme, "on": str(on), "division": division, "count": count}
    audit(actor=actor, action="boundary.exported", now=app_now(), object_kind="boundary", data=facts)

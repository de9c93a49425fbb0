"""Boundaries from a file become a draft; boundaries of any day go out as a file."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import demand_right
from grids import gateways, rules
from grids.actions.drafting import EDIT, keep_step, start
from grids.actions.operations import PART_TYPES, new_part
from grids.datum import to_wgs84
from grids.gateways import Feature
from grids.imports.layers import LayerRow, layer_geojson, layer_rows
from grids.queries.drafts import DraftState, Part, draft_state
from grids.rules.coverage import Node, Ring, crossing, degrees_of, node_of, ring_of
from ledger.actions import audit
from ledger.actors import Actor
from ledger.clock import app_now

FAULTS_MOST = 50


class LayerRefused(ValidationError):
    """A file with features that cannot become grids; `rows` are (number of the feature, words, place or None)."""

    def __init__(self, rows: list[tuple[int, str, tuple[float, float] | None]]) -> None:
        said = [_("Feature %(number)s: %(words)s") % {"number": number, "words": words} for number, words, _at in rows]
        super().__init__(said[:FAULTS_MOST], code="layer_features")
        self.rows = rows[:FAULTS_MOST]


def import_layer(*, data: bytes, village: str, scheme: str, datum: str, title: str, actor: Actor) -> int:
    """A draft with the grids of a GeoJSON or GeoPackage file instead of those of a village. Returns its id.

    What overlaps, leaves a gap or leaves the village is in the draft and shown there, as with anything drawn; a file
    that cannot be read or a feature that is no grid refuses the whole, and nothing is written.

    Arguments:
        datum: wgs84, cgcs2000, gcj02 or bd09: what the file's longitude and latitude are stated in.

    Raises:
        PermissionDenied: no right, or not the actor's village.
        LayerRefused: names each feature with its number and a coordinate.
        ValidationError: the file as a whole.
    """
    demand_right(actor, EDIT)
    layer = gateways.read_layer(data)  # outside the transaction: it is another process
    return _keep(layer.features, village, scheme, datum, title, actor)


@transaction.atomic(durable=True)
def _keep(features: list[Feature], village: str, scheme: str, datum: str, title: str, actor: Actor) -> int:
    now = app_now()
    draft_id = start(village=village, scheme=scheme, title=title, actor=actor, now=now)
    state = draft_state(draft_id, actor)
    if state is None:
        raise PermissionDenied("territory")
    parts = _parts(features, state, datum)
    keep_step(state=state, operation="import", detail={"features": len(parts)}, parts=parts, actor=actor, now=now)
    audit(actor=actor, action="boundary.imported", now=now, object_kind="boundary_draft", object_id=draft_id)
    return draft_id


def _parts(features: list[Feature], state: DraftState, datum: str) -> dict[str, Part]:
    found: dict[str, Part] = {}
    unnamed: list[Ring] = []
    faults: list[tuple[int, str, tuple[float, float] | None]] = []
    for feature in features:
        try:
            ring = _ring(feature, datum)
            code = str(feature.properties.get("code") or "").strip()
            if not code:
                unnamed.append(ring)
                continue
            _demand_code(code, feature, state, found)
            found[code] = _part(code, ring, feature, state)
        except _Fault as fault:
            faults.append((feature.number, fault.words, fault.at or feature.at))
    if not features:
        raise ValidationError(_("The layer has no features."), code="layer_empty")
    if faults:
        raise LayerRefused(faults)
    for ring in unnamed:
        part = new_part(state, ring, beside=found)
        found[part.code] = part
    return found


class _Fault(Exception):
    def __init__(self, words: str, at: Node | tuple[float, float] | None = None) -> None:
        super().__init__(words)
        self.words = words
        self.at = degrees_of(at) if at is not None and isinstance(at[0], int) else at  # type: ignore[arg-type]


def _ring(feature: Feature, datum: str) -> Ring:
    words = {
        "empty": _("has no shape."),
        "not_polygon": _("is not a single polygon."),
        "vertices": _("has more than %(most)s vertices.") % {"most": gateways.VERTICES_MOST},
        "hole": _("has a hole."),
        "crossing": _("crosses itself."),
    }
    if feature.fault:
        raise _Fault(_at(words[feature.fault], feature.at), feature.at)
    for lon, lat in feature.ring:
        if not (73 <= lon <= 136 and 3 <= lat <= 54):
            raise _Fault(_("%(lon)s, %(lat)s is not longitude, latitude in China.") % {"lon": lon, "lat": lat})
    ring = ring_of([to_wgs84(lon, lat, datum) for lon, lat in feature.ring])
    wrong = crossing(ring) if len(ring) >= 3 else node_of(*feature.ring[0])
    if wrong is not None:
        raise _Fault(_at(words["crossing"], degrees_of(wrong)), wrong)
    return ring


def _at(words: str, place: tuple[float, float] | None) -> str:
    return words if place is None else f"{words} ({place[0]:.7f}, {place[1]:.7f})"


def _kind(feature: Feature, state: DraftState) -> str:
    said = str(feature.properties.get("type") or "")
    return said if said in PART_TYPES[state.row.scheme] else PART_TYPES[state.row.scheme][0]


def _demand_code(code: str, feature: Feature, state: DraftState, found: dict[str, Part]) -> None:
    if code in found:
        raise _Fault(_("code %(code)s stands in the file twice.") % {"code": code})
    kind = state.base[code].type if code in state.base else _kind(feature, state)
    if rules.grid_code_fault(state.row.scheme, kind, code, state.row.division_code):
        message = _("%(code)s is not a code of this scheme in %(village)s.")
        raise _Fault(message % {"code": code, "village": state.row.division_code})
    if code not in state.base and code in state.taken:
        raise _Fault(_("code %(code)s belonged to another grid and is not used again.") % {"code": code})


def _part(code: str, ring: Ring, feature: Feature, state: DraftState) -> Part:
    base = state.base.get(code)
    zh, en = (str(feature.properties.get(name) or "").strip()[:80] for name in ("name_zh", "name_en"))
    if base is not None:
        return Part(code, base.type, zh or base.name_zh, en or base.name_en, ring, base.grid_id, base.version_id)
    return Part(code, _kind(feature, state), zh or code, en or code, ring)


def export_layer(
    *, scheme: str, on: date, village: str, datum: str, package: bool, actor: Actor
) -> tuple[bytes, str, str]:
    """Boundaries of a day in the actor's territory as a file: content, media type, file name.

    Arguments:
        village: 12-digit code, "" for all of the territory.
        datum: the longitude and latitude of the file are stated in it.
        package: a GeoPackage instead of GeoJSON.

    Raises:
        ValidationError: there is nothing to export.
    """
    rows = layer_rows(scheme=scheme, on=on, village=village, territory=actor.territory, datum=datum)
    if not rows:
        raise ValidationError(_("There are no boundaries of this kind on that day."), code="layer_empty")
    _note_export(scheme=scheme, on=on, village=village, count=len(rows), actor=actor)
    name = f"grids-{scheme}-{village or 'all'}-{on}-{datum}"
    if package:
        return _packed(rows), "application/geopackage+sqlite3", f"{name}.gpkg"
    return layer_geojson(rows).encode(), "application/geo+json", f"{name}.geojson"


def _packed(rows: list[LayerRow]) -> bytes:
    return gateways.write_package([(row.properties, row.ring) for row in rows])


@transaction.atomic(durable=True)
def _note_export(*, scheme: str, on: date, village: str, count: int, actor: Actor) -> None:
    facts: dict[str, Any] = {"scheme": scheme, "on": str(on), "village": village, "count": count}
    audit(actor=actor, action="boundary.exported", now=app_now(), object_kind="boundary", data=facts)

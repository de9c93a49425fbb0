"""One thing corrected or confirmed at the desk: through the very checks a file goes through."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import demand_right, within
from grids.actions.things import EDIT, write_things
from grids.imports.layer_check import SHAPE
from grids.imports.thing_kinds import THINGS, thing_columns
from grids.imports.things import plain, read_things
from ledger.actions import audit
from ledger.actors import Actor
from ledger.clock import app_now
from ledger.kinds import Column
from ledger.rules import typed_rows


@transaction.atomic(durable=True)
def correct_thing(*, kind: str, code: str, seen: str, values: Mapping[str, str], place: str, actor: Actor) -> int:
    """Write what somebody corrects or confirms; a field left out keeps what is there. Returns how many fields changed.

    Arguments:
        kind: buildings, parts, equipment or barriers.
        seen: when the row had been changed last as the actor saw it, ISO 8601.
        values: column → text, as it would stand in a file; "" empties the field.
        place: "lon, lat" in degrees WGS-84; "" leaves it where it is.

    Raises:
        PermissionDenied: no right, or not the actor's area.
        ValidationError: keyed by column; or moved_on, if somebody was first.
    """
    now = app_now()
    demand_right(actor, EDIT)
    row = THINGS[kind].model.objects.select_for_update(of=("self",)).filter(code=code).first()
    if row is None or not within(actor.territory, row.path):
        raise PermissionDenied("territory")
    if row.updated_at.isoformat() != seen:
        message = _("Somebody has changed this in the meantime. Look at it again.")
        raise ValidationError(message, code="moved_on")
    columns = thing_columns(kind)
    cells = {**values, "code": code, SHAPE: _shape(row, place)}
    typed, faults = typed_rows(
        [(1, [cells.get(column.key, "") for column in columns])],
        columns,
        {column.key: number for number, column in enumerate(columns)},
    )
    read = read_things(kind, typed, territory=actor.territory, choices={})
    wrong = [*faults, *read.faults]
    if wrong:
        raise ValidationError({fault.column or "place": fault.message for fault in wrong})
    read.entries[0].values |= _emptied(columns, row, values)
    changed = read.entries[0].differences()
    write_things(kind=THINGS[kind], entries=read.entries, actor=actor, now=now)
    facts = {"kind": kind, "fields": sorted(changed)}
    audit(actor=actor, action="things.corrected", now=now, object_kind=kind, object_id=code, data=facts)
    return len(changed)


def _emptied(columns: Sequence[Column], row: Any, values: Mapping[str, str]) -> dict[str, Any]:
    """What stands in the fields that somebody has emptied at the desk; in a file an empty cell says nothing.

    Raises:
        ValidationError: keyed by column, for a field that must say something.
    """
    held = {field.name: field for field in row._meta.concrete_fields}
    found: dict[str, Any] = {}
    for name in (column.key for column in columns if column.key in values and column.key not in ("code", SHAPE)):
        if values[name].strip() or not plain(getattr(row, name)):
            continue
        if name not in held or not (held[name].null or held[name].blank):
            raise ValidationError({name: _("This cannot be left empty; what stands there is kept.")})
        found[name] = None if held[name].null else ""
    return found


def _shape(row: Any, place: str) -> str:
    """The shape as the reader takes it; a footprint stays, the point may move."""
    if hasattr(row, "line"):
        return "line:" + ",".join(f"{lon:.8f} {lat:.8f}" for lon, lat in row.line.coords)
    if place.strip():
        lon, _comma, lat = place.replace("，", ",").partition(",")
        return f"point:{lon.strip()} {lat.strip()}"
    return f"point:{row.point.x:.8f} {row.point.y:.8f}"

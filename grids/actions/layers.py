"""Boundaries from a file become drafts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError

from accounts.access import demand_right
from grids.actions.drafting import EDIT, Beginning, start_drawn
from grids.actions.numbering import Numbering, next_part
from grids.imports.layer_check import Shape, Village, kind_of, sorted_layer
from grids.queries import city_day
from grids.queries.drafts import Part, taken_codes
from ledger.actions import audit
from ledger.actors import Actor
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

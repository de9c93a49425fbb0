"""The catalogue of duties with those that ended, and what was changed in it by whom."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count

from grids.models import DutyKind, KindDuty
from grids.queries.roster import last_day
from ledger.models import AuditEntry

HISTORY_MOST = 50


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """A duty with its period (`last` is the last whole day) and how many posts have own people for it on a day."""

    code: str
    name_zh: str
    name_en: str
    position: int
    grid_types: tuple[str, ...]
    first: date
    last: date | None
    posts: int
    going_on: bool


@dataclass(frozen=True, slots=True)
class CatalogueChange:
    """One change at the desk. `who` is "<kind>:<id>"; `data` as the action wrote it."""

    at: datetime
    who: str
    action: str
    code: str
    data: dict[str, Any]


def catalogue(*, on: date) -> list[CatalogueRow]:
    """All duties there are or were, in their order; those that are over last. Two statements."""
    held = KindDuty.objects.filter(valid__contains=on).values("kind")
    posts = dict(held.annotate(number=Count("pk")).values_list("kind", "number"))
    rows = DutyKind.objects.filter(valid__isempty=False).order_by("position", "code")
    found = [
        CatalogueRow(
            row.code,
            row.name_zh,
            row.name_en,
            row.position,
            tuple(row.grid_types),
            row.valid.lower,
            last_day(row.valid.upper),
            posts.get(row.pk, 0),
            row.valid.upper is None or row.valid.upper > on,
        )
        for row in rows
    ]
    return sorted(found, key=lambda row: not row.going_on)


def catalogue_changes() -> list[CatalogueChange]:
    """The last changes at the desk, newest first. One statement."""
    rows = AuditEntry.objects.filter(object_kind="duty_kind").order_by("-pk")[:HISTORY_MOST]
    return [
        CatalogueChange(row.at, f"{row.actor_kind}:{row.actor_id}", row.action, row.data.get("code", ""), row.data)
        for row in rows
    ]

"""Facts about persons as masks, for whoever has the person's matter and for the person; and what is due to leave."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from grids.models import PersonFact
from grids.queries.postings import city_day
from ledger.queries import held, retention_days


@dataclass(frozen=True, slots=True)
class FactRow:
    """One fact.

    Arguments:
        kind: a key of grids.kinds.FACTS; label: its words.
        mask: the value as it is shown when it is not revealed.
        grid_code: of the building it names; "" if it names none.
        employer: name of the premises it names.
        overdue: it should have been verified by now.
    """

    id: UUID
    person_id: UUID
    kind: str
    label: str
    mask: str
    grid_code: str
    employer: str
    source: str
    purpose: str
    basis: str
    as_of: date
    verify_by: date
    expires: date
    overdue: bool


def person_facts(people: Collection[UUID], *, on: date) -> list[FactRow]:
    """Facts that hold about these people, by person and kind. One statement."""
    rows = PersonFact.objects.filter(person__in=people, ended_at=None, expires__gte=on).order_by("person", "kind")
    rows = rows.select_related("building__service_version__grid", "premises")
    return [
        FactRow(
            id=row.pk,
            person_id=row.person_id,
            kind=row.kind,
            label=str(row.get_kind_display()),
            mask=str(row.value),
            grid_code=_grid_code(row),
            employer=row.premises.name_zh if row.premises else "",
            source=row.source,
            purpose=row.purpose,
            basis=row.basis,
            as_of=row.as_of,
            verify_by=row.verify_by,
            expires=row.expires,
            overdue=row.verify_by < on,
        )
        for row in rows.defer("building__service_version__boundary")
    ]


def _grid_code(row: PersonFact) -> str:
    version = row.building.service_version if row.building else None
    return version.grid.code if version else ""


def old_facts(*, now: datetime) -> "QuerySet[PersonFact]":
    """Facts that leave: ended long enough ago, past their last day, or of somebody whose identity was erased."""
    ended = Q(ended_at__lt=now - retention_days("grids.personfact"))
    due = ended | Q(expires__lt=city_day(now)) | Q(person__erased_at__isnull=False)
    kept = [UUID(person) for person in held("person")]
    return PersonFact.objects.filter(due).exclude(person__in=kept).order_by("pk")

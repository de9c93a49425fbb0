"""Rows of the operations screen: what waits, what failed, what is running long."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection
from django.utils.translation import get_language

from ledger import kinds
from ledger.clock import app_now
from ledger.models import Incident, Job
from ledger.queries.calendar import missing_years
from ledger.queries.health import Health, health

INCIDENTS_SHOWN = 50
JOBS_SHOWN = 20

_KINDS = """
SELECT kind, count(*) FILTER (WHERE not_before <= app_now()), count(*) FILTER (WHERE not_before > app_now()),
       count(*) FILTER (WHERE lease_until > now()), coalesce(max(attempts), 0),
       extract(epoch FROM app_now() - min(not_before) FILTER (WHERE not_before <= app_now()))::float
FROM ledger_promise WHERE done_at IS NULL AND dead_at IS NULL AND kind <> 'ledger.canary' GROUP BY kind ORDER BY kind
"""


@dataclass(frozen=True, slots=True)
class KindRow:
    """Promises of one kind that are not redeemed.

    Arguments:
        due, later, running: numbers.
        attempts: the most any of them has failed.
        oldest_seconds: how long the oldest due one has waited; None if none is due.
    """

    kind: str
    due: int
    later: int
    running: int
    attempts: int
    oldest_seconds: float | None
    known: bool


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An incident; `retryable` if a promise stands behind it."""

    id: int
    kind: str
    reference: str
    detail: str
    opened_at: datetime
    retryable: bool
    settled_at: datetime | None
    settlement: str


@dataclass(frozen=True, slots=True)
class JobRow:
    """Long work; `percent` None while the total is not known."""

    id: UUID
    name: str
    state: str
    state_label: str
    done: int
    total: int
    percent: int | None
    message: str
    stopping: bool
    created_at: datetime
    updated_at: datetime

    @property
    def active(self) -> bool:
        return self.state in (Job.State.WAITING, Job.State.RUNNING)

    @property
    def resumable(self) -> bool:
        return self.state in (Job.State.CANCELLED, Job.State.FAILED)


@dataclass(frozen=True, slots=True)
class OperationsPage:
    """Everything the operations screen shows."""

    health: Health
    incidents: list[IncidentRow]
    kinds: list[KindRow]
    jobs: list[JobRow]
    missing_years: list[int]


def operations_page() -> OperationsPage:
    """Six statements."""
    with connection.cursor() as cursor:
        cursor.execute(_KINDS)
        waiting = [
            KindRow(kind, due, later, running, attempts, oldest, kind in kinds.handlers)
            for kind, due, later, running, attempts, oldest in cursor.fetchall()
        ]
    open_first = Incident.objects.filter(settled_at=None).order_by("-opened_at", "-id")[:INCIDENTS_SHOWN]
    jobs = Job.objects.order_by("-created_at", "-id")[:JOBS_SHOWN]
    return OperationsPage(
        health(),
        [_incident(row) for row in open_first],
        waiting,
        [row_of_job(row) for row in jobs],
        missing_years(app_now()),
    )


def incident_row(incident_id: int) -> IncidentRow | None:
    """One incident; None if there is none."""
    row = Incident.objects.filter(pk=incident_id).first()
    return _incident(row) if row else None


def job_row(job_id: UUID) -> JobRow | None:
    """One job; None if there is none."""
    row = Job.objects.filter(pk=job_id).first()
    return row_of_job(row) if row else None


def _incident(row: Incident) -> IncidentRow:
    return IncidentRow(
        row.pk,
        row.kind,
        row.reference,
        row.detail,
        row.opened_at,
        row.promise_id is not None and row.settled_at is None,
        row.settled_at,
        row.settlement,
    )


def row_of_job(row: Job) -> JobRow:
    """A job as a page shows it, its name in the active language."""
    spec = kinds.jobs.get(row.kind)
    name = row.kind if spec is None else spec.name_zh if (get_language() or "").startswith("zh") else spec.name_en
    percent = min(100, row.done * 100 // row.total) if row.total else None
    return JobRow(
        row.pk,
        name,
        row.state,
        row.get_state_display(),
        row.done,
        row.total,
        percent,
        row.message,
        row.cancel_requested,
        row.created_at,
        row.updated_at,
    )

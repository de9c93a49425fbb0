"""Exports of who asks."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from ledger import kinds
from ledger.actors import Actor
from ledger.clock import app_now
from ledger.export_kinds import ExportKind
from ledger.models import Job
from ledger.queries.operations import JobRow, row_of_job

KEPT = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class ExportPage:
    """One export with everything its page says.

    Arguments:
        size: bytes.
        kept_until: from then on the file is gone.
    """

    job: JobRow
    kind: ExportKind
    file_name: str
    media: str
    size: int
    rows: int
    kept_until: datetime

    @property
    def ready(self) -> bool:
        return self.job.state == Job.State.DONE

    @property
    def gone(self) -> bool:
        return app_now() >= self.kept_until


def own_export(job_id: UUID, actor: Actor) -> ExportPage | None:
    """The export, if this actor asked for it and still holds a right to it."""
    job = Job.objects.filter(pk=job_id, kind="ledger.export", actor_kind=actor.kind, actor_id=actor.id).first()
    if job is None or not kinds.exports[job.params["export"]].open_to(actor):
        return None
    file = {"name": "", "media": "", "size": 0, "rows": 0, **job.checkpoint}
    return ExportPage(
        job=row_of_job(job),
        kind=kinds.exports[job.params["export"]],
        file_name=file["name"],
        media=file["media"],
        size=file["size"],
        rows=file["rows"],
        kept_until=job.created_at + KEPT,
    )

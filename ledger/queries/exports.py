"""Exports of who asks."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from ledger import kinds
from ledger.actors import Actor
from ledger.clock import app_now
from ledger.models import Job

KEPT_DAYS = 3


@dataclass(frozen=True, slots=True)
class ExportPage:
    """One export with everything its page says.

    Arguments:
        state: waiting, running, done, cancelled, failed.
        gone: the file is not kept any more.
        size: bytes.
    """

    id: UUID
    kind: str
    name_zh: str
    name_en: str
    url: str
    state: str
    percent: int | None
    message: str
    file_name: str
    media: str
    size: int
    rows: int
    gone: bool
    stopping: bool
    created_at: datetime
    kept_until: datetime

    @property
    def active(self) -> bool:
        return self.state in ("waiting", "running")

    @property
    def ready(self) -> bool:
        return self.state == "done"


def own_export(job_id: UUID, actor: Actor) -> ExportPage | None:
    """The export, if this actor asked for it and still holds a right to it."""
    job = Job.objects.filter(pk=job_id, kind="ledger.export", actor_kind=actor.kind, actor_id=actor.id).first()
    if job is None or not any(actor.may(right) for right in kinds.exports[job.params["export"]].rights):
        return None
    spec, facts = kinds.exports[job.params["export"]], job.checkpoint
    return ExportPage(
        job.pk,
        spec.key,
        spec.name_zh,
        spec.name_en,
        spec.url,
        job.state,
        job.done * 100 // job.total if job.total else None,
        job.message,
        facts.get("name", ""),
        facts.get("media", ""),
        facts.get("size", 0),
        facts.get("rows", 0),
        app_now() >= job.created_at + timedelta(days=KEPT_DAYS),
        job.cancel_requested,
        job.created_at,
        job.created_at + timedelta(days=KEPT_DAYS),
    )

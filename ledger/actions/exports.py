"""A file on its way out: asked for, written by a job, kept sealed for a few days, fetched by who asked."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import get_language, override

from ledger import kinds
from ledger.actions.jobs import JobView, StepResult, start_job
from ledger.actions.records import audit
from ledger.actors import Actor
from ledger.clock import app_now
from ledger.export_kinds import Written
from ledger.gateways.private import EXPORTS, erase_private, keep_private, private_stems, read_private
from ledger.models import Job
from ledger.queries.exports import KEPT, own_export

KIND = "ledger.export"


@transaction.atomic(durable=True)
def start_export(*, kind: str, params: Mapping[str, str], actor: Actor) -> UUID:
    """Promise a file. Returns the job, whose page shows progress and then the file.

    Arguments:
        kind: a registered export.
        params: what its writer is told; codes and dates only.

    Raises:
        PermissionDenied: none of the rights of the kind.
    """
    now = app_now()
    if not kinds.exports[kind].open_to(actor):
        raise PermissionDenied
    given = {
        "export": kind,
        "asked": dict(params),
        "territory": actor.territory,
        "language": get_language() or "zh-hans",
    }
    job_id = start_job(kind=KIND, params=given, actor=actor, now=now)
    audit(actor=actor, action="export.asked", now=now, object_kind="export", object_id=job_id, data=dict(params))
    return job_id


def export_step(job: JobView, budget_seconds: float) -> StepResult:
    """Step of the job: the file is written whole, or not at all; written twice it is the same."""
    spec = kinds.exports[job.params["export"]]
    with override(job.params["language"]):
        found: Written = kinds.resolve(spec.write)(job.params["asked"], territory=job.params["territory"])
    keep_private(f"{job.id}.file", found.body, folder=EXPORTS)
    facts = {"name": found.name, "media": found.media, "size": len(found.body), "rows": found.rows}
    return StepResult(checkpoint=facts, done=found.rows, total=found.rows, finished=True)


@transaction.atomic(durable=True)
def fetch_export(*, job_id: UUID, actor: Actor) -> Written:
    """The file, for who asked for it, as often as he likes while it is kept.

    Raises:
        PermissionDenied: not his. ValidationError: not written yet. FileNotFoundError: not kept any more.
    """
    row = own_export(job_id, actor)
    if row is None:
        raise PermissionDenied
    if not row.ready:
        raise ValidationError("", code="not_ready")
    if row.gone:
        raise FileNotFoundError(row.file_name)
    body = read_private(f"{job_id}.file", folder=EXPORTS)
    data = {"name": row.file_name, "rows": row.rows}
    audit(actor=actor, action="export.fetched", now=app_now(), object_kind="export", object_id=job_id, data=data)
    return Written(row.file_name, row.media, body, row.rows)


def erase_exports(*, now: datetime) -> bool:
    """Periodic: files that are kept long enough, and those without a job, are gone."""
    kept = Job.objects.filter(kind=KIND, created_at__gte=now - KEPT).values_list("pk", flat=True)
    for stem in private_stems(folder=EXPORTS) - {str(pk) for pk in kept}:
        transaction.on_commit(lambda stem=stem: erase_private(stem, folder=EXPORTS))  # type: ignore[misc]
    return False

"""Long work in steps. Each step is one promise of at most 60 s; what it reached is the checkpoint of the next.

A step runs outside every transaction and may run again from the same checkpoint after a crash: it must be idempotent.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from ledger import kinds
from ledger.actors import Actor
from ledger.clock import app_now
from ledger.ids import uuid7
from ledger.models import Job
from ledger.progress import Stopped, reporting
from ledger.promises import promise

BUDGET_SECONDS = 50.0
RIGHT = "operations.settle"


@dataclass(frozen=True, slots=True)
class JobView:
    """What a step is given."""

    id: UUID
    kind: str
    params: dict[str, Any]
    step: int
    checkpoint: dict[str, Any]
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class StepResult:
    """What a step reached.

    Arguments:
        checkpoint: where the next step begins; ids and codes only.
        done, total: units of progress, for the screen.
        finished: nothing is left to do.
        message: one line for the screen, coded or translated by the step.
    """

    checkpoint: dict[str, Any] = field(default_factory=dict)
    done: int = 0
    total: int = 0
    finished: bool = False
    message: str = ""


@transaction.atomic
def start_job(*, kind: str, params: dict[str, Any], actor: Actor, now: datetime) -> UUID:
    """Begin long work; may be part of a larger action. The caller has decided that the actor may.

    Arguments:
        kind: a registered job.
        params: ids and codes only.
    """
    job = Job.objects.create(
        id=uuid7(),
        kind=kinds.jobs[kind].kind,
        params=params,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_department=actor.department_id,
        created_at=now,
        updated_at=now,
    )
    _promise_step(job, now)
    return job.id


@transaction.atomic(durable=True)
def cancel_job(*, job_id: UUID, actor: Actor) -> None:
    """Ask a job to stop after its present step. What it did stays done."""
    job = _locked(job_id, actor)
    if job.state not in (Job.State.WAITING, Job.State.RUNNING):
        raise ValidationError(_("This job has ended already."), code="ended")
    job.cancel_requested = True
    job.save(update_fields=["cancel_requested"])


@transaction.atomic(durable=True)
def resume_job(*, job_id: UUID, actor: Actor) -> None:
    """Carry a cancelled or failed job on from its checkpoint."""
    now = app_now()
    job = _locked(job_id, actor)
    if job.state not in (Job.State.CANCELLED, Job.State.FAILED):
        raise ValidationError(_("Only a stopped job can be resumed."), code="not_stopped")
    job.state, job.cancel_requested, job.finished_at, job.message, job.updated_at = (
        Job.State.WAITING,
        False,
        None,
        "",
        now,
    )
    job.step += 1  # a new link of the chain, so that no old promise can carry it on as well
    job.save(update_fields=["state", "cancel_requested", "finished_at", "message", "updated_at", "step"])
    _promise_step(job, now)


@transaction.atomic(durable=True)
def report_progress(*, job_id: UUID, done: int, total: int) -> bool:
    """What a long step has reached, from inside it. Returns whether somebody has asked the job to stop."""
    rows = Job.objects.filter(pk=job_id)
    rows.update(done=done, total=total, updated_at=app_now())
    return rows.filter(cancel_requested=True).exists()


def _locked(job_id: UUID, actor: Actor) -> Job:
    job = Job.objects.select_for_update().get(pk=job_id)
    if not actor.may(RIGHT) and (job.actor_kind, job.actor_id) != (actor.kind, actor.id):
        raise PermissionDenied
    return job


def _promise_step(job: Job, now: datetime) -> None:
    queue = kinds.jobs[job.kind].queue
    payload = {"job": str(job.id), "step": job.step}
    promise(f"ledger.job.{queue}", key=f"job:{job.id}:{job.step}", payload=payload, now=now)


def prepare_job(payload: dict[str, Any], *, promise_id: int, now: datetime) -> dict[str, Any] | None:
    """First part of the promise: the job as the step sees it; None if it was cancelled or went on without us."""
    job = Job.objects.select_for_update().get(pk=payload["job"])
    if job.step != payload["step"] or job.state not in (Job.State.WAITING, Job.State.RUNNING):
        return None
    if job.cancel_requested:
        _end(job, Job.State.CANCELLED, now)
        return None
    job.state, job.updated_at = Job.State.RUNNING, now
    job.save(update_fields=["state", "updated_at"])
    view = JobView(job.id, job.kind, job.params, job.step, job.checkpoint, job.done, job.total)
    return {"view": view}


def run_job_step(payload: dict[str, Any], *, idempotency_key: str) -> dict[str, Any]:
    """Second part, outside the transaction. Unusable input ends the job; other errors are tried again."""
    view: JobView = payload["view"]
    try:
        with reporting(lambda done, total: report_progress(job_id=view.id, done=done, total=total)):
            return {"result": kinds.resolve(kinds.jobs[view.kind].step)(view, BUDGET_SECONDS)}
    except Stopped:
        return {"result": StepResult(checkpoint=view.checkpoint, done=view.done, total=view.total)}
    except ValidationError as error:
        return {"refused": "; ".join(error.messages)}


def settle_job_step(payload: dict[str, Any], *, promise_id: int, now: datetime, answer: dict[str, Any]) -> None:
    """Third part: keep the checkpoint and promise the next step."""
    job = Job.objects.select_for_update().get(pk=payload["job"])
    if job.step != payload["step"]:
        return
    if "refused" in answer:
        job.message = answer["refused"]
        _end(job, Job.State.FAILED, now)
        return
    result: StepResult = answer["result"]
    job.checkpoint, job.done, job.total, job.message = result.checkpoint, result.done, result.total, result.message
    job.step += 1
    job.updated_at = now
    job.save(update_fields=["checkpoint", "done", "total", "message", "step", "updated_at"])
    if result.finished:
        _end(job, Job.State.DONE, now)
    elif job.cancel_requested:
        _end(job, Job.State.CANCELLED, now)
    else:
        _promise_step(job, now)


def _end(job: Job, state: Job.State, now: datetime) -> None:
    job.state, job.finished_at, job.updated_at = state, now, now
    job.save(update_fields=["state", "finished_at", "updated_at", "message"])

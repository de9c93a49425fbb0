"""A draft tried on history, as long work in pieces: begun by whoever may draft or approve it."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from ledger import kinds
from ledger.actions.editions import lock_kind, rights_of
from ledger.actions.jobs import JobView, StepResult, start_job
from ledger.actors import Actor
from ledger.clock import app_now
from ledger.models import Edition, Job, SimulationRow, SimulationRun
from ledger.queries.editions import edition_in_force
from ledger.queries.simulations import Piece, Simulation

KEPT_PER_EDITION = 5
# a piece ends sooner than the job would have to, so that progress is seen and stopping is quick
PIECE_SECONDS = 5.0


@transaction.atomic(durable=True)
def start_simulation(*, kind: str, number: int, scope: str, size: int, actor: Actor) -> int:
    """Try an edition on history, compared with what is in force now.

    Arguments:
        scope, size: one of SIMULATION_SIZES that the kind offers.

    Returns:
        id of the simulation.

    Raises:
        PermissionDenied: neither drafts nor approves this kind.
        ValidationError: another one of this edition is running, or the size is not offered.
    """
    spec = kinds.simulations[kind]
    if not any(actor.may(right) for right in rights_of(kind)):
        raise PermissionDenied
    if scope not in spec.scopes or size not in kinds.SIMULATION_SIZES[scope]:
        raise ValidationError({"size": _("Choose how much of the past is looked at.")})
    lock_kind(kind)
    edition = Edition.objects.get(kind=kind, number=number)
    runs = SimulationRun.objects.filter(edition=edition)
    if runs.filter(job__state__in=(Job.State.WAITING, Job.State.RUNNING)).exists():
        raise ValidationError(
            _("A simulation of this edition is running; stop it or wait for its end."), code="running"
        )
    older = list(runs.order_by("-id").values_list("pk", flat=True)[KEPT_PER_EDITION - 1 :])
    SimulationRun.objects.filter(pk__in=older).delete()
    return _start(edition, scope, size, actor).pk


def _start(edition: Edition, scope: str, size: int, actor: Actor) -> SimulationRun:
    now = app_now()
    job_id = start_job(kind="ledger.simulation", params={"edition": edition.pk}, actor=actor, now=now)
    return SimulationRun.objects.create(
        edition=edition,
        against=edition_in_force(edition.kind, now),
        version=edition.version,
        scope=scope,
        size=size,
        job_id=job_id,
        started_by=f"{actor.kind}:{actor.id}",
        started_at=now,
    )


def simulation_step(job: JobView, budget_seconds: float) -> StepResult:
    """One piece of history. What it found is written once however often the step runs; sums are in the checkpoint."""
    run = SimulationRun.objects.select_related("edition").get(job_id=job.id)
    view = Simulation(run.pk, run.edition_id, run.against_id, run.scope, run.size, run.started_at)
    step = kinds.resolve(kinds.simulations[run.edition.kind].run)
    piece: Piece = step(view, job.checkpoint.get("at", {}), min(budget_seconds, PIECE_SECONDS))
    _keep(run, piece)
    checkpoint = {
        "at": piece.at,
        "tally": _added(job.checkpoint.get("tally", {}), piece),
        "counts": _counted(job.checkpoint.get("counts", {}), piece),
    }
    return StepResult(checkpoint=checkpoint, done=piece.done, total=piece.total, finished=piece.finished)


@transaction.atomic(durable=True)
def _keep(run: SimulationRun, piece: Piece) -> None:
    SimulationRow.objects.bulk_create(
        (
            SimulationRow(
                run=run,
                key=found.key,
                verdict=found.verdict,
                before=found.before,
                after=found.after,
                case_id=found.case_id,
                data=found.data,
            )
            for found in piece.findings
        ),
        ignore_conflicts=True,
        batch_size=500,
    )


def _added(tally: dict[str, Any], piece: Piece) -> dict[str, list[int]]:
    found = {group: list(pair) for group, pair in tally.items()}
    for group, (before, after) in piece.tally.items():
        was = found.get(group, [0, 0])
        found[group] = [was[0] + before, was[1] + after]
    return found


def _counted(counts: dict[str, int], piece: Piece) -> dict[str, int]:
    found = dict(counts)
    for finding in piece.findings:
        found[finding.verdict] = found.get(finding.verdict, 0) + 1
    return found

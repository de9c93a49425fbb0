"""The grid compiler at work for a draft: asked as a job, and one of its alternatives taken as a step."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from grids import gateways
from grids.actions.change_sets import in_village, locked_set
from grids.actions.draft_checks import record
from grids.actions.drafting import EDIT, keep_step, locked
from grids.actions.numbering import Numbering, next_part
from grids.models import BoundaryDraft, Proposal
from grids.queries.drafts import DraftState, Part, state_of
from grids.queries.proposals import DIVIDED, SCHEME, ground
from grids.rules.coverage import Ring, exact, ring_of
from ledger.actions import JobView, StepResult, report_progress, start_job
from ledger.actors import Actor
from ledger.clock import app_now
from ledger.models import Job

Stage = BoundaryDraft.Stage


class Unpopulated(ValidationError):
    """There is nothing to divide."""


@transaction.atomic(durable=True)
def propose(*, draft_id: int, version: int, settings: Mapping[str, Any], actor: Actor) -> int:
    """Ask the compiler for divisions of the draft's village as it is drawn now. Returns the proposal's id.

    Arguments:
        settings: target (households of a grid), tolerance (share), weights (households, residents, activity),
            keep (0 to 1: change as little as possible), seed.

    Raises:
        PermissionDenied: no right to edit.
        ValidationError: not a service scheme, nothing to divide, another one is running, or moved_on.
    """
    now = app_now()
    state = locked(draft_id=draft_id, version=version, stage=Stage.DRAWING, right=EDIT, actor=actor)
    return _ask(state, settings, actor, now)


def _ask(state: DraftState, settings: Mapping[str, Any], actor: Actor, now: datetime) -> int:
    draft_id = state.row.id
    if state.row.scheme != SCHEME:
        raise ValidationError(_("Proposals are made for service grids; unit grids hold no households."), code="scheme")
    running = Proposal.objects.filter(
        draft=draft_id, job_id__in=Job.objects.filter(state__in=("waiting", "running")).values("pk")
    )
    if running.exists():
        raise ValidationError(_("A proposal for this draft is being computed; stop it or wait."), code="running")
    if not ground(state, settings).question["parents"]:
        raise Unpopulated(_("There are no households in the base grids of this village."), code="empty")
    made = Proposal.objects.create(draft_id=draft_id, settings=dict(settings), begun_by_id=int(actor.id), begun_at=now)
    made.job_id = start_job(kind="grids.compile", params={"proposal": made.pk}, actor=actor, now=now)
    made.save(update_fields=["job_id"])
    record(action="boundary.proposed", state=state, actor=actor, now=now, proposal=made.pk)
    return made.pk


@transaction.atomic(durable=True)
def propose_set(*, set_id: int, version: int, settings: Mapping[str, Any], actor: Actor) -> int:
    """Ask the compiler about every village of a change, each as a job of its own. Returns how many were asked about.

    A village without households in its base grids is left as it is.

    Raises:
        PermissionDenied: no right to edit, or not the actor's. ValidationError: as `propose`, naming the village.
    """
    now, asked = app_now(), 0
    for state in locked_set(set_id=set_id, version=version, stage=Stage.DRAWING, right=EDIT, actor=actor):
        with in_village(state), suppress(Unpopulated):
            _ask(state, settings, actor, now)
            asked += 1
    if not asked:
        raise ValidationError(_("There are no households in the base grids of these villages."), code="empty")
    return asked


@transaction.atomic(durable=True)
def take_set(*, set_id: int, version: int, kind: str, actor: Actor) -> int:
    """The alternative of this kind of the newest proposal of every village becomes a step, of all or of none.

    Returns:
        how many villages took one; those nothing was computed for stay as they are.

    Raises:
        PermissionDenied: no right to edit, or not the actor's. ValidationError: as `take_alternative`, naming the
            village; or nothing was computed.
    """
    now, taken = app_now(), 0
    for state in locked_set(set_id=set_id, version=version, stage=Stage.DRAWING, right=EDIT, actor=actor):
        row = Proposal.objects.filter(draft=state.row.id, answer__isnull=False).order_by("-pk").first()
        if row is None:
            continue
        names = [alternative["name"] for alternative in (row.answer or {})["alternatives"]]
        with in_village(state):
            _take(state, row, names.index(kind) if kind in names else -1, actor, now)
        taken += 1
    if not taken:
        raise ValidationError(_("Nothing has been computed yet."), code="empty")
    return taken


def propose_step(job: JobView, budget_seconds: float) -> StepResult:
    """Ask the compiler, in a process of its own, and keep its answer. The same question has the same answer."""
    row = Proposal.objects.select_related("draft__division").get(pk=job.params["proposal"])
    question = ground(state_of(row.draft), row.settings).question
    fault, answer = "", None

    def told(percent: int) -> bool:
        return report_progress(job_id=job.id, done=percent, total=100)

    try:
        answer = gateways.compile_grids(question, seconds=budget_seconds, progress=told)
    except gateways.NoAnswer as refusal:
        fault = refusal.code
    _keep(row.pk, answer, fault)
    return StepResult(done=100 if answer else job.done, total=100, finished=fault != "stopped", message=fault)


@transaction.atomic(durable=True)
def _keep(proposal_id: int, answer: dict[str, Any] | None, fault: str) -> None:
    Proposal.objects.filter(pk=proposal_id).update(answer=answer, fault=fault)


@transaction.atomic(durable=True)
def take_alternative(*, draft_id: int, proposal_id: int, number: int, version: int, actor: Actor) -> None:
    """Make one alternative the next step of the draft, to be edited on; undoing it gives the draft of before.

    A grid that goes on keeps code, name and people; the others get new codes, west to east, then north to south.

    Raises:
        PermissionDenied: no right to edit.
        ValidationError: no such alternative, the draft was changed since it was computed, or moved_on.
    """
    now = app_now()
    state = locked(draft_id=draft_id, version=version, stage=Stage.DRAWING, right=EDIT, actor=actor)
    row = Proposal.objects.filter(pk=proposal_id, draft=draft_id).first()
    _take(state, row, number, actor, now)


def _take(state: DraftState, row: Proposal | None, number: int, actor: Actor, now: datetime) -> None:
    alternatives = (row.answer or {}).get("alternatives", []) if row is not None else []
    if row is None or not 0 <= number < len(alternatives):
        raise ValidationError(_("There is no such alternative."), code="absent")
    kept = ground(state, row.settings).kept
    parts = _divided(state, kept, alternatives[number]["parts"])
    if not exact({code: part.ring for code, part in parts.items()}, state.outline):
        message = _("The draft was changed since this was computed. Ask for a new proposal.")
        raise ValidationError(message, code="moved_on")
    detail = {"codes": sorted(parts.keys() - set(kept)), "proposal": row.pk}
    keep_step(state=state, operation="compile", detail=detail, parts=parts, actor=actor, now=now)
    record(action="boundary.alternative", state=state, actor=actor, now=now, proposal=row.pk, number=number)


def _divided(state: DraftState, kept: tuple[str, ...], rows: list[dict[str, Any]]) -> dict[str, Part]:
    parts = {code: state.parts[code] for code in kept}
    fresh: list[Ring] = []
    for row in rows:
        ring, code = ring_of(row["ring"]), row["of"]
        if code in state.parts and code not in parts:
            parts[code] = replace(state.parts[code], ring=ring)
        else:
            fresh.append(ring)
    place = Numbering(
        state.row.scheme, state.row.division_code, state.row.division_zh, state.row.division_en, state.base
    )
    taken = state.taken | set(state.parts)
    for ring in sorted(fresh, key=_from_north_west):
        part = replace(next_part(place, ring, taken), type=DIVIDED)
        parts[part.code] = part
        taken.add(part.code)
    return parts


def _from_north_west(ring: Ring) -> tuple[float, float]:
    """Sequence runs west to east, then north to south (domain: GB/T 30428.1)."""
    return sum(lon for lon, _lat in ring) / len(ring), -sum(lat for _lon, lat in ring) / len(ring)

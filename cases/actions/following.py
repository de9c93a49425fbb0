"""Open cases follow a change of boundaries: their present grid changes, the version they were reported under never.

A job `cases.regrid` per change, begun on its day. Each batch is one short transaction of a handful of statements, so
that nobody's move waits for it; what somebody is working on is passed over and moved alone at the end.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import reduce
from operator import or_
from time import monotonic
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from cases import engine
from cases.models import Case
from grids import queries as grid_queries
from ledger.actions import JobView, StepResult
from ledger.actors import CLOCK
from ledger.clock import app_now
from ledger.promises import promise

BATCH = 200


def regrid_step(job: JobView, budget_seconds: float) -> StepResult:
    """Move open cases of a published change to the grids of today, by id, from where the step before ended.

    Asks where a case lies today and writes only a difference, so twice is once. Who has the case keeps it: a boundary
    takes nobody's work away. Afterwards the report of blind spots looks at what the change left behind.

    Arguments:
        job: params: draft (id of the change); checkpoint: after (id of the last case), late (ids of cases that
            somebody was working on).
        budget_seconds: the step ends between two batches.
    """
    ends = monotonic() + budget_seconds
    rows = _concerned(job.params["draft"])
    late = list(job.checkpoint.get("late", []))
    after, done = job.checkpoint.get("after", 0), job.done
    total = job.total or rows.count()
    while monotonic() < ends:
        ids = list(rows.filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:BATCH])
        if not ids:
            break
        late += _move_free(ids)
        after, done = ids[-1], done + len(ids)
    else:
        return StepResult({"after": after, "late": late}, done, max(total, done))
    while late and monotonic() < ends:
        _move_waiting(late.pop())
    if not late:
        _look(job.params["draft"], job.id)
    return StepResult({"after": after, "late": late}, done, max(total, done), finished=not late)


def _concerned(draft_id: int) -> "QuerySet[Case]":
    """Open cases of the grids or villages that lost something."""
    field, values = grid_queries.touched_grids(draft_id)
    concerned = Q(**{f"{field}__in": values})
    if field == "path":
        concerned = reduce(or_, (Q(path__startswith=path) for path in values), Q(pk=None))
    return Case.objects.filter(concerned, closed=False, point__isnull=False)


@transaction.atomic(durable=True)
def _move_free(ids: Sequence[int]) -> list[int]:
    """Move those of the cases that nobody is working on. Returns the others."""
    rows = Case.objects.filter(pk__in=ids).select_related("grid").order_by("pk")
    held = list(rows.select_for_update(of=("self",), no_key=True, skip_locked=True))
    _follow(held, app_now())
    return sorted(set(ids) - {case.pk for case in held})


@transaction.atomic(durable=True)
def _move_waiting(case_id: int) -> None:
    """Wait for one case with nothing else in hand, then move it."""
    row = Case.objects.select_related("grid").filter(pk=case_id)
    _follow(list(row.select_for_update(of=("self",), no_key=True)), app_now())


def _follow(cases: Sequence[Case], now: datetime) -> None:
    """Write what differs from where the cases lie today: four statements, whatever their number."""
    known = [case for case in cases if case.point is not None and not case.closed]
    places = grid_queries.locate_all([(case.point.x, case.point.y) for case in known if case.point is not None])
    moves = []
    for case, place in zip(known, places, strict=True):
        service, management = place.grids.get("service"), place.grids.get("management")
        found = service.grid_id if service else None, management.grid_id if management else None
        if not place.path or (*found, place.path) == (case.grid_id, case.management_grid_id, case.path):
            continue
        codes = {"from": case.grid.code if case.grid else "", "to": service.code if service else ""}
        (case.grid_id, case.management_grid_id), case.path = found, place.path
        moves.append(_noted(case, now, codes if codes["from"] != codes["to"] else {}))
    if moves:
        engine.flush_places(moves)


def follow_paths(*, moves: Mapping[str, str], now: datetime) -> None:
    """Open cases without a place follow the village they name to the one that takes its place; see grids.kinds."""
    for old, new in moves.items():
        rows = Case.objects.filter(path__startswith=old, closed=False, point__isnull=True)
        held = list(rows.select_for_update(of=("self",), no_key=True).order_by("pk"))
        for case in held:
            case.path = new
        if held:
            engine.flush_places([_noted(case, now) for case in held])


def _noted(case: Case, now: datetime, codes: dict[str, str] | None = None) -> engine.Move:
    move = engine.Move(case=case, actor=CLOCK, now=now)
    move.record("regrid", data=codes or {})
    return move


@transaction.atomic(durable=True)
def _look(draft_id: int, job_id: UUID) -> None:
    """Where the change was; persons are looked at every night."""
    within = grid_queries.township_of_draft(draft_id)
    promise("events.blind_spots", key=f"regrid:{job_id}", payload={"within": within}, now=app_now())

"""Deadlines are found by an indexed sweep of the database's clock; nothing waits in a broker."""

from collections.abc import Collection
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from cases import engine
from cases.actions.handing import give
from cases.models import Assignment, Case, Clock
from ledger.actors import CLOCK

BATCH = 200
SOON, OVERDUE = 1, 2


def sweep_deadlines(*, now: datetime, only: Collection[int] | None = None) -> bool:
    """Warn of limits that are near and record those that have passed, each level of each clock once.

    Runs in ledger's transaction. Cases are locked first, as everywhere; a case somebody works on is skipped and met
    by the
    next sweep. Overdue is a fact: it stays on the case even if the limit is extended later.

    Arguments:
        only: primary keys of cases; None looks at all.

    Returns:
        whether there is more than one batch.
    """
    due = Q(due_at__lte=now, warned_level__lt=OVERDUE) | Q(soon_at__lte=now, warned_level__lt=SOON)
    waiting = Clock.objects.filter(due, stopped_at__isnull=True, case=OuterRef("pk"))
    found = Case.objects.filter(Exists(waiting), closed=False).order_by("due_at", "pk")
    found = found if only is None else found.filter(pk__in=only)
    cases = list(found.select_for_update(of=("self",), no_key=True, skip_locked=True)[:BATCH])
    clocks: dict[int, list[Clock]] = {case.pk: [] for case in cases}
    for clock in Clock.objects.filter(due, stopped_at__isnull=True, case__in=cases).select_related("assignment"):
        clocks[clock.case_id].append(clock)
    for case in cases:
        _warn(engine.Move(case=case, actor=CLOCK, now=now), clocks[case.pk])
    return len(cases) == BATCH


def free_steps(*, now: datetime) -> bool:
    """Give open steps of people who cannot sign in any more back to their departments (invariant I4).

    Runs in ledger's transaction. Returns whether there is more than one batch.
    """
    lost = Assignment.objects.filter(open=True, holder__is_active=False).order_by("case_id")
    case_ids = sorted(set(lost.values_list("case_id", flat=True)[:BATCH]))
    for case_id in case_ids:
        move = engine.lock(case_id, actor=CLOCK, now=now)
        gone = set(lost.filter(case=case_id).values_list("pk", flat=True))
        for step in [a for a in move.open if a.pk in gone]:
            give(move, step, None, reason="disabled")
        move.flush()
    return len(case_ids) == BATCH


def _warn(move: engine.Move, clocks: list[Clock]) -> None:
    for clock in clocks:
        level = OVERDUE if clock.due_at is not None and clock.due_at <= move.now else SOON
        clock.warned_level = level
        move.touch(clock)
        facts = {"stage": clock.stage, "clock": clock.pk}
        if level == OVERDUE:
            if not move.table.stage(clock.stage).of_reporter:
                move.case.overdue_at = move.case.overdue_at or clock.due_at
            move.record("overdue", assignment=clock.assignment, data=facts)
        key = f"cases.deadline:{clock.pk}:{level}:{clock.due_at:%Y%m%d%H%M}"
        move.promise("cases.deadline", key, case=move.case.pk, clock=clock.pk, level=level)
    move.flush()

"""Clocks of a move: started, stopped, paused, run on, extended; the nearest limit is kept on case and assignments.

Pausing keeps what is left in the clock's own unit, so a night inside working hours costs nothing. Source: domain
1.8, 1.9.
"""

from datetime import datetime
from decimal import Decimal

from cases import kinds
from cases.engine.move import Move
from cases.models import Assignment, Clock
from ledger.calendar import WorkCalendar, add_budget, remaining
from ledger.queries import work_calendar

KEPT = 6  # decimals of what is left while a limit rests: well below a second
KINDS = {"total": Clock.Kind.TOTAL, "statutory": Clock.Kind.STATUTORY, "promised": Clock.Kind.PROMISED}


def start(move: Move, stage_code: str, assignment: Assignment | None = None) -> Clock | None:
    """Start a limit on the case (assignment None) or on a step; None if this case has no such limit.

    A stage of the case that is running already is left alone.
    """
    if assignment is None and any(c.stage == stage_code and c.assignment is None for c in move.clocks):
        return None
    stage = move.table.stage(stage_code)
    kind = kinds.kind(move.case.kind)
    own = kinds.call(kind.deadline)(move.case, stage_code, move.data) if kind.deadline else None
    unit, budget = own or (stage.unit, stage.budget)
    if budget is None:
        return None
    clock = Clock(
        case=move.case,
        assignment=assignment,
        kind=KINDS.get(stage_code, Clock.Kind.STAGE),
        stage=stage_code,
        unit=unit,
        budget=budget,
        started_at=move.now,
    )
    if move.case.paused and not stage.of_reporter:
        clock.pauses = [_pause(move.now, budget, budget * stage.soon_share, "")]
    else:
        _run(clock, move.now, Decimal(budget), Decimal(budget) * stage.soon_share)
    move.clocks.append(clock)
    return clock


def stop(move: Move, clocks: list[Clock]) -> None:
    """Stop limits; how they stood stays in the row."""
    for clock in clocks:
        clock.stopped_at = move.now
        move.touch(clock)
        if clock.pk is not None:
            move.clocks.remove(clock)


def stop_stages(move: Move, stages: tuple[str, ...]) -> None:
    """Stop the case's own limits of these stages."""
    stop(move, [c for c in move.clocks if c.assignment is None and c.stage in stages])


def of(move: Move, assignment: Assignment) -> list[Clock]:
    """Running limits of a step."""
    return [c for c in move.clocks if c.stopped_at is None and c.assignment is not None and _same(c, assignment)]


def _same(clock: Clock, assignment: Assignment) -> bool:
    if assignment.pk is not None:
        return clock.assignment_id == assignment.pk
    return clock.assignment is assignment


def pause(move: Move, reason: str) -> None:
    """Rest every running limit but the reporter's own; what is left is kept in its unit."""
    calendar = work_calendar()
    for clock in _running(move):
        if clock.due_at is None or move.table.stage(clock.stage).of_reporter:
            continue
        left = max(remaining(move.now, clock.due_at, clock.unit, calendar, KEPT), Decimal(0))
        soon = remaining(move.now, clock.soon_at, clock.unit, calendar, KEPT) if clock.soon_at else Decimal(0)
        clock.pauses = [*clock.pauses, _pause(move.now, left, max(soon, Decimal(0)), reason)]
        clock.due_at = clock.soon_at = None
        move.touch(clock)
    move.case.paused = True


def resume(move: Move) -> None:
    """Let resting limits run on with what was left."""
    for clock in _running(move):
        if clock.due_at is not None or not clock.pauses:
            continue
        last = {**clock.pauses[-1], "to": move.now.isoformat()}
        clock.pauses = [*clock.pauses[:-1], last]
        _run(clock, move.now, Decimal(last["left"]), Decimal(last["soon"]))
        move.touch(clock)
    move.case.paused = False


def extend(move: Move, stages: tuple[str, ...], amount: Decimal) -> None:
    """Give more time (延期), in the unit of each clock; the old limit stays readable in the history."""
    calendar = work_calendar()
    for clock in _running(move):
        if clock.stage not in stages or clock.due_at is None:
            continue
        clock.due_at = _later(clock.due_at, amount, clock, calendar)
        clock.soon_at = _later(clock.soon_at or clock.due_at, amount, clock, calendar)
        clock.budget = Decimal(clock.budget) + amount
        if clock.warned_level == 1:
            clock.warned_level = 0
        move.touch(clock)


def keep_nearest(move: Move) -> None:
    """Write the nearest limit on the case and on every open assignment; a step also feels the case's own limits."""
    running = [c for c in _running(move) if c.due_at is not None]
    move.case.due_at, move.case.soon_at = _nearest(running)
    whole = [c for c in running if c.assignment is None]
    for assignment in move.open:
        nearest = _nearest([*whole, *(c for c in of(move, assignment) if c.due_at is not None)])
        if nearest != (assignment.due_at, assignment.soon_at):
            assignment.due_at, assignment.soon_at = nearest
            move.touch(assignment)


def _running(move: Move) -> list[Clock]:
    return [c for c in move.clocks if c.stopped_at is None]


def _nearest(clocks: list[Clock]) -> tuple[datetime | None, datetime | None]:
    if not clocks:
        return None, None
    return min(c.due_at for c in clocks if c.due_at), min(c.soon_at or c.due_at for c in clocks if c.due_at)


def _run(clock: Clock, now: datetime, budget: Decimal, soon: Decimal) -> None:
    calendar = work_calendar()
    clock.due_at = add_budget(now, budget, clock.unit, calendar)
    clock.soon_at = add_budget(now, soon, clock.unit, calendar)


def _later(moment: datetime, amount: Decimal, clock: Clock, calendar: WorkCalendar) -> datetime:
    return add_budget(moment, amount, clock.unit, calendar)


def _pause(now: datetime, left: Decimal, soon: Decimal, reason: str) -> dict[str, str | None]:
    return {"from": now.isoformat(), "to": None, "left": str(left), "soon": str(soon), "reason": reason}

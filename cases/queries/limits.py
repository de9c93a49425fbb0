"""Limits of a case as a screen shows them: what was allowed, what is used, how it stands."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from cases.models import Case, Clock
from cases.queries import words
from ledger.calendar import remaining
from ledger.queries import work_calendar


@dataclass(frozen=True, slots=True)
class LimitRow:
    """One limit.

    Arguments:
        budget, used: in `unit` (one of the five of domain 1.8). share: used part of the budget, 0 to 100.
        level: ok | soon | late | hold; a limit that was stopped keeps how it ended. due_at None: resting.
    """

    stage: str
    label: str
    unit: str
    budget: Decimal
    used: Decimal
    share: int
    level: str
    started_at: datetime
    due_at: datetime | None
    soon_at: datetime | None
    stopped_at: datetime | None
    pauses: int

    @property
    def running(self) -> bool:
        return self.stopped_at is None


def limit_rows(case: Case, clocks: Sequence[Clock], now: datetime) -> tuple[LimitRow, ...]:
    """All limits of a case in the order they started."""
    return tuple(_row(case, clock, now) for clock in sorted(clocks, key=lambda c: (c.started_at, c.pk)))


def nearest(rows: Sequence[LimitRow]) -> LimitRow | None:
    """The limit the clock card shows: the running one that ends first, else one that rests."""
    running = [row for row in rows if row.running]
    with_due = [row for row in running if row.due_at is not None]
    if with_due:
        return min(with_due, key=lambda row: row.due_at or row.started_at)
    return running[0] if running else None


def _row(case: Case, clock: Clock, now: datetime) -> LimitRow:
    budget = Decimal(clock.budget)
    used = budget - _left(clock, now)
    share = int(min(max(used / budget, Decimal(0)), Decimal(1)) * 100) if budget else 100
    return LimitRow(
        stage=clock.stage,
        label=words.stage_label(case.kind, clock.stage),
        unit=clock.unit,
        budget=budget,
        used=max(used, Decimal(0)),
        share=share,
        level=_level(clock, now),
        started_at=clock.started_at,
        due_at=clock.due_at,
        soon_at=clock.soon_at,
        stopped_at=clock.stopped_at,
        pauses=len(clock.pauses),
    )


def _left(clock: Clock, now: datetime) -> Decimal:
    if clock.due_at is None:
        return Decimal(clock.pauses[-1]["left"]) if clock.pauses else Decimal(0)
    return remaining(clock.stopped_at or now, clock.due_at, clock.unit, work_calendar())


def _level(clock: Clock, now: datetime) -> str:
    moment = clock.stopped_at or now
    if clock.due_at is None:
        return "hold"
    if moment >= clock.due_at:
        return "late"
    soon = clock.soon_at is not None and moment >= clock.soon_at and clock.stopped_at is None
    return "soon" if soon else "ok"

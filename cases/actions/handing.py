"""Open work goes on when its holder is away or answers for other grids: it is handed over, step by step."""

from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError

from cases import engine
from cases.models import Assignment
from grids.queries import absence_of, city_day, member_on_duty, staff_on
from ledger.actors import CLOCK
from ledger.promises import promise

BATCH = 50


def hand_over_work(payload: dict[str, Any], *, promise_id: int, now: datetime) -> None:
    """Give the open steps of somebody to who acts now; promises the next piece if there is more.

    Runs in ledger's transaction. Looks at who acts on the day it runs, so a leave that was taken back moves nothing and
    twice is once. Nobody of the step's department stands in: it goes back to the department, where all see it.

    Arguments:
        payload: user (id), grids (ids; [] for all his work, while he is away), after (id of the last step before),
            key (of the promise without its piece).
    """
    user, grids = payload["user"], payload["grids"]
    absence = absence_of(user, on=city_day(now))
    if absence is None and not grids:
        return
    rows = Assignment.objects.filter(open=True, holder=user, pk__gt=payload["after"])
    if grids:
        rows = rows.filter(case__grid__in=grids)
    found = list(rows.order_by("pk").values_list("pk", "case_id", "case__grid_id")[:BATCH])
    for step_id, case_id, grid_id in found:
        substitute = absence.substitute if absence is not None else None
        _hand_over(step_id, case_id, _successor(user, grid_id, substitute, city_day(now)), now)
    if len(found) == BATCH:
        after = found[-1][0]
        key = f"{payload['key']}:{after}"
        promise("cases.hand_over_work", key=key, payload={**payload, "after": after}, now=now)


def _successor(user: int, grid_id: int | None, substitute: int | None, on: date) -> int | None:
    if substitute is not None and substitute not in staff_on([substitute], on=on).away:
        return substitute
    acting = member_on_duty(grid_id, on=on) if grid_id is not None else None
    return acting[1] if acting is not None else None


def _hand_over(step_id: int, case_id: int, successor: int | None, now: datetime) -> None:
    move = engine.lock(case_id, actor=CLOCK, now=now)
    step = next((a for a in move.open if a.pk == step_id), None)
    if step is None or step.holder_id == successor:
        return
    holder = successor if _serves(successor, step.department_id, now) else None
    give(move, step, holder, reason="duty")
    move.flush()


def give(move: engine.Move, step: Assignment, holder_id: int | None, *, note: str = "", **facts: str) -> None:
    """Change who holds an open step, None for nobody, with its line in the history; the caller flushes the move."""
    step.holder_id, step.claimed_at, step.seen_at = holder_id, move.now if holder_id else None, None
    step.version += 1
    move.touch(step)
    move.record("hand_over", assignment=step, note=note, data={"holder": holder_id, **facts})
    move.notify = True


def _serves(user: int | None, department_id: int, now: datetime) -> bool:
    if user is None:
        return False
    try:
        engine.check_holder(user, department_id, now)
    except ValidationError:
        return False
    return True

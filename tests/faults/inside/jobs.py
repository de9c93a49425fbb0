"""A job of one step, and payloads for kinds of promises that no report brings by itself."""

from datetime import datetime
from typing import Any

from cases.models import Case, Clock
from ledger.actions import StepResult

ran: list[datetime] = []


def periodic(*, now: datetime) -> bool:
    """A periodic job that only remembers that it ran."""
    ran.append(now)
    return False


def step(job: Any, budget_seconds: float) -> StepResult:
    return StepResult(done=1, total=1, finished=True)


def seeds(*, case: Case, clock: Clock | None) -> dict[str, dict[str, Any]]:
    """Kind → payload, ids and codes only."""
    return {
        "ledger.canary": {},
        "ledger.periodic": {"name": "ledger.tidy", "round": 0},
        "cases.deadline": {"case": case.pk, "clock": clock.pk if clock else 0, "level": 1},
        "cases.child_closed": {"case": case.pk, "child": case.pk},
    }

"""A job of one step, and payloads for kinds of promises that no report brings by itself."""

from datetime import datetime
from typing import Any

from accounts.models import User
from cases.models import Case, Clock
from grids.models import BoundaryDraft, Division, Scheme
from ledger.actions import StepResult
from ledger.clock import app_now

ran: list[datetime] = []


def periodic(*, now: datetime) -> bool:
    """A periodic job that only remembers that it ran."""
    ran.append(now)
    return False


def step(job: Any, budget_seconds: float) -> StepResult:
    return StepResult(done=1, total=1, finished=True)


def _change_of_boundaries() -> int:
    """A change that changes nothing yet."""
    division = Division.objects.filter(grids__isnull=False).order_by("pk")[0]
    scheme = Scheme.objects.get(code="service")
    now, user = app_now(), User.objects.order_by("pk")[0]
    draft = BoundaryDraft(division=division, scheme=scheme, title="rig", drafted_by=user, drafted_at=now)
    draft.updated_at = now
    draft.save()
    return draft.pk


def seeds(*, case: Case, clock: Clock | None) -> dict[str, dict[str, Any]]:
    """Kind → payload, ids and codes only."""
    return {
        "ledger.canary": {},
        "ledger.periodic": {"name": "ledger.tidy", "round": 0},
        "cases.deadline": {"case": case.pk, "clock": clock.pk if clock else 0, "level": 1},
        "ledger.render": {"document": "01900000-0000-7000-8000-000000000000"},
        "cases.follow_grids": {"draft": _change_of_boundaries(), "after": 0},
        "services.privacy": {"case": case.pk, "history": 1},
        "cases.child_closed": {"case": case.pk, "child": case.pk},
    }

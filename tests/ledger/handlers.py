"""Made-up promise handlers: their effect is an incident row, which has no constraint that could hide a second one."""

from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection

from ledger.actions import JobView, StepResult
from ledger.kinds import JobKind
from ledger.models import Incident
from ledger.promises import Transient, promise

EFFECT = "test.effect"
sent: list[tuple[dict[str, Any], str]] = []
seen: list[int] = []
in_transaction: list[bool] = []


def effects(reference: str | None = None) -> int:
    rows = Incident.objects.filter(kind=EFFECT)
    return rows.count() if reference is None else rows.filter(reference=reference).count()


def write_down(payload: dict[str, Any], *, promise_id: int, now: datetime) -> None:
    seen.append(promise_id)
    Incident.objects.create(kind=EFFECT, reference=str(payload.get("name", promise_id)), detail="", opened_at=now)


def write_slowly(payload: dict[str, Any], *, promise_id: int, now: datetime) -> None:
    write_down(payload, promise_id=promise_id, now=now)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.05)")


def fail(payload: dict[str, Any], *, promise_id: int, now: datetime) -> None:
    write_down(payload, promise_id=promise_id, now=now)
    raise ValueError("no such thing as '13800000000'")


def be_away(payload: dict[str, Any], *, promise_id: int, now: datetime) -> None:
    raise Transient("503")


def promise_another(payload: dict[str, Any], *, promise_id: int, now: datetime) -> None:
    write_down(payload, promise_id=promise_id, now=now)
    if payload["left"]:
        promise("test.chain", key=f"chain:{payload['left']}", payload={"left": payload["left"] - 1}, now=now)


def prepare(payload: dict[str, Any], *, promise_id: int, now: datetime) -> dict[str, Any] | None:
    return None if payload.get("nothing") else {"to": payload["to"]}


def send(prepared: dict[str, Any], *, idempotency_key: str) -> dict[str, Any]:
    in_transaction.append(connection.in_atomic_block)
    sent.append((prepared, idempotency_key))
    if prepared["to"] == "away":
        raise Transient("timeout")
    return {"reference": "r-1"}


def settle(payload: dict[str, Any], *, promise_id: int, now: datetime, answer: dict[str, Any]) -> None:
    Incident.objects.create(kind=EFFECT, reference=answer["reference"], detail="", opened_at=now)


def each_period(*, now: datetime) -> bool:
    Incident.objects.create(kind=EFFECT, reference="period", detail="", opened_at=now)
    return False


def thrice(*, now: datetime) -> bool:
    Incident.objects.create(kind=EFFECT, reference="piece", detail="", opened_at=now)
    return effects("piece") < 3


def count_up(job: JobView, budget_seconds: float) -> StepResult:
    if job.params.get("refuse"):
        raise ValidationError("line 7 is not a place")
    at = job.checkpoint.get("at", 0) + 1
    return StepResult(checkpoint={"at": at}, done=at, total=3, finished=at == 3, message=f"line {at}")


COUNTING = JobKind("test.count", "tests.ledger.handlers.count_up", "数数", "Counting")

"""Work that is due in every period: whoever asks first writes the row of the period, and the work becomes a promise."""

import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from ledger import kinds
from ledger.actions.incidents import open_incident
from ledger.clock import app_now
from ledger.models import PeriodRun, Promise
from ledger.promises import promise
from ledger.queries.invariants import breaches

log = logging.getLogger(__name__)
KEPT = timedelta(days=30)
CANARIES_KEPT = timedelta(hours=1)
READING_FILES = ("I5",)  # left to the command: no file is read inside a transaction
CLOCK_KINDS = ("ledger.canary", "ledger.periodic")


def tick(*, late_by: int = 0) -> int:
    """Claim every periodic job whose period has not been claimed. Any number of callers at once is harmless.

    Arguments:
        late_by: claim only what nobody has claimed for so many periods before this one; the relay steps in with 2.

    Returns:
        how many were claimed.
    """
    last = dict(PeriodRun.objects.values("name").annotate(last=Max("period_start")).values_list("name", "last"))
    now = app_now()
    claimed = 0
    for spec in kinds.periodics.values():
        start = _period_start(now, spec.seconds)
        before = last.get(spec.name)
        if before is None or before < start - timedelta(seconds=late_by * spec.seconds):
            claimed += run_periodic(name=spec.name)
    return claimed


def _period_start(now: datetime, seconds: int) -> datetime:
    """Begin of the period `now` lies in, counted from the Unix epoch."""
    whole = int(now.timestamp())
    return datetime.fromtimestamp(whole - whole % seconds, UTC)


@transaction.atomic(durable=True)
def run_periodic(*, name: str) -> bool:
    """Claim this period of a job and promise its work in the same transaction. False if the period is taken."""
    now = app_now()
    start = _period_start(now, kinds.periodics[name].seconds)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_periodrun (name, period_start, started_at) VALUES (%s, %s, %s)"
            " ON CONFLICT (name, period_start) DO NOTHING RETURNING id",
            [name, start, now],
        )
        if cursor.fetchone() is None:
            return False
    key = f"periodic:{name}:{start.timestamp():.0f}"
    promise("ledger.periodic", key=key, payload={"name": name, "round": 0}, now=now)
    return True


def redeem_periodic(payload: dict[str, Any], *, promise_id: int, now: datetime) -> None:
    """Promise handler: one bounded piece of the job; more of it is promised again."""
    spec = kinds.periodics.get(payload["name"])
    if spec is None:
        log.warning("periodic job %s is no longer known", payload["name"])
        return
    if kinds.resolve(spec.handler)(now=now):
        following = payload["round"] + 1
        key = f"periodic:{payload['name']}:after:{promise_id}"
        promise("ledger.periodic", key=key, payload={"name": payload["name"], "round": following}, now=now)


def sing(payload: dict[str, Any], *, promise_id: int, now: datetime) -> None:
    """Promise handler of the canary: that it was redeemed is the whole message."""


def reconcile(*, now: datetime) -> bool:
    """Periodic: what must always be true is true, or an incident says what is not."""
    for name, lines in breaches(skip=READING_FILES).items():
        detail = "\n".join(lines[:50])
        open_incident(kind=f"invariant.{name}", reference=name, detail=detail, now=now)
    return False


def tidy(*, now: datetime) -> bool:
    """Periodic: rows that only say that time has passed are dropped."""
    PeriodRun.objects.filter(period_start__lt=now - KEPT).delete()
    Promise.objects.filter(kind__in=CLOCK_KINDS, done_at__lt=now - CANARIES_KEPT).delete()
    return False

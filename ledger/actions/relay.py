"""One round of the relay: every promise is redeemed though a message, the broker or all workers are gone."""

import logging
import time
from itertools import groupby

from django.db import connection, transaction

from ledger import anchors, kinds
from ledger.actions.periodic import tick
from ledger.clock import app_now
from ledger.models import Promise
from ledger.promises import BATCH, breaker, nudge, promise
from ledger.promises.redeem import redeem
from ledger.queries import audit_head
from ledger.queries.health import canary_age_seconds

log = logging.getLogger(__name__)
CANARY = "ledger.canary"
CANARY_SECONDS = 10
WORKERS_GONE_SECONDS = 30
KIND_LIMIT = 250  # of each kind in a round, so that a flood of one does not hide another
INLINE_SECONDS = 2.0
LATE_PERIODS = 2
ANCHOR_SECONDS = 600.0
_next_anchor = [0.0]

# Older than 5 s and not told to the broker for 15 s, with no living lease.
_STALE = """
SELECT id, kind FROM (
    SELECT id, kind, row_number() OVER (PARTITION BY kind ORDER BY not_before, id) AS place FROM ledger_promise
    WHERE done_at IS NULL AND dead_at IS NULL AND not_before <= app_now()
      AND (lease_until IS NULL OR lease_until <= now())
      AND (%(all)s OR nudged_at <= app_now() - interval '15 seconds'
           OR nudged_at IS NULL AND created_at <= app_now() - interval '5 seconds')) AS stale
WHERE place <= %(limit)s ORDER BY kind, place
"""


def relay_round() -> int:
    """Sing, claim late periodic jobs, and nudge or run what has been left lying.

    Returns:
        how many promises were run here because the broker or the workers are away.
    """
    _sing()
    _anchor()
    tick(late_by=LATE_PERIODS)
    age = canary_age_seconds()
    away = not breaker.open_for_use() or age is None or age > WORKERS_GONE_SECONDS
    stale = _stale(everything=away)
    if not away:
        for kind, ids in stale.items():
            away = away or not nudge(kind, ids)
        _nudged([promise_id for ids in stale.values() for promise_id in ids])
    return _run_inline(stale) if away else 0


def _anchor() -> None:
    """Every ten minutes the head of the audit chain goes to a file outside the database."""
    if time.monotonic() < _next_anchor[0]:
        return
    _next_anchor[0] = time.monotonic() + ANCHOR_SECONDS
    head = audit_head()
    if head is not None and head != next(reversed(list(anchors.kept())), None):
        anchors.append(head)


@transaction.atomic(durable=True)
def _sing() -> None:
    """One canary in every ten seconds; how old the last redeemed one is tells whether workers consume."""
    now = app_now()
    promise(CANARY, key=f"canary:{int(now.timestamp()) // CANARY_SECONDS}", payload={}, now=now)


def _stale(*, everything: bool) -> dict[str, list[int]]:
    with connection.cursor() as cursor:
        cursor.execute(_STALE, {"all": everything, "limit": KIND_LIMIT})
        rows = cursor.fetchall()
    return {kind: [row[0] for row in found] for kind, found in groupby(rows, key=lambda row: row[1])}


@transaction.atomic(durable=True)
def _nudged(ids: list[int]) -> None:
    if ids:
        Promise.objects.filter(pk__in=ids).update(nudged_at=app_now())


def redeem_due() -> int:
    """Redeem everything that is due now, in this process, until nothing is left. Returns how many were touched."""
    total = 0
    while ran := _run_inline(_stale(everything=True)):
        total += ran
    return total


def _run_inline(stale: dict[str, list[int]]) -> int:
    """Without Redis at all, slower: some seconds for each kind, routing first. Canaries wait for the workers."""
    total = 0
    for kind in sorted(stale.keys() - {CANARY}, key=_rank):
        spec = kinds.handlers.get(kind)
        size = spec.batch if spec else BATCH
        begun = time.monotonic()
        for start in range(0, len(stale[kind]), size):
            total += redeem(stale[kind][start : start + size]).touched
            if time.monotonic() - begun > INLINE_SECONDS:
                break
    if total:
        log.info("ran %s promises inline", total)
    return total


def _rank(kind: str) -> tuple[int, str]:
    spec = kinds.handlers.get(kind)
    return (kinds.QUEUES.index(spec.queue) if spec else len(kinds.QUEUES), kind)

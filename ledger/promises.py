"""Work promised in the transaction of the fact it follows from; Celery is only told that there is something to do."""

import json
import logging
import os
import time
from datetime import datetime
from typing import Any

from celery import current_app
from django.db import connection, transaction
from kombu import Connection, pools
from kombu.exceptions import OperationalError as BrokerAway
from redis.exceptions import RedisError

from ledger import faults, kinds

log = logging.getLogger(__name__)
TASK = "ledger.tasks.run_promises"
WAIT_SECONDS = 0.5
PAUSE_SECONDS = 5.0
BATCH = 50

_INSERT = """
INSERT INTO ledger_promise (kind, payload, payload_version, dedupe_key, queue, created_at, not_before, attempts,
                            lease_owner, lost_leases, last_error)
VALUES (%s, %s, %s, %s, %s, %s, %s, 0, '', 0, '')
ON CONFLICT (dedupe_key) DO NOTHING RETURNING id
"""


class Transient(Exception):
    """The other side is away: retried for 72 hours without counting as a failed attempt."""


def promise(
    kind: str,
    *,
    key: str,
    payload: dict[str, Any],
    now: datetime,
    not_before: datetime | None = None,
    version: int = 1,
) -> int | None:
    """Promise work. One INSERT; after the commit one nudge per kind and transaction, which may fail without harm.

    Arguments:
        kind: a registered kind; an unknown one is refused here, a kind removed later waits.
        key: the same key is never promised twice, for ever.
        payload: ids and codes only, never personal data.
        now: the action's `app_now()`.
        not_before: earliest time; None means at once.

    Returns:
        the promise's id, or None if the key was promised before.

    Raises:
        TransactionManagementError: outside a transaction the promise could outlive a fact that never was.
    """
    spec = kinds.handlers[kind]
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("promise() belongs into the transaction of the fact")
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [kind, json.dumps(payload), version, key, spec.queue, now, not_before or now])
        row = cursor.fetchone()
    if row is None:
        return None
    if not_before is None or not_before <= now:
        _nudge_after_commit(spec, row[0])
    return int(row[0])


class _Nudge:
    """What one transaction promised, sent when it has committed."""

    def __init__(self) -> None:
        self.by_kind: dict[str, list[int]] = {}

    def __call__(self) -> None:
        faults.point("ledger.promise.before_nudge")
        for kind, ids in self.by_kind.items():
            if not nudge(kind, ids):
                return


def _nudge_after_commit(spec: kinds.Handler, promise_id: int) -> None:
    waiting = next((hook for _, hook, _ in reversed(connection.run_on_commit) if isinstance(hook, _Nudge)), None)
    if waiting is None:
        waiting = _Nudge()
        transaction.on_commit(waiting, robust=True)
    waiting.by_kind.setdefault(spec.kind, []).append(promise_id)


class _Breaker:
    """After a failure nobody waits for the broker again for some seconds."""

    closed_until = 0.0

    def open_for_use(self) -> bool:
        return time.monotonic() >= self.closed_until

    def trip(self, error: Exception) -> None:
        self.closed_until = time.monotonic() + PAUSE_SECONDS
        log.warning("broker away, not asked again for %s s: %s", PAUSE_SECONDS, type(error).__name__)


breaker = _Breaker()
_connections: dict[int, Connection] = {}


def _broker() -> Connection:
    """The broker with short timeouts, one pool per process: a request never waits for a frozen Redis."""
    process = os.getpid()
    if process not in _connections:
        options = {
            **current_app.conf.broker_transport_options,
            "socket_timeout": WAIT_SECONDS,
            "socket_connect_timeout": WAIT_SECONDS,
            "max_retries": 0,
        }
        _connections[process] = Connection(current_app.conf.broker_url, transport_options=options)
    return _connections[process]


def nudge(kind: str, ids: list[int]) -> bool:
    """Tell the workers that promises of one kind are due. False if the broker is away; the relay sees to them then.

    Arguments:
        ids: promises of this kind; sent in messages of at most 50.
    """
    if not breaker.open_for_use():
        return False
    spec = kinds.handlers[kind]
    try:
        with pools.producers[_broker()].acquire(block=True, timeout=WAIT_SECONDS) as producer:
            for start in range(0, len(ids), spec.batch):
                current_app.send_task(
                    TASK, args=[ids[start : start + spec.batch]], queue=spec.queue, producer=producer, retry=False
                )
    except (BrokerAway, RedisError, OSError) as error:
        breaker.trip(error)
        return False
    return True

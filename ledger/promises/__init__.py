"""Work promised in the transaction of the fact it follows from; Celery is only told that there is something to do."""

import json
import logging
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
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
                            lease_owner, lost_leases, last_error, lease_until)
VALUES (%s, %s, %s, %s, %s, %s, %s, 0, %s, 0, '', CASE WHEN %s THEN now() + interval '10 minutes' END)
ON CONFLICT (dedupe_key) DO NOTHING RETURNING id
"""
_held: ContextVar[list[int] | None] = ContextVar("held", default=None)


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
    held = _held.get()
    owner = "" if held is None else owner_name()
    body, due = json.dumps(payload), not_before or now
    values: list[Any] = [kind, body, version, key, spec.queue, now, due, owner, held is not None]
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("promise() belongs into the transaction of the fact")
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, values)
        row = cursor.fetchone()
    if row is None:
        return None
    if held is not None:
        held.append(row[0])
    elif not_before is None or not_before <= now:
        nudge_after_commit(kind, row[0])
    return int(row[0])


@contextmanager
def held() -> Iterator[list[int]]:
    """Keep what is promised inside for this thread: leased to it for ten minutes and not nudged.

    For seeding on a shifted clock, where a worker would redeem at the wrong time: pass the ids to
    `ledger.actions.redeem_held` under the same clock. If the process dies, the leases expire and the relay takes over.
    """
    ids: list[int] = []
    token = _held.set(ids)
    try:
        yield ids
    finally:
        _held.reset(token)


def owner_name() -> str:
    """Who holds a lease: host, process, thread."""
    return f"{socket.gethostname()[:40]}:{os.getpid()}:{threading.get_ident()}"


class _Nudge:
    """What one transaction promised, sent when it has committed."""

    def __init__(self) -> None:
        self.by_kind: dict[str, list[int]] = {}

    def __call__(self) -> None:
        faults.point("ledger.promise.before_nudge")
        for kind, ids in self.by_kind.items():
            if not nudge(kind, ids):
                return


def nudge_after_commit(kind: str, promise_id: int) -> None:
    """Tell the workers when this transaction has committed; once per transaction and kind."""
    hooks = (entry[1] for entry in reversed(connection.run_on_commit))
    waiting = next((hook for hook in hooks if isinstance(hook, _Nudge)), None)
    if waiting is None:
        waiting = _Nudge()
        transaction.on_commit(waiting, robust=True)
    waiting.by_kind.setdefault(kind, []).append(promise_id)


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

"""Work promised in the transaction of the fact it follows from; Celery is only told that there is something to do."""

import json
import logging
import os
import socket
import threading
import time
from collections.abc import Iterator, Sequence
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

_ROW = (
    "(%s, %s, %s, %s, %s, %s, %s, 0, %s, 0, '', CASE WHEN %s THEN now() + interval '10 minutes' END /* lease_until */)"
)
_INSERT_MANY = """
INSERT INTO ledger_promise (kind, payload, payload_version, dedupe_key, queue, created_at, not_before, attempts,
                            lease_owner, lost_leases, last_error, lease_until)
VALUES {rows} ON CONFLICT (dedupe_key) DO NOTHING RETURNING kind, id
"""
_INSERT = _INSERT_MANY.format(rows=_ROW).replace("RETURNING kind, id", "RETURNING id")
GATHER_SECONDS = 0.03
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
    sql, values = statement(kind, key=key, payload=payload, now=now, not_before=not_before, version=version)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone()
    kept = None if row is None else int(row[0])
    promised(kind, kept, due=not_before is None or not_before <= now)
    return kept


def statement(
    kind: str,
    *,
    key: str,
    payload: dict[str, Any],
    now: datetime,
    not_before: datetime | None = None,
    version: int = 1,
) -> tuple[str, list[Any]]:
    """The INSERT of a promise and its values, for who writes it together with other rows; then call `promised`.

    Arguments and errors: those of `promise`.
    """
    spec = kinds.handlers[kind]
    is_held = _held.get() is not None
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("promise() belongs into the transaction of the fact")
    owner = owner_name() if is_held else ""
    return _INSERT, [kind, json.dumps(payload), version, key, spec.queue, now, not_before or now, owner, is_held]


def promise_all(wanted: Sequence[tuple[str, str, dict[str, Any]]], *, now: datetime) -> None:
    """Promise several works that are due at once, in one statement.

    Arguments:
        wanted: (kind, key, payload) as in `promise`; a key that was promised before is passed over.
    """
    if not wanted:
        return
    made = [statement(kind, key=key, payload=payload, now=now) for kind, key, payload in wanted]
    sql = _INSERT_MANY.format(rows=", ".join([_ROW] * len(made)))
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for _sql, values in made for value in values])
        for kind, promise_id in cursor.fetchall():
            promised(kind, promise_id)


def promised(kind: str, promise_id: int | None, *, due: bool = True) -> None:
    """Say that a promise was written: it is nudged after the commit, or held by this thread.

    Arguments:
        promise_id: None if its key had been promised before.
        due: it may be redeemed at once.
    """
    if promise_id is None:
        return
    keeper = _held.get()
    if keeper is not None:
        keeper.append(promise_id)
    elif due:
        nudge_after_commit(kind, promise_id)


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
        if gatherer.on:
            gatherer.add(self.by_kind)
        else:
            nudge_all(self.by_kind)


def nudge_all(by_kind: dict[str, list[int]]) -> None:
    """Nudge several kinds; after the first failure nobody is asked again."""
    for kind, ids in by_kind.items():
        if not nudge(kind, ids):
            return


class _Gatherer:
    """Nudges of many requests sent together by one thread of a web worker.

    Packing a message takes a millisecond, which is a tenth of a report; in a hundredth of a second the workers lose
    nothing by waiting. What is gathered when the process dies is found by the relay, as any nudge that is lost.
    """

    def __init__(self) -> None:
        self.on = False  # only web workers: a command or a worker sends at once
        self._waiting: dict[str, list[int]] = {}
        self._lock = threading.Lock()
        self._something = threading.Event()
        self._process = 0

    def add(self, by_kind: dict[str, list[int]]) -> None:
        """Take over what one transaction promised."""
        with self._lock:
            for kind, ids in by_kind.items():
                self._waiting.setdefault(kind, []).extend(ids)
            if self._process != os.getpid():  # threads do not survive a fork
                self._process = os.getpid()
                threading.Thread(target=self._send, name="nudges", daemon=True).start()
        self._something.set()

    def take(self) -> dict[str, list[int]]:
        """What is waiting; it is the caller's to send."""
        with self._lock:
            taken, self._waiting = self._waiting, {}
            self._something.clear()
        return taken

    def _send(self) -> None:
        while self._something.wait():
            time.sleep(GATHER_SECONDS)
            nudge_all(self.take())


gatherer = _Gatherer()


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

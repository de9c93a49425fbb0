"""Promises are redeemed here, whoever calls: a Celery worker, the relay, or a test.

A batch is claimed (leases written and committed), then run in one durable transaction, a savepoint for each promise.
While a promise runs its row is locked, so a lease can be short: one that has expired on an unlocked row means that the
process is gone. A promise that lost its lease runs alone from then on, so that one that kills its worker drags no other
along. Leases are kept by the machine's clock, everything a citizen can see by `app_now()`.
"""

import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.db import InterfaceError, OperationalError, connection, transaction

from ledger import faults, kinds
from ledger.clock import app_now
from ledger.models import Promise
from ledger.promises import BATCH, nudge_after_commit, owner_name
from ledger.promises.external import run_external
from ledger.promises.failures import bury, note_failure, put_off
from ledger.retries import collided

log = logging.getLogger(__name__)
LEASE_SECONDS = 15
LOST_LEASES = 3
UNKNOWN_WAIT_SECONDS = 30
TOP_UP = 20
SLICE_SECONDS = 0.5  # a batch commits after this time and goes on, so that no case stays locked for long
COLLISION_ROUNDS = 3

# The healthy: never lost a lease, and nobody's (or already this thread's) now.
_CLAIM = """
UPDATE ledger_promise AS p SET lease_until = now() + %(lease)s * interval '1 second', lease_owner = %(owner)s
FROM (SELECT id FROM ledger_promise
      WHERE {which} AND done_at IS NULL AND dead_at IS NULL AND not_before <= app_now() AND lost_leases = 0
        AND (lease_until IS NULL OR lease_owner = %(owner)s)
      ORDER BY {order} LIMIT {limit} FOR UPDATE SKIP LOCKED) AS due
WHERE p.id = due.id RETURNING p.*
"""
_CLAIM_IDS = _CLAIM.format(which="id = ANY(%(ids)s)", order="id", limit=BATCH)
_SAME_KIND = """
kind = (SELECT kind FROM ledger_promise WHERE id = %(first)s) AND kind = ANY(%(batchable)s) AND attempts = 0
"""
_CLAIM_NEWEST = _CLAIM.format(which=_SAME_KIND, order="not_before DESC, id DESC", limit=TOP_UP)
_SUSPECT = """
SELECT id FROM ledger_promise
WHERE id = ANY(%s) AND done_at IS NULL AND dead_at IS NULL AND not_before <= app_now()
  AND (lost_leases > 0 OR lease_until IS NOT NULL) AND (lease_until IS NULL OR lease_until <= now())
ORDER BY id
"""
_CLAIM_SUSPECT = """
SELECT * FROM ledger_promise
WHERE id = %s AND done_at IS NULL AND dead_at IS NULL AND (lease_until IS NULL OR lease_until <= now())
FOR UPDATE SKIP LOCKED
"""

_HAND_OVER = """
UPDATE ledger_promise SET lease_until = NULL, lease_owner = '', not_before = %s
WHERE id = ANY(%s) AND done_at IS NULL AND dead_at IS NULL AND lease_owner = %s RETURNING kind, id
"""


@dataclass(slots=True)
class Outcome:
    """What became of a call: numbers of promises."""

    done: int = 0
    failed: int = 0
    waiting: int = 0

    @property
    def touched(self) -> int:
        return self.done + self.failed + self.waiting


def redeem(ids: list[int], *, top_up: bool = False) -> Outcome:
    """Redeem promises; those done, leased by a living process or not yet due are passed over.

    Arguments:
        ids: 1 to 50.
        top_up: also take some of the newest waiting promises of the same kind: a backlog then drains from both ends,
            and what was promised just now does not wait behind it.
    """
    outcome = Outcome()
    owner = owner_name()
    claimed = _claim(ids, owner, top_up=top_up)
    for kind, rows in groupby(sorted(claimed, key=lambda row: (row.kind, row.pk)), key=lambda row: row.kind):
        _run(kinds.handlers.get(kind), list(rows), owner, outcome)
    missing = set(ids) - {row.pk for row in claimed}
    if missing:
        for row in _claim_suspects(sorted(missing), owner):
            _run(kinds.handlers.get(row.kind), [row], owner, outcome)
    return outcome


def redeem_held(ids: list[int]) -> int:
    """Redeem what `ledger.promises.held` kept, and what its handlers promise meanwhile. Returns how many are done.

    Arguments:
        ids: the list `held` gave; call inside the same `with`, it is emptied.
    """
    done = 0
    while ids:
        batch = sorted(ids[:BATCH])
        del ids[:BATCH]
        done += redeem(batch).done
    return done


@transaction.atomic
def hand_over(ids: list[int], *, now: datetime) -> None:
    """Leave to the workers what `ledger.promises.held` kept and its maker does not redeem itself.

    Arguments:
        ids: promises held by this thread; others are passed over.
        now: from when on they are due; what was promised on a shifted clock would look like an old backlog.
    """
    with connection.cursor() as cursor:
        cursor.execute(_HAND_OVER, [now, ids, owner_name()])
        for kind, promise_id in cursor.fetchall():
            nudge_after_commit(kind, promise_id)


@transaction.atomic(durable=True)
def _claim(ids: list[int], owner: str, *, top_up: bool) -> list[Promise]:
    values = {"lease": LEASE_SECONDS, "owner": owner, "ids": ids}
    claimed = list(Promise.objects.raw(_CLAIM_IDS, values))
    if top_up:  # also when the message comes late and its own promises are done
        batchable = [spec.kind for spec in kinds.handlers.values() if spec.batch > 1]
        claimed += Promise.objects.raw(_CLAIM_NEWEST, {**values, "first": ids[0], "batchable": batchable})
    faults.point("ledger.redeem.before_claim_commit")
    return claimed


def _claim_suspects(ids: list[int], owner: str) -> Iterator[Promise]:
    """Promises that lost a lease, one at a time: the next is claimed when the one before has been run."""
    with connection.cursor() as cursor:
        cursor.execute(_SUSPECT, [ids])
        suspects = [row[0] for row in cursor.fetchall()]
    for promise_id in suspects:
        yield from _claim_suspect(promise_id, owner)


@transaction.atomic(durable=True)
def _claim_suspect(promise_id: int, owner: str) -> list[Promise]:
    for row in Promise.objects.raw(_CLAIM_SUSPECT, [promise_id]):
        row.lost_leases += row.lease_until is not None
        if row.lost_leases >= LOST_LEASES:
            bury(row, f"the process died {LOST_LEASES} times while redeeming this", app_now())
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE ledger_promise SET lost_leases = %s, lease_owner = %s,"
                " lease_until = now() + %s * interval '1 second' WHERE id = %s",
                [row.lost_leases, owner, LEASE_SECONDS, promise_id],
            )
        return [row]
    return []


def _run(spec: kinds.Handler | None, rows: list[Promise], owner: str, outcome: Outcome) -> None:
    known = [row for row in rows if spec is not None and row.payload_version in spec.versions]
    if len(known) < len(rows):
        outcome.waiting += _keep_waiting([row for row in rows if row not in known])
    if spec is None or not known:
        return
    if spec.external:
        for row in known:
            done = run_external(spec, row, owner)
            outcome.done += done
            outcome.failed += not done
    else:
        _run_in_slices(spec, known, owner, outcome)


@transaction.atomic(durable=True)
def _keep_waiting(rows: list[Promise]) -> int:
    """An older or newer release promised these: they wait for a worker that knows them, without counting."""
    until = app_now() + timedelta(seconds=UNKNOWN_WAIT_SECONDS)
    for row in rows:
        log.warning("promise %s: nobody here knows kind %s version %s", row.pk, row.kind, row.payload_version)
        put_off(row, until)
    return len(rows)


def _run_in_slices(spec: kinds.Handler, rows: list[Promise], owner: str, outcome: Outcome) -> None:
    collisions = 0
    while rows:
        try:
            rows, met = _run_slice(spec, rows, owner, outcome, give_up=collisions >= COLLISION_ROUNDS)
        except (OperationalError, InterfaceError) as error:
            log.warning("database away while redeeming %s: %s", spec.kind, type(error).__name__)
            outcome.failed += len(rows)
            _let_go([row.pk for row in rows], owner)
            return
        collisions += met
        faults.point("ledger.redeem.after_commit")


@transaction.atomic(durable=True)
def _run_slice(
    spec: kinds.Handler, rows: list[Promise], owner: str, outcome: Outcome, *, give_up: bool
) -> tuple[list[Promise], bool]:
    """Run as many as fit into the slice. Returns those still to run and whether one met a concurrent change."""
    now = app_now()
    # waits instead of skipping: who asks for the same promise at this moment holds its row for an instant only, and a
    # row skipped here would lie until its lease has run out
    locked = Promise.objects.select_for_update().filter(lease_owner=owner, done_at=None, dead_at=None)
    waiting = list(locked.filter(pk__in=[row.pk for row in rows]).order_by("pk"))
    begun = time.monotonic()
    done: list[int] = []
    again: list[Promise] = []
    if spec.many and len(waiting) > 1 and _redeem_together(spec, waiting, now):
        done, waiting = [row.pk for row in waiting], []
    while waiting and (not done or time.monotonic() - begun < SLICE_SECONDS):
        row = waiting.pop(0)
        error = _redeem_one(spec, row, now)
        if error is None:
            done.append(row.pk)
        elif collided(error) and not give_up:
            again.append(row)
        else:
            note_failure(row, error, now)
            outcome.failed += 1
    _mark_done(done, now)
    rest = again + waiting
    if rest:
        _renew([row.pk for row in rest])
    faults.point("ledger.redeem.before_commit")
    outcome.done += len(done)
    return rest, bool(again)


def _redeem_one(spec: kinds.Handler, row: Promise, now: datetime) -> Exception | None:
    try:
        with transaction.atomic():
            kinds.resolve(spec.handler)(row.payload, promise_id=row.pk, now=now)
    except Exception as error:  # whatever a handler raises, the others of the batch go on
        if connection.connection is None or connection.connection.closed:
            raise
        return error
    return None


def _redeem_together(spec: kinds.Handler, rows: list[Promise], now: datetime) -> bool:
    """All of a batch at once. False if it cannot be: nothing was written then, and each is redeemed alone."""
    try:
        with transaction.atomic():
            kinds.resolve(spec.many)([row.payload for row in rows], now=now)
    except Exception as error:  # whatever it was, the one that is to blame will say it again
        if connection.connection is None or connection.connection.closed:
            raise
        log.info("%s %s not redeemed together: %s", len(rows), spec.kind, type(error).__name__)
        return False
    return True


def _mark_done(ids: list[int], now: datetime) -> None:
    Promise.objects.filter(pk__in=ids).update(
        done_at=now, lease_until=None, lease_owner="", last_error="", failing_since=None
    )


def _renew(ids: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_promise SET lease_until = now() + %s * interval '1 second' WHERE id = ANY(%s)",
            [LEASE_SECONDS, ids],
        )


def _let_go(ids: list[int], owner: str) -> None:
    """Give leases back after the connection broke, if the database answers again; otherwise they expire."""
    connection.close()
    try:
        Promise.objects.filter(pk__in=ids, lease_owner=owner, done_at=None).update(lease_until=None, lease_owner="")
    except (OperationalError, InterfaceError):
        log.warning("database still away; leases of %s promises will expire", len(ids))

"""Promises that talk to another system: prepared and settled in transactions, sent between them."""

import logging
from typing import Any

from django.db import connection, transaction

from ledger import faults, kinds
from ledger.clock import app_now
from ledger.models import Promise
from ledger.promises.failures import note_failure

log = logging.getLogger(__name__)
LEASE_SECONDS = 120  # longer than any gateway waits


def run_external(spec: kinds.Handler, row: Promise, owner: str) -> bool:
    """Redeem one promise of an external kind; True if it is done now or was done by another.

    A crash after sending sends again with the same idempotency key; the receiver counts it once.
    """
    try:
        prepared = _prepare(spec, row, owner)
        if prepared is None:
            return True
        answer = kinds.resolve(spec.send)(prepared, idempotency_key=f"{row.kind}:{row.pk}")
        faults.point("ledger.external.after_send")
        _settle(spec, row, owner, answer)
    except Exception as error:  # whatever the gateway raises is noted and tried again
        _fail(row, owner, error)
        return False
    return True


def _mine(row: Promise, owner: str) -> Promise | None:
    rows = Promise.objects.select_for_update().filter(pk=row.pk, lease_owner=owner, done_at=None, dead_at=None)
    return rows.first()


@transaction.atomic(durable=True)
def _prepare(spec: kinds.Handler, row: Promise, owner: str) -> dict[str, Any] | None:
    if _mine(row, owner) is None:
        return None
    now = app_now()
    prepared: dict[str, Any] | None = kinds.resolve(spec.prepare)(row.payload, promise_id=row.pk, now=now)
    if prepared is None:
        Promise.objects.filter(pk=row.pk).update(done_at=now, lease_until=None, lease_owner="", last_error="")
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_promise SET lease_until = now() + %s * interval '1 second' WHERE id = %s",
            [LEASE_SECONDS, row.pk],
        )
    return prepared


@transaction.atomic(durable=True)
def _settle(spec: kinds.Handler, row: Promise, owner: str, answer: dict[str, Any]) -> None:
    if _mine(row, owner) is None:
        log.warning("promise %s %s was taken over while it was sent", row.kind, row.pk)
        return
    now = app_now()
    kinds.resolve(spec.handler)(row.payload, promise_id=row.pk, now=now, answer=answer)
    Promise.objects.filter(pk=row.pk).update(
        done_at=now, lease_until=None, lease_owner="", last_error="", failing_since=None
    )


@transaction.atomic(durable=True)
def _fail(row: Promise, owner: str, error: Exception) -> None:
    mine = _mine(row, owner)
    if mine is not None:
        note_failure(mine, error, app_now())

"""What happens to a promise that could not be redeemed: later, or an incident that a person sees."""

import logging
import random
import re
import traceback
from datetime import datetime, timedelta

from django.db import InterfaceError, OperationalError
from kombu.exceptions import OperationalError as BrokerAway
from redis.exceptions import RedisError

from ledger.models import Incident, Promise
from ledger.promises import Transient

log = logging.getLogger(__name__)
ATTEMPTS = 12  # about two hours
OUTAGE = timedelta(hours=72)
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=15)
INFRASTRUCTURE = (Transient, OperationalError, InterfaceError, BrokerAway, RedisError, ConnectionError, TimeoutError)


def note_failure(row: Promise, error: BaseException, now: datetime) -> None:
    """Put a promise off: a fault counts and doubles the wait, an outage does neither until 72 hours have passed."""
    row.failing_since = row.failing_since or now
    row.last_error = describe(error)
    log.warning("promise %s %s failed: %s", row.kind, row.pk, row.last_error)
    since = now - row.failing_since
    if isinstance(error, INFRASTRUCTURE):
        if since >= OUTAGE:
            bury(row, "the other side has been away for 72 hours", now)
            return
        wait = min(max(since / 2, FIRST_WAIT), LONGEST_WAIT)
    else:
        row.attempts += 1
        if row.attempts >= ATTEMPTS:
            bury(row, f"failed {ATTEMPTS} times", now)
            return
        wait = min(2**row.attempts * FIRST_WAIT, LONGEST_WAIT)
    put_off(row, now + wait * random.uniform(0.8, 1.2))  # noqa: S311 - spread, not secrecy


def put_off(row: Promise, until: datetime) -> None:
    """Give the lease back and wait."""
    row.not_before, row.lease_until, row.lease_owner = until, None, ""
    row.save(update_fields=["not_before", "lease_until", "lease_owner", "attempts", "last_error", "failing_since"])


def bury(row: Promise, why: str, now: datetime) -> None:
    """No more tries: an incident is open until a person retries or settles it."""
    row.dead_at, row.lease_until, row.lease_owner = now, None, ""
    row.save(
        update_fields=[
            "dead_at",
            "lease_until",
            "lease_owner",
            "attempts",
            "lost_leases",
            "last_error",
            "failing_since",
        ]
    )
    Incident.objects.create(
        promise=row,
        kind=row.kind,
        reference=row.dedupe_key[:120],
        detail=f"{why}\n{row.last_error}".strip(),
        opened_at=now,
    )
    log.error("promise %s %s became an incident: %s", row.kind, row.pk, why)


def describe(error: BaseException) -> str:
    """Kind of error and where, for an operator. Values in the message are cut out: it may quote personal data."""
    frames = traceback.extract_tb(error.__traceback__)
    place = next((f"{f.filename}:{f.lineno}" for f in reversed(frames) if "site-packages" not in f.filename), "")
    first_line = (str(error).splitlines() or [""])[0]
    said = re.sub(r"""\d{5,}|'[^']*'|"[^"]*"|\([^)]*\)""", "…", first_line)[:160]
    return f"{type(error).__name__}: {said} [{place[-80:]}]"

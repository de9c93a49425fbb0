"""Is the machinery moving? Figures for /readyz, the relay and the operations screen."""

from dataclasses import dataclass

from django.db import DatabaseError, connection

OLDEST_UNSENT_LIMIT = 120  # seconds: past this no report reaches its department, so the node says so

_HEALTH = """
SELECT current_setting('transaction_read_only') = 'off' AND NOT pg_is_in_recovery(),
       coalesce((SELECT extract(epoch FROM app_now() - min(not_before)) FROM ledger_promise
                 WHERE done_at IS NULL AND dead_at IS NULL AND not_before <= app_now()), 0)::float,
       (SELECT extract(epoch FROM app_now() - max(done_at)) FROM ledger_promise
        WHERE kind = 'ledger.canary' AND done_at IS NOT NULL)::float,
       (SELECT count(*) FROM ledger_incident WHERE settled_at IS NULL)
"""


@dataclass(frozen=True, slots=True)
class Health:
    """Figures in seconds; None where there is no answer."""

    database_writable: bool
    oldest_unsent_seconds: float | None = None
    canary_age_seconds: float | None = None
    open_incidents: int | None = None

    @property
    def ready(self) -> bool:
        """Whether this node should get traffic. Silent workers do not count: the relay routes in their place."""
        return self.database_writable and (self.oldest_unsent_seconds or 0) <= OLDEST_UNSENT_LIMIT


def health() -> Health:
    """One statement. A database that is away or read-only is an answer, not an error."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(_HEALTH)
            writable, oldest, canary, incidents = cursor.fetchone()
    except DatabaseError:
        connection.close()
        return Health(database_writable=False)
    return Health(writable, round(oldest, 1), None if canary is None else round(canary, 1), incidents)


def canary_age_seconds() -> float | None:
    """Seconds since a worker last redeemed a canary; None if none ever did."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM app_now() - max(done_at))::float FROM ledger_promise"
            " WHERE kind = 'ledger.canary' AND done_at IS NOT NULL"
        )
        age: float | None = cursor.fetchone()[0]
    return age

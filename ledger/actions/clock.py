"""Replaces the production clock, in demo and test databases only."""

from datetime import timedelta

from django.conf import settings
from django.db import connection, transaction

from ledger.clock import OFFSET_SETTING

_MOVABLE = """
CREATE OR REPLACE FUNCTION app_now() RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT transaction_timestamp()
         + coalesce(nullif(current_setting('govplatform.clock_offset', true), '')::interval, '0')
$$;
COMMENT ON FUNCTION app_now() IS 'movable';
"""


@transaction.atomic
def install_test_clock() -> None:
    """Let `ledger.clock.shifted` and the database setting move the clock. Idempotent.

    Raises:
        PermissionError: neither demo mode nor a test run.
    """
    if not (settings.DEMO or settings.TEST_RUN) or settings.PRODUCTION:
        raise PermissionError("the clock can be moved in demo and test databases only")
    with connection.cursor() as cursor:
        cursor.execute("SELECT obj_description('app_now()'::regprocedure)")
        if cursor.fetchone()[0] != "movable":
            cursor.execute(_MOVABLE)


def set_database_offset(*, offset: timedelta | None) -> None:
    """Move the clock for every connection opened from now on; None puts it right again.

    Raises:
        PermissionError: neither demo mode nor a test run.
    """
    install_test_clock()
    with connection.cursor() as cursor:
        cursor.execute("SELECT quote_ident(current_database())")
        database = cursor.fetchone()[0]
        if offset is None:
            cursor.execute(f"ALTER DATABASE {database} RESET {OFFSET_SETTING}")
        else:
            cursor.execute(
                f"ALTER DATABASE {database} SET {OFFSET_SETTING} = %s", [f"{offset.total_seconds()} seconds"]
            )

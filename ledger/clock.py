"""One clock: the database's. Read once per action and passed down; phones, browsers and workers have no say."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import connection

OFFSET_SETTING = "govplatform.clock_offset"


def app_now() -> datetime:
    """Start of the current transaction by the database clock, aware, in UTC. One statement.

    In a demo or test database where `ledger.actions.install_test_clock` replaced the SQL function the offset of
    `shifted` or of the database setting is added; the production function ignores both.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT app_now()")
        value: datetime = cursor.fetchone()[0]
    return value


@contextmanager
def shifted(offset: timedelta) -> Iterator[None]:
    """Move the clock of this connection, for seeding a demo and for tests.

    Arguments:
        offset: added to the database clock; negative lies in the past.

    Raises:
        RuntimeError: this database has the production clock, which cannot be moved.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true)", [OFFSET_SETTING])
        before = cursor.fetchone()[0] or ""
        _set_offset(f"{offset.total_seconds()} seconds")
        cursor.execute(
            "SELECT abs(extract(epoch FROM app_now() - transaction_timestamp()) - %s) < 1", [offset.total_seconds()]
        )
        moved = cursor.fetchone()[0]
    if not moved:
        _set_offset(before)
        raise RuntimeError("this database has the production clock; ledger.actions.install_test_clock() first")
    try:
        yield
    finally:
        if not connection.needs_rollback:
            _set_offset(before)


def _set_offset(value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, false)", [OFFSET_SETTING, value])

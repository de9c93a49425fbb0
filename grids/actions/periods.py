"""Validity: a fact that changes is closed on the day the next one begins, never deleted."""

from datetime import date
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Model, QuerySet


def since(day: date) -> Any:
    """From a day on, without an end."""
    return DateRange(day, None, "[)")


def close(model: type[Model], ids: list[int], day: date) -> int:
    """End rows on a day; a row that began on that day or later ends as an empty period.

    Arguments:
        ids: primary keys of rows whose `valid` has no end or a later one.
    """
    rows: QuerySet[Any] = model._default_manager.filter(pk__in=ids).select_for_update()
    for row in rows:
        row.valid = DateRange(row.valid.lower, max(day, row.valid.lower), "[)")
    changed = list(rows)
    model._default_manager.bulk_update(changed, ["valid"])
    return len(changed)

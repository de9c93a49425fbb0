"""Key rotation: every sealed value again, under the current key, while the service runs."""

from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction

from ledger.sealed import SealedField, key_prefix, reseal

BATCH = 500
_STALE = """
SELECT {pk}, {column} FROM {table}
WHERE octet_length({column}) > 0 AND substring({column} FROM 1 FOR %s) <> %s LIMIT %s FOR UPDATE
"""
_RENEW = "UPDATE {table} SET {column} = %s WHERE {pk} = %s"


def sealed_columns() -> Iterator[tuple[str, str, str]]:
    """(table, primary key column, sealed column) of every sealed column in the platform."""
    for model in apps.get_models():
        for field in model._meta.concrete_fields:
            if isinstance(field, SealedField):
                yield model._meta.db_table, str(model._meta.pk.column), str(field.column)


def rotate_column(*, table: str, pk: str, column: str) -> Iterator[int]:
    """Reseal one column in batches of 500, one transaction each; interrupted, it goes on where it was.

    Yields:
        rows resealed in each batch.

    Raises:
        SealBroken: a value does not open with any key; its batch is rolled back.
    """
    while count := _rotate_batch(table, pk, column):
        yield count


@transaction.atomic(durable=True)
def _rotate_batch(table: str, pk: str, column: str) -> int:
    quote = connection.ops.quote_name
    prefix = key_prefix(settings.KEYS.current)
    names = {"table": quote(table), "pk": quote(pk), "column": quote(column)}
    with connection.cursor() as cursor:
        cursor.execute(_STALE.format(**names), [len(prefix), prefix, BATCH])
        rows = cursor.fetchall()
        renewed = [(reseal(bytes(data), f"{table}|{column}", row_id), row_id) for row_id, data in rows]
        cursor.executemany(_RENEW.format(**names), renewed)
    return len(rows)

"""Rows of several tables in one statement: what a move adds costs one round trip, whatever it consists of.

Django writes one statement per table and builds it anew each time; opening a case took six of them, and most of the
time of a report. Here the text of a statement is kept by its shape, and a row may point to a row of the same call that
has no id yet. Names of tables and columns come from the models, everything else is a parameter.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from django.db import connection, models

PLAIN_VALUES = frozenset({str, int, bool, datetime})
PLAIN_FIELDS = frozenset(
    {
        models.BigAutoField, models.BigIntegerField, models.BooleanField, models.CharField, models.DateTimeField,
        models.ForeignKey, models.OneToOneField, models.PositiveIntegerField, models.PositiveSmallIntegerField,
        models.TextField,
    }
)  # fmt: skip
Statement = tuple[str, Sequence[Any]]
# position of the row pointed to, by column; positions and columns make the shape
Links = tuple[tuple[str, int], ...]
Shape = tuple[tuple[type[models.Model], bool, Links], ...]


Change = tuple[Sequence[models.Model], tuple[str, ...]]  # stored rows of one table, and which of their fields changed


def write_all(
    rows: Sequence[models.Model], changes: Sequence[Change] = (), also: Sequence[Statement] = ()
) -> list[int | None]:
    """Insert rows in their order and write changes, in one statement; the new rows get their ids.

    Arguments:
        rows: unsaved rows; a foreign key may hold an unsaved row that stands earlier in the list.
        changes: rows to update, with the names of fields or columns ("department_id").
        also: further INSERTs that end in RETURNING id, with their values.

    Returns:
        the ids of `also`; None where nothing was inserted.
    """
    places = {id(row): place for place, row in enumerate(rows)}
    shape: list[tuple[type[models.Model], bool, Links]] = []
    values: list[Any] = []
    for row in rows:
        links = _links(row, places)
        shape.append((type(row), row.pk is not None, links))
        values += _values(row, {column for column, _place in links})
    updates = []
    for changed, names in changes:
        if changed:
            updates.append(_update(type(changed[0]), names, len(changed)))
            values += _changed_values(changed, names)
    for _sql, given in also:
        values += given
    text = _statement(tuple(shape), tuple(updates), tuple(sql for sql, _given in also))
    with connection.cursor() as cursor:
        cursor.execute(text, values)
        ids = cursor.fetchone()
    for row, key in zip(rows, ids[: len(rows)], strict=False):
        _saved(row, key)
    return list(ids[len(rows) : len(rows) + len(also)])


@cache
def _fields(model: type[models.Model]) -> "tuple[models.Field[Any, Any], ...]":
    return tuple(model._meta.concrete_fields)


@cache
def _relations(model: type[models.Model]) -> "tuple[models.ForeignKey[Any, Any], ...]":
    return tuple(field for field in _fields(model) if isinstance(field, models.ForeignKey))


def _links(row: models.Model, places: dict[int, int]) -> Links:
    """Foreign keys to rows of the same call that have no id yet."""
    found = []
    for field in _relations(type(row)):
        related = field.get_cached_value(row, default=None)
        if related is not None and related.pk is None and id(related) in places:
            found.append((str(field.column), places[id(related)]))
    return tuple(found)


def _values(row: models.Model, linked: set[str]) -> list[Any]:
    keep_key = row.pk is not None
    return [
        _value(field, row)
        for field in _fields(type(row))
        if field.column not in linked and (keep_key or not field.primary_key)
    ]


@lru_cache(maxsize=256)
def _statement(shape: Shape, updates: tuple[str, ...], also: tuple[str, ...]) -> str:
    parts = []
    for place, (model, keep_key, links) in enumerate(shape):
        fields = [field for field in _fields(model) if keep_key or not field.primary_key]
        sources = {column: f"(SELECT id FROM r{other})" for column, other in links}  # noqa: S608
        columns = ", ".join(f'"{field.column}"' for field in fields)
        cells = ", ".join(sources.get(str(field.column), "%s") for field in fields)
        key = model._meta.pk.column
        table = model._meta.db_table
        insert = f'INSERT INTO "{table}" ({columns}) VALUES ({cells}) RETURNING "{key}" AS id'  # noqa: S608
        parts.append(f"r{place} AS ({insert})")
    parts += [f"u{place} AS ({sql})" for place, sql in enumerate(updates)]
    parts += [f"also{place} AS ({sql})" for place, sql in enumerate(also)]
    names = [f"r{place}" for place in range(len(shape))] + [f"also{place}" for place in range(len(also))]
    ids = ", ".join(f"(SELECT id FROM {name})" for name in names) or "1"  # noqa: S608
    return f"WITH {', '.join(parts)} SELECT {ids}"


def _saved(row: models.Model, key: Any) -> None:
    """What Django's own save leaves behind: the id, also of the rows pointed to, and that the row is stored."""
    if row.pk is None:
        row.pk = key
    row._state.adding, row._state.db = False, connection.alias
    for field in _relations(type(row)):
        related = field.get_cached_value(row, default=None)
        if related is not None and getattr(row, field.attname) is None:
            setattr(row, field.attname, related.pk)


def update_all(rows: Sequence[models.Model], names: tuple[str, ...]) -> None:
    """Write these fields of rows of one table, in one statement.

    Arguments:
        names: fields or their columns ("department_id").
    """
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(_update(type(rows[0]), names, len(rows)), _changed_values(rows, names))


def _changed_values(rows: Sequence[models.Model], names: tuple[str, ...]) -> list[Any]:
    fields = _named(type(rows[0]), names)
    return [value for row in rows for value in (row.pk, *(_value(field, row) for field in fields))]


def _value(field: "models.Field[Any, Any]", row: models.Model) -> Any:
    """What the driver is given. Plain values of plain fields need none of the field's own conversions, which are most
    of the work for a row of forty columns.
    """
    value = getattr(row, field.attname)
    if value is None or (type(value) in PLAIN_VALUES and type(field) in PLAIN_FIELDS):
        return value
    return field.get_db_prep_save(value, connection)


@cache
def _named(model: type[models.Model], names: tuple[str, ...]) -> "tuple[models.Field[Any, Any], ...]":
    found = {name: field for field in _fields(model) for name in (field.name, field.attname)}
    return tuple(found[name] for name in names)


@lru_cache(maxsize=256)
def _update(model: type[models.Model], names: tuple[str, ...], count: int) -> str:
    """The types stand in the first row: PostgreSQL does not guess them from the table here."""
    fields = _named(model, names)
    key = model._meta.pk
    types = ", ".join(f"%s::{field.rel_db_type(connection)}" for field in (key,)) + "".join(
        f", %s::{field.db_type(connection)}" for field in fields
    )
    others = ", ".join(["%s"] * (len(fields) + 1))
    lines = ", ".join([f"({types})", *[f"({others})"] * (count - 1)])
    cells = ", ".join(f'"{field.column}" = v.c{place}' for place, field in enumerate(fields))
    columns = ", ".join(f"c{place}" for place in range(len(fields)))
    table = model._meta.db_table
    return (
        f'UPDATE "{table}" AS t SET {cells} FROM (VALUES {lines}) AS v(key, {columns}) WHERE t."{key.column}" = v.key'  # noqa: S608
    )

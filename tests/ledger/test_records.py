"""The audit and the access log are only ever added to, and an edit is found."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction

from ledger.actions import audit, reveal
from ledger.actors import CLOCK, Actor
from ledger.clock import app_now
from ledger.models import AuditEntry
from ledger.queries import invariant_audit
from tests.ledger.test_redeem import at_once

pytestmark = pytest.mark.django_db(transaction=True)
CHANGES = [
    "UPDATE {table} SET actor_id = 'x'",
    "DELETE FROM {table}",
    "UPDATE {table} SET actor_id = 'x' WHERE false",
]


def write(times: int = 5) -> None:
    for number in range(times):
        audit(actor=CLOCK, action="test.done", object_id=number, data={"名": "值", "n": number}, now=app_now())


def tamper(statement: str) -> None:
    """As a superuser would: past the trigger."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE ledger_auditentry DISABLE TRIGGER USER")
        cursor.execute(statement)
        cursor.execute("ALTER TABLE ledger_auditentry ENABLE TRIGGER USER")
        cursor.execute("ALTER TABLE ledger_auditentry DISABLE TRIGGER append_only_truncate")


@pytest.mark.parametrize("table", ["ledger_auditentry", "ledger_accessentry"])
@pytest.mark.parametrize("change", CHANGES)
def test_the_database_refuses_to_change_or_delete(table: str, change: str) -> None:
    write(1)
    with pytest.raises(DatabaseError, match="append-only"), connection.cursor() as cursor:
        cursor.execute(change.format(table=table))
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize("table", ["ledger_auditentry", "ledger_accessentry"])
def test_the_database_refuses_to_empty(table: str) -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER append_only_truncate")
        cursor.execute(f"TRUNCATE {table}")


def test_a_chain_nobody_touched_is_unbroken() -> None:
    write()
    assert invariant_audit() == []
    first = AuditEntry.objects.order_by("id")[0]
    assert first.previous_hash == ""
    assert len(first.hash) == 64


def test_lines_written_at_once_form_one_chain() -> None:
    at_once(4, write)
    assert AuditEntry.objects.count() == 20
    assert invariant_audit() == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_auditentry SET actor_id = 'other' WHERE object_id = '2'",
        "UPDATE ledger_auditentry SET data = data || '{\"n\": 9}' WHERE object_id = '2'",
        "UPDATE ledger_auditentry SET at = at + interval '1 microsecond' WHERE object_id = '2'",
        "DELETE FROM ledger_auditentry WHERE object_id = '2'",
        "DELETE FROM ledger_auditentry WHERE object_id = '0'",
        "INSERT INTO ledger_auditentry (at, actor_kind, actor_id, action, object_kind, object_id, data, previous_hash,"
        " hash) SELECT at, actor_kind, actor_id, action, object_kind, 'new', data, hash, hash FROM ledger_auditentry"
        " ORDER BY id DESC LIMIT 1",
        "UPDATE ledger_auditentry a SET object_id = (4 - a.object_id::int)::text",
    ],
)
def test_what_a_superuser_does_is_found(statement: str) -> None:
    write()
    tamper(statement)
    assert invariant_audit() != []


def test_a_line_cannot_bring_its_own_hash() -> None:
    write(1)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_auditentry (at, actor_kind, actor_id, action, object_kind, object_id, data,"
            " previous_hash, hash) VALUES (app_now(), 'clock', '', 'x', '', '', '{}', 'mine', 'mine')"
        )
    assert invariant_audit() == []


def test_without_a_purpose_nothing_is_revealed(operator: Actor) -> None:
    with pytest.raises(PermissionDenied):
        reveal(actor=operator, subject_kind="person", subject_id="1", values={}, purpose="", now=app_now())

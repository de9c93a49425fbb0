"""The audit and the access log are only ever added to, and an edit is found."""

from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, connection, transaction
from pytest_django import Settings

from ledger import anchors
from ledger.actions import audit, relay, reveal
from ledger.actors import CLOCK, Actor
from ledger.clock import app_now
from ledger.models import AuditEntry
from ledger.queries import audit_head, invariant_audit
from tests.ledger.test_redeem import at_once

pytestmark = pytest.mark.django_db
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


@pytest.mark.parametrize("table", ["ledger_auditentry", "ledger_accessentry"])
@pytest.mark.parametrize("change", CHANGES)
def test_the_database_refuses_to_change_or_delete(table: str, change: str) -> None:
    write(1)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
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


@pytest.mark.django_db(transaction=True)
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


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM ledger_auditentry WHERE object_id IN ('3', '4')",
        "DELETE FROM ledger_auditentry",
        "DO $$ DECLARE line ledger_auditentry; before text := ''; BEGIN"
        " DELETE FROM ledger_auditentry WHERE object_id = '2';"
        " FOR line IN SELECT * FROM ledger_auditentry ORDER BY id LOOP line.previous_hash := before;"
        " before := ledger_audit_hash(line); UPDATE ledger_auditentry SET previous_hash = line.previous_hash,"
        " hash = before WHERE id = line.id; END LOOP; END $$",
    ],
)
def test_a_cut_tail_or_a_chain_written_anew_does_not_fit_its_anchor(
    statement: str, settings: Settings, tmp_path: Path
) -> None:
    settings.VAR_DIR = tmp_path
    write()
    head = audit_head()
    assert head is not None
    anchors.append(head)
    write(2)
    assert invariant_audit() == []
    tamper(statement)
    assert f"audit line {head.id} was anchored" in "\n".join(invariant_audit())


def test_an_anchor_somebody_else_wrote_is_passed_over(settings: Settings, tmp_path: Path) -> None:
    settings.VAR_DIR = tmp_path
    write(1)
    head = audit_head()
    assert head is not None
    anchors.append(head)
    genuine = anchors.path().read_text(encoding="ascii")
    anchors.path().write_text(genuine + genuine.replace(head.hash, "0" * 64) + genuine[:40], encoding="ascii")
    assert list(anchors.kept()) == [head]
    assert invariant_audit() == []


def test_the_relay_anchors_the_head_and_not_twice(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.VAR_DIR = tmp_path
    write(1)
    for _ in range(2):
        monkeypatch.setattr(relay, "_next_anchor", [0.0])
        relay._anchor()
    assert list(anchors.kept()) == [audit_head()]


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

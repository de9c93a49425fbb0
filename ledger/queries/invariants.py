"""What must always be true of the ledger's own tables, and all registered invariants at once."""

import hashlib
from collections.abc import Collection, Iterable
from pathlib import Path

from django.db import connection

from ledger import kinds
from ledger.anchors import Anchor, kept
from ledger.models import Document, StoredFile
from ledger.queries.files import document_path, file_path

LONGEST_LINES = 200
HASHED = 100  # newest files whose bytes are read again

_UNSENT = """
SELECT p.id, p.kind FROM ledger_promise AS p
WHERE p.done_at IS NULL AND p.not_before < app_now() - interval '10 minutes'
  AND NOT EXISTS (SELECT FROM ledger_incident AS i WHERE i.promise_id = p.id)
ORDER BY p.id LIMIT %s
"""
_CHAIN = """
SELECT id FROM (SELECT a.id, a.hash, a.previous_hash, ledger_audit_hash(a) AS computed,
                       lag(a.hash, 1, '') OVER (ORDER BY a.id) AS before FROM ledger_auditentry AS a) AS chain
WHERE hash <> computed OR previous_hash <> before ORDER BY id LIMIT %s
"""
_HEAD = """
SELECT (SELECT oid::text FROM pg_database WHERE datname = current_database()), id, hash
FROM ledger_auditentry ORDER BY id DESC LIMIT 1
"""
_LOST = """
SELECT * FROM unnest(%s::bigint[], %s::text[]) AS anchored (id, hash)
EXCEPT SELECT id, hash FROM ledger_auditentry ORDER BY id LIMIT %s
"""


def breaches(names: Collection[str] = (), *, skip: Collection[str] = ()) -> dict[str, list[str]]:
    """Registered invariants that do not hold, with one line per breach (ids only).

    Arguments:
        names: which; none means all.
        skip: which not, for example those that read files.
    """
    wanted = [name for name in sorted(kinds.invariants) if (not names or name in names) and name not in skip]
    found = {name: list(kinds.resolve(kinds.invariants[name])()) for name in wanted}
    return {name: lines for name, lines in found.items() if lines}


def invariant_files() -> list[str]:
    """I5: every stored photo and document lies where its row says; the newest hundred of each with the very bytes."""
    photos = StoredFile.objects.order_by("-created_at", "-id").iterator()
    drawn = Document.objects.exclude(sha256="").order_by("-rendered_at", "-id").iterator()
    lines = _misplaced((f"file {row.pk}", file_path(row), row.sha256) for row in photos)
    return lines + _misplaced((f"document {row.pk}", document_path(row.sha256), row.sha256) for row in drawn)


def _misplaced(stored: Iterable[tuple[str, Path, str]]) -> list[str]:
    lines = []
    for number, (name, path, sha256) in enumerate(stored):
        if not path.exists():
            lines.append(f"{name} is missing")
        elif number < HASHED and hashlib.sha256(path.read_bytes()).hexdigest() != sha256:
            lines.append(f"{name} has other bytes")
        if len(lines) >= LONGEST_LINES:
            break
    return lines


def invariant_promises() -> list[str]:
    """I6: no promise waits longer than ten minutes without an incident."""
    return [f"promise {pk} {kind} waits" for pk, kind in _rows(_UNSENT)]


def invariant_audit() -> list[str]:
    """I7: the audit chain is unbroken and fits its anchors.

    An edited, removed or inserted line shows where a link does not fit; a cut tail or a chain written anew lacks a line
    that was anchored outside the database.
    """
    return [f"audit line {pk} does not fit the chain" for (pk,) in _rows(_CHAIN)] + _unanchored()


def audit_head() -> Anchor | None:
    """The last audit line; None before the first."""
    with connection.cursor() as cursor:
        cursor.execute(_HEAD)
        row = cursor.fetchone()
    return Anchor(*row) if row else None


def _unanchored() -> list[str]:
    head = audit_head()
    with connection.cursor() as cursor:
        cursor.execute("SELECT oid::text FROM pg_database WHERE datname = current_database()")
        database = cursor.fetchone()[0]
    known = [anchor for anchor in kept() if anchor.database == database]
    if not known:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_LOST, [[anchor.id for anchor in known], [anchor.hash for anchor in known], LONGEST_LINES])
        return [
            f"audit line {row[0]} was anchored and is gone; the last is {head and head.id}" for row in cursor.fetchall()
        ]


def _rows(statement: str) -> list[tuple[int, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, [LONGEST_LINES])
        rows: list[tuple[int, ...]] = cursor.fetchall()
    return rows

"""Reads of the ledger. Nothing here is scoped to a viewer: the screens above are for operators, the rest are values."""

from ledger.queries.calendar import work_calendar
from ledger.queries.documents import DocumentRow, document, document_file, documents
from ledger.queries.editions import edition_in_force
from ledger.queries.files import file_path
from ledger.queries.health import health
from ledger.queries.invariants import audit_head, breaches, invariant_audit, invariant_files, invariant_promises
from ledger.queries.operations import (
    IncidentRow,
    JobRow,
    KindRow,
    OperationsPage,
    incident_row,
    job_row,
    operations_page,
)

__all__ = [
    "DocumentRow",
    "IncidentRow",
    "JobRow",
    "KindRow",
    "OperationsPage",
    "audit_head",
    "breaches",
    "document",
    "document_file",
    "documents",
    "edition_in_force",
    "file_path",
    "health",
    "incident_row",
    "invariant_audit",
    "invariant_files",
    "invariant_promises",
    "job_row",
    "operations_page",
    "work_calendar",
]

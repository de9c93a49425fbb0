"""Reads of the ledger. Nothing here is scoped to a viewer: the screens above are for operators, the rest are values."""

from ledger.queries.calendar import work_calendar
from ledger.queries.documents import DocumentRow, document, document_file, documents
from ledger.queries.edition_content import (
    ContentRow,
    Difference,
    FieldChange,
    edition_content,
    edition_difference,
    edition_faults,
    edition_labels,
)
from ledger.queries.editions import (
    EditionCard,
    EditionKindRow,
    EditionStep,
    edition_by_id,
    edition_card,
    edition_cards,
    edition_in_force,
    edition_kinds,
    edition_name,
    edition_steps,
    newer_editions,
)
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
    "ContentRow",
    "Difference",
    "DocumentRow",
    "EditionCard",
    "EditionKindRow",
    "EditionStep",
    "FieldChange",
    "IncidentRow",
    "JobRow",
    "KindRow",
    "OperationsPage",
    "audit_head",
    "breaches",
    "document",
    "document_file",
    "documents",
    "edition_by_id",
    "edition_card",
    "edition_cards",
    "edition_content",
    "edition_difference",
    "edition_faults",
    "edition_in_force",
    "edition_kinds",
    "edition_labels",
    "edition_name",
    "edition_steps",
    "file_path",
    "health",
    "incident_row",
    "invariant_audit",
    "invariant_files",
    "invariant_promises",
    "job_row",
    "newer_editions",
    "operations_page",
    "work_calendar",
]

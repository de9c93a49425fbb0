"""Documents as lists show them. Whether the reader may see the object they are of, the room that owns it decides."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.fields import CharField
from django.db.models.functions import Cast, Concat
from django.utils.translation import get_language

from ledger import kinds
from ledger.models import Document, Incident
from ledger.queries.files import document_path


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document; `state` is promised, rendered or failed (its render is an open incident).

    Arguments:
        size: bytes; 0 until rendered.
        current: neither superseded nor revoked.
    """

    id: UUID
    kind: str
    kind_label: str
    object_id: str
    number: str
    language: str
    state: str
    size: int
    pages: int
    requested_at: datetime
    rendered_at: datetime | None
    current: bool
    revoked_at: datetime | None
    revoked_reason: str


def documents(
    *, case_id: int | None = None, kind: str = "", object_id: object = "", only: Sequence[str] = ()
) -> list[DocumentRow]:
    """Documents of a case, or of an object of a kind; newest first. One statement.

    Arguments:
        only: kinds wanted; none means all.
    """
    of = {"case_id": case_id} if case_id is not None else {"kind": kind, "object_id": str(object_id)}
    rows = Document.objects.filter(**of)
    if only:
        rows = rows.filter(kind__in=only)
    return [_row(row, failed=bool(row.failed)) for row in _marked(rows).order_by("-requested_at", "-id")]


def document(document_id: UUID) -> DocumentRow | None:
    """One document; None if there is none."""
    row = _marked(Document.objects.filter(pk=document_id)).first()
    return _row(row, failed=bool(row.failed)) if row else None


def document_file(document_id: UUID) -> Path | None:
    """Where the PDF lies; None until it is rendered."""
    sha256 = Document.objects.filter(pk=document_id).values_list("sha256", flat=True).first()
    return document_path(sha256) if sha256 else None


def _marked(rows: "QuerySet[Document]") -> Any:
    key = Concat(Value("document:"), Cast(OuterRef("pk"), CharField()))
    return rows.annotate(failed=Exists(Incident.objects.filter(kind="ledger.render", reference=key, settled_at=None)))


def _row(row: Document, *, failed: bool) -> DocumentRow:
    spec = kinds.documents.get(row.kind)
    label = row.kind if spec is None else spec.name_zh if (get_language() or "").startswith("zh") else spec.name_en
    return DocumentRow(
        id=row.pk,
        kind=row.kind,
        kind_label=label,
        object_id=row.object_id,
        number=row.number,
        language=row.language,
        state="failed" if failed and row.state == Document.State.PROMISED else row.state,
        size=row.size,
        pages=row.pages,
        requested_at=row.requested_at,
        rendered_at=row.rendered_at,
        current=row.superseded_by_id is None and row.revoked_at is None,
        revoked_at=row.revoked_at,
        revoked_reason=row.revoked_reason,
    )

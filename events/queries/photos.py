"""Which photo files a page may serve: what was released, or what belongs to the reporter's own case."""

from pathlib import Path
from uuid import UUID

from django.db.models import QuerySet

from cases.models import Attachment
from ledger.queries import file_path
from ledger.queries.files import Variant

OWN_STAGES = ("report", "reply")


def released_photo(file_id: UUID, variant: Variant) -> Path | None:
    """Path of a photo an officer released; None for every other file."""
    return _path(Attachment.objects.filter(file_id=file_id, released=True), variant)


def tracked_photo(case_id: int, file_id: UUID, variant: Variant) -> Path | None:
    """Path of a photo of this case the reporter may see: the own ones and the released ones."""
    rows = Attachment.objects.filter(file_id=file_id, case_id=case_id)
    return _path(rows.filter(stage__in=OWN_STAGES), variant) or _path(rows.filter(released=True), variant)


def _path(rows: QuerySet[Attachment], variant: Variant) -> Path | None:
    row = rows.select_related("file").first()
    return file_path(row.file, variant) if row else None

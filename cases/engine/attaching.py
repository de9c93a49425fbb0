"""Photos that come with a move: rows under the history sequence they came with."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from cases import rules
from cases.engine.move import Move
from cases.models import Attachment
from ledger.models import StoredFile

STAGES = ("report", "before", "after", "check", "reply")


@dataclass(frozen=True, slots=True)
class Photo:
    """A stored file (ledger.StoredFile) and the stage it shows: report | before | after | check | reply."""

    file_id: UUID
    stage: str
    caption: str = ""


def contents(ids: Sequence[UUID]) -> list[str]:
    """SHA-256 of stored photos, in the order given: what a submitted body holds of them. A form that is sent again
    brings the same photo under another id, and is the same form.
    """
    known = dict(StoredFile.objects.filter(pk__in=ids).values_list("pk", "sha256")) if ids else {}
    return [known.get(one, str(one)) for one in ids]


def attach(move: Move, photos: Sequence[Photo], sequence: int) -> None:
    """Add photos to the case. The distance between a staff photo's position and the place is kept as evidence, in
    metres.

    Raises:
        ValidationError: an unknown stage or a file that is not there.
    """
    if not photos:
        return
    files = StoredFile.objects.in_bulk([photo.file_id for photo in photos])
    for photo in photos:
        if photo.stage not in STAGES or photo.file_id not in files:
            raise ValidationError({"photos": _("This photo is not there any more. Please add it again.")})
        file = files[photo.file_id]
        point = (move.case.point.x, move.case.point.y) if move.case.point else None
        move.attachments.append(
            Attachment(
                case=move.case,
                file=file,
                stage=photo.stage,
                caption=photo.caption[:100],
                history=sequence,
                distance=rules.metres_between(point, (file.taken_lon, file.taken_lat)),
                added_at=move.now,
            )
        )

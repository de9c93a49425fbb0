"""A photo becomes a row: who sent it, and what of its EXIF may be kept."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from ledger.actors import Actor
from ledger.gateways import keep_picture
from ledger.gateways.photos import MEDIA_TYPE
from ledger.ids import uuid7
from ledger.models import StoredFile


@dataclass(frozen=True, slots=True)
class StoredPhoto:
    """The saved row, and what the camera said for a proposal on the screen.

    Arguments:
        position: (longitude, latitude) degrees WGS-84; of a public photo it proposes the pin and is then forgotten.
    """

    file: StoredFile
    position: tuple[float, float] | None
    taken_at: datetime | None


def store_photo(*, data: bytes, actor: Actor, staff: bool, now: datetime) -> StoredPhoto:
    """Keep a photo before the transaction of the case it belongs to. One INSERT beside the files.

    Arguments:
        data: as uploaded; see ledger.gateways.photos for what is refused.
        staff: time and place of a staff photo are evidence and kept; of a public photo neither is.

    Raises:
        ValidationError: with one of the codes of ledger.gateways.photos.keep_picture.
    """
    picture = keep_picture(data)
    lon, lat = picture.position if picture.position and staff else (None, None)
    file = StoredFile.objects.create(
        id=uuid7(),
        sha256=picture.sha256,
        size=picture.size,
        media_type=MEDIA_TYPE,
        width=picture.width,
        height=picture.height,
        taken_at=picture.taken_at if staff else None,
        taken_lon=lon,
        taken_lat=lat,
        created_at=now,
        created_by_kind=actor.kind,
        created_by_id=actor.id,
        upload_key=secrets.token_urlsafe(24),
    )
    return StoredPhoto(file, picture.position, picture.taken_at)

"""Photos: read once, drawn anew, kept under the hash of the new bytes. The original is never kept and never served."""

import errno
import hashlib
import io
import os
import re
import secrets
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from PIL import ExifTags, Image, ImageOps, UnidentifiedImageError

from ledger.calendar import CITY_ZONE
from ledger.queries.files import path_of

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
LONG_SIDE = 2560  # pixels; enough to read a licence plate across a street
THUMB_SIDE = 480
FORMATS = ("JPEG", "PNG", "WEBP")
MEDIA_TYPE = "image/jpeg"
_ACTIVE = re.compile(rb"<(script|html|svg|iframe|object)[\s>]|<\?php\s|<!doctype\s+html", re.IGNORECASE)
_HEIC = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that lies on the disk, and what its EXIF said.

    Arguments:
        sha256: of the new bytes; the name it lies under.
        size: bytes.
        width, height: pixels.
        taken_at: when, as the camera says; aware, city time where the camera gives no zone.
        position: (longitude, latitude) in degrees WGS-84, as the camera says.
    """

    sha256: str
    size: int
    width: int
    height: int
    taken_at: datetime | None
    position: tuple[float, float] | None


def keep_picture(data: bytes) -> Picture:
    """Check, turn upright, scale to at most 2560 px, strip everything but the pixels, and store with a thumbnail.

    Arguments:
        data: JPEG, PNG or WebP; at most 10 MB and 40 megapixels.

    Raises:
        ValidationError: code photo_too_big, photo_too_many_pixels, photo_not_an_image, photo_svg, photo_heic,
            photo_animated, photo_mixed, photo_broken or photo_disk_full.
    """
    _refuse_by_bytes(data)
    image = _opened(data)
    taken_at, position = _exif(image)
    full = _drawn(image)
    body = _encoded(full, quality=85)
    thumb = full.copy()
    thumb.thumbnail((THUMB_SIDE, THUMB_SIDE), Image.Resampling.LANCZOS)
    sha256 = hashlib.sha256(body).hexdigest()
    try:
        write_whole(path_of(sha256, "thumb"), _encoded(thumb, quality=80))
        write_whole(path_of(sha256), body)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise _refusal(
                "photo_disk_full", _("There is no room for photos at the moment. Send the report without it.")
            ) from error
        raise
    return Picture(sha256, len(body), full.width, full.height, taken_at, position)


def _refusal(code: str, message: str) -> ValidationError:
    return ValidationError(message, code=code)


def _refuse_by_bytes(data: bytes) -> None:
    head = data[:1024]
    if len(data) > MAX_BYTES:
        raise _refusal("photo_too_big", _("This photo is larger than 10 MB. Choose a smaller size in the camera."))
    if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        raise _refusal("photo_svg", _("Drawings and pages (SVG, HTML) are not accepted. Send a photo."))
    if any(mark in head[:32] for mark in _HEIC):
        raise _refusal("photo_heic", _("HEIC photos are not accepted. Set the camera to “most compatible” (JPEG)."))
    if _ACTIVE.search(data) or b"%PDF-" in head or zipfile.is_zipfile(io.BytesIO(data)):
        raise _refusal("photo_mixed", _("This file is a photo and something else at once. Send the photo alone."))


def _opened(data: bytes) -> Image.Image:
    try:
        image = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
        raise _refusal("photo_not_an_image", _("This is not a photo. JPEG, PNG and WebP are accepted.")) from error
    if image.width * image.height > MAX_PIXELS:
        raise _too_many_pixels()
    if getattr(image, "is_animated", False) and image.format != "JPEG":
        raise _refusal("photo_animated", _("Moving pictures are not accepted. Send a still photo."))
    return image


def _too_many_pixels() -> ValidationError:
    return _refusal(
        "photo_too_many_pixels", _("This photo has more than 40 megapixels. Choose a smaller size in the camera.")
    )


def _drawn(image: Image.Image) -> Image.Image:
    try:
        image.draft("RGB", (LONG_SIDE, LONG_SIDE))  # a JPEG decodes at half or quarter size where that is enough
        upright = ImageOps.exif_transpose(image)
        upright.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
        if upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info:
            upright = upright.convert("RGBA")
            white = Image.new("RGB", upright.size, "white")
            white.paste(upright, mask=upright.getchannel("A"))
            return white
        return upright.convert("RGB")
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise _refusal("photo_broken", _("This photo is damaged. Take it again.")) from error


def _encoded(image: Image.Image, *, quality: int) -> bytes:
    out = io.BytesIO()
    bare_image = Image.new("RGB", image.size)
    bare_image.paste(image)  # pixels only: no profile, comment or EXIF travels in `info`
    bare_image.save(out, "JPEG", quality=quality, optimize=False)
    return out.getvalue()


def _exif(image: Image.Image) -> tuple[datetime | None, tuple[float, float] | None]:
    """Camera facts; a broken EXIF block is no reason to refuse the photo."""
    try:
        exif = image.getexif()
        details = exif.get_ifd(ExifTags.IFD.Exif)
        place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    except Exception:
        return None, None
    return _or_none(_taken_at, details), _or_none(_position, place)


def _or_none(read: Callable[[Any], Any], block: Any) -> Any:
    try:
        return read(block)
    except (KeyError, ValueError, TypeError, ZeroDivisionError, IndexError):
        return None


def _taken_at(details: dict[int, Any]) -> datetime:
    text = str(details[ExifTags.Base.DateTimeOriginal]).strip("\0 ")
    moment = datetime.strptime(text, "%Y:%m:%d %H:%M:%S")  # noqa: DTZ007 - the zone follows
    offset = re.fullmatch(r"([+-])(\d\d):(\d\d)", str(details.get(ExifTags.Base.OffsetTimeOriginal, "")).strip("\0 "))
    if offset is None:
        return moment.replace(tzinfo=CITY_ZONE)
    sign, hours, minutes = offset.groups()
    shift = timedelta(hours=int(hours), minutes=int(minutes))
    return moment.replace(tzinfo=timezone(shift if sign == "+" else -shift))


def _position(place: dict[int, Any]) -> tuple[float, float]:
    lat = _degrees(place[ExifTags.GPS.GPSLatitude], place[ExifTags.GPS.GPSLatitudeRef], "S")
    lon = _degrees(place[ExifTags.GPS.GPSLongitude], place[ExifTags.GPS.GPSLongitudeRef], "W")
    if not (-90 <= lat <= 90 and -180 <= lon <= 180) or (lat, lon) == (0.0, 0.0):
        raise ValueError("not a place on Earth")
    return lon, lat


def _degrees(parts: Any, side: str, negative: str) -> float:
    degrees, minutes, seconds = (float(part) for part in parts)
    value = degrees + minutes / 60 + seconds / 3600
    return -value if side.strip("\0 ").upper() == negative else value


def write_whole(path: Path, body: bytes) -> None:
    """All or nothing: a reader, or a power cut, never meets half a file."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        with draft.open("xb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)

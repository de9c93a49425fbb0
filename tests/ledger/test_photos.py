"""Photos are drawn anew; what is dangerous or private stays outside."""

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from PIL import ExifTags, Image
from pytest_django import Settings

from ledger.actions import store_photo
from ledger.actors import ANONYMOUS, Actor
from ledger.clock import app_now
from ledger.gateways import photos
from ledger.models import StoredFile
from ledger.queries import file_path, invariant_files

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def media(settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def picture(size: tuple[int, int] = (60, 40), form: str = "JPEG", **options: Any) -> bytes:
    out = io.BytesIO()
    image = Image.new("RGB", size, "red")
    image.paste("blue", (0, 0, size[0] // 2, size[1]))
    image.save(out, form, **options)
    return out.getvalue()


def with_exif(orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[ExifTags.Base.Orientation] = orientation
    exif[ExifTags.Base.ImageDescription] = "secret description"
    exif.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "2026:11:20 09:30:00"
    place = exif.get_ifd(ExifTags.IFD.GPSInfo)
    place.update({1: "N", 2: (36.0, 12.0, 0.0), 3: "E", 4: (117.0, 6.0, 36.0)})
    return picture(exif=exif)


def refused(data: bytes) -> str:
    with pytest.raises(ValidationError) as refusal:
        store_photo(data=data, actor=ANONYMOUS, staff=False, now=app_now())
    assert not StoredFile.objects.exists()
    return str(refusal.value.code)


def test_a_staff_photo_keeps_time_and_place_in_columns_and_nothing_in_the_file(operator: Actor) -> None:
    stored = store_photo(data=with_exif(), actor=operator, staff=True, now=app_now())
    row = StoredFile.objects.get()
    assert row.taken_at == datetime(2026, 11, 20, 1, 30, tzinfo=UTC)
    assert (row.taken_lon, row.taken_lat) == pytest.approx((117.11, 36.2))
    kept = file_path(stored.file).read_bytes()
    assert b"secret" not in kept
    assert not Image.open(io.BytesIO(kept)).getexif()


def test_a_public_photo_proposes_its_place_and_keeps_neither_time_nor_place() -> None:
    stored = store_photo(data=with_exif(), actor=ANONYMOUS, staff=False, now=app_now())
    row = StoredFile.objects.get()
    assert stored.position == pytest.approx((117.11, 36.2))
    assert (row.taken_at, row.taken_lon, row.taken_lat) == (None, None, None)


def test_it_is_turned_upright() -> None:
    stored = store_photo(data=with_exif(orientation=6), actor=ANONYMOUS, staff=False, now=app_now())
    assert (stored.file.width, stored.file.height) == (40, 60)
    red, _, blue = Image.open(file_path(stored.file)).convert("RGB").getpixel((20, 5))  # type: ignore[misc]
    assert blue > red, "what was left is now on top"


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_three_formats_become_jpeg_with_a_thumbnail(form: str) -> None:
    stored = store_photo(data=picture((3000, 1000), form), actor=ANONYMOUS, staff=False, now=app_now())
    full, thumb = (Image.open(file_path(stored.file, variant)) for variant in ("full", "thumb"))
    assert (full.format, full.size, full.mode) == ("JPEG", (2560, 853), "RGB")
    assert thumb.size == (480, 160)


def test_transparency_becomes_white() -> None:
    out = io.BytesIO()
    Image.new("RGBA", (20, 20), (0, 0, 0, 0)).save(out, "PNG")
    stored = store_photo(data=out.getvalue(), actor=ANONYMOUS, staff=False, now=app_now())
    assert Image.open(file_path(stored.file)).getpixel((10, 10)) == (255, 255, 255)


def test_the_same_photo_lies_once_and_belongs_to_two_rows(media: Path) -> None:
    for _ in range(2):
        store_photo(data=picture(), actor=ANONYMOUS, staff=False, now=app_now())
    assert StoredFile.objects.count() == 2
    assert len([path for path in media.rglob("*") if path.is_file()]) == 2, "the picture and its thumbnail"
    keys = set(StoredFile.objects.values_list("upload_key", flat=True))
    assert len(keys) == 2


def test_what_is_no_still_photo_is_refused_by_name() -> None:
    moving = io.BytesIO()
    frames = [Image.new("RGB", (10, 10), colour) for colour in ("red", "blue")]
    frames[0].save(moving, "WEBP", save_all=True, append_images=frames[1:])
    assert refused(b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>") == "photo_svg"
    assert refused(b"MZ" + bytes(100)) == "photo_not_an_image"
    assert refused(b"") == "photo_not_an_image"
    assert refused(b"\0\0\0\x18ftypheic" + bytes(100)) == "photo_heic"
    assert refused(moving.getvalue()) == "photo_animated"
    assert refused(picture(form="GIF")) == "photo_not_an_image"
    assert refused(picture((400, 400), quality=95)[:-400]) == "photo_broken"


def test_a_photo_that_is_also_something_else_is_refused() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a.txt", "a")
    assert refused(picture() + b"<script>alert(1)</script>") == "photo_mixed"
    assert refused(picture() + b"<?php system($_GET[0]); ?>") == "photo_mixed"
    assert refused(picture() + archive.getvalue()) == "photo_mixed"


def test_size_and_pixels_have_limits() -> None:
    assert refused(picture() + bytes(photos.MAX_BYTES)) == "photo_too_big"
    assert refused(picture((8000, 5001), "PNG")) == "photo_too_many_pixels"


def test_a_broken_exif_block_is_no_reason_to_refuse() -> None:
    wrong = Image.Exif()
    wrong.get_ifd(ExifTags.IFD.GPSInfo).update({1: "N", 2: (36.0, 0.0, 0.0), 3: "E", 4: (400.0, 0.0, 0.0)})
    wrong.get_ifd(ExifTags.IFD.Exif)[ExifTags.Base.DateTimeOriginal] = "0000:00:00 00:00:00"
    for exif in (wrong, b"Exif\0\0II*\0\xff\xff\xff\xff", b"Exif\0\0nonsense"):
        stored = store_photo(data=picture(exif=exif), actor=ANONYMOUS, staff=True, now=app_now())
        assert (stored.position, stored.taken_at) == (None, None)


def test_a_lost_or_altered_file_is_found(media: Path) -> None:
    stored = store_photo(data=picture(), actor=ANONYMOUS, staff=False, now=app_now())
    assert invariant_files() == []
    file_path(stored.file).write_bytes(b"other")
    assert invariant_files() == [f"file {stored.file.pk} has other bytes"]
    file_path(stored.file).unlink()
    assert invariant_files() == [f"file {stored.file.pk} is missing"]

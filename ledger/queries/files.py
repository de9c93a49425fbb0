"""Where a stored file lies."""

from pathlib import Path
from typing import Literal

from django.conf import settings

from ledger.models import StoredFile

Variant = Literal["full", "thumb"]


def path_of(sha256: str, variant: Variant = "full") -> Path:
    """Path under MEDIA_ROOT of a content hash, fanned out so that no folder grows large."""
    suffix = "" if variant == "full" else f".{variant}"
    return Path(settings.MEDIA_ROOT) / sha256[:2] / sha256[2:4] / f"{sha256}{suffix}.jpg"


def file_path(file: StoredFile, variant: Variant = "full") -> Path:
    """Path of the re-encoded picture, or of its thumbnail of at most 480 px."""
    return path_of(file.sha256, variant)


def document_path(sha256: str) -> Path:
    """Where a PDF lies: beside the photos, in a folder that no route serves by itself."""
    return Path(settings.MEDIA_ROOT) / "documents" / sha256[:2] / f"{sha256}.pdf"

"""Sending a stored photo."""

from pathlib import Path

from django.http import FileResponse, Http404

KEPT_SECONDS = 3600


def send_photo(path: Path | None) -> FileResponse:
    """A re-encoded photo, sandboxed, so that nothing in it could ever run; 404 when there is none."""
    if path is None or not path.exists():
        raise Http404
    response = FileResponse(path.open("rb"), content_type="image/jpeg")
    response["Cache-Control"] = f"private, max-age={KEPT_SECONDS}"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response

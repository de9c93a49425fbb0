"""HTML in, PDF/UA out. No address is fetched: only files of our own static folder and data: URLs are served."""

import io
import json
import mimetypes
from pathlib import Path
from typing import Any, BinaryIO

import segno
import weasyprint
from weasyprint.urls import URLFetcher, URLFetcherResponse

ACCESSIBLE: dict[str, Any] = {**weasyprint.DEFAULT_OPTIONS, "pdf_variant": "pdf/ua-1", "pdf_tags": True}


_read: dict[Path, bytes] = {}


class OwnFilesOnly(URLFetcher):  # type: ignore[misc]
    """Serves "own:<path>" from one folder. What the warm-up has read stays: the folder may lie where nobody reads."""

    def __init__(self, folder: Path) -> None:
        super().__init__(fail_on_errors=True)  # a page without its style sheet is not our document
        self.folder = folder.resolve()

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        if url.startswith("data:"):
            return super().fetch(url, headers)
        if not url.startswith("own:"):
            raise ValueError("addresses are not fetched")
        path = (self.folder / url.removeprefix("own:").lstrip("/")).resolve()
        if not path.is_relative_to(self.folder):
            raise ValueError("not one of our files")
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        if path not in _read:
            _read[path] = path.read_bytes()
        return URLFetcherResponse(url, _read[path], {"Content-Type": kind})


WARM_UP = '<html lang="en"><head><title>.</title><link rel="stylesheet" href="own:css/document.css"></head><body>.'


def warm_up(options: dict[str, Any]) -> None:
    """Draw our own smallest page: everything the library loads late is loaded now."""
    page = json.dumps({"html": WARM_UP + '<img src="qr:code" alt="."></body></html>', "qr": "."})
    main(options, io.BytesIO(page.encode()), io.BytesIO())


def main(options: dict[str, Any], source: BinaryIO, target: BinaryIO) -> None:
    """Read {"html", "qr"} and write the number of pages as one line of JSON, then the PDF.

    Arguments:
        options: "static", the folder of our own files.
    """
    given = json.load(source)
    html = given["html"]
    if given["qr"]:
        html = html.replace("qr:code", segno.make(given["qr"], error="m").svg_data_uri(border=2))
    fetcher = OwnFilesOnly(Path(options["static"]))
    document = weasyprint.HTML(string=html, base_url="own:/", url_fetcher=fetcher).render(**ACCESSIBLE)
    target.write(json.dumps({"pages": len(document.pages)}).encode() + b"\n" + document.write_pdf(**ACCESSIBLE))

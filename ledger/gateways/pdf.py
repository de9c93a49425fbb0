"""A PDF is drawn in a process of its own and kept under the hash of its bytes."""

import hashlib
import json

from django.conf import settings

from ledger.gateways import sandbox
from ledger.gateways.photos import write_whole
from ledger.queries.files import document_path

LIMITS = sandbox.Limits(seconds=60, memory=1536, output=64, threads=True)  # Pango loads fonts in threads


def keep_pdf(*, html: str, qr: str) -> dict[str, object]:
    """Draw HTML as PDF/UA and store it.

    Arguments:
        html: a whole page; "own:<path>" leads to our static files, "qr:code" is replaced by the QR code.
        qr: what the QR code says; "" for none.

    Returns:
        sha256, size (bytes) and pages.

    Raises:
        sandbox.Refused: it could not be drawn within the limits.
    """
    data = json.dumps({"html": html, "qr": qr}).encode()
    options = {"static": str(settings.BASE_DIR / "static")}
    head, _newline, body = sandbox.run("draw_pdf", data=data, options=options, limits=LIMITS).partition(b"\n")
    sha256 = hashlib.sha256(body).hexdigest()
    write_whole(document_path(sha256), body)
    return {"sha256": sha256, "size": len(body), "pages": json.loads(head)["pages"]}

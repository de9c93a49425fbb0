"""A made-up kind of document for the tests of the pipeline."""

from typing import Any

from ledger.kinds import DocumentKind

SLIP = DocumentKind("test.slip", "documents/base.html", "tests.ledger.paper.slip", "TST", "回执单", "Slip")
BROKEN = DocumentKind("test.broken", "documents/nothing_here.html", "tests.ledger.paper.slip", "TST", "坏单", "Broken")


def slip(object_id: str, language: str) -> dict[str, Any]:
    title = "回执单" if language == "zh-hans" else "Slip"
    return {"title": title, "department": "示意区综合办公室", "path": f"/slips/{object_id}/"}

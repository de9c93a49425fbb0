"""Spreadsheets as people send them, and as attackers do."""

import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Any

import openpyxl


def xlsx(*rows: Sequence[Any], more: Any = None) -> bytes:
    """A sheet with these rows; `more(workbook, sheet)` may spoil it."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    if more is not None:
        more(book, sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def csv(*rows: Iterable[str], encoding: str = "utf-8") -> bytes:
    return "\r\n".join(",".join(f'"{cell}"' if "," in cell else cell for cell in row) for row in rows).encode(encoding)


def repacked(data: bytes, *, replace: dict[str, bytes] | None = None, add: dict[str, bytes] | None = None) -> bytes:
    """The same archive with parts replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            new.writestr(entry.filename, (replace or {}).get(entry.filename, old.read(entry.filename)))
        for name, body in (add or {}).items():
            new.writestr(name, body)
    return out.getvalue()


def part(data: bytes, name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name)

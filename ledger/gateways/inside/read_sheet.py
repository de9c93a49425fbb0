"""A foreign spreadsheet in, rows of text out. XLSX and CSV; whatever could surprise is refused with a code.

The file is looked at before a library opens it: size unpacked, names, macros, links, document types, formulas, merged
cells, and how far the cells reach.
"""

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from python_calamine import CalamineWorkbook

ENTRIES = 200
UNPACKED = 200 * 1024 * 1024  # bytes
RATIO, RATIO_COUNTS_FROM = 100, 20 * 1024 * 1024
CELLS = 2_000_000
CELL_LENGTH = 4000  # characters
EXACT = 10**15  # spreadsheets keep fifteen digits of a number
OLE = b"\xd0\xcf\x11\xe0"
RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_DOCTYPE = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
_FORMULA = re.compile(rb"""<(?:\w+:)?c\b[^>]*?\br=["']([A-Z]{1,3}\d+)["'][^>]*>\s*<(?:\w+:)?f[\s>/]""")
_ANY_FORMULA = re.compile(rb"<(?:\w+:)?f(?:\s[^>]*)?/?>")
_MERGED = re.compile(rb"""<(?:\w+:)?mergeCell\b[^>]*\bref=["']([A-Z0-9:]+)["']""")
_REFERENCE = re.compile(rb"""<(?:\w+:)?c\b[^>]*?\br=["']([A-Z]{1,3})(\d{1,7})["']""")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Refusal(Exception):
    """Why the file is not taken: a code, and what the sentence about it names."""

    def __init__(self, code: str, **facts: object) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def warm_up(options: dict[str, Any]) -> None:
    """Load the codecs and parsers that are loaded when first used."""
    b"\xc4\xe3".decode("gb18030")
    "\ufeff".encode("utf-8-sig").decode("utf-8-sig")
    ElementTree.fromstring("<a/>")
    csv.reader(io.StringIO("a,b"))
    read_csv(b"a,b\r\n1,2\r\n", {"rows": 10, "columns": 10})
    read_xlsx(smallest(), {"rows": 10, "columns": 10})


def smallest() -> bytes:
    """A spreadsheet with one cell; a name beyond ASCII, because the two kinds of names have decoders of their own."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = RELATION.strip("{}").removesuffix("}id")
    package = "http://schemas.openxmlformats.org/package/2006/relationships"
    sheet = f'<worksheet xmlns="{main}"><sheetData><row r="1"><c r="A1"><v>1</v></c></row></sheetData></worksheet>'
    parts = {
        "[Content_Types].xml": "<Types/>",
        "文.txt": "",
        "_rels/.rels": f'<Relationships xmlns="{package}"><Relationship Id="rId1" '
        f'Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="s" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}"><Relationship Id="rId1" '
        f'Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        "xl/worksheets/sheet1.xml": sheet,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def main(options: dict[str, Any], source: BinaryIO, target: BinaryIO) -> None:
    """Write {"rows": [[number, [cell, …]], …], "sheet", "sheets"} or {"refused": code, …facts}.

    A cell is text; a number that has lost digits is ["lost", text].

    Arguments:
        options: "rows" and "columns", the most that are taken; "cell" and "cells" for longer texts and larger sheets.
    """
    try:
        answer = read(source.read(), options)
    except Refusal as refusal:
        answer = {"refused": refusal.code, **refusal.facts}
    target.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace"))


def read(data: bytes, options: dict[str, Any]) -> dict[str, Any]:
    """Rows of whatever kind of file this is."""
    if data.startswith(OLE):
        raise Refusal("old")
    if data.startswith(b"PK"):
        return read_xlsx(data, options)
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<" or data.startswith(b"%PDF"):
        raise Refusal("kind")
    return read_csv(data, options)


def read_csv(data: bytes, options: dict[str, Any]) -> dict[str, Any]:
    text = decoded(data)
    if "\x00" in text:
        raise Refusal("kind")
    first = text.splitlines()[0] if text.strip() else ""
    delimiter = max((",", ";", "\t"), key=first.count)
    csv.field_size_limit(max(CELL_LENGTH * 4, options.get("cell", 0)))
    try:
        lines = list(taken(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True), options))
    except csv.Error as error:
        raise Refusal("broken") from error
    for number, cells in lines:
        for place, cell in enumerate(cells):
            if isinstance(cell, str) and cell.startswith("="):
                raise Refusal("formula", cell=f"{letters(place)}{number}")
    return finished(lines, sheet="", sheets=1)


def decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refusal("encoding")


def read_xlsx(data: bytes, options: dict[str, Any]) -> dict[str, Any]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = looked_through(archive)
            names = sheet_parts(archive, parts)
            name, part = names[0]
            look_at_cells(archive.read(part), options)
    except (zipfile.BadZipFile, ElementTree.ParseError, DefusedXmlException, KeyError, ValueError, EOFError) as error:
        raise Refusal("broken") from error
    except (NotImplementedError, RuntimeError, OSError) as error:  # a compression or a password we do not know
        raise Refusal("broken") from error
    try:
        rows = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_name(name)
        table = rows.to_python(skip_empty_area=False)
    except Exception as error:  # a parser of foreign files fails in its own ways
        raise Refusal("broken") from error
    return finished(list(taken(table, options)), sheet=name, sheets=len(names))


def looked_through(archive: zipfile.ZipFile) -> set[str]:
    """Names of the parts, after every part has been unpacked and looked at."""
    entries = archive.infolist()
    if len(entries) > ENTRIES:
        raise Refusal("entries", most=ENTRIES)
    names = [entry.filename for entry in entries]
    if len({name.lower() for name in names}) < len(names) or any(unsafe(name) for name in names):
        raise Refusal("names")
    packed, unpacked = sum(entry.compress_size for entry in entries), 0
    for entry in entries:
        refuse_part(entry.filename.lower())
        if entry.flag_bits & 1:
            raise Refusal("old")
        unpacked += look_at_part(archive, entry, UNPACKED - unpacked)
        if unpacked > RATIO_COUNTS_FROM and unpacked > RATIO * max(packed, 1):
            raise Refusal("bomb")
    return set(names)


def refuse_part(name: str) -> None:
    if "vbaproject" in name or "/macrosheets/" in name or "/activex/" in name or "/ctrlprops/" in name:
        raise Refusal("macro")
    if "/externallinks/" in name or "/connections.xml" in name or "/querytables/" in name:
        raise Refusal("link")
    if name.endswith((".zip", ".xlsx", ".xlsm", ".exe", ".dll")) or "/embeddings/" in name:
        raise Refusal("embedded")


def look_at_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, room: int) -> int:
    """Unpack a part piece by piece; what is counted are the real bytes. Returns how many."""
    size, tail = 0, b""
    is_xml = entry.filename.lower().endswith((".xml", ".rels"))
    with archive.open(entry) as part:
        while piece := part.read(1024 * 1024):
            size += len(piece)
            if size > room:
                raise Refusal("bomb")
            if is_xml and _DOCTYPE.search(tail + piece):
                raise Refusal("doctype")
            if is_xml and (piece[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\x00" in piece[:200]):
                raise Refusal("doctype")  # UTF-16 would hide it
            tail = piece[-16:]
    return size


def unsafe(name: str) -> bool:
    path = PurePosixPath(name.replace("\\", "/"))
    return path.is_absolute() or ".." in path.parts or ":" in name or "\x00" in name or not name.isprintable()


def sheet_parts(archive: zipfile.ZipFile, names: set[str]) -> list[tuple[str, str]]:
    """(name, part) of the visible sheets, in the order of the tabs."""
    if "xl/workbook.xml" not in names:
        raise Refusal("kind")
    if b"macroEnabled" in archive.read("[Content_Types].xml"):
        raise Refusal("macro")
    relations = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    targets = {item.get("Id"): item.get("Target", "") for item in relations}
    found = []
    for sheet in ElementTree.fromstring(archive.read("xl/workbook.xml")).iter():
        target = targets.get(sheet.get(RELATION), "")
        if sheet.tag.endswith("}sheet") and sheet.get("state", "visible") == "visible" and "worksheet" in target:
            part = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            found.append((str(sheet.get("name")), part))
    if not found:
        raise Refusal("empty")
    return found


def look_at_cells(sheet: bytes, options: dict[str, Any]) -> None:
    """How far the cells reach, formulas and merged cells, from the text of the sheet itself."""
    formula = _FORMULA.search(sheet)
    if formula or _ANY_FORMULA.search(sheet):
        raise Refusal("formula", cell=formula[1].decode() if formula else "")
    merged = _MERGED.search(sheet)
    if merged:
        raise Refusal("merged", cell=merged[1].decode())
    last_row = last_column = 0
    for match in _REFERENCE.finditer(sheet):
        last_row = max(last_row, int(match[2]))
        last_column = max(last_column, number_of(match[1].decode()))
    refuse_size(last_row, last_column, options)


def refuse_size(rows: int, columns: int, options: dict[str, Any]) -> None:
    if rows > options["rows"]:
        raise Refusal("rows", most=options["rows"])
    if columns > options["columns"]:
        raise Refusal("columns", most=options["columns"])
    most = options.get("cells", CELLS)
    if rows * columns > most:
        raise Refusal("cells", most=most)


def taken(table: Any, options: dict[str, Any]) -> Iterator[tuple[int, list[Any]]]:
    """Rows that are not empty, with the number a spreadsheet shows."""
    widest, longest = 0, options.get("cell", CELL_LENGTH)
    for number, row in enumerate(table, start=1):
        cells = [cell_of(value, longest) for value in row]
        while cells and cells[-1] == "":
            cells.pop()
        widest = max(widest, len(cells))
        refuse_size(number, widest, options)
        if cells:
            yield number, cells


def cell_of(value: Any, longest: int) -> Any:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        if abs(value) >= EXACT:
            return ["lost", f"{value:.0f}"]
        return str(int(value)) if value == int(value) else repr(round(float(value), 10))
    if isinstance(value, datetime):
        bare = value.time() == time()
        return value.date().isoformat() if bare else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date | time | timedelta):
        return value.isoformat() if not isinstance(value, timedelta) else str(value)
    return _CONTROL.sub("", str(value)).strip()[:longest]


def finished(lines: list[tuple[int, list[Any]]], *, sheet: str, sheets: int) -> dict[str, Any]:
    if not lines:
        raise Refusal("empty")
    return {"rows": lines, "sheet": sheet, "sheets": sheets}


def letters(place: int) -> str:
    """0 → A, 26 → AA."""
    found = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        found = chr(65 + rest) + found
    return found


def number_of(column: str) -> int:
    """A → 1, AA → 27."""
    total = 0
    for letter in column:
        total = total * 26 + ord(letter) - 64
    return total

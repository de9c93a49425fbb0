"""Looking through files of layers before a driver opens them: archives, shapefiles, GeoPackages, nested texts."""

import importlib
import io
import json
import re
import sqlite3
import zipfile
from pathlib import PurePosixPath
from typing import Any

import numpy

sheets: Any = importlib.import_module("read_sheet")
Refusal = sheets.Refusal
UNPACKED = 500 * 1024 * 1024  # bytes
DEPTH = 24  # brackets in GeoJSON; a feature of several polygons with holes needs eight
TAGS_DEPTH = 60
SYMLINK = 0o120000
NEEDED = (".shp", ".shx", ".dbf")
ENCODINGS = ("utf-8", "gb18030")
_TAG = re.compile(rb"<(/?)[\w:]+(?:\s[^<>]*?)?(/?)>")
_DOCTYPE = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)
# what GDAL and the standard itself put into a GeoPackage
_OWN_TRIGGER = re.compile(r"^(rtree_|gpkg_|trigger_(insert|delete)_feature_count_)")
_CODE = re.compile(r"load_extension|writefile|readfile|edit\s*\(", re.IGNORECASE)
COLLECTION = 7


def refuse_depth(data: bytes) -> None:
    """Brackets within brackets beyond what any layer needs: parsers would run out of stack."""
    deep = 0
    for begin in range(0, len(data), 1 << 22):
        piece = numpy.frombuffer(data[begin : begin + (1 << 22)], dtype=numpy.uint8)
        opened = ((piece == 91) | (piece == 123)).astype(numpy.int32)
        step = numpy.cumsum(opened - ((piece == 93) | (piece == 125)))
        if deep + int(step.max(initial=0)) > DEPTH:
            raise Refusal("nested")
        deep += int(step[-1])


def refuse_other_json(data: bytes) -> None:
    """It is GeoJSON by its own words: other formats are JSON too, and some of them lead elsewhere."""
    try:
        found = json.loads(data)
    except (ValueError, RecursionError, LookupError) as error:  # the last: a codec that was not loaded in time
        raise Refusal("broken") from error
    if not isinstance(found, dict) or found.get("type") not in ("FeatureCollection", "Feature"):
        raise Refusal("kind")


def refuse_xml(data: bytes) -> None:
    """No declarations that load or multiply anything, no tags within tags without end."""
    if _DOCTYPE.search(data):
        raise Refusal("doctype")
    if b"\x00" in data[:200]:
        raise Refusal("encoding")
    deep = 0
    for closing, alone in _TAG.findall(data):
        deep += 0 if alone else (-1 if closing else 1)
        if deep > TAGS_DEPTH:
            raise Refusal("nested")


def kind_of_archive(data: bytes) -> str:
    """shp or table; an archive of anything else is refused."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = [entry.filename.lower() for entry in archive.infolist()]
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError) as error:
        raise Refusal("broken") from error
    if "[content_types].xml" in names:
        return "table"
    if any(name.endswith(".shp") for name in names):
        return "shp"
    raise Refusal("no_shp")


def unpacked(data: bytes, wanted: str) -> tuple[bytes, dict[str, Any]]:
    """The parts of one shapefile in a clean archive, and what is known of it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = _looked_through(archive)
            names = sorted(name for name, parts in found.items() if ".shp" in parts)
            layer = wanted if wanted in names else names[0]
            parts = {suffix: archive.read(entry) for suffix, entry in found[layer].items()}
    except Refusal:
        raise
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, ValueError, EOFError) as error:
        raise Refusal("broken") from error
    missing = [suffix for suffix in NEEDED if suffix not in parts]
    if missing:
        raise Refusal("parts", names=", ".join(missing))
    _refuse_counts(parts)
    encoding, said = _encoding(parts)
    facts = {"layers": names, "layer": layer, "encoding": encoding, "said": said, "prj": ".prj" in parts}
    return packed({suffix: parts[suffix] for suffix in (*NEEDED, ".prj") if suffix in parts}), facts


def packed(parts: dict[str, bytes]) -> bytes:
    """An archive of one shapefile by suffix."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for suffix, body in parts.items():
            archive.writestr(f"layer{suffix}", body)
    return out.getvalue()


def smallest() -> bytes:
    """A shapefile without features, for warming up."""
    head = bytearray(100)
    head[0:4], head[24:28] = (9994).to_bytes(4, "big"), (50).to_bytes(4, "big")
    head[28:32], head[32:36] = (1000).to_bytes(4, "little"), (5).to_bytes(4, "little")
    field = b"c" + b"\0" * 10 + b"C" + b"\0" * 4 + b"\x05" + b"\0" * 15
    table = b"\x03\x7c\x01\x01" + (0).to_bytes(4, "little") + (65).to_bytes(2, "little") + (6).to_bytes(2, "little")
    return packed({".shp": bytes(head), ".shx": bytes(head), ".dbf": table + b"\0" * 20 + field + b"\r\x1a"})


def _looked_through(archive: zipfile.ZipFile) -> dict[str, dict[str, zipfile.ZipInfo]]:
    """Name of each layer → suffix → entry, after every entry has been looked at and the needed ones unpacked once."""
    entries = archive.infolist()
    if len(entries) > sheets.ENTRIES:
        raise Refusal("entries", most=sheets.ENTRIES)
    if len({entry.filename.lower() for entry in entries}) < len(entries):
        raise Refusal("names")
    found: dict[str, dict[str, zipfile.ZipInfo]] = {}
    packed_size, size = sum(entry.compress_size for entry in entries), 0
    for entry in entries:
        name = _readable(entry)
        if sheets.unsafe(name) or entry.external_attr >> 16 & 0o170000 == SYMLINK:
            raise Refusal("names")
        if entry.flag_bits & 1:
            raise Refusal("locked")
        size += sheets.look_at_part(archive, entry, UNPACKED - size)
        if size > sheets.RATIO_COUNTS_FROM and size > sheets.RATIO * max(packed_size, 1):
            raise Refusal("bomb")
        path = PurePosixPath(name)
        if not path.name.startswith("."):  # Apple adds files of its own
            found.setdefault(path.stem, {}).setdefault(path.suffix.lower(), entry)
    return found


def _readable(entry: zipfile.ZipInfo) -> str:
    """The name; Chinese Windows writes it in its own encoding and does not say so."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("gb18030")
    except UnicodeError:
        return entry.filename


def _refuse_counts(parts: dict[str, bytes]) -> None:
    """The three files must speak of the same number of features, and be as long as they say."""
    shp, shx, dbf = (parts[suffix] for suffix in NEEDED)
    if len(shp) < 100 or len(shx) < 100 or len(dbf) < 32 or shp[:4] != b"\x00\x00\x27\x0a":
        raise Refusal("broken")
    shapes, rows = (len(shx) - 100) // 8, int.from_bytes(dbf[4:8], "little")
    start, width = int.from_bytes(dbf[8:10], "little"), int.from_bytes(dbf[10:12], "little")
    if shapes != rows:
        raise Refusal("counts", shapes=shapes, rows=rows)
    if not width or len(dbf) < start + rows * width or len(shp) < 2 * int.from_bytes(shp[24:28], "big"):
        raise Refusal("cut")


def _encoding(parts: dict[str, bytes]) -> tuple[str, str]:
    """The encoding that reads the text columns with the fewest faults, and what the .cpg file says of it."""
    said = parts.get(".cpg", b"")[:40].decode("ascii", "replace").strip()
    values = _texts(parts[".dbf"])
    faults = {name: sum(1 for value in values if not _decodes(value, name)) for name in ENCODINGS}
    best = min(ENCODINGS, key=lambda name: faults[name])
    return ("UTF-8" if best == "utf-8" else "GB18030"), said


def _decodes(value: bytes, encoding: str) -> bool:
    try:
        value.decode(encoding)
    except UnicodeDecodeError as error:
        # a width of the column that cut the last character in two is no sign of another encoding
        return error.end == len(value) and len(value) - error.start < 4 and error.reason.startswith(("unexp", "incom"))
    return True


def _texts(dbf: bytes) -> list[bytes]:
    """Values of the text columns that are not plain ASCII."""
    start, width = int.from_bytes(dbf[8:10], "little"), int.from_bytes(dbf[10:12], "little")
    spans, at = [], 1
    for place in range(32, start - 1, 32):
        field = dbf[place : place + 32]
        if len(field) < 32 or field[0] == 13:
            break
        if field[11:12] == b"C":
            spans.append((at, at + field[16]))
        at += field[16]
    rows = (dbf[begin : begin + width] for begin in range(start, len(dbf) - width + 1, width))
    values = (row[one:two].rstrip(b" \0") for row in rows for one, two in spans)
    return [value for value in values if not value.isascii()]


def looked_at_package(data: bytes) -> bytes:
    """A GeoPackage without triggers, views and nested shapes of its own; in a journal mode that can be opened."""
    data = data[:18] + b"\x01\x01" + data[20:]  # written ahead or not is the same once it is a copy in memory
    database = sqlite3.connect(":memory:")
    try:
        database.deserialize(data)
        database.execute("PRAGMA trusted_schema = OFF")
        if database.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
            raise Refusal("damaged")
        for kind, name, sql in database.execute("SELECT type, name, sql FROM sqlite_master").fetchall():
            strange = kind == "trigger" and not _OWN_TRIGGER.match(name)
            if kind == "view" or strange or _CODE.search(sql or ""):
                raise Refusal("program", name=name[:60])
        for table, column in database.execute("SELECT table_name, column_name FROM gpkg_geometry_columns").fetchall():
            named = f'"{column.replace(chr(34), "")}"', f'"{table.replace(chr(34), "")}"'
            for (blob,) in database.execute(f"SELECT {named[0]} FROM {named[1]}"):  # noqa: S608
                _refuse_nested(blob)
    except sqlite3.Error as error:
        raise Refusal("damaged") from error
    finally:
        database.close()
    return data


def _refuse_nested(blob: Any) -> None:
    """A collection within a collection; a layer of grids has none."""
    if not isinstance(blob, bytes) or len(blob) < 8:
        return
    at = 8 + (0, 32, 48, 48, 64, 0, 0, 0)[blob[3] >> 1 & 7]
    for _level in range(2):
        order = "little" if blob[at : at + 1] == b"\x01" else "big"
        kind = int.from_bytes(blob[at + 1 : at + 5], order) & 0xFFFFFFF  # type: ignore[arg-type]
        if kind % 1000 != COLLECTION:
            return
        at += 9
    raise Refusal("nested")

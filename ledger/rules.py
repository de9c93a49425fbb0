"""Cells of a sheet become values; headers find their columns. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from ledger.kinds import Column, RowError, SheetRow

HEADER_ROWS = 10  # a title may stand above the header
VALUE_SHOWN = 60  # characters of a wrong cell that its fault quotes
# the wide ones are formulas in Chinese Excel
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_DATE = re.compile(r"(\d{4})(?:[-/.年]?)(\d{1,2})(?:[-/.月]?)(\d{1,2})日?(?: 00:00(?::00)?)?")
_MONTH = re.compile(r"(\d{4})(?:[-/.年]?)(\d{1,2})月?")
_NOISE = re.compile(r"[\s*＊()（）:：_/\-]+")


def normal_header(text: str) -> str:
    """A header as it is compared: no blanks, stars or brackets, lower case."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text)).lower()


def header_row(rows: Sequence[tuple[int, list[Any]]], columns: Sequence[Column]) -> int:
    """Place in `rows` of the row that names most columns; the first where none names any."""
    scores = [len(guess_mapping(cells, columns)) for _number, cells in rows[:HEADER_ROWS]]
    return max(range(len(scores)), key=lambda place: (scores[place], -place)) if scores else 0


def guess_mapping(header: Sequence[Any], columns: Sequence[Column]) -> dict[str, int]:
    """Column key → place in the header, from 0; by either name or its key, then by an alias: a KML file has an "id" of
    its own beside the column "code". Our own template names both in one cell.
    """
    found: dict[str, int] = {}
    said = [{normal_header(part) for part in (str(text), *str(text).splitlines())} - {""} for text in header]
    for names_of in (lambda column: (column.zh, column.en, column.key), lambda column: column.aliases):
        for place, names in enumerate(said):
            if place in found.values():
                continue
            for column in columns:
                if column.key not in found and names & {normal_header(name) for name in names_of(column)}:
                    found[column.key] = place
                    break
    return found


def typed_rows(
    rows: Sequence[tuple[int, list[Any]]], columns: Sequence[Column], mapping: dict[str, int]
) -> tuple[list[SheetRow], list[RowError]]:
    """Values by column key, and what is wrong with single cells.

    Arguments:
        rows: (number, cells) without the header.
        mapping: see guess_mapping; a column that is not there is empty.
    """
    typed, faults = [], []
    for number, cells in rows:
        values: dict[str, Any] = {}
        for column in columns:
            place = mapping.get(column.key)
            cell = cells[place] if place is not None and place < len(cells) else ""
            values[column.key], fault = typed_cell(cell, column)
            if fault:
                faults.append(RowError(number, column.key, fault))
        typed.append(SheetRow(number, values))
    return typed, faults


def with_values(
    faults: Sequence[RowError],
    rows: Sequence[tuple[int, list[Any]]],
    columns: Sequence[Column],
    mapping: dict[str, int],
) -> list[RowError]:
    """Faults that say which value is wrong; unchanged where the sheet speaks of persons: faults lie open, cells sealed.

    Arguments:
        rows: see typed_rows.
    """
    if any(column.personal for column in columns):
        return list(faults)
    cells = dict(rows)
    return [_with_value(fault, cells.get(fault.row, []), mapping.get(fault.column)) for fault in faults]


def _with_value(fault: RowError, cells: list[Any], place: int | None) -> RowError:
    cell = cells[place] if place is not None and place < len(cells) else ""
    text = cell if isinstance(cell, str) else str(cell[1])
    if not text:
        return fault
    return replace(fault, message=_("“%(value)s”: %(what)s") % {"value": text[:VALUE_SHOWN], "what": fault.message})


def typed_cell(cell: Any, column: Column) -> tuple[Any, str]:
    """The value of a cell and what is wrong with it ("" if nothing)."""
    empty = "" if column.type in ("text", "code") else None
    if not isinstance(cell, str):
        return empty, _(
            "The spreadsheet kept fifteen digits of this number only. Format the column as text, enter it again."
        )
    if not cell:
        return empty, _("Must not be empty.") if column.required else ""
    value, fault = _READERS[column.type](cell)
    if not fault and column.choices and value not in column.choices:
        fault = _("Must be one of: %(choices)s.") % {"choices": "、".join(column.choices)}
    if not fault and isinstance(value, str) and len(value) > column.max_length:
        fault = _("Longer than %(n)s characters.") % {"n": column.max_length}
    return (empty, fault) if fault else (value, "")


def _plain(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip()


def _text(cell: str) -> tuple[Any, str]:
    return cell, ""


def _code(cell: str) -> tuple[Any, str]:
    return re.sub(r"\s+", "", _plain(cell)).upper(), ""


def _integer(cell: str) -> tuple[Any, str]:
    bare = _plain(cell).replace(",", "")
    if not re.fullmatch(r"[+-]?\d{1,15}", bare):
        return None, _("Is not a whole number.")
    return int(bare), ""


def _decimal(cell: str) -> tuple[Any, str]:
    bare = _plain(cell).replace(",", "").removeprefix("¥").removesuffix("元").strip()
    try:
        value = Decimal(bare)
    except InvalidOperation:
        return None, _("Is not a number.")
    if not value.is_finite() or abs(value) >= Decimal(10) ** 15:
        return None, _("Is not a number.")
    return value, ""


def _date(cell: str) -> tuple[Any, str]:
    match = _DATE.fullmatch(_plain(cell))
    value = _day(match[1], match[2], match[3]) if match else None
    return value, "" if value else _("Is not a date. Write it like 2026-01-31.")


def _month(cell: str) -> tuple[Any, str]:
    plain = _plain(cell)
    match = _MONTH.fullmatch(plain) or _DATE.fullmatch(plain)
    value = _day(match[1], match[2], "1") if match else None
    return value, "" if value else _("Is not a month. Write it like 2026-01.")


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


_READERS = {"text": _text, "code": _code, "integer": _integer, "decimal": _decimal, "date": _date, "month": _month}


def safe_cell(value: str) -> str:
    """A cell no spreadsheet runs: what begins like a formula gets a quote in front."""
    return f"'{value}" if value.startswith(DANGEROUS) else value

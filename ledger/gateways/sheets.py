"""Spreadsheets: a foreign one is read in a sandbox, our own are written as text and never as formulas."""

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from ledger.gateways import sandbox
from ledger.kinds import Column

ROWS, COLUMNS = 50_000, 200
LIMITS = sandbox.Limits(seconds=45, memory=1024, output=256)
CELL_MOST = 32_767  # characters
TEMPLATE_ROWS = 2000  # rows of the template that carry the checks
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _workbook(out: io.BytesIO) -> Any:
    """A new workbook. The library is loaded with the first one: most web workers never write a sheet."""
    from xlsxwriter import Workbook

    return Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})


class Unreadable(Exception):
    """The file is not taken; says why in the active language."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file holds: (row number, cells) without empty rows; a cell is text, or ["lost", text] for a number that
    the spreadsheet had rounded. `sheets`: how many visible sheets there are, of which the first was read.
    """

    rows: list[tuple[int, list[Any]]]
    sheet: str
    sheets: int


def read_sheet(data: bytes) -> Sheet:
    """Read XLSX or CSV (UTF-8, GB18030) in a process that is shut in.

    Raises:
        Unreadable: with a sentence for the person who sent the file.
    """
    try:
        answer = json.loads(
            sandbox.run("read_sheet", data=data, options={"rows": ROWS, "columns": COLUMNS}, limits=LIMITS)
        )
    except sandbox.Refused as refused:
        raise Unreadable(sentence(refused.reason, {})) from refused
    if "refused" in answer:
        raise Unreadable(sentence(answer["refused"], answer))
    return Sheet([(number, cells) for number, cells in answer["rows"]], answer["sheet"], answer["sheets"])


def sentence(code: str, facts: dict[str, Any]) -> str:
    """Why a file is not taken, and what to do."""
    where = facts.get("cell") or pgettext("a cell", "somewhere")
    most = facts.get("most", 0)
    sentences = {
        "time": _("Reading this file took too long. Split it into smaller ones."),
        "memory": _("This file needs too much memory. Split it into smaller ones."),
        "size": _("This file holds too much. Split it into smaller ones."),
        "crash": _("This file cannot be read. Open it in a spreadsheet program and save it again as XLSX."),
        "broken": _("This file is damaged. Open it in a spreadsheet program and save it again as XLSX."),
        "old": _("This is an old or password-protected spreadsheet. Save it as XLSX without a password."),
        "kind": _("This is neither an XLSX nor a CSV file."),
        "encoding": _("This CSV file is neither UTF-8 nor GB18030. Save it again as UTF-8."),
        "empty": _("There is nothing in this file."),
        "entries": _("This file is packed from more than %(most)s parts; a spreadsheet is not.") % {"most": most},
        "names": _("Parts of this file carry names that lead elsewhere. It was not opened."),
        "bomb": _("Unpacked, this file would be far larger than a spreadsheet. It was not opened."),
        "doctype": _("This file contains declarations that could load other files. It was not opened."),
        "macro": _("This file contains macros. Save it as XLSX without macros."),
        "link": _("This file takes values from other files. Paste the values instead and remove the links."),
        "embedded": _("Other files are hidden in this file. Remove them."),
        "formula": _("Cell %(cell)s contains a formula. Paste the values instead of the formulas.") % {"cell": where},
        "merged": _("The cells %(cell)s are merged. Undo the merging; every row needs its own cells.")
        % {"cell": where},
        "rows": _("More than %(most)s rows. Split the file.") % {"most": most},
        "columns": _("More than %(most)s columns. Keep only those of the template.") % {"most": most},
        "cells": _("The sheet reaches too far. Delete empty rows and columns behind the table."),
    }
    return sentences.get(code, sentences["crash"])


def template(columns: Sequence[Column], *, title: str) -> bytes:
    """An empty sheet with headers in both languages, checks in the cells, and a second sheet that explains them.

    Arguments:
        title: name of the first sheet, at most 31 characters.
    """
    out = io.BytesIO()
    with _workbook(out) as book:
        head = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#DCE9F5", "border": 1, "valign": "top"})
        text = book.add_format({"num_format": "@"})
        wrapped = book.add_format({"text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet(title[:31])
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            star = "*" if column.required else ""
            sheet.write_string(0, place, f"{column.zh}{star}\n{column.en}{star}", head)
            # text, so that codes keep their zeros and long numbers their digits
            sheet.set_column(place, place, 20, None if column.type in ("integer", "decimal") else text)
            sheet.data_validation(1, place, TEMPLATE_ROWS, place, _validation(column))
        _explain(book.add_worksheet("说明 Help"), columns, head, wrapped)
    return out.getvalue()


def _validation(column: Column) -> dict[str, Any]:
    shown = {
        "input_title": f"{column.zh} {column.en}"[:32],
        "input_message": f"{column.help_zh}\n{column.help_en}\n{column.example}".strip()[:255],
    }
    if column.choices:
        return {"validate": "list", "source": list(column.choices), **shown}
    return {"validate": "any", **shown}


def _explain(sheet: Any, columns: Sequence[Column], head: Any, wrapped: Any) -> None:
    sheet.set_column(0, 1, 18)
    sheet.set_column(2, 4, 12)
    sheet.set_column(5, 6, 46)
    titles = ("列", "Column", "必填 Required", "类型 Type", "示例 Example", "说明", "Explanation")
    for place, title in enumerate(titles):
        sheet.write_string(0, place, title, head)
    for row, column in enumerate(columns, start=1):
        values = (
            column.zh, column.en, "是 yes" if column.required else "否 no", column.type, column.example,
            column.help_zh, column.help_en,
        )  # fmt: skip
        for place, value in enumerate(values):
            sheet.write_string(row, place, value, wrapped)


def table_sheet(header: Sequence[str], rows: Sequence[Sequence[str]], *, title: str) -> bytes:
    """A sheet of texts.

    Raises:
        ValidationError: a text is longer than a cell can be; names the row by its first cell.
    """
    long = next((row[0] for row in rows if max(map(len, row), default=0) > CELL_MOST), None)
    if long is not None:
        message = _("%(row)s does not fit into a cell of a spreadsheet (%(most)s characters). Choose another format.")
        raise ValidationError(message % {"row": long, "most": f"{CELL_MOST:,}"}, code="cell")
    out = io.BytesIO()
    with _workbook(out) as book:
        head, text = book.add_format({"bold": True}), book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(title[:31])
        sheet.freeze_panes(1, 0)
        for at, row in enumerate([header, *rows]):
            for place, cell in enumerate(row):
                sheet.write_string(at, place, cell, text if at else head)
    return out.getvalue()


def with_faults(
    header: Sequence[Any], rows: Sequence[tuple[int, list[Any]]], faults: dict[int, list[tuple[int | None, str]]]
) -> bytes:
    """The rows with faults as they were sent, the wrong cells coloured, and a last column that says what is wrong.

    Arguments:
        faults: row number → (place of the column or None, message).
    """
    out = io.BytesIO()
    with _workbook(out) as book:
        head = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#DCE9F5", "border": 1})
        plain, wrong = book.add_format({"num_format": "@"}), book.add_format({"num_format": "@", "bg_color": "#F9D9D6"})
        sheet = book.add_worksheet("1")
        sheet.freeze_panes(1, 0)
        last = max([len(header), *(len(cells) for _number, cells in rows)])
        for place, text in enumerate([*(_shown(cell) for cell in header), *[""] * (last - len(header))]):
            sheet.write_string(0, place, text, head)
        sheet.write_string(0, last, _("What is wrong"), head)
        sheet.set_column(last, last, 60)
        for at, (number, cells) in enumerate(rows, start=1):
            found = faults.get(number, [])
            marked = {place for place, _message in found}
            for place in range(last):
                cell = _shown(cells[place]) if place < len(cells) else ""
                sheet.write_string(at, place, cell, wrong if place in marked else plain)
            said = "; ".join(message for _place, message in found)
            sheet.write_string(at, last, _("Row %(n)s: %(faults)s") % {"n": number, "faults": said}, plain)
    return out.getvalue()


def _shown(cell: Any) -> str:
    return cell if isinstance(cell, str) else str(cell[1])

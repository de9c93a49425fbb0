"""A foreign sheet is read as text, or refused with a sentence; nothing in it runs, loads or outgrows the process."""

import io
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from django.utils.translation import override

from ledger.gateways import sheets
from ledger.gateways.sandbox import Limits
from ledger.gateways.sheets import ROWS, Unreadable, read_sheet
from tests.ledger.sheets import csv, part, repacked, xlsx

SHEET = "xl/worksheets/sheet1.xml"
PLAIN = xlsx(["a", "b"], ["1", "2"])


@pytest.fixture(autouse=True)
def in_english() -> Any:
    with override("en"):
        yield


def refusal(data: bytes) -> str:
    with pytest.raises(Unreadable) as refused:
        read_sheet(data)
    return str(refused.value)


def test_cells_come_as_a_person_sees_them() -> None:
    sheet = read_sheet(
        xlsx(["代码", "值"], ["0012", 7], [date(2026, 1, 31), 2.5], [], [datetime(2026, 1, 31, 8, 30), True])  # noqa: DTZ001
    )
    assert sheet.rows == [
        (1, ["代码", "值"]),
        (2, ["0012", "7"]),
        (3, ["2026-01-31", "2.5"]),
        (5, ["2026-01-31 08:30", "TRUE"]),
    ]


def test_a_number_that_lost_digits_is_marked() -> None:
    ((_number, cells),) = read_sheet(xlsx([370902199001011234])).rows
    assert cells[0][0] == "lost"
    assert cells[0][1].startswith("370902199001011")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_is_read_in_both_encodings(encoding: str) -> None:
    assert read_sheet(csv(["代码", "名称"], ["1", "某社区"], encoding=encoding)).rows[1] == (2, ["1", "某社区"])


def test_csv_with_semicolons_is_read() -> None:
    assert read_sheet(b"a;b\n1;2\n").rows == [(1, ["a", "b"]), (2, ["1", "2"])]


def test_only_the_first_visible_sheet_is_read() -> None:
    def two(book: Any, sheet: Any) -> None:
        book.create_sheet("second").append(["x"])
        sheet.sheet_state = "hidden"

    sheet = read_sheet(xlsx(["a"], more=two))
    assert (sheet.sheet, sheet.sheets, sheet.rows) == ("second", 1, [(1, ["x"])])


@pytest.mark.parametrize("formula", ['=HYPERLINK("http://x","y")', "=1+1", "=cmd|' /C calc'!A0"])
def test_a_formula_is_refused_with_its_cell(formula: str) -> None:
    assert "Cell B2 contains a formula" in refusal(xlsx(["a", "b"], ["1", formula]))


def test_a_formula_in_a_csv_is_refused_with_its_cell() -> None:
    assert "Cell A2 contains a formula" in refusal(b"a,b\n=1+1,2\n")


@pytest.mark.parametrize("text", ["-12.50", "+8613800000000", "@name"])
def test_signs_that_are_no_formula_are_taken(text: str) -> None:
    assert read_sheet(csv(["a"], [text])).rows[1][1] == [text]


def test_merged_cells_are_refused_with_their_place() -> None:
    assert "A1:C1" in refusal(xlsx(["title", "", ""], more=lambda book, sheet: sheet.merge_cells("A1:C1")))


@pytest.mark.parametrize(
    ("cell", "after", "said"),
    [
        (b"<c r='A1'><v>1</v></c>", b"<mergeCells><mergeCell ref='A1:B1'/></mergeCells>", "A1:B1"),
        (b"<c r='B2'><f>1+1</f><v>2</v></c>", b"", "Cell B2 contains a formula"),
        (b"<c r='XFD1048576'><v>1</v></c>", b"", "More than"),
    ],
)
def test_the_other_quotes_hide_nothing(cell: bytes, after: bytes, said: str) -> None:
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = (
        b"<worksheet xmlns='" + main + b"'><sheetData><row>" + cell + b"</row></sheetData>" + after + b"</worksheet>"
    )
    assert said in refusal(repacked(PLAIN, replace={SHEET: sheet}))


def test_a_bomb_is_refused_before_it_is_unpacked_whole() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("[Content_Types].xml", "xl/workbook.xml"):
            archive.writestr(name, part(PLAIN, name))
        archive.writestr(SHEET, b"<row>" + b"0" * 210 * 1024 * 1024)
    assert len(out.getvalue()) < 300_000
    assert "far larger than a spreadsheet" in refusal(out.getvalue())


def test_an_archive_that_lies_about_its_size_is_refused() -> None:
    body = bytearray(repacked(PLAIN, add={"xl/big.xml": b"0" * 2_000_000}))
    at = body.rfind(b"xl/big.xml")  # its line in the directory: the size stands 22 bytes before the name
    body[at - 22 : at - 18] = (100).to_bytes(4, "little")
    assert "damaged" in refusal(bytes(body))


@pytest.mark.parametrize(
    "name", ["../evil.xml", "/etc/evil.xml", "C:\\evil.xml", "xl\\..\\..\\evil.xml", "xl/WORKBOOK.xml", "a\u202eb.xml"]
)
def test_a_part_that_leads_elsewhere_is_refused(name: str) -> None:
    assert "lead elsewhere" in refusal(repacked(PLAIN, add={name: b"<a/>"}))


def test_too_many_parts_are_refused() -> None:
    assert "more than 200 parts" in refusal(repacked(PLAIN, add={f"xl/p{n}.xml": b"<a/>" for n in range(200)}))


@pytest.mark.parametrize(
    "doctype",
    [
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE x SYSTEM "http://127.0.0.1:1/x.dtd">',
        b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>',
    ],
)
def test_declarations_that_load_or_multiply_are_refused(doctype: bytes) -> None:
    spoilt = part(PLAIN, SHEET).replace(b"<worksheet", doctype + b"<worksheet", 1)
    assert "could load other files" in refusal(repacked(PLAIN, replace={SHEET: spoilt}))


def test_a_declaration_across_two_pieces_of_reading_is_seen() -> None:
    padding = b"<!--" + b" " * (1024 * 1024 - 4 - 4)
    assert "could load other files" in refusal(repacked(PLAIN, add={"xl/x.xml": padding + b"<!DOCTYPE x>-->"}))


def test_utf16_does_not_hide_a_declaration() -> None:
    hidden = "<?xml version='1.0' encoding='UTF-16'?><!DOCTYPE x [<!ENTITY e 'x'>]><x>&e;</x>".encode("utf-16")
    assert "could load other files" in refusal(repacked(PLAIN, replace={SHEET: hidden}))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("xl/vbaProject.bin", "contains macros"),
        ("xl/macrosheets/sheet1.xml", "contains macros"),
        ("xl/externalLinks/externalLink1.xml", "values from other files"),
        ("xl/embeddings/oleObject1.bin", "Other files are hidden"),
        ("inner.zip", "Other files are hidden"),
    ],
)
def test_what_does_not_belong_into_a_table_is_refused(name: str, said: str) -> None:
    assert said in refusal(repacked(PLAIN, add={name: b"x"}))


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "nothing in this file"),
        (b"PK\x03\x04 not an archive", "damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old or password-protected"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "neither an XLSX nor a CSV"),
        (b"%PDF-1.7", "neither an XLSX nor a CSV"),
        (b"a,b\n1,\x00\n", "neither an XLSX nor a CSV"),
        (b"a,b\n\xff\xfe\xff,1\n", "neither UTF-8 nor GB18030"),
        (b'a,b\n"1,2\n', "damaged"),
        (xlsx(), "nothing in this file"),
    ],
)
def test_other_files_are_refused_with_what_to_do(data: bytes, said: str) -> None:
    assert said in refusal(data)


def test_a_zip_that_is_no_spreadsheet_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "x")
    assert "neither an XLSX nor a CSV" in refusal(out.getvalue())


def test_a_cell_at_the_end_of_the_world_is_refused() -> None:
    far = part(PLAIN, SHEET).replace(b'r="B2"', b'r="XFD1048576"')
    assert "More than" in refusal(repacked(PLAIN, replace={SHEET: far}))


def test_too_many_rows_and_columns_are_refused() -> None:
    assert f"More than {ROWS} rows" in refusal(b"a\n" + b"1\n" * ROWS)
    assert "More than 200 columns" in refusal(",".join("x" * 201).encode())


def test_a_reader_that_runs_out_of_memory_is_a_refused_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheets, "LIMITS", Limits(seconds=30, memory=120, output=1))
    assert "Split it" in refusal(b"a" + b",b" * 150 + b"\n" + (b"1" + b",2" * 150 + b"\n") * 12_000)

"""A wage sheet as a real XLSX file made from the template, through the screens of the import."""

import io
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Person, User
from ledger.actions import redeem_due
from ledger.models import Promise
from tests.wages.sheets import row, unpaid
from tests.wages.site import Site, on, project, publish_rules
from wages.models import MonthFigure, PayLine, WageWarning, Worker

DAY = date(2026, 10, 22)
NEW = "/desk/imports/new/wages.sheet/"
COLUMNS = ("project", "name", "id_number", "phone", "team", "month", "days", "due", "paid", "paid_on")


@pytest.fixture
def clerk(site: Site) -> Iterator[Client]:
    publish_rules(site)
    project()
    client = Client()
    client.force_login(User.objects.get(username="inspector"))
    with on(DAY):
        yield client


def filled(client: Client, lines: list[dict[str, Any]]) -> bytes:
    """The template as the clerk downloads it, with these lines under its header."""
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{NEW}template/").content))
    sheet = book.worksheets[0]
    sheet.delete_rows(2, sheet.max_row)
    for place, line in enumerate(lines, 2):
        for column, name in enumerate(COLUMNS, 1):
            value = line[name]
            sheet.cell(place, column, f"{value:%Y-%m}" if name == "month" and isinstance(value, date) else value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def uploaded(client: Client, lines: list[dict[str, Any]]) -> str:
    """The address of the import once a worker has read and checked it."""
    answer = client.post(NEW, {"file": SimpleUploadedFile("工资表 2026-09.xlsx", filled(client, lines))})
    assert answer.status_code == 302, answer.content.decode()
    redeem_due()
    return str(answer["Location"])


def faults(page: str) -> list[tuple[str, str]]:
    """Row and column of each fault on the page, as read."""
    table = page.split('id="faults"')[1].split("</table>", maxsplit=1)[0]
    return re.findall(r'<td class="nw" data-label[^>]*>([^<]+)</td><td class="nw">([^<]+)</td>', table)


def test_a_sheet_with_faults_names_rows_and_columns_writes_nothing_and_comes_back_to_be_mended(clerk: Client) -> None:
    wrong = [
        row(2, worker=1).values,
        row(3, worker=2, days=45).values,
        row(4, worker=3, paid=9000).values,
        {**row(5, worker=4).values, "month": "九月"},
        row(6, worker=5, project="W999").values,
        row(7, worker=6, name="").values,
        row(8, worker=1).values,
    ]
    path = uploaded(clerk, wrong)
    page = clerk.get(path).content.decode()
    assert sorted(faults(page)) == [
        ("3", "出勤天数"), ("4", "实发金额"), ("5", "工资月份"), ("6", "项目编码"), ("7", "姓名"), ("8", "证件号码"),
    ]  # fmt: skip
    refused = clerk.post(f"{path}commit/", follow=True).content.decode()
    redeem_due()
    assert "确认导入" not in refused
    for model in (PayLine, Worker, MonthFigure, WageWarning, Person):
        assert not model._default_manager.exists(), model
    assert not Promise.objects.filter(kind="wages.judge").exists()

    answer = clerk.get(f"{path}faults/")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert sheet.max_row == 7, "only the six rows to mend"
    marked = [str(cells[-1]) for cells in sheet.iter_rows(min_row=2, values_only=True)]
    assert [re.findall(r"\d+", text)[0] for text in marked] == ["3", "4", "5", "6", "7", "8"]


@pytest.mark.parametrize("written_by", ["the request", "a worker"])
def test_the_mended_sheet_is_taken_over_whole_and_judged(
    clerk: Client, written_by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if written_by == "a worker":
        monkeypatch.setattr("ledger.actions.sheets.INLINE_ROWS", 0)
    lines = [row(n, worker=n).values for n in range(1, 10)] + [unpaid(10, worker=10).values]
    path = uploaded(clerk, lines)
    page = clerk.get(path).content.decode()
    assert 'id="faults"' not in page and "王示1" not in page
    assert clerk.post(f"{path}commit/").status_code == 302
    redeem_due()
    figure = MonthFigure.objects.get()
    assert (figure.attending, figure.listed, figure.paid_workers, str(figure.paid)) == (10, 10, 9, "70200.00")
    assert WageWarning.objects.get().figures["missing"] == 1
    assert "王示1" not in clerk.get(path).content.decode()


def test_a_project_outside_the_clerks_area_is_refused_by_the_worker_too(clerk: Client) -> None:
    project("W777", path="/3709/370983/")
    path = uploaded(clerk, [row(2, worker=1, code="W777").values, row(3, worker=2).values])
    assert faults(clerk.get(path).content.decode()) == [("2", "项目编码")]

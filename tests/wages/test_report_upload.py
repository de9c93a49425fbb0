"""The report on projects as a real XLSX or CSV file made from the template, through the screens of the import."""

import csv
import io
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts.models import Organisation, User
from ledger.actions import redeem_due
from ledger.models import AuditEntry, ImportRun, Promise
from tests.wages.reports import draw_county, month_row, row
from tests.wages.site import Site, on, project, publish_rules
from wages.imports import report_columns
from wages.models import MonthFigure, Project, SpecialAccount

DAY = date(2026, 11, 2)
NEW = "/desk/imports/new/wages.projects/"
KEYS = [column.key for column in report_columns()]


def browser(name: str, language: str = "zh-hans") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(User.objects.get(username=name))
    return client


@pytest.fixture
def clerk(site: Site) -> Iterator[Client]:
    publish_rules(site)
    draw_county()
    with on(DAY):
        yield browser("inspector")


def cells(values: dict[str, Any]) -> list[Any]:
    """A row as somebody types it: months and days as text, numbers as numbers."""

    def typed(name: str) -> Any:
        value = values[name]
        if isinstance(value, date):
            return f"{value:%Y-%m}" if name == "month" else value.isoformat()
        return float(value) if isinstance(value, Decimal) else value

    return [typed(name) for name in KEYS]


def xlsx(client: Client, lines: list[dict[str, Any]]) -> bytes:
    """The template as the clerk downloads it, with these lines under its header."""
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{NEW}template/").content))
    for place, values in enumerate(lines, 2):
        for column, value in enumerate(cells(values), 1):
            book.worksheets[0].cell(place, column, value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def as_csv(client: Client, lines: list[dict[str, Any]]) -> bytes:
    """The same as CSV, with the Chinese names of the columns."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(column.zh for column in report_columns())
    writer.writerows(cells(values) for values in lines)
    return out.getvalue().encode("gb18030")


def sent(client: Client, data: bytes, name: str = "项目月报.xlsx") -> str:
    """The address of the import once a worker has read and checked it."""
    answer = client.post(NEW, {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 302, answer.content.decode()
    redeem_due()
    return str(answer["Location"])


def page(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_inspector_is_offered_the_template_in_both_languages(clerk: Client) -> None:
    assert "项目与专户月报" in page(clerk, "/desk/imports/")
    assert "Projects and special account" in page(browser("inspector", "en"), "/desk/imports/")
    assert "施工总承包单位" in page(clerk, NEW)
    head = openpyxl.load_workbook(io.BytesIO(clerk.get(f"{NEW}template/").content)).worksheets[0]
    told = {str(cell.value) for cell in next(head.iter_rows(max_row=1))}
    assert {"项目编码*\nProject code*", "施工总承包单位\nGeneral contractor", "应发工资（元）\nWages due, yuan"} <= told
    assert len(told) == len(KEYS)


@pytest.mark.parametrize(("written", "name"), [(xlsx, "r.xlsx"), (as_csv, "r.csv")])
def test_a_good_file_is_previewed_taken_over_and_shown_everywhere(
    clerk: Client, written: Callable[[Client, list[dict[str, Any]]], bytes], name: str
) -> None:
    path = sent(clerk, written(clerk, [row(2).values, month_row(3, agreed=5, arrived=0).values]), name)
    before = page(clerk, path)
    assert "+ W101 新示例工程W101" in before and 'id="faults"' not in before
    assert not Project.objects.exists()
    clerk.post(f"{path}commit/")
    redeem_due()
    run = ImportRun.objects.get()
    assert (run.state, run.result) == ("committed", {"added": 3, "changed": 0, "ended": 0, "same": 0})
    assert AuditEntry.objects.get(action="wages.report").data["run"] == str(run.pk)
    assert Promise.objects.get(kind="wages.judge").done_at is not None
    assert "新示例工程W101" in page(clerk, "/desk/wages/?month=2026-09")
    chain = page(clerk, "/desk/wages/projects/W101/")
    assert "示例新建工W101" in chain and "0042" in chain and "2026-10" in chain
    assert "示例新建工W101" in page(Client(), "/wages/projects/W101/")


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh-hans", ("“9137”：统一社会信用代码不正确。", "“九月”：不是月份", "“-1”：", "“W777”：该项目不在您的辖区。")),
        ("en", ("“9137”: This is not a unified social credit code.", "“九月”: Is not a month.",
                "“-1”: An amount in yuan", "“W777”: This project lies outside your area.")),
    ],
)  # fmt: skip
def test_every_fault_says_row_column_and_value_and_nothing_is_written(
    clerk: Client, language: str, said: tuple[str, ...]
) -> None:
    project("W777", path="/3709/370983/")
    client = browser("inspector", language)
    wrong = [
        row(2).values,
        row(3, code="W102", contractor_code="9137").values,
        {**row(4, code="W103").values, "month": "九月"},
        row(5, code="W104", due=Decimal(-1)).values,
        row(6, code="W777").values,
    ]
    path = sent(client, xlsx(client, wrong))
    shown = page(client, path)
    assert all(text in shown for text in said), [text for text in said if text not in shown]
    client.post(f"{path}commit/")
    redeem_due()
    assert ImportRun.objects.get().state == "checked"
    assert list(Project.objects.values_list("code", flat=True)) == ["W777"]
    assert (SpecialAccount.objects.count(), Organisation.objects.count(), MonthFigure.objects.count()) == (1, 2, 0)
    assert not Promise.objects.filter(kind="wages.judge").exists()
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"{path}faults/").content)).worksheets[0]
    assert [str(line[0]) for line in book.iter_rows(min_row=2, values_only=True)] == ["W102", "W103", "W104", "W777"]


def test_the_same_report_saved_once_more_changes_nothing(clerk: Client) -> None:
    lines = [row(2).values]
    clerk.post(f"{sent(clerk, xlsx(clerk, lines))}commit/")
    redeem_due()
    promised = Promise.objects.filter(kind="wages.judge").count()
    path = sent(clerk, as_csv(clerk, lines), "again.csv")
    clerk.post(f"{path}commit/")
    redeem_due()
    assert ImportRun.objects.get(file_name="again.csv").result == {"added": 0, "changed": 0, "ended": 0, "same": 2}
    assert Promise.objects.filter(kind="wages.judge").count() == promised


def test_an_uploader_of_another_department_finds_nothing_there(clerk: Client) -> None:
    path = sent(clerk, xlsx(clerk, [row(2).values]))
    assert "项目月报.xlsx" in page(clerk, "/desk/imports/")
    other = browser("above")
    assert other.get(path).status_code == 404
    assert other.post(f"{path}commit/").status_code == 404
    assert "项目月报.xlsx" not in page(other, "/desk/imports/")
    assert browser("sweeper").get("/desk/imports/").status_code == 403

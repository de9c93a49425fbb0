"""The screens of an import: what a clerk sees at every stage, and what nobody else sees."""

import io
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test import Client
from pytest_django import Settings

from accounts.models import Department, Membership, Role, User
from ledger import kinds
from ledger.actions import redeem_due
from ledger.clock import app_now
from tests.ledger import sheet_kind
from tests.ledger.sheets import csv

pytestmark = pytest.mark.django_db(transaction=True)
HEAD = ["代码", "姓名", "价格", "起始", "大小"]


@pytest.fixture(autouse=True)
def things(monkeypatch: pytest.MonkeyPatch, settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setitem(kinds.imports, "test.things", sheet_kind.THINGS)
    yield


def signed_in(name: str, right: str) -> Client:
    user = User.objects.create_user(username=name, password="a-long-password")
    department = Department.objects.create(
        code=name, name_zh="单位", name_en="Body", level="city", function="x", territory="/3709/"
    )
    role = Role.objects.create(code=name, name_zh="角色", name_en="Role", rights=[right])
    valid = DateRange(date(2020, 1, 1), app_now().date() + timedelta(days=400))
    Membership.objects.create(user=user, department=department, role=role, territory="/3709/", valid=valid)
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


@pytest.fixture
def clerk() -> Client:
    return signed_in("clerk", "rules.draft")


def posted(client: Client, *rows: list[str], name: str = "things.csv") -> str:
    file = SimpleUploadedFile(name, csv(HEAD, *rows))
    answer = client.post("/desk/imports/new/test.things/", {"file": file})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_offers_what_the_right_allows_and_nothing_else(clerk: Client) -> None:
    page = shown(clerk, "/desk/imports/")
    assert "Things" in page
    assert "Divisions" not in page
    assert clerk.get("/desk/imports/new/grids.divisions/").status_code == 404
    assert clerk.get("/desk/imports/new/grids.divisions/template/").status_code == 404
    assert signed_in("other", "operations.settle").get("/desk/imports/").status_code == 403


def test_the_form_explains_the_columns_and_gives_the_template(clerk: Client) -> None:
    page = shown(clerk, "/desk/imports/new/test.things/")
    assert all(word in page for word in ("Code", "Price", "required", "Nothing is written yet"))
    answer = clerk.get("/desk/imports/new/test.things/template/")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.worksheets[0]["A1"].value == "代码*\nCode*"
    assert answer["Content-Disposition"] == 'attachment; filename="test.things.xlsx"'


def test_a_file_that_is_no_sheet_is_refused_beside_its_field(clerk: Client) -> None:
    answer = clerk.post("/desk/imports/new/test.things/", {"file": SimpleUploadedFile("a.exe", b"MZ")})
    assert answer.status_code == 422
    assert "Only files of these kinds are taken: xlsx, csv." in answer.content.decode()
    assert clerk.post("/desk/imports/new/test.things/", {}).status_code == 422


def test_the_page_watches_while_a_worker_reads_and_then_shows_what_would_change(clerk: Client) -> None:
    path = posted(clerk, ["a1", "张三甲", "1", "", ""])
    assert 'hx-trigger="every 1s"' in shown(clerk, path)
    redeem_due()
    page = shown(clerk, path)
    assert "hx-trigger" not in page.split('id="import"')[1]
    assert all(word in page for word in ("One row without a fault", "1 added", "+ A1", "Take over", "张**"))
    assert "张三甲" not in page
    assert clerk.post(f"{path}commit/").status_code == 302
    assert "1 added, 0 changed, 0 ended." in shown(clerk, path)


def test_faults_are_shown_with_row_and_column_and_come_as_a_sheet(clerk: Client) -> None:
    path = posted(clerk, ["a1", "", "x", "", ""])
    redeem_due()
    page = shown(clerk, path)
    assert all(word in page for word in ("2 faults", "Must not be empty.", "Is not a number.", "Upload another file"))
    assert "Take over" not in page
    answer = clerk.get(f"{path}faults/")
    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert str(book.worksheets[0].cell(2, 6).value) == "Row 2: Must not be empty.; Is not a number."
    assert "Mend the rows" in clerk.post(f"{path}commit/", follow=True).content.decode()


def test_columns_are_chosen_by_hand_where_they_were_not_recognised(clerk: Client) -> None:
    file = SimpleUploadedFile("things.csv", csv(["编码", "谁"], ["a1", "张三甲"]))
    path = str(clerk.post("/desk/imports/new/test.things/", {"file": file})["Location"])
    redeem_due()
    assert "Some columns were not recognised" in shown(clerk, path)
    refused = clerk.post(f"{path}columns/", {"code": "0", "name": "0"})
    assert refused.status_code == 422
    assert "This column is chosen twice." in refused.content.decode()
    assert clerk.post(f"{path}columns/", {"code": "0", "name": "7"}).status_code == 422
    assert clerk.post(f"{path}columns/", {"code": "0", "name": "1"}).status_code == 302
    redeem_due()
    assert "One row without a fault" in shown(clerk, path)


def test_cancelled_it_is_gone(clerk: Client) -> None:
    path = posted(clerk, ["a1", "张三甲", "", "", ""])
    redeem_due()
    assert "the file is erased" in clerk.post(f"{path}cancel/", follow=True).content.decode()
    assert clerk.get(f"{path}faults/").status_code == 404
    assert "moved on" in clerk.post(f"{path}cancel/", follow=True).content.decode()


def test_another_department_finds_nothing_there(clerk: Client) -> None:
    path = posted(clerk, ["a1", "张三甲", "", "", ""])
    redeem_due()
    other = signed_in("other", "rules.draft")
    assert "things.csv" not in shown(other, "/desk/imports/")
    ways = (("get", ""), ("get", "faults/"), ("post", "commit/"), ("post", "cancel/"), ("post", "columns/"))
    for method, act in ways:
        assert getattr(other, method)(f"{path}{act}").status_code == 404

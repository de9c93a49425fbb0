"""A sheet of divisions: official codes are checked against each other and against what is in force."""

import io
from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

import openpyxl
import pytest
from django.utils.translation import override
from pytest_django import Settings

from grids.actions.periods import since
from grids.imports.division_sheet import official_code, parent_of, present_divisions
from grids.models import Division
from ledger.actions import commit_sheet, redeem_due, upload_sheet
from ledger.actors import Actor, ActorKind
from ledger.queries import RunPage, import_run

pytestmark = pytest.mark.django_db(transaction=True)
CLERK = Actor(
    kind=ActorKind.MEMBER, id="7", department_id=3, membership_id=1, rights=frozenset({"grids.edit"}), territory="/"
)
HEAD = ["区划代码", "名称", "拼音名称", "上级代码", "生效日期"]


@pytest.fixture(autouse=True)
def city(settings: Settings, tmp_path: object) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    rows = (("3709", "city", None), ("370902", "county", "3709"), ("370902900", "township", "370902"))
    made: dict[str, Division] = {}
    for code, level, parent in rows:
        path = f"{made[parent].path if parent else '/'}{code}/"
        made[code] = Division.objects.create(
            code=code, level=level, name_zh=f"示意{code}", name_en="Demo", path=path,
            parent=made.get(parent or ""), valid=since(date(2024, 1, 1)), illustrative=len(code) == 9,
        )  # fmt: skip
    with override("en"):
        yield


def sent(*rows: Sequence[str]) -> UUID:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (HEAD, *rows):
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    run_id = upload_sheet(kind="grids.divisions", file_name="d.xlsx", data=out.getvalue(), actor=CLERK)
    redeem_due()
    return run_id


def page(run_id: UUID) -> RunPage:
    found = import_run(CLERK, run_id)
    assert found is not None
    return found


def test_new_divisions_find_their_parents_in_the_sheet_and_in_the_system() -> None:
    run_id = sent(
        ["370902901001", "示意一社区", "One", "", "2026-01-01"],
        ["370902901", "示意二镇", "Two", "370902", "2026-01-01"],
    )
    assert (page(run_id).faults_found, page(run_id).changes["added"]) == (0, 2)
    commit_sheet(run_id=run_id, actor=CLERK)
    village = Division.objects.select_related("parent").get(code="370902901001")
    assert village.parent is not None
    assert (village.level, village.parent.code, village.illustrative) == ("village", "370902901", True)
    assert village.path == "/3709/370902/370902901/370902901001/"


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        (["370902902001", "x", "x", "", "2026-01-01"], "Division code", "Its parent 370902902 is neither"),
        (["37090290", "x", "x", "", "2026-01-01"], "Division code", "4, 6, 9 or 12 digits"),
        (["37090290000A", "x", "x", "", "2026-01-01"], "Division code", "4, 6, 9 or 12 digits"),
        (["370902900001", "x", "x", "370983", "2026-01-01"], "Parent code", "is 370902900"),
        (["1101", "x", "x", "", "2026-01-01"], "Division code", "not the one of this platform"),
        (["370902900", "x", "x", "", "2023-01-01"], "Valid from", "began later, on 2024-01-01"),
    ],
)
def test_a_wrong_code_is_named_with_its_reason(row: list[str], column: str, said: str) -> None:
    (fault,) = page(sent(row)).faults
    assert (fault.row, fault.column) == (2, column)
    assert said in fault.message


def test_a_code_that_stands_twice_is_named_at_both_rows() -> None:
    row = ["370902900001", "示意社区", "x", "", "2026-01-01"]
    assert [(fault.row, "2 times" in fault.message) for fault in page(sent(row, row)).faults] == [(2, True), (3, True)]


def test_a_later_day_begins_a_new_period_and_the_same_day_corrects() -> None:
    commit_sheet(run_id=sent(["370902900", "新名镇", "New", "", "2026-03-01"]), actor=CLERK)
    rows = Division.objects.filter(code="370902900").order_by("valid")
    assert [(row.name_zh, row.valid.upper) for row in rows] == [("示意370902900", date(2026, 3, 1)), ("新名镇", None)]
    commit_sheet(run_id=sent(["370902900", "更名镇", "New", "", "2026-03-01"]), actor=CLERK)
    assert Division.objects.filter(code="370902900").count() == 2
    assert present_divisions()["370902900"].name_zh == "更名镇"


def test_divisions_that_are_not_in_the_sheet_stay() -> None:
    commit_sheet(run_id=sent(["370902900001", "示意社区", "x", "", "2026-01-01"]), actor=CLERK)
    assert set(present_divisions()) == {"3709", "370902", "370902900", "370902900001"}


def test_codes_filled_up_with_zeros_are_those_of_the_statistics_bureau() -> None:
    assert [official_code(code) for code in ("370900000000", "370902000000", "370902001000", "370902001001")] == [
        "3709", "370902", "370902001", "370902001001",
    ]  # fmt: skip
    assert [parent_of(code) for code in ("3709", "370902", "370902001", "370902001001")] == [
        "", "3709", "370902", "370902001",
    ]  # fmt: skip

"""The sheet of holidays replaces whole years, and limits count with it at once."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from django.utils.translation import override
from pytest_django import Settings

from ledger.actions import commit_sheet, redeem_due, upload_sheet
from ledger.actors import Actor, ActorKind
from ledger.clock import app_now
from ledger.models import CalendarDay, CalendarYear
from ledger.queries import RunPage, import_run, work_calendar
from tests.ledger.sheets import csv

pytestmark = pytest.mark.django_db(transaction=True)
KEEPER = Actor(kind=ActorKind.MEMBER, id="7", department_id=3, membership_id=1, rights=frozenset({"calendar.edit"}))
HEAD = ["日期", "休或班", "中文名称", "英文名称", "依据"]


@pytest.fixture(autouse=True)
def reader(settings: Settings, tmp_path: Path) -> Iterator[None]:
    settings.MEDIA_ROOT = tmp_path
    with override("en"):
        yield


def year() -> int:
    return app_now().year + 1


def festival(days: int = 7) -> list[list[str]]:
    first = date(year(), 10, 1)
    return [[str(first + timedelta(days=n)), "休", "国庆节", "National Day", "示意文号"] for n in range(days)]


def saturday() -> str:
    day = date(year(), 9, 20)
    return str(day + timedelta(days=(5 - day.weekday()) % 7))


def sent(*rows: Sequence[str]) -> UUID:
    data = csv(HEAD, *rows, encoding="gb18030")
    run_id = upload_sheet(kind="ledger.holidays", file_name="节假日.csv", data=data, actor=KEEPER)
    redeem_due()
    return run_id


def page(run_id: UUID) -> RunPage:
    found = import_run(KEEPER, run_id)
    assert found is not None
    return found


def test_a_year_is_taken_over_with_its_source_and_counts_at_once() -> None:
    run_id = sent(*festival(), [saturday(), "班", "国庆节调休", "Make-up day", ""])
    assert (page(run_id).faults_found, page(run_id).changes["added"]) == (0, 8)
    commit_sheet(run_id=run_id, actor=KEEPER)
    assert CalendarYear.objects.get(year=year()).source == "示意文号"
    calendar = work_calendar()
    assert not calendar.works(date(year(), 10, 1))
    assert calendar.works(date.fromisoformat(saturday()))


def test_what_the_sheet_leaves_out_of_its_year_goes_and_other_years_stay() -> None:
    CalendarDay.objects.create(day=date(year(), 5, 1), working=False, name_zh="劳动节", name_en="Labour Day")
    CalendarDay.objects.create(day=date(year() - 1, 5, 1), working=False, name_zh="劳动节", name_en="Labour Day")
    run_id = sent(*festival())
    assert page(run_id).changes["ended"] == 1
    assert f"- {year()}-05-01 休 劳动节" in page(run_id).changes["lines"]
    commit_sheet(run_id=run_id, actor=KEEPER)
    assert not CalendarDay.objects.filter(day=date(year(), 5, 1)).exists()
    assert CalendarDay.objects.filter(day=date(year() - 1, 5, 1)).exists()


@pytest.mark.parametrize(
    ("row", "column", "said"),
    [
        (["2001-10-01", "休", "x", "x", ""], "Day", "This year is not one of"),
        (["{year}-13-01", "休", "x", "x", ""], "Day", "Is not a date"),
        (["{year}-10-01", "休", "x", "x", ""], "Day", "stands in the sheet 2 times"),
        (["{year}-06-01", "上", "x", "x", ""], "Off or worked", "Must be one of: 休、班."),
        (["{year}-06-02", "休", "", "x", ""], "Chinese name", "Must not be empty."),
    ],
)
def test_a_wrong_day_is_named_with_its_reason(row: list[str], column: str, said: str) -> None:
    faults = page(sent(*festival(), [cell.format(year=year()) for cell in row])).faults
    assert any(fault.row == 9 and fault.column == column and said in fault.message for fault in faults)


def test_a_make_up_day_inside_the_week_is_refused() -> None:
    monday = date.fromisoformat(saturday()) + timedelta(days=2)
    (fault,) = page(sent(*festival(), [str(monday), "班", "x", "x", ""])).faults
    assert "Saturday or a Sunday" in fault.message


def test_a_sheet_that_would_empty_a_year_is_asked_back() -> None:
    (fault,) = page(sent(*festival(3))).faults
    assert "not complete" in fault.message

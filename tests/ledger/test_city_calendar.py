"""calendar.csv: loaded, compared, given back; a fault names its line."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from ledger.actions import load_calendar
from ledger.actors import CLOCK
from ledger.cityfolder import Change, CityFolder, city_path
from ledger.clock import app_now
from ledger.imports.calendar import COLUMNS, export_calendar
from ledger.models import CalendarDay
from ledger.queries.calendar import _read, missing_years

pytestmark = pytest.mark.django_db
HEAD = ",".join(COLUMNS)
YEAR = "2026-01-01,hours,,,08:00-12:00 14:00-18:00,notice"


def load(folder: CityFolder, *, apply: bool = True) -> Change:
    return load_calendar(folder, apply=apply, actor=CLOCK, now=app_now())


def folder(tmp_path: Path, *lines: str) -> CityFolder:
    (tmp_path / "calendar.csv").write_text("\n".join([HEAD, *lines, ""]), encoding="utf-8")
    return CityFolder(tmp_path)


def test_the_city_knows_holidays_and_make_up_days() -> None:
    city = CityFolder(city_path("taian"))
    load(city)
    assert city.faults == []
    calendar = _read()
    assert not calendar.works(date(2026, 10, 1))
    assert calendar.works(date(2026, 10, 10)), "a Saturday that is worked"
    assert not calendar.works(date(2026, 10, 11))
    assert calendar.hours_by_year[2026] == ((480, 720), (840, 1080))


def test_loading_again_changes_nothing() -> None:
    load(CityFolder(city_path("taian")))
    again = load(CityFolder(city_path("taian")))
    assert not again
    assert again.same > 80


def test_a_dry_run_tells_and_does_not_do(tmp_path: Path) -> None:
    change = load(folder(tmp_path, YEAR, "2026-10-01,holiday,国庆节,National Day,,"), apply=False)
    assert change.lines == ["+ 2026", "+ 2026-10-01 国庆节"]
    assert not CalendarDay.objects.exists()


def test_what_is_exported_loads_to_the_same(tmp_path: Path) -> None:
    load(CityFolder(city_path("taian")))
    for name, content in export_calendar().items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    assert not load(CityFolder(tmp_path))


def test_a_day_taken_out_of_the_file_is_a_working_day_again(tmp_path: Path) -> None:
    load(folder(tmp_path, YEAR, "2026-10-01,holiday,国庆节,National Day,,"))
    change = load(folder(tmp_path, YEAR))
    assert (change.ended, change.lines) == (1, ["- 2026-10-01 国庆节"])
    assert _read().works(date(2026, 10, 1))


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("2026-13-01,holiday,a,b,,", "day"),
        ("2026-10-01,feast,a,b,,", "type"),
        ("2026-10-01,working,a,b,,", "type"),
        ("2026-10-01,holiday,,b,,", "name_zh"),
        ("2026-01-01,hours,,,12:00-08:00,notice", "hours"),
        ("2026-01-01,hours,,,08:00-12:00,", "source"),
    ],
)
def test_a_fault_names_line_and_column_and_nothing_is_written(tmp_path: Path, line: str, column: str) -> None:
    city = folder(tmp_path, YEAR, line)
    load(city)
    assert [(fault.row, fault.field) for fault in city.faults] == [(3, column)]
    assert not CalendarDay.objects.exists()


@pytest.mark.parametrize(("month", "missing"), [(10, [2031]), (11, [2031, 2032])])
def test_the_next_year_is_missed_from_november_on(month: int, missing: list[int]) -> None:
    assert missing_years(datetime(2031, month, 20, tzinfo=UTC)) == missing


def test_days_of_a_year_without_hours_are_refused(tmp_path: Path) -> None:
    city = folder(tmp_path, "2026-10-01,holiday,a,b,,")
    load(city)
    assert "2026" in str(city.faults[0])

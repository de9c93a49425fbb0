"""What a clock says."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import translation

from govplatform.durations import Reading, read_clock
from ledger.calendar import WorkCalendar

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def english() -> None:
    translation.activate("en")


def at(**ahead: float) -> datetime:
    return NOW + timedelta(**ahead)


@pytest.mark.parametrize(
    ("due", "words"),
    [
        (at(minutes=42), "42 min left"),
        (at(hours=3, minutes=40), "3 h 40 min left"),
        (at(hours=2), "2 h left"),
        (at(minutes=-26), "26 min over"),
        (at(hours=-2, minutes=-6), "2 h 06 min over"),
        (at(days=3, hours=1), "3 days left"),
    ],
)
def test_a_limit_in_urgent_hours_is_told_in_hours_and_minutes(due: datetime, words: str) -> None:
    assert read_clock(now=NOW, due=due).words == words


def test_a_paused_clock_has_no_time() -> None:
    assert read_clock(now=NOW, due=None) == Reading("hold", "Clock paused")


WEEK = WorkCalendar()  # Monday to Friday, 08:00-12:00 and 14:00-18:00


def test_a_limit_in_working_days_is_told_in_working_days_where_the_calendar_is_known() -> None:
    # Monday 10:00 to Thursday 11:00 in the city
    assert (
        read_clock(now=NOW, due=at(days=3, hours=1), unit="working_day", calendar=WEEK).words == "3 working days left"
    )


def test_a_weekend_is_not_counted() -> None:
    friday = NOW + timedelta(days=4)
    assert read_clock(now=friday, due=friday + timedelta(days=3), unit="working_day", calendar=WEEK).words == (
        "1 working day left"
    )


def test_the_last_working_day_is_told_in_working_time() -> None:
    # Monday 10:00 to Tuesday 09:00 in the city: six hours of Monday, one of Tuesday
    assert read_clock(now=NOW, due=at(hours=23), unit="working_day", calendar=WEEK).words == "7 h left"


def test_a_limit_in_working_hours_is_told_in_working_time() -> None:
    assert read_clock(now=NOW, due=at(hours=5), unit="working_hour", calendar=WEEK).words == "3 h left"


def test_a_limit_in_working_hours_long_overdue_is_told_in_working_days() -> None:
    now = NOW + timedelta(days=7)
    assert read_clock(now=now, due=NOW, unit="working_hour", calendar=WEEK).words == "5 working days over"


def test_overdue_working_days_are_counted_the_same_way() -> None:
    assert read_clock(now=NOW + timedelta(days=2), due=NOW, unit="working_day", calendar=WEEK).words == (
        "2 working days over"
    )


def test_the_lamp_is_amber_from_the_given_moment_and_red_after_the_deadline() -> None:
    due = at(hours=1)
    assert read_clock(now=NOW, due=due, soon=at(minutes=1)).level == "ok"
    assert read_clock(now=NOW, due=due, soon=NOW).level == "soon"
    assert read_clock(now=due + timedelta(seconds=1), due=due, soon=NOW).level == "late"


def test_at_the_deadline_itself_nothing_is_overdue() -> None:
    assert read_clock(now=NOW, due=NOW).level != "late"

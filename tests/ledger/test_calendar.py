"""Limits against an oracle that walks minute by minute, and the days everybody knows."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.calendar import CITY_ZONE, UNITS, WorkCalendar, add_budget, remaining

GOLDEN_WEEK = frozenset(date(2026, 10, day) for day in range(1, 8))
CALENDAR = WorkCalendar(holidays=GOLDEN_WEEK, make_up_days=frozenset({date(2026, 9, 20), date(2026, 10, 10)}))
MINUTE = timedelta(minutes=1)
HOURS_A_DAY = 8
moments = st.integers(0, 40 * 24 * 60).map(lambda minutes: at("2026-09-10 00:00") + minutes * MINUTE)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=CITY_ZONE)


def is_working(moment: datetime) -> bool:
    day = moment.date()
    off = day in GOLDEN_WEEK or (day.weekday() >= 5 and day not in CALENDAR.make_up_days)
    minute = moment.hour * 60 + moment.minute
    return not off and (480 <= minute < 720 or 840 <= minute < 1080)


def walked(start: datetime, minutes: int) -> datetime:
    """So many working minutes after `start`, one minute at a time."""
    moment = start
    while not minutes and not is_working(moment):
        moment += MINUTE
    while minutes:
        minutes -= is_working(moment)
        moment += MINUTE
    return moment


@given(start=moments, minutes=st.integers(0, 8 * 60 * 6))
@settings(max_examples=80, deadline=None)
def test_working_hours_agree_with_a_walk_by_minutes(start: datetime, minutes: int) -> None:
    budget = Decimal(minutes) / 60
    due = add_budget(start, budget, "working_hour", CALENDAR)
    assert abs(due - walked(start, minutes)) < timedelta(seconds=1)


def test_a_part_of_an_hour_that_is_no_decimal_ends_with_the_morning() -> None:
    due = add_budget(at("2026-09-10 10:59"), Decimal(61) / 60, "working_hour", CALENDAR)
    assert due == at("2026-09-10 12:00")


@given(start=moments, halves=st.integers(0, 14))
@settings(max_examples=60, deadline=None)
def test_working_days_agree_with_a_walk_by_minutes(start: datetime, halves: int) -> None:
    due = add_budget(start, Decimal(halves) / 2, "working_day", CALENDAR)
    assert due == walked(start, halves * HOURS_A_DAY * 60 // 2)


@given(start=moments, unit=st.sampled_from(UNITS), budget=st.integers(1, 20))
@settings(max_examples=100, deadline=None)
def test_what_remains_at_the_start_is_the_budget(start: datetime, unit: str, budget: int) -> None:
    due = add_budget(start, Decimal(budget), unit, CALENDAR)
    assert remaining(start, due, unit, CALENDAR) == budget
    assert remaining(due, start, unit, CALENDAR) == -budget


@given(start=moments, unit=st.sampled_from(UNITS), first=st.integers(0, 9), more=st.integers(0, 9))
@settings(max_examples=100, deadline=None)
def test_a_larger_budget_is_never_due_earlier(start: datetime, unit: str, first: int, more: int) -> None:
    early = add_budget(start, Decimal(first), unit, CALENDAR)
    assert start <= early <= add_budget(start, Decimal(first + more), unit, CALENDAR)


@pytest.mark.parametrize(
    ("start", "budget", "unit", "due"),
    [
        ("2026-09-30 23:00", "2", "urgent_hour", "2026-10-01 01:00"),
        ("2026-09-30 10:00", "3", "urgent_day", "2026-10-03 10:00"),
        ("2026-09-30 10:00", "3", "calendar_day", "2026-10-03 10:00"),
        ("2026-09-30 17:00", "2", "working_hour", "2026-10-08 09:00"),
        ("2026-09-30 10:00", "1", "working_day", "2026-10-08 10:00"),
        ("2026-10-09 10:00", "1", "working_day", "2026-10-10 10:00"),
        ("2026-10-10 17:30", "1", "working_hour", "2026-10-12 08:30"),
        ("2026-09-21 11:00", "4", "working_hour", "2026-09-21 17:00"),
        ("2026-09-21 23:00", "1", "working_day", "2026-09-22 18:00"),
        ("2026-09-21 08:00", "8", "working_hour", "2026-09-21 18:00"),
    ],
)
def test_days_everybody_knows(start: str, budget: str, unit: str, due: str) -> None:
    assert add_budget(at(start), Decimal(budget), unit, CALENDAR) == at(due)


def test_a_start_in_utc_gives_the_same_moment() -> None:
    start = at("2026-09-30 17:00")
    assert add_budget(start.astimezone(UTC), Decimal(2), "working_hour", CALENDAR) == at("2026-10-08 09:00")


def test_a_year_may_have_its_own_hours() -> None:
    summer = WorkCalendar(hours_by_year={2027: ((540, 1020),)})
    assert add_budget(at("2027-03-01 08:00"), Decimal(8), "working_hour", summer) == at("2027-03-01 17:00")


@pytest.mark.parametrize(("budget", "unit"), [(Decimal(-1), "working_hour"), (Decimal(1), "fortnight")])
def test_nonsense_is_refused(budget: Decimal, unit: str) -> None:
    with pytest.raises(ValueError):
        add_budget(at("2026-09-21 11:00"), budget, unit, CALENDAR)

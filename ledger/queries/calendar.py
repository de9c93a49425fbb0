"""The city's calendar as a value."""

import time
from datetime import date, datetime
from threading import Lock

from ledger.calendar import CITY_ZONE, DEFAULT_HOURS, WorkCalendar
from ledger.models import CalendarDay, CalendarYear

KEPT_SECONDS = 60.0
_lock = Lock()
_kept: tuple[float, WorkCalendar] | None = None


def work_calendar() -> WorkCalendar:
    """Holidays, make-up days and hours; read from the database at most once a minute per process (two statements)."""
    global _kept  # noqa: PLW0603 - one value per process, replaced as a whole
    with _lock:
        if _kept is None or time.monotonic() - _kept[0] > KEPT_SECONDS:
            _kept = (time.monotonic(), _read())
        return _kept[1]


def missing_years(now: datetime) -> list[int]:
    """Years whose holidays ought to be entered and are not: this one, and from November on the next.

    The State Council announces the next year's days each autumn; without them its limits count weekends only.
    """
    local = now.astimezone(CITY_ZONE)
    wanted = [local.year] + [local.year + 1] * (local.month >= 11)
    entered = set(CalendarYear.objects.filter(year__in=wanted).values_list("year", flat=True))
    return [year for year in wanted if year not in entered]


def forget_calendar() -> None:
    """Read the calendar again at the next use; after loading it, and in tests."""
    global _kept  # noqa: PLW0603
    _kept = None


def _read() -> WorkCalendar:
    days: dict[bool, set[date]] = {True: set(), False: set()}
    for day, working in CalendarDay.objects.values_list("day", "working"):
        days[working].add(day)
    hours = {
        year: tuple((int(start), int(end)) for start, end in spans)
        for year, spans in CalendarYear.objects.values_list("year", "hours")
    }
    return WorkCalendar(
        holidays=frozenset(days[False]), make_up_days=frozenset(days[True]), hours=DEFAULT_HOURS, hours_by_year=hours
    )

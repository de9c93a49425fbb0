"""Limits in the five units of the standard (domain 1.8), on a city's own calendar of holidays and make-up working days.

Pure. All arithmetic is done on wall-clock time of Asia/Shanghai, which has had no daylight saving since 1991.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

CITY_ZONE = ZoneInfo("Asia/Shanghai")
DEFAULT_HOURS = ((480, 720), (840, 1080))  # 08:00-12:00 and 14:00-18:00, minutes since midnight
UNITS = ("urgent_hour", "urgent_day", "working_hour", "working_day", "calendar_day")
_CONTINUOUS = {"urgent_hour": timedelta(hours=1), "urgent_day": timedelta(days=1), "calendar_day": timedelta(days=1)}
_HORIZON = 4000  # days a search looks ahead: eleven years, longer than any limit


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """What differs from the week of Monday to Friday.

    Arguments:
        holidays: days off that would be working days.
        make_up_days: Saturdays and Sundays worked instead (调休工作日).
        hours: working hours as (start, end) minutes since midnight, in order, not touching.
        hours_by_year: years whose hours differ from `hours`.
    """

    holidays: frozenset[date] = frozenset()
    make_up_days: frozenset[date] = frozenset()
    hours: tuple[tuple[int, int], ...] = DEFAULT_HOURS
    hours_by_year: dict[int, tuple[tuple[int, int], ...]] = field(default_factory=dict)

    def works(self, day: date) -> bool:
        """True on a working day: a make-up day, or Monday to Friday without a holiday."""
        if day in self.make_up_days:
            return True
        return day.weekday() < 5 and day not in self.holidays

    def spans(self, day: date) -> tuple[tuple[datetime, datetime], ...]:
        """Working hours of that day as aware local times; none on a day off."""
        if not self.works(day):
            return ()
        midnight = datetime.combine(day, time(), CITY_ZONE)
        hours = self.hours_by_year.get(day.year, self.hours)
        return tuple((midnight + timedelta(minutes=start), midnight + timedelta(minutes=end)) for start, end in hours)


def add_budget(start: datetime, budget: Decimal, unit: str, calendar: WorkCalendar) -> datetime:
    """The moment at which a limit ends.

    Working units pass inside working hours only, and a working day is the whole working time of its day: one working
    day from Monday 10:00 ends on Tuesday at 10:00, from Monday night on Tuesday at closing time.

    Arguments:
        start: aware moment at which the limit begins.
        budget: how many units, not negative.
        unit: one of UNITS.

    Raises:
        ValueError: unknown unit, negative budget, or a calendar without working days.
    """
    if budget < 0:
        raise ValueError("a limit cannot be negative")
    local = start.astimezone(CITY_ZONE)
    if unit in _CONTINUOUS:
        return (local + float(budget) * _CONTINUOUS[unit]).astimezone(start.tzinfo)
    left = Fraction(budget)
    for offset in range(_HORIZON):
        day = local.date() + timedelta(days=offset)
        for begin, end in calendar.spans(day):
            at = max(begin, local)
            if at >= end:
                continue
            # rounded first: a third of an hour is no decimal, and its last digit must not jump over the lunch break
            needed = round(left * _microseconds(_unit_length(unit, day, calendar)))
            if needed <= _microseconds(end - at):
                return (at + timedelta(microseconds=needed)).astimezone(start.tzinfo)
            left -= Fraction(_microseconds(end - at), _microseconds(_unit_length(unit, day, calendar)))
    raise ValueError("the calendar has no working days")


def remaining(now: datetime, due: datetime, unit: str, calendar: WorkCalendar, places: int = 2) -> Decimal:
    """How many units are left until `due`; negative when it has passed.

    Arguments:
        now, due: aware moments.
        unit: one of UNITS.
        places: decimals; a hundredth of a working day is five minutes, so a limit that rests keeps more.
    """
    if unit in _CONTINUOUS:
        return _rounded(Fraction(_microseconds(due - now), _microseconds(_CONTINUOUS[unit])), places)
    early, late = sorted((now.astimezone(CITY_ZONE), due.astimezone(CITY_ZONE)))
    total = Fraction(0)
    for offset in range((late.date() - early.date()).days + 1):
        day = early.date() + timedelta(days=offset)
        for begin, end in calendar.spans(day):
            worked = max(min(end, late) - max(begin, early), timedelta())
            total += Fraction(_microseconds(worked), _microseconds(_unit_length(unit, day, calendar)))
    return _rounded(total if now <= due else -total, places)


def _unit_length(unit: str, day: date, calendar: WorkCalendar) -> timedelta:
    if unit == "working_hour":
        return timedelta(hours=1)
    if unit == "working_day":
        return sum((end - begin for begin, end in calendar.spans(day)), timedelta())
    raise ValueError(f"unknown unit {unit}")


def _microseconds(length: timedelta) -> int:
    return length // timedelta(microseconds=1)


def _rounded(value: Fraction, places: int) -> Decimal:
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(Decimal(1).scaleb(-places))

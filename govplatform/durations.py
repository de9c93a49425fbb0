"""What a clock says in words: 剩 42 分, 3 h 40 min left, 2 working days over. Pure, but for the language."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from ledger.calendar import CITY_ZONE, WorkCalendar, remaining

HOUR = 60
DAY = 24 * HOUR
WORKING_UNITS = frozenset({"working_hour", "working_day"})
DAY_UNITS = frozenset({"urgent_day", "working_day", "calendar_day"})


@dataclass(frozen=True, slots=True)
class Reading:
    """Level of the lamp (ok, soon, late, hold) and its words."""

    level: str
    words: str


def read_clock(
    *,
    now: datetime,
    due: datetime | None,
    soon: datetime | None = None,
    unit: str = "urgent_hour",
    calendar: WorkCalendar | None = None,
) -> Reading:
    """What to show of one clock.

    Arguments:
        now: the application clock, read once by the view.
        due: deadline; None while the clock is paused.
        soon: from when on the lamp is amber; None means no amber phase.
        unit: urgent_hour, urgent_day, working_hour, working_day or calendar_day.
        calendar: for clocks in working units, which are told in working days and working time; without it they
            are told by the clock on the wall.
    """
    if due is None:
        return Reading("hold", _("Clock paused"))
    over = now > due
    level = "late" if over else "soon" if soon is not None and now >= soon else "ok"
    length = _length(now, due, unit, calendar)
    return Reading(level, (_("%(length)s over") if over else _("%(length)s left")) % {"length": length})


def working_days(start: datetime, end: datetime, calendar: WorkCalendar) -> int:
    """Whole working days from one aware moment to a later one; the same time on the next working day makes one."""
    start, end = start.astimezone(CITY_ZONE), end.astimezone(CITY_ZONE)
    span = (end.date() - start.date()).days
    days = sum(calendar.works(start.date() + timedelta(days=offset)) for offset in range(1, span + 1))
    return max(days - (calendar.works(end.date()) and end.time() < start.time()), 0)


def _length(now: datetime, due: datetime, unit: str, calendar: WorkCalendar | None) -> str:
    early, late = min(now, due), max(now, due)
    minutes = int((late - early).total_seconds() // 60)
    if calendar is not None and unit in WORKING_UNITS:
        days = working_days(early, late, calendar) if unit == "working_day" or minutes >= 2 * DAY else 0
        if days:
            return _days(days, _("1 working day"), _("%(n)s working days"))
        return _hours(int(remaining(early, late, "working_hour", calendar) * HOUR))
    if minutes >= 2 * DAY or (minutes >= DAY and unit in DAY_UNITS):
        return _days(minutes // DAY, _("1 day"), _("%(n)s days"))
    return _hours(minutes)


def _hours(minutes: int) -> str:
    hours, rest = divmod(minutes, HOUR)
    if not hours:
        return _("%(m)s min") % {"m": rest}
    if not rest:
        return _("%(h)s h") % {"h": hours}
    return _("%(h)s h %(m)s min") % {"h": hours, "m": f"{rest:02d}"}


def _days(number: int, one: str, many: str) -> str:
    return one if number == 1 else many % {"n": number}

"""What a clock says in words: 剩 42 分, 3 h 40 min left, 2 working days over. Pure, but for the language."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils.translation import gettext as _

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
    working_days: Decimal | None = None,
) -> Reading:
    """What to show of one clock.

    Arguments:
        now: the application clock, read once by the view.
        due: deadline; None while the clock is paused.
        soon: from when on the lamp is amber; None means no amber phase.
        unit: urgent_hour, urgent_day, working_hour, working_day or calendar_day.
        working_days: |due - now| in working days where the caller has a calendar; without it a clock in
            working units longer than a day is told in calendar days, and says so.
    """
    if due is None:
        return Reading("hold", _("Clock paused"))
    over = now > due
    level = "late" if over else "soon" if soon is not None and now >= soon else "ok"
    length = _length(abs(due - now), unit, working_days)
    return Reading(level, (_("%(length)s over") if over else _("%(length)s left")) % {"length": length})


def _length(gap: timedelta, unit: str, working_days: Decimal | None) -> str:
    if working_days is not None and unit in WORKING_UNITS and working_days >= 1:
        return _days(int(working_days), _("1 working day"), _("%(n)s working days"))
    minutes = int(gap.total_seconds() // 60)
    if minutes >= 2 * DAY or (minutes >= DAY and unit in DAY_UNITS):
        return _days(minutes // DAY, _("1 day"), _("%(n)s days"))
    hours, rest = divmod(minutes, HOUR)
    if not hours:
        return _("%(m)s min") % {"m": rest}
    if not rest:
        return _("%(h)s h") % {"h": hours}
    return _("%(h)s h %(m)s min") % {"h": hours, "m": f"{rest:02d}"}


def _days(number: int, one: str, many: str) -> str:
    return one if number == 1 else many % {"n": number}

"""What comes in from files: the calendar of a city folder, and the sheet of holidays."""

from ledger.imports.calendar import (
    CalendarLines,
    DayLine,
    YearLine,
    export_calendar,
    format_hours,
    parse_hours,
    read_calendar,
)
from ledger.imports.holidays import check_holidays, holiday_changes, holiday_columns

__all__ = [
    "CalendarLines",
    "DayLine",
    "YearLine",
    "check_holidays",
    "export_calendar",
    "format_hours",
    "holiday_changes",
    "holiday_columns",
    "parse_hours",
    "read_calendar",
]

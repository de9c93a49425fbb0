"""The calendar of a city folder: calendar.csv, a line per holiday or make-up day and an "hours" line per year."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.utils.translation import gettext as _

from ledger.cityfolder import CityFolder, Row, to_csv
from ledger.models import CalendarDay, CalendarYear

FILE = "calendar.csv"
COLUMNS = ("day", "type", "name_zh", "name_en", "hours", "source")
TYPES = ("holiday", "working", "hours")


@dataclass(frozen=True, slots=True)
class DayLine:
    """A day that differs from the week."""

    working: bool
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class YearLine:
    """A year's working hours as minutes since midnight, and where its days come from."""

    hours: tuple[tuple[int, int], ...]
    source: str


@dataclass(frozen=True, slots=True)
class CalendarLines:
    """What the file says."""

    days: dict[date, DayLine]
    years: dict[int, YearLine]


def read_calendar(folder: CityFolder) -> CalendarLines:
    """Read and check calendar.csv; every fault is noted in the folder with its row."""
    lines = CalendarLines({}, {})
    for row in folder.rows(FILE, required=COLUMNS):
        day = _day(folder, row)
        if day is None:
            continue
        if row["type"] == "hours":
            _take_year(folder, row, day, lines)
        elif row["type"] in TYPES:
            _take_day(folder, row, day, lines)
        else:
            folder.refuse(row, "type", _("one of %(types)s") % {"types": ", ".join(TYPES)})
    for missing in sorted({day.year for day in lines.days} - set(lines.years)):
        folder.refuse_file(FILE, _("the year %(year)s has days but no line of type “hours”") % {"year": missing})
    return lines


def _day(folder: CityFolder, row: Row) -> date | None:
    try:
        return date.fromisoformat(row["day"])
    except ValueError:
        folder.refuse(row, "day", _("is not a date (YYYY-MM-DD)"))
        return None


def _take_day(folder: CityFolder, row: Row, day: date, lines: CalendarLines) -> None:
    working = row["type"] == "working"
    if day in lines.days:
        folder.refuse(row, "day", _("stands in the file twice"))
    elif working and day.weekday() < 5:
        folder.refuse(row, "type", _("a make-up working day is a Saturday or a Sunday"))
    elif not row["name_zh"] or not row["name_en"]:
        folder.refuse(row, "name_zh", _("needs a Chinese and an English name"))
    else:
        lines.days[day] = DayLine(working, row["name_zh"], row["name_en"])


def _take_year(folder: CityFolder, row: Row, day: date, lines: CalendarLines) -> None:
    hours = parse_hours(row["hours"])
    if hours is None:
        folder.refuse(row, "hours", _("write them like 08:00-12:00 14:00-18:00, in order"))
    elif not row["source"]:
        folder.refuse(row, "source", _("name the notice the year's days come from"))
    else:
        lines.years[day.year] = YearLine(hours, row["source"])


def parse_hours(text: str) -> tuple[tuple[int, int], ...] | None:
    """Minutes since midnight of "08:00-12:00 14:00-18:00"; None if it is anything else or out of order."""
    spans = []
    try:
        for part in text.split():
            start, end = (int(clock[:-3]) * 60 + int(clock[-2:]) for clock in part.split("-"))
            spans.append((start, end))
    except ValueError:
        return None
    flat = [minute for span in spans for minute in span]
    in_order = all(before < after for before, after in pairwise(flat))
    return tuple(spans) if flat and in_order and flat[-1] <= 24 * 60 else None


def format_hours(spans: tuple[tuple[int, int], ...]) -> str:
    """The way the file writes hours."""
    return " ".join("-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in span) for span in spans)


def export_calendar() -> dict[str, str]:
    """calendar.csv as it would load to what stands in the database."""
    rows: list[tuple[str, ...]] = []
    for year in CalendarYear.objects.order_by("year"):
        hours = tuple((int(start), int(end)) for start, end in year.hours)
        rows.append((f"{year.year}-01-01", "hours", "", "", format_hours(hours), year.source))
    for day in CalendarDay.objects.order_by("day"):
        rows.append((day.day.isoformat(), "working" if day.working else "holiday", day.name_zh, day.name_en, "", ""))
    return {FILE: to_csv(COLUMNS, rows)}

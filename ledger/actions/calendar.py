"""Loads the calendar of a city folder."""

from datetime import datetime

from django.db import transaction

from ledger.actions.records import audit
from ledger.actors import Actor
from ledger.cityfolder import Change, CityFolder
from ledger.imports import CalendarLines, DayLine, YearLine, read_calendar
from ledger.models import CalendarDay, CalendarYear
from ledger.queries.calendar import forget_calendar


@transaction.atomic
def load_calendar(folder: CityFolder, *, apply: bool, actor: Actor, now: datetime) -> Change:
    """Compare calendar.csv with the database and, if told to, make the database say the same. Idempotent.

    Deadlines that are running keep the moment they were given; new ones use the new calendar.
    """
    lines = read_calendar(folder)
    change = Change()
    if folder.faults or not (lines.days or lines.years):
        return change
    _load_years(lines, change, apply=apply)
    _load_days(lines, change, apply=apply)
    if apply and change:
        audit(actor=actor, action="calendar.loaded", object_kind="calendar", data={"difference": str(change)}, now=now)
        transaction.on_commit(forget_calendar)
    return change


def _load_years(lines: CalendarLines, change: Change, *, apply: bool) -> None:
    present = {
        row.year: YearLine(tuple((int(start), int(end)) for start, end in row.hours), row.source)
        for row in CalendarYear.objects.all()
    }
    for year, line in lines.years.items():
        _count(change, present.get(year), line, str(year))
        if apply and present.get(year) != line:
            CalendarYear.objects.update_or_create(year=year, defaults={"hours": line.hours, "source": line.source})


def _load_days(lines: CalendarLines, change: Change, *, apply: bool) -> None:
    present = {row.day: DayLine(row.working, row.name_zh, row.name_en) for row in CalendarDay.objects.all()}
    for day, line in lines.days.items():
        _count(change, present.get(day), line, f"{day} {line.name_zh}")
        if apply and present.get(day) != line:
            values = {"working": line.working, "name_zh": line.name_zh, "name_en": line.name_en}
            CalendarDay.objects.update_or_create(day=day, defaults=values)
    gone = [day for day in present if day not in lines.days and day.year in lines.years]
    change.ended += len(gone)
    change.lines += [f"- {day} {present[day].name_zh}" for day in gone]
    if apply:
        CalendarDay.objects.filter(day__in=gone).delete()


def _count(change: Change, old: object, new: object, line: str) -> None:
    if old is None:
        change.added += 1
        change.lines.append(f"+ {line}")
    elif old != new:
        change.changed += 1
        change.lines.append(f"~ {line}")
    else:
        change.same += 1

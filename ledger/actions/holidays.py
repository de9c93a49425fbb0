"""Takes a checked sheet of holidays over."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from ledger.actors import Actor
from ledger.calendar import DEFAULT_HOURS
from ledger.imports.holidays import holiday_changes, wanted_days
from ledger.kinds import SheetRow
from ledger.models import CalendarDay, CalendarYear
from ledger.queries.calendar import forget_calendar


def commit_holidays(*, rows: Sequence[SheetRow], run_id: UUID, actor: Actor, now: datetime) -> dict[str, int]:
    """Make the years of the sheet say what it says, inside the caller's transaction. Returns counts.

    Limits that are running keep the moment they were given; new ones use the new calendar. Working hours stay as they
    are; a year that had none gets the usual ones.
    """
    wanted = wanted_days(rows)
    change = holiday_changes(rows, actor=actor, now=now)
    years = {day.year for day in wanted}
    CalendarDay.objects.filter(day__year__in=years).delete()
    CalendarDay.objects.bulk_create(
        CalendarDay(day=day, working=line.working, name_zh=line.name_zh, name_en=line.name_en)
        for day, line in sorted(wanted.items())
    )
    source = next((row["source"] for row in rows if row["source"]), f"import {run_id}")
    for year in sorted(years):
        CalendarYear.objects.update_or_create(
            year=year, defaults={"source": source}, create_defaults={"source": source, "hours": DEFAULT_HOURS}
        )
    transaction.on_commit(forget_calendar)
    return {"added": change.added, "changed": change.changed, "ended": change.ended, "same": change.same}

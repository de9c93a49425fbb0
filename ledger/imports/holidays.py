"""The sheet of holidays and make-up working days, as the State Council announces them each autumn."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from django.utils.translation import gettext as _

from ledger.actors import Actor
from ledger.cityfolder import Change
from ledger.imports.calendar import DayLine
from ledger.kinds import Column, RowError, SheetRow
from ledger.models import CalendarDay

OFF, WORKED = "休", "班"
YEARS_AHEAD = 3


def holiday_columns() -> Sequence[Column]:
    """Day, off or worked, both names, and the notice it comes from."""
    return (
        Column(
            "day", "日期", "Day", "date", required=True, aliases=("放假日期", "date"), example="2027-02-06",
            help_zh="与周一至周五工作制不同的每一天各占一行。",
            help_en="One row for each day that differs from the week.",
        ),
        Column(
            "type", "休或班", "Off or worked", "code", required=True, aliases=("类型", "working", "是否上班"),
            choices=(OFF, WORKED), example=OFF,
            help_zh="休：放假；班：调休上班（只能是周六、周日）。",
            help_en="休: a day off; 班: a Saturday or Sunday that is worked.",
        ),
        Column(
            "name_zh", "中文名称", "Chinese name", required=True, aliases=("名称", "节日"), max_length=60,
            example="春节",
        ),
        Column(
            "name_en", "英文名称", "English name", required=True, max_length=60, example="Spring Festival",
        ),
        Column(
            "source", "依据", "Source", aliases=("文号", "通知"), max_length=200, example="国办发明电〔2026〕×号",
            help_zh="放假通知的文号，填写一次即可。", help_en="The notice the days come from; once is enough.",
        ),
    )  # fmt: skip


def check_holidays(rows: Sequence[SheetRow], *, actor: Actor, now: datetime) -> list[RowError]:
    """No day twice, no make-up day inside the week, no holiday on a weekend that nobody works anyway, no far year."""
    faults = []
    seen = Counter(row["day"] for row in rows)
    for row in rows:
        day = row["day"]
        if day is None:
            continue
        if seen[day] > 1:
            faults.append(
                RowError(row.number, "day", _("This day stands in the sheet %(n)s times.") % {"n": seen[day]})
            )
        if not now.year - 1 <= day.year <= now.year + YEARS_AHEAD:
            said = _("This year is not one of %(first)s to %(last)s.")
            faults.append(RowError(row.number, "day", said % {"first": now.year - 1, "last": now.year + YEARS_AHEAD}))
        if row["type"] == WORKED and day.weekday() < 5:
            faults.append(RowError(row.number, "type", _("a make-up working day is a Saturday or a Sunday")))
    return faults + _half_years(rows)


def _half_years(rows: Sequence[SheetRow]) -> list[RowError]:
    """A sheet replaces whole years: one that would empty a year of its other days is asked back."""
    counts = Counter(row["day"].year for row in rows if row["day"] is not None)
    said = _("A sheet replaces the whole year %(year)s; with %(n)s days it is not complete.")
    few = [year for year, number in counts.items() if number < 7]
    first = {year: next(row for row in rows if row["day"] and row["day"].year == year) for year in few}
    return [RowError(first[year].number, "day", said % {"year": year, "n": counts[year]}) for year in few]


def holiday_changes(rows: Sequence[SheetRow], *, actor: Actor, now: datetime) -> Change:
    """What taking the sheet over would add, change and remove."""
    wanted, present = wanted_days(rows), present_days({row["day"].year for row in rows})
    change = Change()
    for day, line in sorted(wanted.items()):
        if day not in present:
            change.added += 1
            change.lines.append(f"+ {day} {_words(line)}")
        elif present[day] != line:
            change.changed += 1
            change.lines.append(f"~ {day} {_words(present[day])} → {_words(line)}")
        else:
            change.same += 1
    for day in sorted(set(present) - set(wanted)):
        change.ended += 1
        change.lines.append(f"- {day} {_words(present[day])}")
    return change


def wanted_days(rows: Sequence[SheetRow]) -> dict[date, DayLine]:
    return {row["day"]: DayLine(row["type"] == WORKED, row["name_zh"], row["name_en"]) for row in rows}


def present_days(years: set[int]) -> dict[date, DayLine]:
    found = CalendarDay.objects.filter(day__year__in=years)
    return {row.day: DayLine(row.working, row.name_zh, row.name_en) for row in found}


def _words(line: DayLine) -> str:
    return f"{WORKED if line.working else OFF} {line.name_zh}"

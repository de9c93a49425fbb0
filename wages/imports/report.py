"""The report on projects and their special accounts: one row per project and month. What the rows of a project say
together, and what taking it over would change.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from grids.datum import to_wgs84
from grids.imports import official_code
from grids.queries import division_by_code, today
from ledger.actors import Actor
from ledger.cityfolder import Change
from ledger.kinds import RowError, SheetRow
from wages.imports.projects import EMPTY, ProjectLine, line_of, whole_projects
from wages.imports.report_columns import BANK, FACTS, INDUSTRIES, TOGETHER, WAGES, report_columns
from wages.models import MonthFigure, Project


@dataclass(slots=True)
class Report:
    """What the rows of one project say of it together.

    Arguments:
        numbers: of its rows.
        facts: column → value, of those that some row gives.
        rows: column → the first row that gives it.
        months: month → its row.
    """

    code: str
    numbers: list[int] = field(default_factory=list)
    facts: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    months: dict[date, SheetRow] = field(default_factory=dict)

    def row_of(self, column: str) -> int:
        """The row to mend for a column; the first of the project where none gives it."""
        return self.rows.get(column, self.numbers[0])


def gathered(rows: Sequence[SheetRow]) -> tuple[dict[str, Report], list[RowError]]:
    """Reports by project code, and what rows contradict: a fact told in two ways, a month told twice."""
    reports: dict[str, Report] = {}
    errors: list[RowError] = []
    for row in rows:
        if row["project"]:
            report = reports.setdefault(row["project"], Report(row["project"]))
            report.numbers.append(row.number)
            errors += [*_take_facts(report, row), *_take_month(report, row)]
    return reports, errors


def _take_facts(report: Report, row: SheetRow) -> Iterable[RowError]:
    for name in FACTS:
        value = _plain(name, row[name])
        if value in (None, ""):
            continue
        report.rows.setdefault(name, row.number)
        first = report.facts.setdefault(name, value)
        if first != value:
            said = _("Row %(row)s says %(value)s for the same project.")
            yield RowError(row.number, name, said % {"row": report.rows[name], "value": first})


def _plain(name: str, value: Any) -> Any:
    if name == "industry":
        return INDUSTRIES.get(value, "")
    return official_code(value) if name == "division" and value else value


def _take_month(report: Report, row: SheetRow) -> Iterable[RowError]:
    if row["month"] is None:
        if any(row[name] is not None for name in (*BANK, *WAGES)):
            yield RowError(row.number, "month", _("Say of which month the figures of this row are."))
        return
    first = report.months.setdefault(row["month"], row)
    if first is not row:
        said = _("Row %(row)s reports this month of the project already.")
        yield RowError(row.number, "month", said % {"row": first.number})


def division_paths(reports: Iterable[Report]) -> dict[str, str]:
    """Code → path of the divisions that are named and in force today."""
    codes, day = {report.facts["division"] for report in reports if "division" in report.facts}, today()
    found = {code: division_by_code(code, on=day) for code in codes}
    return {code: division.path for code, division in found.items() if division is not None}


def merged(report: Report, project: Project | None, divisions: Mapping[str, str]) -> dict[str, Any]:
    """The project as it would be, by field of ProjectLine: what is there, with what the report gives laid over it."""
    facts = dict(report.facts)
    if all(name in facts for name in TOGETHER[0]):
        facts["lon"], facts["lat"] = to_wgs84(float(facts["lon"]), float(facts["lat"]), facts["datum"].lower())
    else:
        facts = {name: value for name, value in facts.items() if name not in TOGETHER[0]}
    facts["path"] = divisions.get(facts.pop("division", ""), "")
    given = {name: value for name, value in facts.items() if name in EMPTY and value != ""}
    return {**(asdict(line_of(project)) if project else EMPTY), **given, "code": report.code}


@dataclass(frozen=True, slots=True)
class Plan:
    """What a report changes of one project.

    Arguments:
        project: as it is; None: it is made.
        line: as it will be.
        fields: of the line, that change.
        months: month → figures that change.
        new_months, told_months: how many months come new, and of how many the report tells figures.
        lines: the change in words.
    """

    project: Project | None
    line: ProjectLine
    fields: frozenset[str]
    months: dict[date, dict[str, Any]]
    new_months: int
    told_months: int
    lines: tuple[str, ...]

    @property
    def changes(self) -> bool:
        return bool(self.fields or self.months)

    @property
    def added(self) -> int:
        return (self.project is None) + self.new_months

    @property
    def changed(self) -> int:
        return bool(self.project and self.fields) + len(self.months) - self.new_months

    @property
    def same(self) -> int:
        return (not self.fields) + self.told_months - len(self.months)

    @property
    def ended(self) -> int:
        """A report takes nothing away."""
        return 0


def planned(rows: Sequence[SheetRow], projects: Mapping[str, Project]) -> list[Plan]:
    """What rows without a fault change, by project. The same rows once more change nothing.

    Arguments:
        projects: those that are there, by code.
    """
    reports, _errors = gathered(rows)
    divisions = division_paths(reports.values())
    figures = month_figures(projects.values(), {month for report in reports.values() for month in report.months})
    return [_plan(report, projects.get(report.code), divisions, figures) for report in reports.values()]


Figures = dict[tuple[int, date], MonthFigure]


def month_figures(projects: Iterable[Project], months: Iterable[date]) -> Figures:
    """What is there of these months, by project and month."""
    found = MonthFigure.objects.filter(project__in=list(projects), month__in=set(months))
    return {(figure.project_id, figure.month): figure for figure in found}


def _plan(report: Report, project: Project | None, divisions: Mapping[str, str], figures: Figures) -> Plan:
    line = ProjectLine(**merged(report, project, divisions))
    before = asdict(line_of(project)) if project else EMPTY
    fields = frozenset(name for name, value in asdict(line).items() if before[name] != value)
    labels = column_labels()
    words = [f"+ {line.code} {line.name_zh}"] if project is None else []
    if project is not None:
        words += [_words(line.code, name, before[name], getattr(line, name), labels) for name in sorted(fields)]
    months: dict[date, dict[str, Any]] = {}
    new = told = 0
    for month, row in sorted(report.months.items()):
        here = figures.get((project.pk, month)) if project else None
        given = _told(row)
        values = {name: value for name, value in given.items() if here is None or getattr(here, name) != value}
        told += bool(given)
        if values:
            new += here is None
            months[month] = values
            words += _month_words(f"{line.code} {month:%Y-%m}", here, values, labels)
    return Plan(project, line, fields, months, new, told, tuple(words))


def _told(row: SheetRow) -> dict[str, Any]:
    """Figures a row gives; a sum tells of its day as well, also that there is none."""
    names = {name for name in (*BANK, *WAGES) if row[name] is not None}
    names |= {day for day, sum_ in (("arrived_on", "arrived"), ("last_paid_on", "paid")) if row[sum_] is not None}
    return {name: row[name] for name in (*BANK, *WAGES) if name in names}


def _month_words(
    where: str, here: MonthFigure | None, values: Mapping[str, Any], labels: Mapping[str, str]
) -> list[str]:
    """A new month in one line, a change of one that is there by figure."""
    if here is None:
        told = "; ".join(f"{labels[name]} {value}" for name, value in values.items() if value is not None)
        return [f"+ {where} {told}"]
    return [_words(where, name, getattr(here, name), value, labels) for name, value in values.items()]


def _words(where: str, name: str, before: Any, after: Any, labels: Mapping[str, str]) -> str:
    label = labels.get({"path": "division"}.get(name, name), name)
    if before in (None, ""):
        return f"+ {where} {label}: {after}"
    return f"~ {where} {label}: {before} → {'—' if after is None else after}"


def column_labels() -> dict[str, str]:
    """Names of the columns in the reader's language."""
    chinese = (get_language() or "zh").startswith("zh")
    return {column.key: column.zh if chinese else column.en for column in report_columns()}


def report_changes(rows: Sequence[SheetRow], *, actor: Actor, now: datetime) -> Change:
    """What taking the report over would add and change; see ledger.kinds.register_import."""
    codes = {row["project"] for row in rows}
    plans = planned(rows, {project.code: project for project in whole_projects().filter(code__in=codes)})
    change = Change()
    for plan in plans:
        change.added, change.changed = change.added + plan.added, change.changed + plan.changed
        change.same += plan.same
        change.lines += plan.lines
    return change

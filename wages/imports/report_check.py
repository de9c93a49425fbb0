"""What is wrong with a report on projects and their special accounts, cell by cell."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.access import within
from accounts.models import Organisation
from accounts.rules import city_date
from grids.queries import lies_in, locate
from ledger.actors import Actor
from ledger.kinds import RowError, SheetRow
from wages import rules
from wages.imports.projects import line_of, whole_projects
from wages.imports.report import (
    Figures,
    Report,
    column_labels,
    division_paths,
    gathered,
    merged,
    month_figures,
)
from wages.imports.report_columns import BANK, NEEDED, TOGETHER, WAGES
from wages.models import PayLine, Project

FIRMS = TOGETHER[1:]


@dataclass(frozen=True, slots=True)
class Known:
    """What is in the system of what a report names, and who sends it.

    Arguments:
        projects: by code, wherever they lie.
        divisions: code → path.
        figures: of the months of the report.
        sheets: (project, month) whose wage sheet was imported.
    """

    actor: Actor
    today: date
    projects: dict[str, Project]
    divisions: dict[str, str]
    figures: Figures
    sheets: frozenset[tuple[int, date]]


def check_reports(rows: Sequence[SheetRow], *, actor: Actor, now: datetime) -> list[RowError]:
    """See ledger.kinds.register_import. Four statements, one for each division and three for each place."""
    reports, errors = gathered(rows)
    known = _known(reports, actor, city_date(now))
    for report in reports.values():
        errors += _report_faults(report, known)
    return errors + _names_of_firms(reports.values())


def _known(reports: Mapping[str, Report], actor: Actor, today: date) -> Known:
    projects = {project.code: project for project in whole_projects().filter(code__in=reports)}
    months = {month for report in reports.values() for month in report.months}
    lines = PayLine.objects.filter(project__in=projects.values(), month__in=months)
    sheets = frozenset(lines.values_list("project_id", "month").distinct())
    figures = month_figures(projects.values(), months)
    return Known(actor, today, projects, division_paths(reports.values()), figures, sheets)


def _report_faults(report: Report, known: Known) -> list[RowError]:
    project = known.projects.get(report.code)
    if project is not None and not within(known.actor.territory, project.path):
        said = _("This project lies outside your area.")
        return [RowError(number, "project", said) for number in report.numbers]
    if project is None and not report.facts:
        said = _("There is no such project. To make one, fill in what it is.")
        return [RowError(number, "project", said) for number in report.numbers]
    line = merged(report, project, known.divisions)
    return [
        *_incomplete(report, project),
        *_facts(report, project, line, known),
        *_place(report, project, line, known),
        *(fault for month, row in report.months.items() for fault in _figures(month, row, project, line, known)),
    ]


def _incomplete(report: Report, project: Project | None) -> Iterable[RowError]:
    if project is None:
        said = _("A project that is not in the system yet needs this.")
        yield from (RowError(report.numbers[0], name, said) for name in NEEDED if name not in report.facts)
        return
    labels = column_labels()
    for group in TOGETHER:
        given = [name for name in group if name in report.facts]
        if given:
            said = _("Fill in together: %(columns)s.") % {"columns": ", ".join(labels[name] for name in group)}
            yield from (RowError(report.rows[given[0]], name, said) for name in group if name not in given)


def _facts(report: Report, project: Project | None, line: dict[str, Any], known: Known) -> Iterable[RowError]:
    """Faults of the project as it would be; those it has already are not the fault of this file."""
    old = rules.project_faults(asdict(line_of(project)), demo=settings.DEMO, today=known.today) if project else []
    for name, message in rules.project_faults(line, demo=settings.DEMO, today=known.today):
        if (name, message) not in old:
            column = {"code": "project"}.get(name, name)
            yield RowError(report.row_of(column), column, message)


def _place(report: Report, project: Project | None, line: dict[str, Any], known: Known) -> Iterable[RowError]:
    """The division is there and in the area, the place is in the city and in the division."""
    if not {"division", *TOGETHER[0]} & report.facts.keys():
        return
    code = report.facts.get("division", "")
    if code and code not in known.divisions:
        yield RowError(report.row_of("division"), "division", _("There is no such division."))
        return
    if code and not within(known.actor.territory, line["path"]):
        yield RowError(report.row_of("division"), "division", _("This division lies outside your area."))
        return
    if line["lon"] is None or not line["path"]:
        return
    said = report.facts if report.facts.keys() >= set(TOGETHER[0]) else {**line, "datum": "wgs84"}
    try:
        locate(lon=float(said["lon"]), lat=float(said["lat"]), datum=said["datum"].lower(), on=None)
    except ValidationError as error:
        yield RowError(report.row_of("lon"), "lon", " ".join(error.messages))
        return
    if not lies_in(line["path"], lon=line["lon"], lat=line["lat"], on=known.today):
        column = "lon" if "lon" in report.facts else "division"
        yield RowError(report.row_of(column), column, _("The place of the site does not lie in this division."))


def _figures(
    month: date, row: SheetRow, project: Project | None, line: dict[str, Any], known: Known
) -> Iterable[RowError]:
    values = {name: row[name] for name in (*BANK, *WAGES)}
    fault = rules.month_fault(month, line["signed_on"], known.today)
    if fault:
        yield RowError(row.number, "month", fault)
    found = rules.bank_faults(values, known.today) | rules.sum_faults(values, known.today)
    yield from (RowError(row.number, name, message) for name, message in found.items())
    if project is None or (project.pk, month) not in known.sheets:
        return
    figure = known.figures.get((project.pk, month))
    for name in WAGES:
        if values[name] is not None and name not in found and values[name] != getattr(figure, name, None):
            said = _("The imported wage sheet of this month comes to %(value)s: mend that sheet, or leave this empty.")
            yield RowError(row.number, name, said % {"value": getattr(figure, name, None)})


def _names_of_firms(reports: Iterable[Report]) -> list[RowError]:
    """One credit code, one firm: a report gives no firm another name, neither in the file nor in the system."""
    given = [(r, name, code) for r in reports for name, code in FIRMS if name in r.facts and code in r.facts]
    codes = {report.facts[code] for report, _name, code in given}
    system = dict(Organisation.objects.filter(credit_code__in=codes).values_list("credit_code", "name"))
    file: dict[str, tuple[str, int]] = {}
    errors = []
    for report, name, code in given:
        said, row = report.facts[name], report.rows[name]
        first, where = file.setdefault(report.facts[code], (said, row))
        known = system.get(report.facts[code], said)
        if known != said:
            message = _("This credit code is registered for %(name)s.") % {"name": known}
            errors.append(RowError(row, name, message))
        elif first != said:
            errors.append(
                RowError(row, name, _("Row %(row)s gives another name for this credit code.") % {"row": where})
            )
    return errors

"""Projects come in: from a line of the city folder, and from the report on projects and their special accounts."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.gis.geos import Point
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from accounts.access import within
from accounts.actions import create_organisation
from accounts.models import Department, Organisation
from accounts.rules import city_date
from ledger.actions import audit
from ledger.actors import Actor
from ledger.kinds import SheetRow
from wages import rules
from wages.actions.judging import MONTHS_BACK
from wages.actions.sheets import ask_judgement
from wages.imports import PLAIN, Plan, ProjectLine, planned, whole_projects
from wages.models import MonthFigure, Project, SpecialAccount


def commit_reports(*, rows: Sequence[SheetRow], run_id: UUID, actor: Actor, now: datetime) -> dict[str, int]:
    """Write a checked report; see ledger.kinds.register_import. What a row leaves empty stays, what is there already is
    not written again; the rules look at every project whose figures change.

    Raises:
        ValidationError: somebody else has made the same project since the check.

    Returns:
        counts of projects and months: added, changed, ended (always 0), same.
    """
    codes = {row["project"] for row in rows}
    locked = whole_projects().select_for_update(of=("self",)).filter(code__in=codes).order_by("pk")
    plans = planned(rows, {project.code: project for project in locked})
    for plan in plans:
        if plan.changes:
            _carry_out(plan, run_id, actor, now)
    return {name: sum(getattr(plan, name) for plan in plans) for name in ("added", "changed", "ended", "same")}


def follow_paths(*, moves: Mapping[str, str], now: datetime) -> None:
    """Projects of a village that ends come to the one that takes its place; see grids.kinds."""
    for old, new in moves.items():
        Project.objects.filter(path=old).update(path=new)


def _carry_out(plan: Plan, run_id: UUID, actor: Actor, now: datetime) -> None:
    project = plan.project or Project(code=plan.line.code, illustrative=settings.DEMO)
    if plan.project is not None and not within(actor.territory, project.path):
        raise ValidationError(_("There is no such project in your area."))
    if plan.fields:
        _write_alone(project, plan.line, now)
    for month, values in plan.months.items():
        MonthFigure.objects.update_or_create(project=project, month=month, defaults=values)
    months = sorted({*plan.months, *(_months_back(project, now) if "pay_day" in plan.fields else ())})
    if months:
        ask_judgement(project_id=project.pk, months=months, key=str(run_id), now=now)
    data = {"run": str(run_id), "fields": sorted(plan.fields), "months": [f"{month:%Y-%m}" for month in plan.months]}
    audit(actor=actor, action="wages.report", object_kind="project", object_id=project.code, data=data, now=now)


def _write_alone(project: Project, line: ProjectLine, now: datetime) -> None:
    """In a savepoint: of two reports that make one project at the same time, the second is told so."""
    try:
        with transaction.atomic():
            write_project(project, line, now)
    except IntegrityError as error:
        said = _("Project %(code)s was made by somebody else meanwhile: upload the file again.") % {"code": line.code}
        raise ValidationError(said) from error


def _months_back(project: Project, now: datetime) -> set[date]:
    """Months that another pay day can change the verdict of."""
    since = rules.add_months(rules.first_of(city_date(now)), -MONTHS_BACK)
    return set(MonthFigure.objects.filter(project=project, month__gte=since).values_list("month", flat=True))


def write_project(project: Project, line: ProjectLine, now: datetime) -> None:
    """Make a project, its firms and its special account say what a line says, in the caller's transaction."""
    for name in PLAIN:
        setattr(project, name, getattr(line, name))
    project.point = Point(line.lon, line.lat, srid=4326)
    project.owner = _firm(line.owner, line.owner_code, line, now)
    project.contractor = _firm(line.contractor, line.contractor_code, line, now)
    project.authority = Department.objects.filter(code=line.authority).first() if line.authority else None
    project.save()
    if line.account_opened:
        name = f"{line.contractor}{line.name_zh}农民工工资专用账户"  # Art. 26 and the rules of ten ministries of 2021
        values = {"name": name, "bank": line.bank, "tail": line.account_tail, "opened_on": line.account_opened}
        SpecialAccount.objects.update_or_create(project=project, defaults=values)


def _firm(name: str, code: str, line: ProjectLine, now: datetime) -> Organisation:
    return create_organisation(
        name=name, credit_code=code, source="project", purpose="wages", basis="State Council Decree 724, Art. 38",
        expires=line.ends_on + timedelta(days=366 * rules.KEPT_YEARS), now=now,
        notice="",  # a firm, not a person
    )  # fmt: skip

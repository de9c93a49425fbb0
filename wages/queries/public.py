"""What anybody may know of a project (Art. 34, 47): never a worker, no sum of fewer than ten, no finding that no
official has confirmed.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Q, QuerySet

from cases.kinds import workflow
from cases.models import HistoryEntry
from grids.queries import names_of_paths, today
from ledger.queries import work_calendar
from wages import rules
from wages.models import MonthFigure, Project, WageWarning

PAGE = 20
MONTHS_SHOWN = 12
# what the public reads of the handling of a confirmed warning, in its order
TOLD = ("confirm", "hear", "order", "record_payment", "reject_payment", "escalate", "investigate", "close")


@dataclass(frozen=True, slots=True)
class PublicProject:
    """A line of the public search.

    Arguments:
        level: "red", "yellow" or "": of warnings an official has confirmed and that are open.
        last_full_month: newest month everybody was paid in full, its first day.
        lon, lat: of the site, degrees WGS-84.
    """

    code: str
    name_zh: str
    name_en: str
    industry: str
    place_zh: str
    place_en: str
    path: str
    lon: float
    lat: float
    contractor: str
    owner: str
    level: str
    account_opened: bool
    last_full_month: date | None


@dataclass(frozen=True, slots=True)
class PublicMonth:
    """A month; sums only from ten workers on. `state` is of wages.rules.month_state."""

    month: date
    state: str
    due: Decimal | None
    paid: Decimal | None
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class PublicAct:
    """Something the authority did, on a day."""

    on: datetime
    month: date
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class PublicDecision:
    """An order to pay that stands: who is ordered what, by whom, until when."""

    entity: str
    month: date
    ordered_on: date
    amount: Decimal
    pay_until: date
    authority_zh: str
    authority_en: str
    state_zh: str
    state_en: str


@dataclass(frozen=True, slots=True)
class PublicProjectPage:
    """Everything on /wages/projects/<code>/."""

    project: PublicProject
    address: str
    pay_day: int
    officer_phone: str
    bank: str
    account_opened_on: date | None
    deposit_until: date | None
    months: tuple[PublicMonth, ...]
    acts: tuple[PublicAct, ...]
    decisions: tuple[PublicDecision, ...]


@dataclass(frozen=True, slots=True)
class PublicPage:
    """One page of the search; `next_key` is "" on the last."""

    rows: tuple[PublicProject, ...]
    next_key: str
    total: int = field(default=0)


def public_projects(*, q: str = "", path: str = "", after: str = "", limit: int = PAGE) -> PublicPage:
    """Projects by code; by name, code or contractor if asked for. At most six statements.

    Arguments:
        q: part of a name, a code or the contractor's name; "" every project.
        path: territory path the site lies in; "" everywhere.
        after: code of the last row of the page before; "" the first page.
    """
    found = Project.objects.filter(path__startswith=path) if path else Project.objects.all()
    if q.strip():
        text = q.strip()[:60]
        found = found.filter(
            Q(name_zh__icontains=text)
            | Q(name_en__icontains=text)
            | Q(code__iexact=text)
            | Q(contractor__name__icontains=text)
        )
    total = found.count()
    page = list(_read(found.filter(code__gt=after) if after else found)[: limit + 1])
    rows = tuple(_rows(page[:limit]))
    return PublicPage(rows, rows[-1].code if len(page) > limit else "", total)


def public_project(code: str) -> PublicProjectPage | None:
    """The public page of a project; None if there is none. Ten statements."""
    project = _read(Project.objects.filter(code=code)).first()
    if project is None:
        return None
    account = getattr(project, "account", None)
    warnings = list(_confirmed(WageWarning.objects.filter(project=project)).select_related("case__department"))
    return PublicProjectPage(
        project=_rows([project])[0],
        address=project.address,
        pay_day=project.pay_day,
        officer_phone=project.officer_phone,
        bank=account.bank if account else "",
        account_opened_on=account.opened_on if account else None,
        deposit_until=project.deposit_until,
        months=tuple(_months(project)),
        acts=tuple(_acts(warnings)),
        decisions=tuple(_decisions(project, warnings)),
    )


def _read(found: "QuerySet[Project]") -> "QuerySet[Project]":
    return found.select_related("owner", "contractor", "account").order_by("code")


def _rows(projects: Sequence[Project]) -> list[PublicProject]:
    names = names_of_paths(project.path for project in projects)
    levels, full = _levels(projects), _full_months(projects)
    return [
        PublicProject(
            code=p.code,
            name_zh=p.name_zh,
            name_en=p.name_en,
            industry=str(Project.Industry(p.industry).label),
            place_zh=names.get(p.path, ("", ""))[0],
            place_en=names.get(p.path, ("", ""))[1],
            path=p.path,
            lon=p.point.x,
            lat=p.point.y,
            contractor=p.contractor.name,
            owner=p.owner.name,
            level=rules.worst(levels.get(p.pk, [])),
            account_opened=hasattr(p, "account") and p.account.closed_on is None,
            last_full_month=full.get(p.pk),
        )
        for p in projects
    ]


def _confirmed(warnings: "QuerySet[WageWarning]") -> "QuerySet[WageWarning]":
    """Warnings an official has confirmed and not taken back: what only the machine says is nobody's business."""
    told = HistoryEntry.objects.filter(transition="confirm").values("case")
    return warnings.filter(case__in=told).exclude(case__state__in=rules.NEVER_SPOKEN)


def _levels(projects: Iterable[Project]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    open_ones = _confirmed(WageWarning.objects.filter(project__in=list(projects), case__closed=False))
    for project_id, level in open_ones.values_list("project_id", "level"):
        found.setdefault(project_id, []).append(level)
    return found


def _full_months(projects: Iterable[Project]) -> dict[int, date]:
    months = MonthFigure.objects.filter(project__in=list(projects), attending__gt=0).order_by("month")
    rows = months.values_list("project_id", "month", "attending", "paid_workers")
    return {project_id: month for project_id, month, attending, paid in rows if paid >= attending}


def as_month(figure: MonthFigure, project: Project) -> rules.Month:
    """Sums of a month as the rules take them."""
    agreed = rules.pay_date(figure.month, project.pay_day, work_calendar().works)
    return rules.Month(
        figure.month, figure.attending, figure.listed, figure.paid_workers, figure.due, figure.paid, agreed
    )


def _months(project: Project) -> list[PublicMonth]:
    figures = MonthFigure.objects.filter(project=project, attending__gt=0).order_by("-month")[:MONTHS_SHOWN]
    day = today()
    return [_month(figure, project, day) for figure in figures]


def _month(figure: MonthFigure, project: Project, day: date) -> PublicMonth:
    state = rules.month_state(as_month(figure, project), day)
    if figure.attending < rules.SMALL_GROUP:
        return PublicMonth(figure.month, state, None, None, None)
    share = rules.percent(figure.paid, figure.due) if figure.due else None
    return PublicMonth(figure.month, state, figure.due, figure.paid, share)


def _acts(warnings: Sequence[WageWarning]) -> list[PublicAct]:
    """What was done, newest first; names of the workflow, never a note."""
    table = workflow("wage_warning")
    months = {warning.case_id: warning.month for warning in warnings}
    entries = HistoryEntry.objects.filter(case__in=months, transition__in=TOLD, public=True).order_by("-at", "-pk")
    acts = []
    for case_id, name, at in entries.values_list("case_id", "transition", "at"):
        row = table.transition(name)
        if row is not None:
            acts.append(PublicAct(at, months[case_id], row.done_zh or row.label_zh, row.done_en or row.label_en))
    return acts


def _decisions(project: Project, warnings: Sequence[WageWarning]) -> list[PublicDecision]:
    table = workflow("wage_warning")
    found = []
    for warning in sorted(warnings, key=lambda row: row.month, reverse=True):
        if warning.ordered_on is None or warning.ordered_amount is None or warning.pay_until is None:
            continue
        body, state = warning.case.department, table.state(warning.case.state)
        found.append(
            PublicDecision(
                entity=project.contractor.name,
                month=warning.month,
                ordered_on=warning.ordered_on,
                amount=warning.ordered_amount,
                pay_until=warning.pay_until,
                authority_zh=body.name_zh if body else "",
                authority_en=body.name_en if body else "",
                state_zh=state.public_zh,
                state_en=state.public_en,
            )
        )
    return found

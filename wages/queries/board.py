"""The city board and the file of a project, for members who supervise wages: sums and findings, never a worker."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count, QuerySet, Sum

from cases.kinds import workflow
from cases.models import Case, HistoryEntry
from cases.queries.words import done_text, state_label
from grids.queries import names_of_paths, today
from ledger.actors import Actor
from wages import rules
from wages.models import MonthFigure, Project, WageRule, WageWarning
from wages.queries.public import as_month

MONTHS_OFFERED = 6
CHAIN_MONTHS = 6
TEN_THOUSAND = Decimal(10_000)


@dataclass(frozen=True, slots=True)
class WarningRow:
    """An open warning: where, what, how much, by which clause, until when."""

    number: str
    code: str
    name_zh: str
    name_en: str
    place_zh: str
    place_en: str
    level: str
    rule: str
    rule_label: str
    month: date
    sums: tuple[rules.Sum, ...]
    gap: str
    clause_zh: str
    clause_en: str
    state: str
    healed: bool
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class ProjectRow:
    """A project on the board in a month. `level` is the gravest of its open warnings, "" for none."""

    code: str
    name_zh: str
    name_en: str
    place_zh: str
    place_en: str
    lon: float
    lat: float
    level: str
    attending: int
    due: Decimal
    paid: Decimal
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class CountyRow:
    """Sums of a county in a month; `share` is paid of due in percent."""

    path: str
    name_zh: str
    name_en: str
    projects: int
    red: int
    yellow: int
    due: Decimal
    paid: Decimal
    share: Decimal | None


@dataclass(frozen=True, slots=True)
class Board:
    """Everything on /desk/wages/."""

    month: date
    months: tuple[date, ...]
    projects: tuple[ProjectRow, ...]
    counties: tuple[CountyRow, ...]
    warnings: tuple[WarningRow, ...]
    attending: int
    due: Decimal
    paid: Decimal
    agreed: Decimal
    arrived: Decimal
    red: int
    yellow: int


def board(actor: Actor, *, month: date | None, path: str = "", level: str = "", rule: str = "") -> Board:
    """The board of the actor's area. Eight statements.

    Arguments:
        month: first day of the month shown; None: the newest with a sheet.
        path, level, rule: filters; "" all. Warnings are those open now, of whatever month.
    """
    area = path if path.startswith(actor.territory) else actor.territory
    found = Project.objects.filter(path__startswith=area or "-").order_by("code")
    months = tuple(
        MonthFigure.objects.filter(project__in=found, attending__gt=0)
        .order_by("-month")
        .values_list("month", flat=True)
        .distinct()[:MONTHS_OFFERED]
    )
    shown = month or (months[0] if months else rules.first_of(today()))
    every = _open(WageWarning.objects.filter(project__in=found))
    projects, names = list(found), names_of_paths([*found.values_list("path", flat=True), *_counties(found)])
    rows = _projects(projects, shown, every, names)
    chosen = [w for w in every if level in ("", w.level) and rule in ("", w.rule)]
    sums = MonthFigure.objects.filter(project__in=found, month=shown).aggregate(a=Sum("agreed"), b=Sum("arrived"))
    return Board(
        month=shown,
        months=months,
        projects=tuple(row for row in rows if level in ("", row.level)),
        counties=tuple(_county_rows(projects, rows, every, names)),
        warnings=tuple(warning_rows(chosen, names)),
        attending=sum(row.attending for row in rows),
        due=sum((row.due for row in rows), Decimal(0)),
        paid=sum((row.paid for row in rows), Decimal(0)),
        agreed=sums["a"] or Decimal(0),
        arrived=sums["b"] or Decimal(0),
        red=sum(w.level == "red" for w in every),
        yellow=sum(w.level == "yellow" for w in every),
    )


def _open(found: "QuerySet[WageWarning]") -> list[WageWarning]:
    rows = found.filter(case__closed=False).select_related("case", "project")
    return sorted(rows, key=lambda w: (-rules.LEVELS.index(w.level), w.case.due_at is None, w.case.due_at, w.pk))


def _county(path: str) -> str:
    """The county of a path: its first two codes."""
    return "/".join(path.split("/")[:3]) + "/"


def _counties(found: "QuerySet[Project]") -> set[str]:
    return {_county(path) for path in found.values_list("path", flat=True)}


Names = dict[str, tuple[str, str]]


def _projects(
    projects: Sequence[Project], month: date, warnings: Sequence[WageWarning], names: Names
) -> list[ProjectRow]:
    figures = {f.project_id: f for f in MonthFigure.objects.filter(project__in=list(projects), month=month)}
    levels: dict[int, list[str]] = {}
    for warning in warnings:
        levels.setdefault(warning.project_id, []).append(warning.level)
    rows = []
    for p in projects:
        figure = figures.get(p.pk) or MonthFigure(due=Decimal(0), paid=Decimal(0))
        share = rules.percent(figure.paid, figure.due) if figure.due else None
        rows.append(
            ProjectRow(p.code, p.name_zh, p.name_en, *names.get(_county(p.path), ("", "")), p.point.x, p.point.y,
                       rules.worst(levels.get(p.pk, [])), figure.attending, figure.due, figure.paid, share)
        )  # fmt: skip
    return rows


def _county_rows(
    projects: Sequence[Project], rows: Sequence[ProjectRow], warnings: Sequence[WageWarning], names: Names
) -> list[CountyRow]:
    county = {p.code: _county(p.path) for p in projects}
    found = []
    for path in sorted(set(county.values())):
        mine = [row for row in rows if county[row.code] == path]
        due, paid = sum((r.due for r in mine), Decimal(0)), sum((r.paid for r in mine), Decimal(0))
        levels = [w.level for w in warnings if _county(w.project.path) == path]
        share = rules.percent(paid, due) if due else None
        found.append(
            CountyRow(path, *names.get(path, (path, path)), len(mine), levels.count("red"), levels.count("yellow"),
                      due, paid, share)
        )  # fmt: skip
    return found


def warning_rows(warnings: Sequence[WageWarning], names: Names) -> list[WarningRow]:
    """Warnings in words. One statement."""
    clauses = {(r.edition_id, r.code): r for r in WageRule.objects.filter(edition__in={w.edition_id for w in warnings})}
    rows = []
    for w in warnings:
        clause = clauses.get((w.edition_id, w.rule))
        rows.append(
            WarningRow(
                number=w.case.number,
                code=w.project.code,
                name_zh=w.project.name_zh,
                name_en=w.project.name_en,
                place_zh=names.get(_county(w.project.path), ("", ""))[0],
                place_en=names.get(_county(w.project.path), ("", ""))[1],
                level=w.level,
                rule=w.rule,
                rule_label=rules.rule_name(w.rule),
                month=w.month,
                sums=tuple(rules.arithmetic(w.rule, w.now_figures)),
                gap=rules.gap(w.rule, w.now_figures),
                clause_zh=clause.clause_zh if clause else "",
                clause_en=clause.clause_en if clause else "",
                state=state_label("wage_warning", w.case.state),
                healed=w.healed_at is not None,
                due_at=w.case.due_at,
            )
        )
    return rows


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the chain in a month: what should be, what is, how far it reaches (0 to 100), what is missing.

    Arguments:
        level: "" whole, "soon" or "late" broken, "none" nothing to compare yet.
    """

    wanted: Decimal | int | None
    got: Decimal | int | None
    reach: float
    level: str
    missing: Decimal | int | None

    @property
    def gap_from(self) -> float:
        """Where the broken piece begins, a little after the bar."""
        return min(self.reach + 2.5, 100.0) if self.reach else 0.0

    @property
    def gap_width(self) -> float:
        return max(100.0 - self.gap_from, 0.0)


@dataclass(frozen=True, slots=True)
class ChainMonth:
    """A month of the wage chain. Money in 10,000 yuan, the others in heads."""

    month: date
    level: str
    pay_date: date
    fee: Link
    roster: Link
    pay: Link
    answer: Link
    disputed: int
    balance: Decimal | None


@dataclass(frozen=True, slots=True)
class Told:
    """A line of what was done with the warnings of a project."""

    at: datetime
    text: str
    month: date
    number: str


@dataclass(frozen=True, slots=True)
class ProjectFile:
    """Everything on /desk/wages/projects/<code>/."""

    code: str
    name_zh: str
    name_en: str
    address: str
    place_zh: str
    place_en: str
    industry: str
    owner: str
    contractor: str
    authority_zh: str
    authority_en: str
    contract_price: Decimal
    signed_on: date
    ends_on: date
    pay_day: int
    officer_phone: str
    bank: str
    account_tail: str
    account_opened: date | None
    deposit: Decimal | None
    deposit_until: date | None
    level: str
    chain: tuple[ChainMonth, ...]
    warnings: tuple[WarningRow, ...]
    told: tuple[Told, ...]
    claims: int


def project_file(actor: Actor, code: str) -> ProjectFile | None:
    """A project of the actor's area; None if it is not there. Ten statements."""
    found = Project.objects.filter(code=code, path__startswith=actor.territory or "-")
    p = found.select_related("owner", "contractor", "authority", "account").first()
    if p is None:
        return None
    every = list(WageWarning.objects.filter(project=p).select_related("case", "project"))
    open_ones = _open(WageWarning.objects.filter(project=p))
    names = names_of_paths([p.path, _county(p.path)])
    account, body = getattr(p, "account", None), p.authority
    return ProjectFile(
        code=p.code,
        name_zh=p.name_zh,
        name_en=p.name_en,
        address=p.address,
        place_zh=names.get(p.path, ("", ""))[0],
        place_en=names.get(p.path, ("", ""))[1],
        industry=str(Project.Industry(p.industry).label),
        owner=p.owner.name,
        contractor=p.contractor.name,
        authority_zh=body.name_zh if body else "",
        authority_en=body.name_en if body else "",
        contract_price=p.contract_price,
        signed_on=p.signed_on,
        ends_on=p.ends_on,
        pay_day=p.pay_day,
        officer_phone=p.officer_phone,
        bank=account.bank if account else "",
        account_tail=account.tail if account else "",
        account_opened=account.opened_on if account else None,
        deposit=p.deposit,
        deposit_until=p.deposit_until,
        level=rules.worst([w.level for w in open_ones]),
        chain=tuple(_chain(p, open_ones)),
        warnings=tuple(warning_rows(open_ones, names)),
        told=tuple(_told(every)),
        claims=Case.objects.filter(wage_claim__project=p).aggregate(n=Count("pk"))["n"],
    )


def _chain(project: Project, warnings: Sequence[WageWarning]) -> list[ChainMonth]:
    figures = MonthFigure.objects.filter(project=project).order_by("-month")[:CHAIN_MONTHS]
    return [_chain_month(figure, project, warnings) for figure in reversed(figures)]


def _chain_month(figure: MonthFigure, project: Project, warnings: Sequence[WageWarning]) -> ChainMonth:
    month = as_month(figure, project)
    late = today() > month.pay_date
    agreed, arrived = _wan(figure.agreed), _wan(figure.arrived)
    paid_lines = figure.confirmed + figure.disputed
    return ChainMonth(
        month=figure.month,
        level=rules.worst([w.level for w in warnings if w.month == figure.month]),
        pay_date=month.pay_date,
        fee=link(agreed, arrived, late=True),
        roster=link(figure.attending, figure.listed, late=late),
        pay=link(_wan(figure.due), _wan(figure.paid), late=late),
        answer=link(paid_lines or None, figure.confirmed if paid_lines else None, late=True),
        disputed=figure.disputed,
        balance=_wan(figure.balance),
    )


def link(wanted: Decimal | int | None, got: Decimal | int | None, *, late: bool) -> Link:
    """A link drawn: red where less than nine tenths arrived when it was due, amber for less missing or not yet due."""
    if wanted is None or got is None or not wanted:
        return Link(wanted or None, got, 0.0, "none", None)
    reach = min(float(got) / float(wanted) * 100, 100.0)
    if got >= wanted:
        return Link(wanted, got, 100.0, "", None)
    level = "late" if late and reach < 90 else "soon"
    return Link(wanted, got, round(reach * 0.975, 1), level, wanted - got)


def _wan(amount: Decimal | None) -> Decimal | None:
    """Yuan as 10,000 yuan with one decimal."""
    return (amount / TEN_THOUSAND).quantize(Decimal("0.1")) if amount is not None else None


def _told(warnings: Sequence[WageWarning]) -> list[Told]:
    """What happened with the warnings, newest first, in the reader's words."""
    table = workflow("wage_warning")
    by_case = {w.case_id: w for w in warnings}
    entries = HistoryEntry.objects.filter(case__in=by_case).order_by("-at", "-pk")[:30]
    found = []
    for entry in entries:
        row = table.transition(entry.transition)
        if row is not None:
            warning = by_case[entry.case_id]
            found.append(Told(entry.at, done_text(row), warning.month, warning.case.number))
    return found[:10]


def case_of_move(actor: Actor, number: str) -> int | None:
    """Primary key of a warning by its number; None for another kind of case."""
    return Case.objects.filter(number=number, kind="wage_warning").values_list("pk", flat=True).first()

"""The file of a project for members who supervise wages: its months as a chain, its findings, never a worker."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import Count

from cases.kinds import workflow
from cases.models import Case, HistoryEntry
from cases.queries.words import done_text
from grids.queries import names_of_paths, today
from ledger.actors import Actor
from wages import rules
from wages.models import MonthFigure, Project, WageWarning
from wages.queries.board import WarningRow, county_of, open_warnings, warning_rows
from wages.queries.public import as_month

CHAIN_MONTHS = 6
TEN_THOUSAND = Decimal(10_000)


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
    open_ones = open_warnings(WageWarning.objects.filter(project=p))
    names = names_of_paths([p.path, county_of(p.path)])
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

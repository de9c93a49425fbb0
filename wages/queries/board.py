"""The city board for members who supervise wages: sums and findings, never a worker."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.models import QuerySet, Sum

from cases.models import Case
from cases.queries.words import state_label
from grids.queries import names_of_paths, today
from ledger.actors import Actor
from wages import rules
from wages.models import MonthFigure, Project, WageRule, WageWarning

MONTHS_OFFERED = 6


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
    measure: str
    gap: str
    owed: Decimal
    clause_zh: str
    clause_en: str
    article_zh: str
    article_en: str
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

    @property
    def by_level(self) -> dict[str, int]:
        """How many of the projects shown have which gravest level; "ok" is none."""
        return Counter(row.level or "ok" for row in self.projects)

    @property
    def arrived_share(self) -> Decimal | None:
        return rules.percent(self.arrived, self.agreed) if self.agreed else None

    @property
    def paid_share(self) -> Decimal | None:
        return rules.percent(self.paid, self.due) if self.due else None


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
    every = open_warnings(WageWarning.objects.filter(project__in=found))
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


def open_warnings(found: "QuerySet[WageWarning]") -> list[WageWarning]:
    rows = found.filter(case__closed=False).select_related("case", "project")
    return sorted(rows, key=lambda w: (-rules.LEVELS.index(w.level), w.case.due_at is None, w.case.due_at, w.pk))


def county_of(path: str) -> str:
    """The county of a path: its first two codes."""
    return "/".join(path.split("/")[:3]) + "/"


def _counties(found: "QuerySet[Project]") -> set[str]:
    return {county_of(path) for path in found.values_list("path", flat=True)}


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
            ProjectRow(p.code, p.name_zh, p.name_en, *names.get(county_of(p.path), ("", "")), p.point.x, p.point.y,
                       rules.worst(levels.get(p.pk, [])), figure.attending, figure.due, figure.paid, share)
        )  # fmt: skip
    return rows


def _county_rows(
    projects: Sequence[Project], rows: Sequence[ProjectRow], warnings: Sequence[WageWarning], names: Names
) -> list[CountyRow]:
    county = {p.code: county_of(p.path) for p in projects}
    found = []
    for path in sorted(set(county.values())):
        mine = [row for row in rows if county[row.code] == path]
        due, paid = sum((r.due for r in mine), Decimal(0)), sum((r.paid for r in mine), Decimal(0))
        levels = [w.level for w in warnings if county_of(w.project.path) == path]
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
                place_zh=names.get(county_of(w.project.path), ("", ""))[0],
                place_en=names.get(county_of(w.project.path), ("", ""))[1],
                level=w.level,
                rule=w.rule,
                rule_label=rules.rule_name(w.rule),
                month=w.month,
                sums=tuple(rules.arithmetic(w.rule, w.now_figures)),
                measure=rules.measure(w.rule, w.now_figures),
                gap=rules.gap(w.rule, w.now_figures),
                owed=Decimal(w.now_figures.get("owed", 0)),
                clause_zh=clause.clause_zh if clause else "",
                clause_en=clause.clause_en if clause else "",
                article_zh=rules.article(clause.clause_zh) if clause else "",
                article_en=rules.article(clause.clause_en) if clause else "",
                state=state_label("wage_warning", w.case.state),
                healed=w.healed_at is not None,
                due_at=w.case.due_at,
            )
        )
    return rows


def case_of_move(actor: Actor, number: str) -> int | None:
    """Primary key of a warning by its number; None for another kind of case."""
    return Case.objects.filter(number=number, kind="wage_warning").values_list("pk", flat=True).first()

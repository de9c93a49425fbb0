"""What the kernel asks this room about its cases: facts for guards, limits, names, the body above, the detail."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import F, Value
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from accounts.models import Department
from cases.access import can
from cases.kinds import Target
from cases.models import Assignment, Case
from cases.queries import TrackFacts
from grids.queries import today
from ledger.actors import Actor
from ledger.cityfolder import city_config
from wages import rules
from wages.models import WageClaim, WageRule, WageWarning

LABOUR = "labour"
# notes written for the claimant; every other note stays inside
CLAIM_NOTES = frozenset({"refuse", "pass_on", "settle", "not_proven", "withdraw"})


@dataclass(frozen=True, slots=True)
class WarningDetail:
    """A warning on its case file: the finding, the arithmetic then and now, the order and the payment."""

    project_code: str
    project_zh: str
    project_en: str
    contractor: str
    month: date
    rule: str
    rule_label: str
    level: str
    level_label: str
    clause_zh: str
    clause_en: str
    sums: tuple[rules.Sum, ...]
    sums_now: tuple[rules.Sum, ...]
    edition: int
    edition_id: int
    healed_at: datetime | None
    ordered_amount: Decimal | None
    pay_until: date | None
    paid_amount: Decimal | None


@dataclass(frozen=True, slots=True)
class ClaimDetail:
    """A claim on its case file. `description` and the contact are for those who handle it."""

    project_code: str
    project_zh: str
    project_en: str
    employer: str
    matter: str
    first_month: date
    last_month: date
    amount: Decimal | None
    people: int
    description: str
    from_line: bool
    old: bool
    result_text: str
    contact: tuple[str, str] | None
    has_contact: bool


def warning_facts(case_id: int) -> dict[str, Any]:
    """What the guards look at: healed, evidence, overdue. Two statements."""
    row = WageWarning.objects.filter(pk=case_id).values_list("healed_at", "paid_amount", "pay_until").first()
    if row is None:
        return {}
    healed, paid, until = row
    return {
        "healed": healed is not None,
        "evidence": paid is not None,
        "overdue": until is not None and until < today(),
    }


def deadline(case: Case, stage: str, data: Mapping[str, Any]) -> tuple[str, Decimal] | None:
    """The limit of an order is the day it names; every other one is the workflow's."""
    if stage != "pay" or not data.get("days"):
        return None
    return "calendar_day", Decimal(str(data["days"]))


def labour_above(case: Case, now: datetime) -> Target | None:
    """The labour inspectorate above the one that has the case; where there is none, the same again."""
    bodies = (
        Department.objects.filter(function=LABOUR, active=True)
        .alias(place=Value(case.path))
        .filter(place__startswith=F("territory"))
        .order_by(Length("territory"), "pk")
    )
    above = (bodies.exclude(pk=case.department_id) if case.department_id else bodies).first() or bodies.first()
    return Target(above.pk) if above is not None else None


def category_names(keys: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Both names of "wage_warning/<rule>" and "wage_claim/<matter>"."""
    names = {
        f"wage_warning/{rules.NO_PAYROLL}": ("有出勤无工资支付", "No payroll after attendance"),
        f"wage_warning/{rules.PAID_SHARE}": ("未全员足额支付", "Not everybody paid in full"),
        "wage_claim/not_paid": ("反映未发工资", "Wages not paid"),
        "wage_claim/short": ("反映少发工资", "Wages paid short"),
        "wage_claim/other": ("其他工资问题", "Another matter of wages"),
    }
    return {key: names[key] for key in keys if key in names}


def warning_detail(case_id: int, actor: Actor) -> WarningDetail | None:
    """What only a warning has. Two statements."""
    row = WageWarning.objects.select_related("project__contractor", "edition").filter(pk=case_id).first()
    if row is None:
        return None
    rule = WageRule.objects.filter(edition=row.edition_id, code=row.rule).first()
    return WarningDetail(
        project_code=row.project.code,
        project_zh=row.project.name_zh,
        project_en=row.project.name_en,
        contractor=row.project.contractor.name,
        month=row.month,
        rule=row.rule,
        rule_label=rules.rule_name(row.rule),
        level=row.level,
        level_label=rules.level_name(row.level),
        clause_zh=rule.clause_zh if rule else "",
        clause_en=rule.clause_en if rule else "",
        sums=tuple(rules.arithmetic(row.rule, row.figures)),
        sums_now=tuple(rules.arithmetic(row.rule, row.now_figures)) if row.now_figures != row.figures else (),
        edition=row.edition.number,
        edition_id=row.edition_id,
        healed_at=row.healed_at,
        ordered_amount=row.ordered_amount,
        pay_until=row.pay_until,
        paid_amount=row.paid_amount,
    )


def claim_detail(case_id: int, actor: Actor) -> ClaimDetail | None:
    """What only a claim has; the contact, masked, to those who must know. Three statements."""
    row = WageClaim.objects.select_related("project", "case__person").filter(pk=case_id).first()
    if row is None:
        return None
    case, person = row.case, row.case.person
    known = person is not None and person.erased_at is None
    may_know = known and bool(can(actor, "case.contact", case, Assignment.objects.filter(case=case)))
    oldest = rules.add_months(rules.first_of(case.opened_at.date()), -rules.CLAIM_MONTHS)
    return ClaimDetail(
        project_code=row.project.code if row.project else "",
        project_zh=row.project.name_zh if row.project else "",
        project_en=row.project.name_en if row.project else "",
        employer=row.employer,
        matter=str(WageClaim.Matter(row.matter).label),
        first_month=row.first_month,
        last_month=row.last_month,
        amount=row.amount,
        people=row.people,
        description=row.description,
        from_line=row.line is not None,
        old=row.last_month < oldest,
        result_text=row.result_text,
        contact=(str(person.name), str(person.phone)) if may_know and person is not None else None,
        has_contact=known,
    )


def months_text(first: date, last: date) -> str:
    """ "2026-09" or "2026-07 to 2026-09"."""
    if first == last:
        return f"{first:%Y-%m}"
    return _("%(first)s to %(last)s") % {"first": f"{first:%Y-%m}", "last": f"{last:%Y-%m}"}


def city_root() -> str:
    """Path of the whole city: where a claim stands whose place nobody knows."""
    return f"/{city_config().get('code', '')}/"


def claim_track(case: Case, now: datetime) -> TrackFacts | None:
    """What a claimant reads of his claim; see cases.kinds.CaseKind. The party complained about has no such page."""
    row = WageClaim.objects.select_related("project").filter(pk=case.pk).first()
    if row is None:
        return None
    zh, en = category_names([case.category])[case.category]
    site = (f"：{row.project.name_zh}", f": {row.project.name_en}") if row.project else ("", "")
    return TrackFacts(
        name_zh=zh + site[0],
        name_en=en + site[1],
        notes=CLAIM_NOTES,
        description=row.description,
        may_withdraw=not case.closed,
    )

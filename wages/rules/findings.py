"""What wages must fulfil.

Clauses are of the 保障农民工工资支付条例 (State Council Decree 724) unless another is named; the triggers and their
default levels are those of domain.md 2.6, as parameters of an edition.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

NO_PAYROLL, PAID_SHARE = "no_payroll", "paid_share"
RULES = (NO_PAYROLL, PAID_SHARE)
LEVELS = ("yellow", "red")  # from mild to grave
SMALL_GROUP = 10  # fewer workers: a sum would say what a person earns (design 6)
DESCRIPTION_LIMIT = 2000  # characters
CLAIM_MONTHS = 24  # 劳动保障监察条例 Art. 20: what is older than two years is no longer looked into
PHOTOS_PER_CLAIM = 6
CLAIMS_PER_NETWORK = 20  # accepted per hour from one /24 (IPv6: /64)
CLAIMS_PER_PHONE = 5  # accepted per hour
CONTACT_AT_MOST = timedelta(days=730)  # whatever becomes of the claim
KEPT_YEARS = 3  # ledgers are kept three years and longer (Art. 15)
SHORTEST_ORDER, LONGEST_ORDER = 1, 60  # days an order to pay may give
NEVER_SPOKEN = ("raised", "to_verify", "cleared")  # states in which no official has confirmed what the machine found


@dataclass(frozen=True, slots=True)
class Parameters:
    """One rule of an edition.

    Arguments:
        months: months after the one worked before the rule looks (no_payroll).
        days: days after the agreed pay date before the rule looks (paid_share).
        share: percent below which it finds something (paid_share).
    """

    code: str
    level: str
    months: int
    days: int
    share: Decimal
    clause_zh: str
    clause_en: str


@dataclass(frozen=True, slots=True)
class Month:
    """The sums of one month of a project: workers as heads, money in yuan."""

    month: date
    attending: int
    listed: int
    paid_workers: int
    due: Decimal
    paid: Decimal
    pay_date: date  # agreed, moved before a holiday


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule found, with the numbers of its arithmetic as text (money, percent, dates) and heads."""

    rule: str
    level: str
    figures: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sum:
    """A line of the arithmetic; `result` is the line under the bar."""

    label: str
    value: str
    result: bool = False


def month_of(text: str) -> date | None:
    """First day of "2026-09"; None for anything else."""
    try:
        return date.fromisoformat(f"{text.strip()}-01")
    except ValueError:
        return None


def first_of(day: date) -> date:
    return day.replace(day=1)


def add_months(month: date, number: int) -> date:
    """First day of the month so many months later (earlier if negative)."""
    index = month.year * 12 + month.month - 1 + number
    return date(index // 12, index % 12 + 1, 1)


def pay_date(month: date, pay_day: int, works: Callable[[date], bool]) -> date:
    """When a month is to be paid: the agreed day of the next month, or the last working day before it (Art. 14).

    Arguments:
        works: whether a day is a working day of the city.
    """
    day = add_months(month, 1).replace(day=pay_day)
    for _back in range(31):
        if works(day):
            return day
        day -= timedelta(days=1)
    return day


def no_payroll(month: Month, rule: Parameters, today: date) -> Verdict | None:
    """Attendance in a month and nothing paid from the special account by the end of the months allowed (Art. 31).

    With the default of two months: attendance in M, nothing paid in M or M+1, found from the first day of M+2.
    """
    if month.attending == 0 or month.paid > 0 or today < add_months(month.month, rule.months):
        return None
    until = add_months(month.month, rule.months) - timedelta(days=1)
    figures = {"attending": month.attending, "listed": month.listed, "due": str(month.due), "paid": str(month.paid),
               "until": until.isoformat()}  # fmt: skip
    return Verdict(rule.code, rule.level, figures)


def paid_share(month: Month, rule: Parameters, today: date) -> Verdict | None:
    """Fewer than `share` percent of the workers with attendance are paid in full after the pay date (Art. 13, 31).

    A worker paid less than what is due to him is not paid.
    """
    if month.attending == 0 or today <= month.pay_date + timedelta(days=rule.days):
        return None
    if Decimal(month.paid_workers * 100) >= rule.share * month.attending:
        return None
    figures = {
        "attending": month.attending,
        "paid_workers": month.paid_workers,
        "missing": month.attending - month.paid_workers,
        "share": str(percent(month.paid_workers, month.attending)),
        "wanted": str(rule.share),
        "due": str(month.due),
        "paid": str(month.paid),
        "owed": str(max(month.due - month.paid, Decimal(0))),
        "pay_date": month.pay_date.isoformat(),
    }
    return Verdict(rule.code, rule.level, figures)


_JUDGES = {NO_PAYROLL: no_payroll, PAID_SHARE: paid_share}


def judge(month: Month, rules: Mapping[str, Parameters], today: date) -> list[Verdict]:
    """What the rules of an edition find in a month, on a day."""
    found = [_JUDGES[code](month, rule, today) for code, rule in sorted(rules.items()) if code in _JUDGES]
    return [verdict for verdict in found if verdict is not None]


def difference(before: Verdict | None, after: Verdict | None) -> str:
    """What becomes of a warning when the rules change: "opens", "gone", "level", "figures"; "" is nothing."""
    if before is None or after is None:
        return "" if before is after else "opens" if before is None else "gone"
    if before.level != after.level:
        return "level"
    return "figures" if before.figures != after.figures else ""


def percent(part: int | Decimal, whole: int | Decimal) -> Decimal:
    """To one decimal, cut off: 99.97 % is not yet 100 %."""
    return (Decimal(part) * 100 / Decimal(whole)).quantize(Decimal("0.1"), rounding="ROUND_DOWN")


def worst(levels: "set[str] | list[str] | tuple[str, ...]") -> str:
    """The gravest of some levels, "" of none."""
    return max((level for level in levels if level in LEVELS), key=LEVELS.index, default="")


def rule_name(code: str) -> str:
    """What a rule finds, in the reader's language."""
    return {NO_PAYROLL: _("No payroll after attendance"), PAID_SHARE: _("Not everybody paid in full")}.get(code, code)


def level_name(level: str) -> str:
    return {"red": _("Red"), "yellow": _("Yellow")}.get(level, "")


def arithmetic(code: str, figures: Mapping[str, Any]) -> list[Sum]:
    """The numbers of a finding, line by line, as the inspector and the firm check them."""
    if code == NO_PAYROLL:
        return [
            Sum(_("Workers with attendance"), str(figures["attending"])),
            Sum(_("Workers on the payroll"), str(figures["listed"])),
            Sum(
                _("Paid from the special account until %(day)s, yuan") % {"day": figures["until"]},
                _yuan(figures["paid"]),
                True,
            ),
        ]
    return [
        Sum(_("Workers with attendance"), str(figures["attending"])),
        Sum(_("− paid in full until %(day)s") % {"day": figures["pay_date"]}, str(figures["paid_workers"])),
        Sum(_("Not paid in full"), str(figures["missing"]), True),
        Sum(_("Share paid, wanted %(wanted)s %%") % {"wanted": figures["wanted"]}, f"{figures['share']} %"),
        Sum(_("Due minus paid, yuan"), _yuan(figures["owed"])),
    ]


def _yuan(text: str) -> str:
    return f"{Decimal(text):,.2f}"


def article(clause: str) -> str:
    """The article a clause names, for a narrow column; the whole clause where it names none."""
    found = re.search(r"第[〇零一二三四五六七八九十百0-9]+条|Art\. ?[0-9]+", clause)
    return found[0] if found else clause


def gap(code: str, figures: Mapping[str, Any]) -> str:
    """The finding in one short phrase for a list."""
    heads = figures["attending"] if code == NO_PAYROLL else figures["missing"]
    return _("%(n)s workers") % {"n": heads}


def measure(code: str, figures: Mapping[str, Any]) -> str:
    """The figures a finding rests on, in one line, with the bar they are held against."""
    if code == NO_PAYROLL:
        return _("%(n)s workers, nothing paid until %(day)s") % {"n": figures["attending"], "day": figures["until"]}
    return _("%(missing)s of %(n)s workers not paid in full: %(share)s %%, wanted %(wanted)s %%") % {
        "missing": figures["missing"], "n": figures["attending"], "share": figures["share"],
        "wanted": figures["wanted"],
    }  # fmt: skip


# guards: (case, facts, data) -> "" or what is missing


def may_close(case: Any, facts: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """Closed only when the pay sheet no longer shows the finding or the payment is proven (Art. 31)."""
    if facts.get("healed") or facts.get("evidence"):
        return ""
    return _("The pay sheet still shows the finding and no proof of payment is recorded.")


def may_escalate(case: Any, facts: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """Only an order that was not obeyed is passed on."""
    return "" if facts.get("overdue") else _("The date of the order has not passed yet.")


def order_fault(today: date, until: date, amount: Decimal) -> dict[str, str]:
    """What is wrong with an order, by field."""
    faults: dict[str, str] = {}
    if not SHORTEST_ORDER <= (until - today).days <= LONGEST_ORDER:
        faults["pay_until"] = _("Choose a day between tomorrow and %(n)s days from now.") % {"n": LONGEST_ORDER}
    if amount <= 0:
        faults["amount"] = _("Say how many yuan are to be paid.")
    return faults


def claim_fault(first: date, last: date, today: date) -> str:
    """Whether the months of a claim make sense; what is older than two years is not refused, only pointed at."""
    if last < first:
        return _("The last month lies before the first.")
    if first > today:
        return _("Wages of a month that has not begun cannot be owed yet.")
    return ""


# what the public reads of a month


def month_state(figure: Month, today: date) -> str:
    """One word for a month: "paid" (everybody, in full), "short", "unpaid", "waiting" (pay date ahead), "none"."""
    if figure.attending == 0:
        return "none"
    if figure.paid_workers >= figure.attending:
        return "paid"
    if today <= figure.pay_date:
        return "waiting"
    return "short" if figure.paid > 0 else "unpaid"

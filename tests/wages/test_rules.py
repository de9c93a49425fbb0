"""The two rules against figures worked by hand: a site with 249 workers in September, paid on the 20th of October."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from ledger.calendar import WorkCalendar
from wages import rules
from wages.rules import NO_PAYROLL, PAID_SHARE, Month, Parameters

SEPTEMBER = date(2026, 9, 1)
RED = Parameters(NO_PAYROLL, "red", 2, 0, Decimal(100), "第31条", "Art. 31")
YELLOW = Parameters(PAID_SHARE, "yellow", 0, 0, Decimal(100), "第13条", "Art. 13")


def month(**more: Any) -> Month:
    values: dict[str, Any] = {
        "month": SEPTEMBER, "attending": 249, "listed": 238, "paid_workers": 199, "due": Decimal("2719000"),
        "paid": Decimal("2273000"), "pay_date": date(2026, 10, 20),
    }  # fmt: skip
    return Month(**{**values, **more})


@pytest.mark.parametrize(
    ("clause", "article"),
    [
        ("《保障农民工工资支付条例》第三十一条：总包单位按月支付", "第三十一条"),
        ("Regulation on Wages of Migrant Workers, Art. 13: in full", "Art. 13"),
        ("市级专户管理办法", "市级专户管理办法"),
    ],
)
def test_a_narrow_column_names_the_article_of_a_clause(clause: str, article: str) -> None:
    assert rules.article(clause) == article


def test_199_of_249_paid_is_79_9_percent_and_50_are_missing() -> None:
    found = rules.paid_share(month(), YELLOW, date(2026, 10, 21))
    assert found is not None
    # 199 × 100 ÷ 249 = 79.919…; 249 − 199 = 50; 2,719,000 − 2,273,000 = 446,000
    assert found.figures["share"] == "79.9"
    assert (found.figures["missing"], found.figures["owed"], found.level) == (50, "446000", "yellow")


@pytest.mark.parametrize(("day", "finds"), [(19, False), (20, False), (21, True)])
def test_the_share_is_looked_at_from_the_day_after_the_pay_date(day: int, finds: bool) -> None:
    assert (rules.paid_share(month(), YELLOW, date(2026, 10, day)) is not None) is finds


@pytest.mark.parametrize(
    ("paid", "wanted", "finds"),
    [(249, 100, False), (248, 100, True), (237, 95, False), (236, 95, True)],  # 95 % of 249 is 236.55
)
def test_the_share_is_compared_without_rounding(paid: int, wanted: int, finds: bool) -> None:
    rule = Parameters(PAID_SHARE, "yellow", 0, 0, Decimal(wanted), "", "")
    assert (rules.paid_share(month(paid_workers=paid), rule, date(2026, 10, 21)) is not None) is finds


def test_days_of_grace_come_after_the_pay_date() -> None:
    rule = Parameters(PAID_SHARE, "yellow", 0, 5, Decimal(100), "", "")
    assert rules.paid_share(month(), rule, date(2026, 10, 25)) is None
    assert rules.paid_share(month(), rule, date(2026, 10, 26)) is not None


@pytest.mark.parametrize(("day", "finds"), [(date(2026, 10, 31), False), (date(2026, 11, 1), True)])
def test_no_payroll_is_found_on_the_first_day_of_the_second_month_after(day: date, finds: bool) -> None:
    nothing = month(listed=0, paid_workers=0, due=Decimal(0), paid=Decimal(0))
    found = rules.no_payroll(nothing, RED, day)
    assert (found is not None) is finds
    if found:
        assert found.figures == {"attending": 249, "listed": 0, "due": "0", "paid": "0", "until": "2026-10-31"}


def test_one_yuan_paid_from_the_account_is_a_payroll_though_not_a_full_one() -> None:
    assert rules.no_payroll(month(paid=Decimal("0.01")), RED, date(2026, 12, 1)) is None


def test_nobody_on_site_is_nobody_unpaid() -> None:
    empty = month(attending=0, listed=0, paid_workers=0, due=Decimal(0), paid=Decimal(0))
    assert rules.judge(empty, {NO_PAYROLL: RED, PAID_SHARE: YELLOW}, date(2027, 1, 1)) == []


def test_the_pay_date_moves_before_a_weekend_and_a_holiday() -> None:
    calendar = WorkCalendar(holidays=frozenset(date(2026, 10, day) for day in range(1, 8)))
    assert rules.pay_date(SEPTEMBER, 20, calendar.works) == date(2026, 10, 20)  # a Tuesday
    assert rules.pay_date(date(2026, 8, 1), 20, calendar.works) == date(2026, 9, 18)  # the 20th is a Sunday
    assert rules.pay_date(SEPTEMBER, 5, calendar.works) == date(2026, 9, 30)  # inside the National Day holiday
    assert rules.pay_date(date(2026, 12, 1), 15, calendar.works) == date(2027, 1, 15)


def test_a_percentage_is_cut_off_not_rounded_up() -> None:
    assert rules.percent(2999, 3000) == Decimal("99.9")
    assert rules.percent(1, 3) == Decimal("33.3")


def test_the_arithmetic_of_a_finding_is_shown_line_by_line() -> None:
    found = rules.paid_share(month(), YELLOW, date(2026, 10, 21))
    assert found is not None
    shown = [line.value for line in rules.arithmetic(found.rule, found.figures)]
    assert shown == ["249", "199", "50", "79.9 %", "446,000.00"]


@pytest.mark.parametrize(
    ("until", "amount", "fields"),
    [
        (date(2026, 11, 24), 1, {"pay_until"}),
        (date(2026, 11, 25), 1, set()),
        (date(2027, 1, 23), 1, set()),
        (date(2027, 1, 24), 1, {"pay_until"}),
        (date(2026, 11, 25), 0, {"amount"}),
    ],
)
def test_an_order_names_an_amount_and_a_day_within_sixty(until: date, amount: int, fields: set[str]) -> None:
    assert set(rules.order_fault(date(2026, 11, 24), until, Decimal(amount))) == fields


@pytest.mark.parametrize(
    ("paid_workers", "paid", "day", "word"),
    [
        (249, 2719000, date(2026, 10, 1), "paid"),
        (199, 2273000, date(2026, 10, 20), "waiting"),
        (199, 2273000, date(2026, 10, 21), "short"),
        (0, 0, date(2026, 10, 21), "unpaid"),
    ],
)
def test_the_public_reads_one_word_for_a_month(paid_workers: int, paid: int, day: date, word: str) -> None:
    assert rules.month_state(month(paid_workers=paid_workers, paid=Decimal(paid)), day) == word

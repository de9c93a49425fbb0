"""What is reported of a project and its months; the city folder, the sheets and the form ask these same questions.

Clauses are of the 保障农民工工资支付条例 (State Council Decree 724).
"""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from accounts.rules import credit_code_fault
from wages.rules.findings import first_of

HIGHEST_PAY = Decimal(1_000_000)  # yuan a month for one worker: more is a slip of the pen
HIGHEST_SUM = Decimal("999999999999.99")  # yuan, what a column of sums holds
MOST_WORKERS = 100_000  # of one project: more is a slip of the pen


def is_money(amount: Decimal, most: Decimal = HIGHEST_SUM) -> bool:
    """Whether yuan to the fen, not negative and not more than `most`."""
    return amount.is_finite() and 0 <= amount <= most and amount == amount.quantize(Decimal("0.01"))


def month_fault(month: date, signed_on: date | None, today: date) -> str:
    """Why nothing can be reported of a month of a project; "" if it can."""
    if month > today:
        return _("This month has not begun.")
    if signed_on is not None and month < first_of(signed_on):
        return _("This lies before the contract was signed.")
    return ""


def project_faults(facts: Mapping[str, Any], *, demo: bool, today: date) -> list[tuple[str, str]]:
    """What is wrong with the facts of a project, by field of `wages.imports.ProjectLine`; what is empty is not asked.

    Arguments:
        demo: credit codes of the demo generator are accepted in demo mode only.
    """
    found = [] if re.fullmatch(r"[A-Za-z0-9_-]+", facts["code"]) else [("code", _("Only letters, digits, - and _."))]
    found += [
        (name, _("This is not a unified social credit code."))
        for name in ("owner_code", "contractor_code")
        if facts[name] and credit_code_fault(facts[name], demo=demo)
    ]
    amounts = {name: facts[name] for name in ("contract_price", "deposit")}
    found += [(name, _money_fault()) for name, sum_ in amounts.items() if sum_ is not None and not is_money(sum_)]
    if facts["pay_day"] is not None and not 1 <= facts["pay_day"] <= 28:
        found.append(("pay_day", _("A day that every month has: 1 to 28.")))
    return found + _account_faults(facts) + _date_faults(facts, today)


def _account_faults(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Of the account number only a tail is kept; without bank and day it names no account (Art. 26)."""
    names = ("bank", "account_tail", "account_opened")
    missing = [name for name in names if not facts[name]]
    if 0 < len(missing) < len(names):
        return [(missing[0], _("Bank, last four digits of the account and day of opening: all of them or none."))]
    if facts["account_tail"] and not re.fullmatch(r"[0-9]{4}", facts["account_tail"]):
        return [("account_tail", _("Only the last four digits of the account."))]
    return []


def _date_faults(facts: Mapping[str, Any], today: date) -> list[tuple[str, str]]:
    """An account may be older than the contract: a contractor may go on with one he has (人社部发〔2021〕53号)."""
    signed, ends, opened, until = (facts[n] for n in ("signed_on", "ends_on", "account_opened", "deposit_until"))
    found = [
        (name, _("This day lies in the future."))
        for name, day in (("signed_on", signed), ("account_opened", opened))
        if day and day > today
    ]
    if signed and ends and ends < signed:
        found.append(("ends_on", _("The works end before the contract was signed.")))
    if ends and opened and opened > ends:
        found.append(("account_opened", _("The account was opened after the end of the works.")))
    if signed and until and until < signed:
        found.append(("deposit_until", _("The guarantee ends before the contract was signed.")))
    return found


def bank_faults(values: Mapping[str, Any], today: date) -> dict[str, str]:
    """What is wrong with a month of the special account (Art. 27, 29), by field of MonthFigure; empty is not asked."""
    agreed, arrived = values.get("agreed"), values.get("arrived")
    faults = _amount_faults(values, ("agreed", "arrived", "balance"))
    if (agreed is None) != (arrived is None):
        said = _("What is due into the account and what was paid into it: both or neither.")
        faults |= {"agreed" if agreed is None else "arrived": said}
    return faults | _day_faults(values, "arrived", "arrived_on", _("Say on which day it arrived."), today)


def sum_faults(values: Mapping[str, Any], today: date) -> dict[str, str]:
    """What is wrong with the sums of a month that came without its lines, by field of MonthFigure. Heads are needed:
    by heads the rules find arrears, and by sums alone nobody would be missed.
    """
    names = ("attending", "listed", "paid_workers", "due", "paid")
    if all(values.get(name) is None for name in (*names, "last_paid_on")):
        return {}
    missing = {name: _("Needed where wages of the month are reported.") for name in names if values.get(name) is None}
    heads = {name: _("Whole workers, not less than 0.") for name in names[:3] if not _is_heads(values.get(name))}
    faults = heads | missing | _amount_faults(values, ("due", "paid"))
    faults |= _day_faults(values, "paid", "last_paid_on", _("Say on which day it was paid."), today)
    return faults or _contradictions(values)


def _is_heads(number: int | None) -> bool:
    return number is not None and 0 <= number <= MOST_WORKERS


def _contradictions(values: Mapping[str, Any]) -> dict[str, str]:
    """Nobody is paid more than is due to him, and nobody in full who is not on the payroll."""
    if values["paid"] > values["due"]:
        return {"paid": _("More is paid than due: put the rest into the month it belongs to.")}
    if values["paid_workers"] > min(values["attending"], values["listed"]):
        return {"paid_workers": _("More workers are paid in full than attended or are on the payroll.")}
    if values["due"] > 0 and values["listed"] == 0:
        return {"listed": _("Wages are due, but nobody is on the payroll.")}
    if values["paid"] < values["due"] and values["paid_workers"] == values["listed"]:
        return {"paid_workers": _("Everybody on the payroll is paid in full, yet less is paid than due.")}
    return {}


def _amount_faults(values: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    given = {name: values[name] for name in names if values.get(name) is not None}
    return {name: _money_fault() for name, amount in given.items() if not is_money(amount)}


def _day_faults(values: Mapping[str, Any], amount: str, day: str, said: str, today: date) -> dict[str, str]:
    """A sum that came came on a day, and not in the future."""
    if values.get(amount) and values.get(day) is None:
        return {day: said}
    return {day: _("This day lies in the future.")} if values.get(day) and values[day] > today else {}


def _money_fault() -> str:
    return _("An amount in yuan, not less than 0, with at most two decimals.")

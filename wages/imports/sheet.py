"""The monthly wage sheet (工资支付表, Art. 15): one row per worker and month. Checked against itself and the roster."""

from calendar import monthrange
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.rules import citizen_id_fault, city_date, normal_phone, phone_fault
from ledger.actors import Actor
from ledger.kinds import Column, RowError, SheetRow
from ledger.sealed import blind_index
from wages import rules
from wages.models import Project, Worker


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A row that passed the check. `index` is the blind index of the citizen number; money in yuan."""

    project: str
    month: date
    index: bytes
    id_number: str
    name: str
    phone: str
    team: str
    days: Decimal
    due: Decimal | None
    paid: Decimal
    paid_on: date | None

    def __repr__(self) -> str:
        return "<SheetLine>"


def sheet_columns() -> Sequence[Column]:
    """Columns of the template, in its order; the national names of the pay detail are known as well."""
    return (
        Column("project", "项目编码", "Project code", "code", required=True, max_length=30, example="W370902001"),
        Column("name", "姓名", "Name", required=True, max_length=40, personal=True, example="王示例"),
        Column(
            "id_number", "证件号码", "ID number", "code", required=True, max_length=18, personal=True,
            aliases=("身份证号", "IDCardNumber"), example="379999198001010016",
        ),
        Column(
            "phone", "手机号码", "Mobile number", "code", max_length=20, personal=True, example="16100000002",
            help_zh="本人手机号，凭短信验证码查看本人工资",
            help_en="the worker's own; opens the own lines by a code",
        ),
        Column("team", "班组", "Team", max_length=60, example="木工三组"),
        Column("month", "工资月份", "Month", "month", required=True, example="2026-09"),
        Column("days", "出勤天数", "Days attended", "decimal", required=True, aliases=("Days",), example="26"),
        Column(
            "due", "应发金额", "Due, yuan", "decimal", aliases=("TotalPayAmount",), example="7800.00",
            help_zh="空白表示未入工资表", help_en="empty means: not on the payroll",
        ),
        Column("paid", "实发金额", "Paid, yuan", "decimal", aliases=("ActualAmount",), example="7800.00"),
        Column("paid_on", "发放日期", "Paid on", "date", aliases=("BalanceDate",), example="2026-10-20"),
    )  # fmt: skip


def check_sheet(rows: Sequence[SheetRow], *, actor: Actor, now: datetime) -> list[RowError]:
    """What is wrong with a sheet, cell by cell; see ledger.kinds.register_import. Three statements."""
    today = city_date(now)
    projects = _projects(rows, actor)
    errors: list[RowError] = []
    for row in rows:
        for column, message in _cell_faults(row, projects, today):
            errors.append(RowError(row.number, column, message))
    return errors + _twice(rows) + _identities(rows) + _phones(rows, projects)


def _projects(rows: Sequence[SheetRow], actor: Actor) -> dict[str, Project]:
    """The sheet's projects that lie in the actor's area, by code."""
    codes = {row["project"] for row in rows}
    found = Project.objects.filter(code__in=codes, path__startswith=actor.territory or "-")
    return {project.code: project for project in found}


Fault = tuple[str, str]


def _cell_faults(row: SheetRow, projects: dict[str, Project], today: date) -> list[Fault]:
    checks: tuple[Callable[..., list[Fault]], ...] = (_project_faults, _person_faults, _days_faults, _money_faults)
    return [fault for check in checks for fault in check(row, projects, today)]


def _project_faults(row: SheetRow, projects: dict[str, Project], today: date) -> list[Fault]:
    project, month = projects.get(row["project"]), row["month"]
    if project is None:
        return [("project", _("There is no such project in your area."))]
    fault = rules.month_fault(month, project.signed_on, today) if month is not None else ""
    return [("month", fault)] if fault else []


def _person_faults(row: SheetRow, projects: dict[str, Project], today: date) -> list[Fault]:
    faults: list[Fault] = []
    if row["id_number"] and citizen_id_fault(row["id_number"], demo=settings.DEMO):
        faults.append(("id_number", _("This is not a citizen number.")))
    if row["phone"] and phone_fault(row["phone"], demo=settings.DEMO):
        faults.append(("phone", _("This is not a mobile number.")))
    return faults


def _days_faults(row: SheetRow, projects: dict[str, Project], today: date) -> list[Fault]:
    days, month = row["days"], row["month"]
    if days is None or month is None:
        return []
    length = monthrange(month.year, month.month)[1]
    if not 0 <= days <= length or days * 2 != int(days * 2):
        return [("days", _("Whole or half days between 0 and %(n)s.") % {"n": length})]
    return []


def _money_faults(row: SheetRow, projects: dict[str, Project], today: date) -> list[Fault]:
    due, paid, paid_on = row["due"], row["paid"] or Decimal(0), row["paid_on"]
    faults: list[Fault] = []
    for column, amount in (("due", due), ("paid", paid)):
        if amount is not None and not rules.is_money(amount, rules.HIGHEST_PAY):
            faults.append((column, _("An amount between 0 and 1,000,000 yuan with at most two decimals.")))
    if faults:
        return faults
    if paid > (due or Decimal(0)):
        faults.append(("paid", _("More is paid than due: put the rest into the month it belongs to.")))
    if paid > 0 and paid_on is None:
        faults.append(("paid_on", _("Say on which day it was paid.")))
    if paid_on is not None and paid_on > today:
        faults.append(("paid_on", _("This day lies in the future.")))
    return faults


def _twice(rows: Sequence[SheetRow]) -> list[RowError]:
    """The same worker twice in a month of a project."""
    seen: dict[tuple[Any, Any, Any], int] = {}
    errors = []
    for row in rows:
        key = (row["project"], row["month"], row["id_number"])
        if not row["id_number"]:
            continue
        if key in seen:
            message = _("This worker stands in row %(row)s for the same month.") % {"row": seen[key]}
            errors.append(RowError(row.number, "id_number", message))
        seen.setdefault(key, row.number)
    return errors


def _identities(rows: Sequence[SheetRow]) -> list[RowError]:
    """One number, one name: otherwise one of the two is a slip."""
    names: dict[str, tuple[str, int]] = {}
    errors = []
    for row in rows:
        number, name = row["id_number"], row["name"]
        if not number or not name:
            continue
        known, where = names.setdefault(number, (name, row.number))
        if known != name:
            message = _("Row %(row)s gives another name for this ID number.") % {"row": where}
            errors.append(RowError(row.number, "name", message))
    return errors


def _phones(rows: Sequence[SheetRow], projects: dict[str, Project]) -> list[RowError]:
    """One phone opens one person's lines only: a foreman's number for a whole team would show him everybody's pay."""
    owners: dict[tuple[str, str], bytes | None] = {}
    held = _held_phones(rows, projects)
    errors = []
    for row in rows:
        if not row["phone"] or not row["id_number"]:
            continue
        phone, index = normal_phone(row["phone"]), blind_index("id_number", row["id_number"])
        first = owners.setdefault((row["project"], phone), held.get((row["project"], phone), index))
        if first != index:
            errors.append(
                RowError(
                    row.number, "phone", _("This number belongs to another worker of the project; leave it empty.")
                )
            )
    return errors


def _held_phones(rows: Sequence[SheetRow], projects: dict[str, Project]) -> dict[tuple[str, str], bytes]:
    """Phones the roster holds already, of those in the sheet: (project code, phone) → index of the citizen number."""
    phones = {normal_phone(row["phone"]) for row in rows if row["phone"]}
    indexed = {blind_index("phone", phone): phone for phone in phones}
    known = Worker.objects.filter(project__in=projects.values(), person__phone_index__in=[i for i in indexed if i])
    found = known.values_list("project__code", "person__phone_index", "id_number_index")
    return {(code, indexed[bytes(phone)]): bytes(index) for code, phone, index in found if phone is not None}


def sheet_lines(rows: Sequence[SheetRow]) -> list[SheetLine]:
    """Rows without a fault as lines."""
    return [
        SheetLine(
            project=row["project"],
            month=row["month"],
            index=blind_index("id_number", row["id_number"]) or b"",
            id_number=row["id_number"],
            name=row["name"],
            phone=normal_phone(row["phone"] or ""),
            team=row["team"] or "",
            days=row["days"],
            due=row["due"],
            paid=row["paid"] or Decimal(0),
            paid_on=row["paid_on"],
        )
        for row in rows
    ]

"""wage_projects.csv of a city folder: projects with owner, general contractor and special account."""

from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings

from accounts.rules import credit_code_fault
from ledger.cityfolder import CityFolder, Row, to_csv
from wages.models import Project

FILE = "wage_projects.csv"


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """A project as the file names it: firms by name and credit code, the place in degrees WGS-84, money in yuan."""

    code: str
    name_zh: str
    name_en: str
    industry: str
    path: str
    lon: float
    lat: float
    address: str
    owner: str
    owner_code: str
    contractor: str
    contractor_code: str
    authority: str
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


COLUMNS = tuple(field.name for field in fields(ProjectLine))
OPTIONAL = ("authority", "officer_phone", "bank", "account_tail", "account_opened", "deposit", "deposit_until")
_TYPES = {
    "lon": float, "lat": float, "contract_price": Decimal, "pay_day": int, "signed_on": date.fromisoformat,
    "ends_on": date.fromisoformat, "account_opened": date.fromisoformat, "deposit": Decimal,
    "deposit_until": date.fromisoformat,
}  # fmt: skip


def read_projects(folder: CityFolder) -> list[ProjectLine]:
    """The projects of a folder; what is wrong is refused with file, line and column, and left out."""
    lines: dict[str, ProjectLine] = {}
    for row in folder.rows(FILE, required=[name for name in COLUMNS if name not in OPTIONAL]):
        line = _line(folder, row)
        if line is None:
            continue
        if line.code in lines:
            folder.refuse(row, "code", f"project {line.code} is there twice")
            continue
        lines[line.code] = line
    return list(lines.values())


def _line(folder: CityFolder, row: Row) -> ProjectLine | None:
    before = len(folder.faults)
    values = {name: _value(folder, row, name) for name in COLUMNS}
    if values["industry"] not in Project.Industry.values:
        folder.refuse(row, "industry", f"one of {', '.join(Project.Industry.values)}")
    for column in ("owner_code", "contractor_code"):
        fault = credit_code_fault(str(values[column]), demo=settings.DEMO)
        if fault:
            folder.refuse(row, column, f"no unified social credit code ({fault})")
    if isinstance(values["pay_day"], int) and not 1 <= values["pay_day"] <= 28:
        folder.refuse(row, "pay_day", "a day that every month has: 1 to 28")
    if bool(values["bank"]) != bool(values["account_opened"]):
        folder.refuse(row, "bank", "a bank and a day the account was opened, or neither")
    known = folder.known["departments"]
    if values["authority"] and known and values["authority"] not in known:
        folder.refuse(row, "authority", f"unknown: {values['authority']}")
    return ProjectLine(**values) if len(folder.faults) == before else None


def _value(folder: CityFolder, row: Row, name: str) -> Any:
    text = row[name]
    if not text:
        if name not in OPTIONAL:
            folder.refuse(row, name, "is empty")
        return None if name in _TYPES else ""
    kind = _TYPES.get(name)
    if kind is None:
        return text
    try:
        return kind(text)  # type: ignore[operator]
    except (ValueError, InvalidOperation):
        folder.refuse(row, name, f"cannot be read: {text}")
        return None


def project_files() -> dict[str, str]:
    """wage_projects.csv as it would load to what stands in the database."""
    rows = []
    for p in Project.objects.select_related("owner", "contractor", "authority", "account").order_by("code"):
        account = getattr(p, "account", None)
        rows.append(
            (
                p.code, p.name_zh, p.name_en, p.industry, p.path, p.point.x, p.point.y, p.address, p.owner.name,
                p.owner.credit_code, p.contractor.name, p.contractor.credit_code,
                p.authority.code if p.authority else "", p.contract_price, p.signed_on, p.ends_on, p.pay_day,
                p.officer_phone, account.bank if account else "", account.tail if account else "",
                account.opened_on if account else "", p.deposit, p.deposit_until,
            )
        )  # fmt: skip
    return {FILE: to_csv(COLUMNS, rows)} if rows else {}

"""A project as a line: owner, general contractor, special account. And wage_projects.csv of a city folder."""

from dataclasses import astuple, dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import override

from ledger.cityfolder import CityFolder, Row, to_csv
from wages import rules
from wages.models import Project

FILE = "wage_projects.csv"


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """A project as files name it: firms by name and credit code, the place in degrees WGS-84, money in yuan."""

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
OPTIONAL = (
    "name_en", "authority", "officer_phone", "bank", "account_tail", "account_opened", "deposit", "deposit_until",
)  # fmt: skip
# fields that a project has under the same name
PLAIN = (
    "name_zh", "name_en", "industry", "path", "address", "contract_price", "signed_on", "ends_on", "pay_day",
    "officer_phone", "deposit", "deposit_until",
)  # fmt: skip
_TYPES = {
    "lon": float, "lat": float, "contract_price": Decimal, "pay_day": int, "signed_on": date.fromisoformat,
    "ends_on": date.fromisoformat, "account_opened": date.fromisoformat, "deposit": Decimal,
    "deposit_until": date.fromisoformat,
}  # fmt: skip


# a project of which nothing is known yet
EMPTY: dict[str, Any] = {name: None if name in _TYPES else "" for name in COLUMNS}


def read_projects(folder: CityFolder, *, today: date) -> list[ProjectLine]:
    """The projects of a folder; what is wrong is refused with file, line and column, and left out."""
    lines: dict[str, ProjectLine] = {}
    for row in folder.rows(FILE, required=[name for name in COLUMNS if name not in OPTIONAL]):
        line = _line(folder, row, today)
        if line is None:
            continue
        if line.code in lines:
            folder.refuse(row, "code", f"project {line.code} is there twice")
            continue
        lines[line.code] = line
    return list(lines.values())


def _line(folder: CityFolder, row: Row, today: date) -> ProjectLine | None:
    before = len(folder.faults)
    values = {name: _value(folder, row, name) for name in COLUMNS}
    if values["industry"] not in Project.Industry.values:
        folder.refuse(row, "industry", f"one of {', '.join(Project.Industry.values)}")
    with override("en"):  # faults of a folder are told to whoever keeps it, in the language of its columns
        for column, message in rules.project_faults(values, demo=settings.DEMO, today=today):
            folder.refuse(row, column, message)
    for column, known in (("authority", folder.known["departments"]), ("path", folder.known["paths"])):
        if values[column] and known and values[column] not in known:
            folder.refuse(row, column, f"unknown: {values[column]}")
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
    rows = [astuple(line_of(project)) for project in whole_projects().order_by("code")]
    return {FILE: to_csv(COLUMNS, rows)} if rows else {}


def whole_projects() -> "QuerySet[Project]":
    """Projects with everything that a line says of them."""
    return Project.objects.select_related("owner", "contractor", "authority", "account")


def line_of(project: Project) -> ProjectLine:
    """What stands in the database, as a line."""
    account, authority = getattr(project, "account", None), project.authority
    here = {name: getattr(project, name) for name in COLUMNS if name in PLAIN}
    return ProjectLine(
        **here,
        code=project.code,
        lon=project.point.x,
        lat=project.point.y,
        owner=project.owner.name,
        owner_code=project.owner.credit_code or "",
        contractor=project.contractor.name,
        contractor_code=project.contractor.credit_code or "",
        authority=authority.code if authority else "",
        bank=account.bank if account else "",
        account_tail=account.tail if account else "",
        account_opened=account.opened_on if account else None,
    )

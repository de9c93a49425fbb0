"""Roles, departments and users of a city folder, read and checked with file and row. Writing is in actions.city."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from accounts import rules
from accounts.kinds import FACES, LEVELS, RIGHTS, SEPARATIONS
from ledger.cityfolder import CityFolder, Row

ROLE_FILE, DEPARTMENT_FILE, USER_FILE = "roles.csv", "departments.csv", "users.csv"
ROLE_COLUMNS = ("code", "name_zh", "name_en", "rights", "face", "totp_required", "separation")
DEPARTMENT_COLUMNS = ("code", "name_zh", "name_en", "level", "function", "parent", "territory", "phone")
USER_COLUMNS = (
    "username",
    "display_name",
    "display_name_en",
    "email",
    "department",
    "role",
    "territory",
    "since",
    "phone",
)
RESIDENT = "resident"
LONG_AGO = date(2020, 1, 1)
PATH = re.compile(r"/([0-9A-Za-z]+/)+")


@dataclass(frozen=True, slots=True)
class RoleLine:
    """One role; `rights` are codes of accounts.kinds.RIGHTS."""

    code: str
    name_zh: str
    name_en: str
    rights: list[str]
    face: str
    totp_required: bool
    separation: str | None


@dataclass(frozen=True, slots=True)
class DepartmentLine:
    """One department; `parent` is a code or ""."""

    code: str
    name_zh: str
    name_en: str
    level: str
    function: str
    parent: str
    territory: str
    phone: str


@dataclass(frozen=True, slots=True)
class UserLine:
    """One hat of one user; a user with several hats has several lines. A resident has a phone and no hat."""

    username: str
    display_name: str
    display_name_en: str
    email: str
    department: str
    role: str
    territory: str
    since: date
    phone: str


def _clean(folder: CityFolder, row: Row, faults: dict[str, str]) -> bool:
    for column, message in faults.items():
        folder.refuse(row, column, message)
    return not faults


def _first_time(folder: CityFolder, row: Row, seen: set[str]) -> bool:
    code = row["code"]
    if not code or code in seen:
        folder.refuse(row, "code", _("empty or given twice: %s") % code)
        return False
    seen.add(code)
    return True


def read_roles(folder: CityFolder) -> list[RoleLine]:
    """Lines of roles.csv that are sound; the others are faults of the folder."""
    seen: set[str] = set()
    lines = []
    for row in folder.rows(ROLE_FILE, required=ROLE_COLUMNS):
        rights = row["rights"].split()
        faults = {}
        if unknown := sorted(set(rights) - set(RIGHTS)):
            faults["rights"] = _("no such right: %s") % ", ".join(unknown)
        if row["face"] not in FACES:
            faults["face"] = _("one of %s") % ", ".join(FACES)
        if row["separation"] and row["separation"] not in SEPARATIONS:
            faults["separation"] = _("one of %s") % ", ".join(SEPARATIONS)
        if _first_time(folder, row, seen) and _clean(folder, row, faults):
            totp = row["totp_required"].lower() in ("yes", "1", "true")
            separation = row["separation"] or None
            lines.append(RoleLine(row["code"], row["name_zh"], row["name_en"], rights, row["face"], totp, separation))
    folder.known["roles"].update(line.code for line in lines)
    return lines


def read_departments(folder: CityFolder) -> list[DepartmentLine]:
    """Lines of departments.csv that are sound; a parent stands above its children in the file."""
    seen: set[str] = set()
    lines = []
    for row in folder.rows(DEPARTMENT_FILE, required=DEPARTMENT_COLUMNS):
        faults = {}
        if row["parent"] and row["parent"] not in seen:
            faults["parent"] = _("no such department above this line: %s") % row["parent"]
        if row["level"] not in LEVELS:
            faults["level"] = _("one of %s") % ", ".join(LEVELS)
        if fault := _path_fault(folder, row["territory"]):
            faults["territory"] = fault
        if _first_time(folder, row, seen) and _clean(folder, row, faults):
            lines.append(DepartmentLine(*(row[column] for column in DEPARTMENT_COLUMNS)))
    folder.known["departments"].update(line.code for line in lines)
    return lines


def _path_fault(folder: CityFolder, path: str) -> str:
    if not PATH.fullmatch(path):
        return _("not a territory path: %s") % path
    if folder.known["paths"] and path not in folder.known["paths"]:
        return _("no such division: %s") % path
    return ""


def read_users(folder: CityFolder) -> list[UserLine]:
    """Lines of users.csv that are sound."""
    lines = []
    for row in folder.rows(USER_FILE, required=USER_COLUMNS):
        faults = _resident_faults(row) if row["role"] == RESIDENT else _official_faults(folder, row)
        if not row["username"]:
            faults["username"] = _("is missing")
        if _clean(folder, row, faults):
            since = date.fromisoformat(row["since"]) if row["since"] else LONG_AGO
            texts = {column: row[column] for column in USER_COLUMNS if column != "since"}
            lines.append(UserLine(**texts, since=since))
    folder.known["users"].update(line.username for line in lines)
    return lines


def _resident_faults(row: Row) -> dict[str, str]:
    # a resident in a city folder can only be a made-up one
    if not row["phone"].startswith(rules.DEMO_PHONE) or rules.phone_fault(row["phone"], demo=True):
        return {"phone": _("a demo phone begins with %s") % rules.DEMO_PHONE}
    return {}


def _official_faults(folder: CityFolder, row: Row) -> dict[str, str]:
    faults = {}
    if row["department"] not in folder.known["departments"]:
        faults["department"] = _("no such department: %s") % row["department"]
    if row["role"] not in folder.known["roles"]:
        faults["role"] = _("no such role: %s") % row["role"]
    if fault := _path_fault(folder, row["territory"]):
        faults["territory"] = fault
    if row["since"] and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", row["since"]):
        faults["since"] = _("not a date: %s") % row["since"]
    return faults


def by_user(lines: list[UserLine]) -> Iterator[tuple[str, list[UserLine]]]:
    """Lines grouped by user name, in order of first appearance."""
    groups: dict[str, list[UserLine]] = {}
    for line in lines:
        groups.setdefault(line.username, []).append(line)
    yield from groups.items()

"""Roles, departments and users as the files of a city folder, so that loading what was exported changes nothing."""

from accounts.imports import (
    DEPARTMENT_COLUMNS,
    DEPARTMENT_FILE,
    RESIDENT,
    ROLE_COLUMNS,
    ROLE_FILE,
    USER_COLUMNS,
    USER_FILE,
)
from accounts.models import Department, Membership, Role
from ledger.cityfolder import to_csv


def export_roles() -> dict[str, str]:
    """roles.csv."""
    rows = [
        (
            role.code,
            role.name_zh,
            role.name_en,
            " ".join(role.rights),
            role.face,
            "yes" if role.totp_required else "no",
            role.separation,
        )
        for role in Role.objects.order_by("pk")
    ]
    return {ROLE_FILE: to_csv(ROLE_COLUMNS, rows)}


def export_departments() -> dict[str, str]:
    """departments.csv; ids grow with the file's order, so a parent stands above its children."""
    rows = [
        (
            row.code,
            row.name_zh,
            row.name_en,
            row.level,
            row.function,
            row.parent.code if row.parent else "",
            row.territory,
            row.phone,
        )
        for row in Department.objects.select_related("parent").order_by("pk")
    ]
    return {DEPARTMENT_FILE: to_csv(DEPARTMENT_COLUMNS, rows)}


def export_users() -> dict[str, str]:
    """users.csv: officials with their open hats, no password, no resident (RESIDENT lines are demo only)."""
    hats = Membership.objects.filter(valid__endswith=None, user__person=None).exclude(role__code=RESIDENT)
    rows = [
        (
            hat.user.username,
            hat.user.display_name,
            hat.user.display_name_en,
            hat.user.email,
            hat.department.code,
            hat.role.code,
            hat.territory,
            hat.valid.lower.isoformat(),
            "",
        )
        for hat in hats.select_related("user", "department", "role").order_by("pk")
    ]
    return {USER_FILE: to_csv(USER_COLUMNS, rows)}

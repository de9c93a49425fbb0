"""The tree of departments."""

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.access import can, demand, demand_right, within
from accounts.kinds import LEVELS
from accounts.models import Department
from ledger.actions import audit
from ledger.actors import Actor
from ledger.clock import app_now

FIELDS = ("name_zh", "name_en", "level", "function", "territory", "phone", "active")


@transaction.atomic(durable=True)
def save_department(
    *, code: str, values: dict[str, str | bool], parent_id: int | None, actor: Actor, department_id: int | None = None
) -> Department:
    """Create a department, or change one.

    Arguments:
        values: name_zh, name_en, level, function, territory (path), phone, active.
        department_id: None creates.

    Raises:
        PermissionDenied: without "accounts.manage", or outside the actor's territory.
        ValidationError: keyed by field.
    """
    demand_right(actor, "accounts.manage")
    now = app_now()
    department = Department(code=code)
    if department_id is not None:
        department = Department.objects.select_for_update().get(pk=department_id)
        demand(can(actor, "department.edit", department))
    _refuse(department, code, values, parent_id, actor)
    for name in FIELDS:
        setattr(department, name, values[name])
    department.parent_id = parent_id
    department.save()
    action = "department.create" if department_id is None else "department.edit"
    audit(actor=actor, action=action, object_kind="department", object_id=str(department.pk), now=now)
    return department


def _refuse(
    department: Department, code: str, values: dict[str, str | bool], parent_id: int | None, actor: Actor
) -> None:
    faults = {}
    if department.pk is None and Department.objects.filter(code=code).exists():
        faults["code"] = _("This code is taken.")
    if values["level"] not in LEVELS:
        faults["level"] = _("Unknown level.")
    if not within(actor.territory, str(values["territory"])):
        faults["territory"] = _("This area is not yours to give.")
    if parent_id is not None and department.pk is not None and _is_below(parent_id, department.pk):
        faults["parent"] = _("A department cannot stand below itself.")
    if faults:
        raise ValidationError(faults)


def _is_below(candidate: int, root: int) -> bool:
    """True if `candidate` is `root` or one of its descendants."""
    seen: set[int] = set()
    current: int | None = candidate
    while current is not None and current not in seen:
        if current == root:
            return True
        seen.add(current)
        current = Department.objects.values_list("parent_id", flat=True).get(pk=current)
    return False

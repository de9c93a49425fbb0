"""What the rule screens need beside the rules: choices, values of a form, the difference to what is in force."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import Department, Role
from cases.models import RoutingRule
from cases.queries import words
from cases.queries.rule_sets import KIND, rules_of
from ledger import queries as ledger_queries
from ledger.clock import app_now

COMPARED = (
    "category",
    "path",
    "source",
    "answers",
    "department_id",
    "needs_role",
    "automatic",
    "priority",
    "reason_zh",
    "reason_en",
)


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a readable difference."""

    icon: str
    code: str
    text: str


def _name(row: Any) -> str:
    return str(row.name_en if (get_language() or "").startswith("en") else row.name_zh)


def rule_choices() -> dict[str, list[tuple[Any, str]]]:
    """Choices of the rule form: departments, roles, sources."""
    departments = Department.objects.filter(active=True).order_by("code")
    roles = Role.objects.filter(face__in=["desk", "field"], separation=None).order_by("code")
    return {
        "department_id": [(row.pk, _name(row)) for row in departments],
        "needs_role": [("", _("any role of the department")), *((role.code, _name(role)) for role in roles)],
        "source": [("", _("every source")), *words.source_labels().items()],
    }


def rule_values(rule: RoutingRule | None) -> dict[str, Any]:
    """Initial values of the form."""
    if rule is None:
        return {}
    return {name: getattr(rule, name) for name in (*COMPARED, "code")}


def rule_changes(edition_id: int) -> list[Change]:
    """How an edition differs from the one in force, a line per rule; nothing if it is the one in force."""
    current = ledger_queries.edition_in_force(KIND, app_now())
    if current is None or current.pk == edition_id:
        return []
    before = {rule.code: rule for rule in rules_of(current.pk)}
    after = {rule.code: rule for rule in rules_of(edition_id)}
    lines = [Change("plus-lg", code, _("is new")) for code in after.keys() - before.keys()]
    lines += [Change("dash-lg", code, _("is taken out")) for code in before.keys() - after.keys()]
    for code in sorted(before.keys() & after.keys()):
        lines += _differences(code, before[code], after[code])
    return sorted(lines, key=lambda line: line.code)


def _differences(code: str, old: RoutingRule, new: RoutingRule) -> list[Change]:
    found = []
    for name in COMPARED:
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            if name == "department_id":
                was, now = _name(old.department), _name(new.department)
            found.append(Change("pencil", code, f"{name}: {was if was != '' else '—'} → {now if now != '' else '—'}"))
    return found

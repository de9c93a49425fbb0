"""Routing rules as people read them: the table of an edition, the form, and what would be wrong with an edition."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.models import Department, Role
from cases import kinds, rules
from cases.models import RoutingRule
from cases.queries import words
from cases.queries.rule_sets import rules_of
from grids.queries import names_of_paths

FORM_FIELDS = (
    "code", "category", "path", "source", "answers", "department_id", "needs_role", "automatic", "priority",
    "reason_zh", "reason_en",
)  # fmt: skip


def rule_choices() -> dict[str, list[tuple[Any, str]]]:
    """Choices of the rule form: steps that are routed, departments, roles, sources."""
    departments = Department.objects.filter(active=True).order_by("code")
    roles = Role.objects.filter(face__in=["desk", "field"], separation=None).order_by("code")
    return {
        "target": [(f"{slug}:{step}", _step(slug, step)) for slug, step in routed_steps()],
        "department_id": [(row.pk, _name(row)) for row in departments],
        "needs_role": [("", _("any role of the department")), *((role.code, _name(role)) for role in roles)],
        "path": _places({row.territory for row in departments}),
        "source": [("", _("every source")), *words.source_labels().items()],
    }


def _places(paths: set[str]) -> list[tuple[Any, str]]:
    """Areas of responsibility by their path, with their names."""
    return [(path, words.in_language(*names)) for path, names in sorted(names_of_paths(paths).items())]


def rule_values(rule: RoutingRule | None) -> dict[str, Any]:
    """Initial values of the form."""
    if rule is None:
        return {}
    return {"target": f"{rule.kind}:{rule.step_key}", **{name: getattr(rule, name) for name in FORM_FIELDS}}


def routed_steps() -> list[tuple[str, str]]:
    """(kind, step) of everything that is routed by rules: new cases, and later steps that are handed over."""
    found = []
    for kind in kinds.all_kinds():
        table = kinds.workflow(kind.slug)
        rows = (*([table.routing] if table.routing else []), *table.hand_overs)
        found += [(kind.slug, row.step) for row in rows]
    return found


def _step(kind: str, step: str) -> str:
    return f"{words.kind_label(kind)} · {words.step_label(kind, step)}"


def rule_of(edition_id: int, code: str) -> RoutingRule | None:
    """A rule of an edition by its code; None if there is none."""
    return RoutingRule.objects.filter(edition=edition_id, code=code).first()


def rule_rows(edition_id: int) -> dict[str, dict[str, str]]:
    """The rules of an edition in words, the one that wins first; see ledger.kinds.register_edition."""
    found = rules_of(edition_id)
    roles = {role.code: _name(role) for role in Role.objects.all()}
    places = names_of_paths({rule.path for rule in found if rule.path})
    categories = words.category_labels((rule.kind, rule.category) for rule in found if rule.category)
    return {rule.code: _row(rule, roles, places, categories) for rule in found}


def _row(
    rule: RoutingRule,
    roles: dict[str, str],
    places: dict[str, tuple[str, str]],
    categories: dict[str, str],
) -> dict[str, str]:
    place = words.in_language(*places[rule.path]) if rule.path in places else rule.path
    name = categories.get(rule.category, "")
    return {
        "priority": str(rule.priority),
        "reason": words.in_language(rule.reason_zh, rule.reason_en),
        "category": (name if name == rule.category else f"{name} {rule.category}") or _("every category"),
        "territory": place or _("everywhere"),
        "source": words.source_label(rule.source) if rule.source else _("every source"),
        "answers": ", ".join(f"{field} = {rules.answer_text(said)}" for field, said in sorted(rule.answers.items())),
        "department": _name(rule.department),
        "role": roles.get(rule.needs_role, rule.needs_role) or _("any role of the department"),
        "how": _("automatic") if rule.automatic else _("proposal"),
        "step": _step(rule.kind, rule.step_key),
        "owner": words.in_language(rule.owner.display_name, rule.owner.display_name_en) or rule.owner.username,
    }


def rule_faults(edition_id: int) -> list[str]:
    """Why an edition of rules cannot be approved: nothing in it, or a rule that sends where nobody is."""
    found = rules_of(edition_id)
    if not found:
        return [_("There is no rule in it: every new case would go to the duty chief.")]
    closed = _("Rule %(code)s sends to %(department)s, which has been closed.")
    faults = [
        closed % {"code": rule.code, "department": _name(rule.department)}
        for rule in found
        if not rule.department.active
    ]
    known = {kind.slug for kind in kinds.all_kinds()}
    unknown = _("Rule %(code)s is for a kind of case that is not there: %(kind)s.")
    return faults + [unknown % {"code": r.code, "kind": r.kind} for r in found if r.kind not in known]


def _name(row: Any) -> str:
    return words.in_language(row.name_zh, row.name_en)

"""Routing rules by edition: for the screen, the loader and the export."""

from datetime import datetime

from cases.imports import COLUMNS, FILE, RuleLine
from cases.models import RoutingRule
from ledger import queries as ledger_queries
from ledger.cityfolder import to_csv
from ledger.clock import app_now

KIND = "routing"


def rules_of(edition_id: int) -> list[RoutingRule]:
    """The rules of an edition, the one that wins first; department and owner joined."""
    rules = RoutingRule.objects.filter(edition=edition_id).select_related("department", "owner")
    return list(rules.order_by("kind", "step_key", "-priority"))


def rule_lines(at: datetime) -> list[RuleLine]:
    """The rules in force at a moment as lines of the city folder."""
    edition = ledger_queries.edition_in_force(KIND, at)
    if edition is None:
        return []
    return [
        RuleLine(
            code=rule.code,
            kind=rule.kind,
            step=rule.step_key,
            category=rule.category,
            path=rule.path,
            source=rule.source,
            answers=rule.answers,
            department=rule.department.code,
            needs_role=rule.needs_role,
            automatic=rule.automatic,
            priority=rule.priority,
            owner=rule.owner.username,
            reason_zh=rule.reason_zh,
            reason_en=rule.reason_en,
        )
        for rule in rules_of(edition.pk)
    ]


def export_rules() -> dict[str, str]:
    """rules.csv with the edition in force."""
    return {FILE: to_csv(COLUMNS, [line.cells() for line in rule_lines(app_now())])}

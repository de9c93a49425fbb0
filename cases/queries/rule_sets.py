"""Routing rules by edition: for the screen, the loader and the export."""

from dataclasses import dataclass
from datetime import datetime

from cases.imports import COLUMNS, FILE, RuleLine
from cases.models import RoutingRule
from ledger import queries as ledger_queries
from ledger.cityfolder import to_csv
from ledger.clock import app_now
from ledger.models import Edition

KIND = "routing"


@dataclass(frozen=True, slots=True)
class EditionRow:
    """One edition of the routing rules with its number of rules."""

    id: int
    number: int
    state: str
    state_label: str
    title: str
    drafted_by: str
    drafted_at: datetime
    approved_by: str
    effective_from: datetime | None
    rules: int
    in_force: bool


def rule_editions() -> list[EditionRow]:
    """All editions, newest first."""
    current = ledger_queries.edition_in_force(KIND, app_now())
    rows = []
    for edition in Edition.objects.filter(kind=KIND).order_by("-number"):
        rows.append(
            EditionRow(
                id=edition.pk,
                number=edition.number,
                state=edition.state,
                state_label=edition.get_state_display(),
                title=edition.title,
                drafted_by=edition.drafted_by,
                drafted_at=edition.drafted_at,
                approved_by=edition.approved_by,
                effective_from=edition.effective_from,
                rules=edition.routing_rules.count(),
                in_force=current is not None and edition.pk == current.pk,
            )
        )
    return rows


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

"""Why a case came to a department: the rule that matched, those that did not, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cases import kinds, rules
from cases.models import Case, RouteFinding, RoutingRule
from cases.queries import words


@dataclass(frozen=True, slots=True)
class RejectedRule:
    """A rule that was looked at and not used; `why` is the reason in words, `code` the rule's code."""

    code: str
    reason: str
    why: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What routing found. outcome: dispatched | proposed | overtaken | nothing; step: what was routed, in words.

    Arguments:
        held: a step kept the case while it was handed over, so a person can hand it on.
    """

    outcome: str
    at: datetime
    rule: str
    reason: str
    department: str
    department_id: int | None
    owner: str
    edition_id: int | None
    edition: int | None
    effective_from: datetime | None
    rejected: tuple[RejectedRule, ...]
    step: str = ""
    held: bool = False


def finding_of(case: Case, department_id: int | None) -> Finding | None:
    """The latest finding of a case, of the viewer's department if one led there. Two statements.

    Arguments:
        department_id: of the viewer; of parallel hand-overs each department reads its own.
    """
    findings = RouteFinding.objects.filter(case=case).select_related("rule__department", "rule__owner", "edition")
    rows = list(findings.order_by("-pk")[:8])
    mine = [row for row in rows if row.rule is not None and row.rule.department_id == department_id]
    found = next(iter([*mine, *rows]), None)
    if found is None:
        return None
    routing = kinds.workflow(case.kind).routing_of(found.step_key)
    rule, edition = found.rule, found.edition
    return Finding(
        outcome=found.outcome,
        at=found.at,
        rule=rule.code if rule else "",
        reason=words.in_language(rule.reason_zh, rule.reason_en) if rule else "",
        department=words.in_language(rule.department.name_zh, rule.department.name_en) if rule else "",
        department_id=rule.department_id if rule else None,
        owner=_owner(rule) if rule else "",
        edition_id=edition.pk if edition else None,
        edition=edition.number if edition else None,
        effective_from=edition.effective_from if edition else None,
        rejected=_rejected(found.rejected),
        step=words.step_label(case.kind, found.step_key),
        held=routing is not None and bool(routing.hold),
    )


def _owner(rule: RoutingRule) -> str:
    name = rule.owner.display_name or rule.owner.username
    return words.in_language(name, rule.owner.display_name_en or name)


def _rejected(kept: Sequence[dict[str, str]]) -> tuple[RejectedRule, ...]:
    known = RoutingRule.objects.in_bulk([int(row["rule"]) for row in kept])
    rows = []
    for row in kept:
        rule = known.get(int(row["rule"]))
        reason = words.in_language(rule.reason_zh, rule.reason_en) if rule else ""
        rows.append(RejectedRule(row["code"], reason, rules.why_text(row["why"])))
    return tuple(rows)

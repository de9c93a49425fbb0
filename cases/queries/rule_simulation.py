"""Routing rules tried on history: which department each case would have gone to under a draft."""

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import Department, Role
from cases import kinds, rules
from cases.models import Case, RouteFinding, RoutingRule
from cases.queries import words
from ledger.queries import Finding, Piece, Simulation, SimulationLine, Told

BATCH = 500
MOST_CASES = 20_000
DAYS_PER_MONTH = 30.436875  # mean Gregorian month
FIELDS = ("id", "kind", "category", "path", "source", "answers")


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules of one edition by (kind, step), the one that wins first; rules to closed departments are left out."""

    by_step: Mapping[tuple[str, str], tuple[RoutingRule, ...]]

    def best(self, case: Case, step: str) -> RoutingRule | None:
        """The same answer as `best_rule` in SQL; a test compares them."""
        facts = rules.RoutedCase(case.category, case.path, case.source, case.answers)
        return next((r for r in self.by_step.get((case.kind, step), ()) if not rules.why_not(r, facts)), None)


def simulate_rules(simulation: Simulation, at: dict[str, Any], budget_seconds: float) -> Piece:
    """One piece: the newest cases first, in batches until the time is used; see ledger.kinds.register_simulation."""
    ends = time.monotonic() + budget_seconds
    history = _history(simulation)
    total = int(at["total"]) if at else min(history.count(), _most(simulation))
    sets = rule_set(simulation.against_id), rule_set(simulation.edition_id)
    cursor, done = at.get("cursor"), int(at.get("done", 0))
    findings: list[Finding] = []
    tally: dict[str, tuple[int, int]] = {}
    while done < total:
        left = history.filter(pk__lt=cursor) if cursor else history
        batch = list(left[: min(BATCH, total - done)])
        _judge(batch, sets, findings, tally)
        if not batch:  # fewer than were counted: a kind has gone meanwhile
            total = done
            break
        done, cursor = done + len(batch), batch[-1].pk
        if time.monotonic() > ends:
            break
    checkpoint = {"cursor": cursor, "done": done, "total": total}
    return Piece(tuple(findings), tally, checkpoint, done, total, finished=done >= total)


def _history(simulation: Simulation) -> QuerySet[Case]:
    """Cases of kinds that are routed, newest first, none newer than the simulation."""
    routed = [kind.slug for kind in kinds.all_kinds() if kinds.workflow(kind.slug).routing is not None]
    cases = Case.objects.filter(kind__in=routed, opened_at__lte=simulation.until).only(*FIELDS).order_by("-pk")
    if simulation.scope == "months":
        cases = cases.filter(opened_at__gte=simulation.until - timedelta(days=simulation.size * DAYS_PER_MONTH))
    return cases


def _most(simulation: Simulation) -> int:
    return MOST_CASES if simulation.scope == "months" else simulation.size


def _judge(
    batch: Sequence[Case],
    sets: tuple[RuleSet, RuleSet],
    findings: list[Finding],
    tally: dict[str, tuple[int, int]],
) -> None:
    """Put each case to both rule sets, at its first step and at every later one it was really routed at."""
    steps: dict[int, set[str]] = {case.pk: set() for case in batch}
    for case_id, step in RouteFinding.objects.filter(case__in=batch).values_list("case_id", "step_key"):
        steps[case_id].add(step)
    for case in batch:
        routing = kinds.workflow(case.kind).routing
        for step in sorted(steps[case.pk] | ({routing.step} if routing else set())):
            before, after = (rules_.best(case, step) for rules_ in sets)
            for place, rule in enumerate((before, after)):
                pair = list(tally.get(_group(rule), (0, 0)))
                pair[place] += 1
                tally[_group(rule)] = (pair[0], pair[1])
            verdict = _verdict(before, after)
            if verdict:
                data = {"step": step, "kind": case.kind, "before": _facts(before), "after": _facts(after)}
                key = f"{case.pk}:{step}"
                findings.append(Finding(key, verdict, _group(before), _group(after), case.pk, data))


def _verdict(before: RoutingRule | None, after: RoutingRule | None) -> str:
    """What changes; "" is nothing."""
    if after is None:
        return "nothing" if before is not None else "still"
    if before is None or before.department_id != after.department_id:
        return "department"
    if (before.automatic, before.needs_role) != (after.automatic, after.needs_role):
        return "how"
    return "rule" if before.code != after.code else ""


def _group(rule: RoutingRule | None) -> str:
    return str(rule.department_id) if rule else ""


def _facts(rule: RoutingRule | None) -> dict[str, Any]:
    if rule is None:
        return {}
    return {
        "rule": rule.code,
        "department": rule.department_id,
        "role": rule.needs_role,
        "automatic": rule.automatic,
    }


def rule_set(edition_id: int | None) -> RuleSet:
    """Rules of an edition as they are tried; None has none."""
    found: dict[tuple[str, str], list[RoutingRule]] = {}
    for rule in RoutingRule.objects.filter(edition=edition_id, department__active=True).order_by("-priority"):
        found.setdefault((rule.kind, rule.step_key), []).append(rule)
    return RuleSet({key: tuple(ordered) for key, ordered in found.items()})


def rule_groups(codes: Collection[str]) -> dict[str, str]:
    """Names of departments by the code of a group; "" is no rule."""
    found = Department.objects.in_bulk([int(code) for code in codes if code.isdecimal()])
    names = {str(pk): words.in_language(row.name_zh, row.name_en) for pk, row in found.items()}
    return {"": _("no rule fits: the duty chief"), **names}


def tell_rules(rows: Sequence[SimulationLine]) -> dict[int, Told]:
    """Each case by its number, with department, rule and way before and after."""
    numbers = dict(Case.objects.filter(pk__in=[row.case_id for row in rows]).values_list("pk", "number"))
    departments = rule_groups({code for row in rows for code in (row.before, row.after)})
    roles = {role.code: words.in_language(role.name_zh, role.name_en) for role in Role.objects.all()}
    told = {}
    for row in rows:
        number = numbers.get(row.case_id or 0, "")
        told[row.id] = Told(
            subject=number,
            before=_words(row.data["before"], departments, roles),
            after=_words(row.data["after"], departments, roles),
            url=reverse("cases:case_file", args=[number]) if number else "",
        )
    return told


def _words(facts: Mapping[str, Any], departments: Mapping[str, str], roles: Mapping[str, str]) -> str:
    if not facts:
        return departments[""]
    how = _("automatic") if facts["automatic"] else _("proposal")
    role = roles.get(facts["role"], facts["role"])
    name = departments.get(str(facts["department"]), "")
    return " · ".join(part for part in (name, role, how, facts["rule"]) if part)

"""Reads of the kernel, scoped to the viewer, personal data masked."""

from cases.queries.invariants import invariant_i1, invariant_i2, invariant_i3, invariant_i4, invariant_i8
from cases.queries.people import members_for, superiors_of
from cases.queries.routing import RouteAnswer, RuleMatch, best_rule
from cases.queries.rule_screens import rule_changes, rule_choices, rule_values
from cases.queries.rule_sets import EditionRow, export_rules, rule_editions, rule_lines, rules_of

__all__ = [
    "EditionRow",
    "RouteAnswer",
    "RuleMatch",
    "best_rule",
    "export_rules",
    "invariant_i1",
    "invariant_i2",
    "invariant_i3",
    "invariant_i4",
    "invariant_i8",
    "members_for",
    "rule_changes",
    "rule_choices",
    "rule_editions",
    "rule_lines",
    "rule_values",
    "rules_of",
    "superiors_of",
]

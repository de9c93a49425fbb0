"""Reads of the kernel, scoped to the viewer, personal data masked."""

from cases.queries.case_file import (
    CaseFile,
    ChainLink,
    LinkedCase,
    PhotoRow,
    StepRow,
    case_file,
    form_of,
    photo_path,
    similar_cases,
)
from cases.queries.history import HistoryRow
from cases.queries.inbox import VIEWS, InboxRow, Neighbours, inbox, inbox_counts, neighbours
from cases.queries.invariants import invariant_i1, invariant_i2, invariant_i3, invariant_i4, invariant_i8
from cases.queries.limits import LimitRow
from cases.queries.moves import MoveForm, MoveRow, asks_nothing, colleagues, members_of
from cases.queries.outside import (
    OutsideCase,
    OutsideFile,
    OutsideStep,
    Wanted,
    case_for_client,
    cases_for_client,
    day_bounds,
    open_cases,
)
from cases.queries.people import members_for, superiors_of
from cases.queries.queue import SORTS, QueueRow, filter_options, find_number, queue
from cases.queries.reasons import Finding, RejectedRule
from cases.queries.retention import contacts_due, idle_residents, kept_elsewhere, old_intake
from cases.queries.routing import RouteAnswer, RouteQuestion, RuleMatch, best_rule, best_rules
from cases.queries.rows import CaseRow, Page
from cases.queries.rule_screens import rule_choices, rule_faults, rule_of, rule_rows, rule_values
from cases.queries.rule_sets import export_rules, rule_lines, rules_of
from cases.queries.rule_simulation import rule_groups, rule_set, simulate_rules, tell_rules
from cases.queries.simulations import FoundRow, SimulationPage, simulation_lines, simulation_page
from cases.queries.tracking import (
    TrackFacts,
    Tracking,
    TrackLink,
    TrackStep,
    bearer,
    released_photo,
    track_case,
    tracked_photo,
    tracking,
)
from cases.queries.words import category_labels, move_label

__all__ = [
    "SORTS",
    "VIEWS",
    "CaseFile",
    "CaseRow",
    "ChainLink",
    "Finding",
    "FoundRow",
    "HistoryRow",
    "InboxRow",
    "LimitRow",
    "LinkedCase",
    "MoveForm",
    "MoveRow",
    "Neighbours",
    "OutsideCase",
    "OutsideFile",
    "OutsideStep",
    "Page",
    "PhotoRow",
    "QueueRow",
    "RejectedRule",
    "RouteAnswer",
    "RouteQuestion",
    "RuleMatch",
    "SimulationPage",
    "StepRow",
    "TrackFacts",
    "TrackLink",
    "TrackStep",
    "Tracking",
    "Wanted",
    "asks_nothing",
    "bearer",
    "best_rule",
    "best_rules",
    "case_file",
    "case_for_client",
    "cases_for_client",
    "category_labels",
    "colleagues",
    "contacts_due",
    "day_bounds",
    "export_rules",
    "filter_options",
    "find_number",
    "form_of",
    "idle_residents",
    "inbox",
    "inbox_counts",
    "invariant_i1",
    "invariant_i2",
    "invariant_i3",
    "invariant_i4",
    "invariant_i8",
    "kept_elsewhere",
    "members_for",
    "members_of",
    "move_label",
    "neighbours",
    "old_intake",
    "open_cases",
    "photo_path",
    "queue",
    "released_photo",
    "rule_choices",
    "rule_faults",
    "rule_groups",
    "rule_lines",
    "rule_of",
    "rule_rows",
    "rule_set",
    "rule_values",
    "rules_of",
    "similar_cases",
    "simulate_rules",
    "simulation_lines",
    "simulation_page",
    "superiors_of",
    "tell_rules",
    "track_case",
    "tracked_photo",
    "tracking",
]

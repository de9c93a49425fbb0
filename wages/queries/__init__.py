"""Reads of wages, scoped to the viewer; the public part never touches a pay line."""

from wages.queries.board import Board, board, case_of_move
from wages.queries.chain import ChainMonth, ProjectFile, project_file
from wages.queries.handling import (
    ClaimDetail,
    WarningDetail,
    category_names,
    city_root,
    claim_detail,
    claim_track,
    deadline,
    labour_above,
    warning_detail,
    warning_facts,
)
from wages.queries.mine import OwnLine, OwnWages, my_line, my_wages, my_worker_ids
from wages.queries.public import (
    PublicAct,
    PublicDecision,
    PublicMonth,
    PublicPage,
    PublicProject,
    PublicProjectPage,
    as_month,
    public_project,
    public_projects,
)
from wages.queries.rulebook import KIND, parameters_of, rules_in_force, wage_rule_faults, wage_rule_rows
from wages.queries.simulation import simulate_wage_rules, tell_wage_rules, wage_rule_groups

__all__ = [
    "KIND",
    "Board",
    "ChainMonth",
    "ClaimDetail",
    "OwnLine",
    "OwnWages",
    "ProjectFile",
    "PublicAct",
    "PublicDecision",
    "PublicMonth",
    "PublicPage",
    "PublicProject",
    "PublicProjectPage",
    "WarningDetail",
    "as_month",
    "board",
    "case_of_move",
    "category_names",
    "city_root",
    "claim_detail",
    "claim_track",
    "deadline",
    "labour_above",
    "my_line",
    "my_wages",
    "my_worker_ids",
    "parameters_of",
    "project_file",
    "public_project",
    "public_projects",
    "rules_in_force",
    "simulate_wage_rules",
    "tell_wage_rules",
    "wage_rule_faults",
    "wage_rule_groups",
    "wage_rule_rows",
    "warning_detail",
    "warning_facts",
]

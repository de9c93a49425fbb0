"""What comes in: wage sheets, reports on projects, files of a city folder. Read and checked, never written."""

from wages.imports.projects import PLAIN, ProjectLine, line_of, project_files, read_projects, whole_projects
from wages.imports.report import Plan, planned, report_changes
from wages.imports.report_check import check_reports
from wages.imports.report_columns import report_columns
from wages.imports.rulefile import read_wage_rules, rule_files
from wages.imports.sheet import SheetLine, check_sheet, sheet_columns, sheet_lines

__all__ = [
    "PLAIN",
    "Plan",
    "ProjectLine",
    "SheetLine",
    "check_reports",
    "check_sheet",
    "line_of",
    "planned",
    "project_files",
    "read_projects",
    "read_wage_rules",
    "report_changes",
    "report_columns",
    "rule_files",
    "sheet_columns",
    "sheet_lines",
    "whole_projects",
]

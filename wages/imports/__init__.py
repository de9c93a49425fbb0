"""What comes in: the monthly wage sheet, projects and rules of a city folder. Read and checked, never written."""

from wages.imports.projects import ProjectLine, project_files, read_projects
from wages.imports.rulefile import read_wage_rules, rule_files
from wages.imports.sheet import SheetLine, check_sheet, sheet_columns, sheet_lines

__all__ = [
    "ProjectLine",
    "SheetLine",
    "check_sheet",
    "project_files",
    "read_projects",
    "read_wage_rules",
    "rule_files",
    "sheet_columns",
    "sheet_lines",
]

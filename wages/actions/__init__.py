"""The only writer of wages: one durable transaction each, except what the ledger and an import call in theirs."""

from wages.actions.claims import Claim, Contact, Receipt, confirm_line, dispute_line, file_claim
from wages.actions.handling import order_payment, record_payment
from wages.actions.judging import judge, judge_due
from wages.actions.loading import (
    draft_wage_rules,
    export_projects,
    export_wage_rules,
    load_projects,
    load_wage_rules,
    save_wage_rule,
)
from wages.actions.projects import commit_reports, follow_paths
from wages.actions.sheets import BankMonth, commit_sheet, record_bank_month

__all__ = [
    "BankMonth",
    "Claim",
    "Contact",
    "Receipt",
    "commit_reports",
    "commit_sheet",
    "confirm_line",
    "dispute_line",
    "draft_wage_rules",
    "export_projects",
    "export_wage_rules",
    "file_claim",
    "follow_paths",
    "judge",
    "judge_due",
    "load_projects",
    "load_wage_rules",
    "order_payment",
    "record_bank_month",
    "record_payment",
    "save_wage_rule",
]

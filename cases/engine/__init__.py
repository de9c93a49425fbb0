"""The engine: the only place that sets a case's state, opens and closes assignments and appends history.

Everything here works inside the transaction of the action that calls it and is made of few statements. Lock order:
case,
then its assignments by id; a parent before its new child. No network, rendering or cache call.
"""

from cases.engine.applying import Applied, Ask, apply, apply_all, lock, lock_all, lock_number
from cases.engine.attaching import Photo, attach, contents
from cases.engine.errors import CaseMoved, NoSuchCase, NotPermitted, SubmissionConflict
from cases.engine.move import Move, flush_all, flush_places
from cases.engine.opening import NewCase, Opened, answered, case_number, open_case, submission_hash
from cases.engine.requirements import check_holder, has_open_children
from cases.engine.steps import by_function, on_duty

__all__ = [
    "Applied",
    "Ask",
    "CaseMoved",
    "Move",
    "NewCase",
    "NoSuchCase",
    "NotPermitted",
    "Opened",
    "Photo",
    "SubmissionConflict",
    "answered",
    "apply",
    "apply_all",
    "attach",
    "by_function",
    "case_number",
    "check_holder",
    "contents",
    "flush_all",
    "flush_places",
    "has_open_children",
    "lock",
    "lock_all",
    "lock_number",
    "on_duty",
    "open_case",
    "submission_hash",
]

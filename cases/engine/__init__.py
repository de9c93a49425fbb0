"""The engine: the only place that sets a case's state, opens and closes assignments and appends history."""

from cases.engine.errors import CaseMoved, NotPermitted, SubmissionConflict

__all__ = ["CaseMoved", "NotPermitted", "SubmissionConflict"]

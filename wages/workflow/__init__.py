"""Two kinds of case: a warning the machine proposes, a claim a person files."""

from wages.workflow.claim import CLAIM
from wages.workflow.warning import WARNING

__all__ = ["CLAIM", "WARNING"]

"""What the engine refuses with. Each says in the reader's language what happened and what is safe."""

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.utils.translation import gettext as _


class CaseMoved(Exception):
    """Somebody else was first (409): nothing of this move was written."""

    def __init__(self, message: str = "", *, case_number: str = "", by: str = "") -> None:
        self.case_number = case_number
        self.by = by
        super().__init__(message or _("Somebody else was quicker. Nothing was changed; please look at the case again."))


class SubmissionConflict(CaseMoved):
    """The same submission key came with another body (409): the first one stands."""

    def __init__(self, *, case_number: str = "") -> None:
        super().__init__(
            _("This form was already sent with other content. The first one stands; please start a new report."),
            case_number=case_number,
        )


class NotPermitted(PermissionDenied):
    """The actor's right, relation or territory does not allow the move (403)."""


class NoSuchCase(Http404):
    """There is no such case, or it is not the actor's to see: the answer is the same (404)."""

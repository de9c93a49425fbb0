"""Documents of a case are asked for here; the ledger numbers and draws them."""

from functools import partial
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from cases import access, engine
from cases.actions.moving import case_id_of
from cases.models import Assignment, Case
from cases.queries.papers import NOTICE, REPORT, accepted_at, report_is_stale
from ledger.actions import request_document
from ledger.actors import Actor
from ledger.clock import app_now


@transaction.atomic(durable=True)
def request_report(*, number: str, language: str, actor: Actor) -> UUID:
    """A report of the case as it stands. Asked for again it is the same one, unless something happened since.

    Arguments:
        language: "zh-hans" or "en".

    Raises:
        NoSuchCase: not there, or not his to see.
    """
    case = Case.objects.select_for_update().get(pk=case_id_of(number))
    if not access.can(actor, "case.comment", case, list(Assignment.objects.filter(case=case))):
        raise engine.NoSuchCase
    now = app_now()
    asked = partial(
        request_document, kind=REPORT, object_id=case.pk, case_id=case.pk, language=language, actor=actor, now=now
    )
    document = asked()
    if document.requested_at < now and report_is_stale(case.pk, document.requested_at):
        document = asked(renew=True)
    return document.pk


@transaction.atomic(durable=True)
def request_notice(*, case_id: int, language: str, actor: Actor) -> UUID:
    """The acceptance notice, for the reporter or a member who sees the case; there is one in each language.

    Raises:
        NoSuchCase: not his. ValidationError: the matter has not been accepted.
    """
    case = Case.objects.select_for_update().get(pk=case_id)
    if not access.can(actor, "case.see", case, list(Assignment.objects.filter(case=case))):
        raise engine.NoSuchCase
    if accepted_at(case) is None:
        raise ValidationError(_("The matter has not been accepted yet."), code="not_accepted")
    document = request_document(
        kind=NOTICE, object_id=case.pk, case_id=case.pk, language=language, actor=actor, now=app_now()
    )
    return document.pk

"""What only an incident offers on the reporter's page: rating and reopening. The page itself is the kernel's."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from accounts.access import ActorRequest, capability
from cases.forms import RatingForm, ReopenForm
from cases.views.tracking import bearer, done
from events import actions


@require_POST
@capability
def rate(request: ActorRequest, token: str) -> HttpResponse:
    case_id, actor = bearer(token)
    form = RatingForm(request.POST)

    def act() -> None:
        actions.rate_report(actor=actor, case_id=case_id, **form.cleaned_data)

    return done(request, token, form, act, "rating_form", _("Thank you. Your rating was recorded."))


@require_POST
@capability
def reopen(request: ActorRequest, token: str) -> HttpResponse:
    case_id, actor = bearer(token)
    form = ReopenForm(request.POST)

    def act() -> None:
        actions.reopen_report(actor=actor, case_id=case_id, reason=form.cleaned_data["reason"])

    return done(request, token, form, act, "reopen_form", _("The case is open again and back with the officer."))

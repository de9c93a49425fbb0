"""Operations: what waits, what failed, what runs long."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from ledger import actions, kinds, queries
from ledger.actors import Actor
from ledger.clock import app_now


class ActorRequest(HttpRequest):
    """A request that knows who asks."""

    actor: Actor


@require_GET
def operations(request: ActorRequest) -> HttpResponse:
    """Incidents first: they wait for a person."""
    may_enter = request.actor.may(kinds.imports["ledger.holidays"].right)
    context = {"page": queries.operations_page(), "now": app_now(), "may_enter": may_enter}
    return render(request, "ledger/operations.html", context)


@require_POST
def incident_retry(request: ActorRequest, incident_id: int) -> HttpResponse:
    """Try the promise of an incident again."""
    if queries.incident_row(incident_id) is None:
        raise Http404
    try:
        actions.retry_incident(incident_id=incident_id, actor=request.actor)
    except ValidationError as error:
        return _back(request, error)
    messages.success(request, _("It is being tried again now."))
    return redirect("operations")


@require_POST
def incident_settle(request: ActorRequest, incident_id: int) -> HttpResponse:
    """Close an incident that was dealt with by hand."""
    if queries.incident_row(incident_id) is None:
        raise Http404
    try:
        actions.settle_incident(incident_id=incident_id, note=request.POST.get("note", ""), actor=request.actor)
    except ValidationError as error:
        return _back(request, error)
    messages.success(request, _("Settled, with your note."))
    return redirect("operations")


@require_GET
def job(request: ActorRequest, job_id: UUID) -> HttpResponse:
    """Progress of one job; its middle part alone for the page that watches it."""
    row = queries.job_row(job_id)
    if row is None:
        raise Http404
    template = "ledger/_job.html" if request.headers.get("hx-request") else "ledger/job.html"
    return render(request, template, {"job": row, "now": app_now()})


@require_POST
def job_cancel(request: ActorRequest, job_id: UUID) -> HttpResponse:
    """Stop a job after its present step."""
    if queries.job_row(job_id) is None:
        raise Http404
    try:
        actions.cancel_job(job_id=job_id, actor=request.actor)
    except ValidationError as error:
        return _back(request, error)
    messages.success(request, _("It stops after the present step."))
    return redirect("operations_job", job_id=job_id)


@require_POST
def job_resume(request: ActorRequest, job_id: UUID) -> HttpResponse:
    """Carry a stopped job on."""
    if queries.job_row(job_id) is None:
        raise Http404
    try:
        actions.resume_job(job_id=job_id, actor=request.actor)
    except ValidationError as error:
        return _back(request, error)
    messages.success(request, _("It goes on where it stopped."))
    return redirect("operations_job", job_id=job_id)


def _back(request: HttpRequest, error: ValidationError) -> HttpResponseRedirect:
    for line in error.messages:
        messages.error(request, line)
    return redirect("operations")

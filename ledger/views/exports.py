"""A file that is written on request: how far it is, and the file. Thin."""

from uuid import UUID

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from ledger import actions, queries
from ledger.actors import Actor
from ledger.clock import app_now


class ActorRequest(HttpRequest):
    """A request that knows who asks."""

    actor: Actor


@never_cache
@require_safe
def export(request: ActorRequest, job_id: UUID) -> HttpResponse:
    """Progress, then the file; what was asked for may be given up."""
    return _page(request, job_id)


def _page(request: ActorRequest, job_id: UUID, refusal: str = "") -> HttpResponse:
    row = queries.own_export(job_id, request.actor)
    if row is None:
        raise Http404
    context = {"row": row, "now": app_now(), "refusal": refusal}
    return render(request, "ledger/export.html", context, status=409 if refusal else 200)


@never_cache
@require_safe
def export_file(request: ActorRequest, job_id: UUID) -> HttpResponse:
    """The file itself."""
    try:
        found = actions.fetch_export(job_id=job_id, actor=request.actor)
    except PermissionDenied:
        raise Http404 from None
    except (ValidationError, FileNotFoundError):
        return redirect("exports_run", job_id=job_id)
    header = content_disposition_header(as_attachment=True, filename=found.name)
    return HttpResponse(found.body, content_type=found.media, headers={"Content-Disposition": header})


@never_cache
@require_POST
def export_cancel(request: ActorRequest, job_id: UUID) -> HttpResponse:
    """Give it up; nothing is kept."""
    if queries.own_export(job_id, request.actor) is None:
        raise Http404
    try:
        actions.cancel_job(job_id=job_id, actor=request.actor)
    except ValidationError as error:
        return _page(request, job_id, " ".join(error.messages))
    return redirect("exports_run", job_id=job_id)

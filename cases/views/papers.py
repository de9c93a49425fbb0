"""Documents of a case: asked for on the file or the reporter's page, sent to who may see the case."""

from pathlib import Path
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import ActorRequest, capability, requires
from cases.actions import papers as actions
from cases.queries import papers as queries
from cases.views.tracking import bearer

READ = requires("cases.read")


@require_POST
@READ
def request_report(request: ActorRequest, number: str) -> HttpResponse:
    """Have a report made of the case as it stands."""
    actions.request_report(number=number, language=queries.language_code(), actor=request.actor)
    messages.success(request, _("The report is being made; it appears under “Documents” in some seconds."))
    return redirect("cases:case_file", number=number)


@never_cache
@require_safe
@READ
def document(request: ActorRequest, number: str, document_id: UUID) -> FileResponse:
    """A document of a case the member may see."""
    return _sent(queries.document_of(request.actor, number, document_id))


@require_POST
@capability
def request_notice(request: ActorRequest, token: str) -> HttpResponse:
    """Have the acceptance notice made."""
    case_id, actor = bearer(token)
    try:
        actions.request_notice(case_id=case_id, language=queries.language_code(), actor=actor)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("cases:tracking", token=token)


@never_cache
@require_safe
@capability
def notice(request: ActorRequest, token: str, document_id: UUID) -> FileResponse:
    """The acceptance notice of the reporter's own case."""
    case_id, _actor = bearer(token)
    return _sent(queries.notice_file(case_id, document_id))


def _sent(found: tuple[Path, str] | None) -> FileResponse:
    if found is None or not found[0].exists():
        raise Http404
    path, number = found
    response = FileResponse(
        path.open("rb"), content_type="application/pdf", as_attachment=True, filename=f"{number}.pdf"
    )
    response["X-Robots-Tag"] = "noindex"
    return response

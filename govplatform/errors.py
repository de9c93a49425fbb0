"""Error pages and problem details (RFC 9457): what happened, what is safe, what to do next."""

from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from accounts.faults import MEDIA_TYPE, problem
from cases.engine import CaseMoved
from events.api.open311.writing import error as open311_error
from govplatform.logs import request_id

RETRY_AFTER_SECONDS = 5


def _wants_json(request: HttpRequest) -> bool:
    accepted = request.headers.get("accept", "")
    if request.path.startswith("/ogc/"):
        return "text/html" not in accepted and request.GET.get("f") != "html"
    return request.path.startswith("/api/") or accepted.startswith("application/json")


def _answer(request: HttpRequest, status: int, title: str, detail: str, **extra: Any) -> HttpResponse:
    if request.path.startswith("/open311/"):
        return open311_error(request, status, detail)
    if _wants_json(request):
        body = problem(request.path, status, detail=detail, errors=extra.get("errors"))
        return JsonResponse(body, status=status, content_type=MEDIA_TYPE)
    context = {"title": title, "detail": detail, "status": status, "request_id": request_id.get(), **extra}
    return render(request, "govplatform/error.html", context, status=status)


def bad_request(request: HttpRequest, exception: ValidationError) -> HttpResponse:
    """400 naming the field, where an action refused its input."""
    fields = exception.message_dict if hasattr(exception, "error_dict") else {"": exception.messages}
    first = next(iter(next(iter(fields.values()), [])), "")
    return _answer(request, 400, _("This cannot be saved as it is"), str(first), errors=fields)


def conflict(request: HttpRequest, exception: CaseMoved) -> HttpResponse:
    """409: somebody else moved the case first."""
    return _answer(request, 409, _("This case has just changed"), str(exception))


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: the database is away; nothing was written, the phone keeps its form."""
    if _wants_json(request):
        title, detail = _("The system is briefly unavailable"), _("Nothing was lost. Please try again in a moment.")
        response = _answer(request, 503, title, detail)
    else:  # without the shell: it would ask the database for the session's messages
        response = HttpResponse(render_to_string("govplatform/away.html"), status=503)
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def method_not_allowed(request: HttpRequest, allowed: tuple[str, ...]) -> HttpResponse:
    """405 with what is allowed."""
    response = _answer(request, 405, _("This can only be read"), ", ".join(allowed))
    response["Allow"] = ", ".join(allowed)
    return response


def not_acceptable(request: HttpRequest, *, named: bool) -> HttpResponse:
    """400 for a form that the parameter `f` does not know, 406 for an Accept header nothing fits."""
    detail = _("There is JSON and HTML.")
    errors = {"f": [detail]} if named else {"Accept": [detail]}
    return _answer(request, 400 if named else 406, _("There is no such form"), detail, errors=errors)


def page_400(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 400, _("This request cannot be read"), _("Please go back and try again."))


def page_403(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    detail = _("Your role does not include this. Perhaps another of your roles does.")
    return _answer(request, 403, _("Not permitted"), detail)


def page_404(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 404, _("Nothing here"), _("The address is wrong, or it is not yours to see."))


def page_500(request: HttpRequest) -> HttpResponse:
    return _answer(request, 500, _("Something went wrong"), _("It has been recorded. What you saved before is safe."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    detail = _("Please load the page again; what you typed can be pasted.")
    return _answer(request, 403, _("This page has expired"), detail)


def problem_details(exception: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler."""
    status, detail, errors = _problem(exception)
    if status is None:
        return None
    body = problem(context["request"].path, status, detail=detail, errors=None if errors is None else _by_field(errors))
    response = Response(body, status=status, content_type=MEDIA_TYPE)
    response.exception = True
    for name, value in _headers(exception).items():
        response[name] = value
    return response


def _headers(exception: Exception) -> dict[str, str]:
    wait = getattr(exception, "wait", None)
    return {"Retry-After": str(int(wait))} if wait else {}


def _problem(exception: Exception) -> tuple[int | None, str, Any]:
    """Status, detail, messages by field."""
    if isinstance(exception, exceptions.ValidationError):
        return 400, "", exception.detail
    if isinstance(exception, exceptions.Throttled):
        return 429, "", None
    if isinstance(exception, exceptions.APIException):
        return exception.status_code, str(exception.detail), None
    if isinstance(exception, ValidationError):
        return 400, "", exception.message_dict if hasattr(exception, "error_dict") else {"": exception.messages}
    if isinstance(exception, CaseMoved):
        return 409, str(exception), None
    if isinstance(exception, PermissionDenied):
        return 403, "", None
    if isinstance(exception, Http404):
        return 404, "", None
    return None, "", None


def _by_field(errors: Any, inside: str = "") -> dict[str, list[str]]:
    """Messages by field, those of a part under "part.field"."""
    if not isinstance(errors, dict):
        found = errors if isinstance(errors, list | tuple) else [errors]
        return {inside: [str(message) for message in found]}
    flat: dict[str, list[str]] = {}
    for name, inner in errors.items():
        flat.update(_by_field(inner, f"{inside}.{name}" if inside else str(name)))
    return flat

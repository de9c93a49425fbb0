"""Error pages and problem details (RFC 9457): what happened, what is safe, what to do next."""

from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response

from accounts.access import SignedOut
from accounts.faults import MEDIA_TYPE, problem
from cases.engine import CaseMoved
from events.api.open311.writing import error as open311_error
from govplatform.logs import request_id

RETRY_AFTER_SECONDS = 5
# fields of forms that nobody types into, or that are never shown again
NOT_TYPED = frozenset({
    "csrfmiddlewaretoken", "expected_version", "assignment_id", "submission_key", "version", "state", "next", "edition",
    "kept", "photos_token", "step", "lon", "lat", "datum", "accuracy", "client_time", "notice", "login", "code",
})  # fmt: skip


def _wants_json(request: HttpRequest) -> bool:
    accepted = request.headers.get("accept", "")
    if request.path.startswith("/ogc/"):
        return "text/html" not in accepted and request.GET.get("f") != "html"
    return request.path.startswith("/api/") or accepted.startswith("application/json")


def _typed(request: HttpRequest) -> list[str]:
    """What somebody wrote into a form that could not be taken, so that it is not lost with it."""
    fields = ((name, text.strip()) for name, texts in request.POST.lists() for text in texts)
    return [text for name, text in fields if len(text) > 1 and name not in NOT_TYPED and "password" not in name]


def _page_before(request: HttpRequest) -> str:
    """Path of the page whose form was sent; "" if the browser does not say."""
    before = urlsplit(request.headers.get("referer", ""))
    return before.path if before.netloc == request.get_host() else ""


def _lost_form(request: HttpRequest, status: int, title: str, detail: str, way: tuple[str, str]) -> HttpResponse:
    """A form that could not be taken: the way on (address, label) and what was typed."""
    if _wants_json(request) or request.path.startswith("/open311/"):
        return _answer(request, status, title, detail)
    context = {"title": title, "detail": detail, "status": status, "request_id": request_id.get()}
    context |= {"way": {"url": way[0], "label": way[1]}, "typed": _typed(request)}
    return render(request, "govplatform/error.html", context, status=status)


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
    match = request.resolver_match
    number = match.kwargs.get("number", "") if match else ""
    there = "field_case" if request.path.startswith("/field/") else "cases:case_file"
    inside = number and request.path.startswith(("/field/", "/desk/"))
    url = reverse(there, args=[number]) if inside else request.get_full_path()
    way = url, _("To the case") if inside else _("Load again")
    return _lost_form(request, 409, _("This case has just changed"), str(exception), way)


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
    if isinstance(exception, SignedOut):
        way = f"{settings.LOGIN_URL}?{urlencode({'next': _page_before(request) or '/'})}", _("Sign in")
        detail = _("Nothing was saved. Sign in again; you come back to the form.")
        return _lost_form(request, 401, _("You have been signed out"), detail, way)
    detail = _("Your role does not include this. Perhaps another of your roles does.")
    return _answer(request, 403, _("Not permitted"), detail)


def page_404(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _answer(request, 404, _("Nothing here"), _("The address is wrong, or it is not yours to see."))


def page_500(request: HttpRequest) -> HttpResponse:
    return _answer(request, 500, _("Something went wrong"), _("It has been recorded. What you saved before is safe."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    detail = _("Nothing was saved. Please load the page again and send the form once more.")
    way = _page_before(request) or "/", _("Load again")
    return _lost_form(request, 403, _("This page has expired"), detail, way)


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

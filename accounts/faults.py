"""Problem details (RFC 9457) of every edge: one title for each status, and what exactly was wrong as the detail."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext_lazy as _

MEDIA_TYPE = "application/problem+json"
TITLES = {
    400: _("This request cannot be read"),
    401: _("Sign-in needed"),
    403: _("Not permitted"),
    404: _("Nothing here"),
    405: _("This method is not allowed here"),
    406: _("There is no such form"),
    409: _("This does not fit what is there already"),
    411: _("The length of the body is missing"),
    413: _("The body is too large"),
    415: _("This form of body is not taken"),
    429: _("Too many calls"),
    500: _("Something went wrong"),
    503: _("The system is briefly unavailable"),
}


def problem(path: str, status: int, *, detail: str = "", errors: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Body of an error. The type is always about:blank: the status says what sort of problem it is.

    Arguments:
        path: what was called. detail: what exactly was wrong; "" if the title says it all. errors: messages by field.
    """
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": str(TITLES.get(status, HTTPStatus(status).phrase)),
        "status": status,
    }
    if detail:
        body["detail"] = detail
    body["instance"] = path
    if errors is not None:
        body["errors"] = errors
    return body


def problem_answer(
    request: HttpRequest, status: int, *, detail: str = "", headers: Mapping[str, str] | None = None
) -> JsonResponse:
    """The same as an answer, for what is refused before a view of the API is reached."""
    body = problem(request.path, status, detail=detail)
    return JsonResponse(body, status=status, content_type=MEDIA_TYPE, headers=dict(headers or {}))

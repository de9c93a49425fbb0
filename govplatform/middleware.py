"""Request id, answers to errors that a person can use, and whose pages may call the API."""

import logging
import secrets
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed, ValidationError
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.translation import check_for_language

from cases.engine import CaseMoved
from govplatform import errors
from govplatform.logs import request_id
from govplatform.shell import TEXT_COOKIE

log = logging.getLogger(__name__)
EDGES = ("/api/", "/open311/", "/ogc/")
YEAR_SECONDS = 365 * 24 * 3600
CORS = {
    "Access-Control-Allow-Methods": "GET, HEAD, POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key, If-None-Match",
    "Access-Control-Expose-Headers": "ETag, Idempotent-Replayed, Location, RateLimit-Limit, RateLimit-Remaining, "
    "RateLimit-Reset, Retry-After",
    "Access-Control-Max-Age": "600",
}
GetResponse = Callable[[HttpRequest], HttpResponse]


class RequestId:
    """One id per request, in the log line, the answer and the error page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = request_id.set(secrets.token_hex(6))
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request_id.get()
            return response
        finally:
            request_id.reset(token)


class Origins:
    """Pages of other sites may call the edges from a browser only if GOVPLATFORM_API_ORIGINS names them.

    By default none does. No cookie counts there: nothing is allowed that the caller could not do from a server.
    """

    def __init__(self, get_response: GetResponse) -> None:
        if not settings.API_ORIGINS:
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(EDGES):
            return self.get_response(request)
        origin = request.headers.get("origin", "")
        allowed = origin in settings.API_ORIGINS
        preflight = request.method == "OPTIONS" and "access-control-request-method" in request.headers
        answer = HttpResponse(status=204) if allowed and preflight else self.get_response(request)
        patch_vary_headers(answer, ("Origin",))
        if allowed:
            for name, value in {"Access-Control-Allow-Origin": origin, **CORS}.items():
                answer[name] = value
        return answer


class Frame:
    """Language and text size changed from within a form: its buttons `frame` send the form along, and the view, which
    finds `frame` in POST, draws the same page again with what was typed. Works without script.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in getattr(request, "frame_cookies", {}).items():
            response.set_cookie(
                name, value, max_age=YEAR_SECONDS, samesite="Lax", httponly=True, secure=settings.SESSION_COOKIE_SECURE
            )
        return response

    def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> None:
        what, _colon, value = (request.POST.get("frame", "") if request.method == "POST" else "").partition(":")
        if what == "language" and check_for_language(value):
            translation.activate(value)
            request.frame_cookies = {settings.LANGUAGE_COOKIE_NAME: value}  # type: ignore[attr-defined]
        elif what == TEXT_COOKIE and value in ("large", "normal"):
            request.COOKIES[TEXT_COOKIE] = value
            request.frame_cookies = {TEXT_COOKIE: value}  # type: ignore[attr-defined]


class Errors:
    """Turns what actions raise into the right page and status; nothing is half-written: the action rolled back."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, CaseMoved):
            return errors.conflict(request, exception)
        if isinstance(exception, ValidationError):
            return errors.bad_request(request, exception)
        if isinstance(exception, OperationalError | InterfaceError):  # the latter: a connection that is closed already
            log.error("database away or read-only: %s", type(exception).__name__)
            return errors.unavailable(request)
        if isinstance(exception, ValueError) and "NUL (0x00)" in str(exception):  # a text that no database keeps
            return errors.page_400(request)
        return None

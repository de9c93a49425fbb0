"""Request id, and answers to errors that a person can use."""

import logging
import secrets
from collections.abc import Callable

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import OperationalError
from django.http import Http404, HttpRequest, HttpResponse

from cases.engine import CaseMoved
from govplatform import errors
from govplatform.logs import request_id

log = logging.getLogger(__name__)
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
        if isinstance(exception, OperationalError):
            log.error("database away or read-only: %s", type(exception).__name__)
            return errors.unavailable(request)
        if isinstance(exception, PermissionDenied | Http404):
            return None
        return None

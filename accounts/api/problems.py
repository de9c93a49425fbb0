"""Problem details (RFC 9457) as the description of the API shows them."""

from typing import Any

from django.utils.translation import override
from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import serializers
from rest_framework.exceptions import APIException

from accounts.faults import problem


class ProblemOut(serializers.Serializer[Any]):
    """What every error is answered with, as `application/problem+json`; title and detail in the caller's language."""

    type = serializers.CharField(help_text="always about:blank: the status says what sort of problem it is")
    title = serializers.CharField(help_text="one for each status")
    status = serializers.IntegerField()
    detail = serializers.CharField(required=False, help_text="what exactly was wrong")
    instance = serializers.CharField(required=False, help_text="the path that was called")
    errors = serializers.DictField(  # type: ignore[assignment]  # a field of the answer, not the form's own errors
        child=serializers.ListField(child=serializers.CharField()), required=False, help_text="by field, for 400"
    )


class NoLength(APIException):
    """A body in pieces whose length nobody said: it could not be read, and would look like an empty one."""

    status_code = 411
    default_code = "no_length"


class TooLarge(APIException):
    """The body is larger than any report can be."""

    status_code = 413
    default_code = "too_large"


WORDS = {
    400: "A field or parameter is missing or wrong; `errors` names it.",
    401: "No valid token: missing, unknown, expired or revoked.",
    403: "The token lacks the scope.",
    404: "There is none, or it is not this client's to see: both are answered alike.",
    406: "`Accept` asks for a form this address does not have.",
    409: "The Idempotency-Key came before with another body.",
    411: "The body came in pieces without `Content-Length`.",
    413: "The body is larger than 256 KiB.",
    415: "The body is not `application/json`.",
    429: "Too many calls in a minute; `Retry-After` says for how many seconds to wait.",
    503: "The database is away; nothing was written. Send again with the same Idempotency-Key.",
}


def problems(*statuses: int) -> dict[Any, OpenApiResponse]:
    """Descriptions of the errors an operation may answer with; 401, 403, 406, 429 and 503 always belong to them."""
    return {
        (status, "application/problem+json"): _problem(status)
        for status in sorted({*statuses, 401, 403, 406, 429, 503})
    }


def _problem(status: int) -> OpenApiResponse:
    errors = {"category": ["Choose a category from the list."]} if status == 400 else None
    with override("en"):
        value = problem("/api/v1/…", status, errors=errors)
    example = OpenApiExample(f"problem {status}", value=value, response_only=True, status_codes=[str(status)])
    return OpenApiResponse(ProblemOut, description=WORDS[status], examples=[example])

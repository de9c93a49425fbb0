"""/healthz and /readyz: answered before sessions, hosts and languages are looked at."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse

from ledger.gateways import isolation_level
from ledger.queries import health

GetResponse = Callable[[HttpRequest], HttpResponse]


class HealthMiddleware:
    """`/healthz`: the process answers. `/readyz`: the node can do its work; 503 when it cannot."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return HttpResponse("ok\n", content_type="text/plain")
        if request.path == "/readyz":
            return readiness()
        return self.get_response(request)


def readiness() -> JsonResponse:
    """Ready while the database takes writes and no promise has waited too long. Figures only, nothing of a case.

    A silent worker (old canary) is reported but does not take the node away: the relay routes in its place.
    """
    seen = health()
    body = {
        "ready": seen.ready,
        "database_writable": seen.database_writable,
        "oldest_unsent_seconds": seen.oldest_unsent_seconds,
        "canary_age_seconds": seen.canary_age_seconds,
        "open_incidents": seen.open_incidents,
        "isolation": isolation_level(),
    }
    response = JsonResponse(body, status=200 if seen.ready else 503)
    response["Cache-Control"] = "no-store"
    return response

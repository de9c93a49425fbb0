"""The description of the API (OpenAPI 3), for machines and for people."""

from typing import Any

from drf_spectacular.views import SpectacularJSONAPIView

from accounts.access import AccessRule, Gate


class OpenApiView(SpectacularJSONAPIView):
    """The description of /api/v1/."""

    access_rule = AccessRule(Gate.PUBLIC)


def only_v1(endpoints: list[tuple[str, str, str, Any]]) -> list[tuple[str, str, str, Any]]:
    """Open311 and OGC describe themselves; the description does not describe itself."""
    return [endpoint for endpoint in endpoints if endpoint[0].startswith("/api/v1/") and "openapi" not in endpoint[0]]

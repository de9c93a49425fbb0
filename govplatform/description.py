"""The description of the API (OpenAPI 3), for machines and for people."""

from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import conditional_page, require_safe
from drf_spectacular.generators import SchemaGenerator

from accounts.access import member, public
from accounts.api import public_limit
from accounts.kinds import SCOPES
from cases.queries.words import in_language
from govplatform import errors
from govplatform.apitext import operations


@lru_cache(maxsize=1)
def description() -> dict[str, Any]:
    """OpenAPI 3 of /api/v1/, made once in a process: everybody may ask for it."""
    found: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return found


@csrf_exempt  # it only reads; a POST is told so
@public
@conditional_page
@public_limit
def api_description(request: HttpRequest) -> HttpResponse:
    """The description for machines."""
    if request.method not in ("GET", "HEAD"):
        return errors.method_not_allowed(request, ("GET", "HEAD"))
    media_type = "application/vnd.oai.openapi+json"
    wanted = request.get_preferred_type([media_type, "application/json"])
    return JsonResponse(description(), content_type=wanted or media_type)


@require_safe
@member
def api_page(request: HttpRequest) -> HttpResponse:
    """The same as a page for members: read by a person, without a script and without an address outside."""
    document = description()
    scopes = [(code, in_language(*names)) for code, names in SCOPES.items()]
    context = {"operations": operations(document), "scopes": scopes}
    return render(request, "govplatform/api.html", context)


def only_v1(endpoints: list[tuple[str, str, str, Any]]) -> list[tuple[str, str, str, Any]]:
    """Open311 and OGC describe themselves; the description does not describe itself. Scopes come from the views."""
    kept = [endpoint for endpoint in endpoints if endpoint[0].startswith("/api/v1/") and "openapi" not in endpoint[0]]
    for path, _regex, method, view in kept:
        rule = getattr(getattr(view, "cls", None), "access_rule", None)
        _scopes[path, method.lower()] = tuple(rule.rights) if rule is not None else ()
    return kept


_scopes: dict[tuple[str, str], tuple[str, ...]] = {}  # filled and read by the two hooks of one generation


def with_scopes(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Every operation names the scopes of which one is needed."""
    for path, methods in result["paths"].items():
        for method, operation in methods.items():
            scopes = _scopes.get((path, method), ())
            operation["x-scopes"] = list(scopes)
            operation["security"] = [{"token": []}] if scopes else []
    return result

"""Who is asking, and may they: one statement per request beyond session and user; no view without a declared rule."""

import logging
from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured, PermissionDenied
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts.access import AccessRule, Gate, SignedOut, rule_of
from accounts.faults import problem_answer
from accounts.queries import NOBODY, Presence, presence_of_client, presence_of_user
from ledger.actors import ActorKind

log = logging.getLogger(__name__)
BEARER = "Bearer gp_"
RETRY_AFTER_SECONDS = "5"
HAT = "hat"  # session key: id of the membership that is on
# what a member without his compulsory second factor may still reach
WITHOUT_SECOND_FACTOR = ("mfa_", "account_", "set_language", "accounts_home")


class CurrentActor:
    """Sets `request.presence` and `request.actor` (both lazy) and enforces the declared access of every view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        presence = cast("Presence", SimpleLazyObject(lambda: _presence(request)))
        request.presence = presence  # type: ignore[attr-defined]
        request.actor = SimpleLazyObject(lambda: presence.actor)  # type: ignore[attr-defined]
        response = self.get_response(request)
        match = request.resolver_match
        if match is not None and match.view_name == "account_logout" and request.method == "POST":
            # the next person at a shared phone finds neither pages nor drafts
            response["Clear-Site-Data"] = '"cache", "storage"'
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        match = request.resolver_match
        name = match.view_name if match else ""
        rule = rule_of(view, name)
        if rule is None:
            return _undeclared(name, view)
        if rule.gate is Gate.CLOSED or (rule.gate is Gate.DEMO and not settings.DEMO):
            raise Http404
        if rule.gate in (Gate.PUBLIC, Gate.CAPABILITY, Gate.DEMO):
            return None
        try:
            presence = _presence(request)
        except (OperationalError, InterfaceError) as error:
            log.error("database away: %s", type(error).__name__)
            return _away(request)
        if not rule.admits(presence.actor):
            return _refuse(request, rule, presence)
        if presence.second_factor_missing and not name.startswith(WITHOUT_SECOND_FACTOR):
            return HttpResponseRedirect(reverse("mfa_activate_totp"))
        return None


def _presence(request: HttpRequest) -> Presence:
    kept: Presence | None = getattr(request, "_presence", None)
    if kept is None:
        request._presence = NOBODY  # type: ignore[attr-defined]  # what an error page sees if the database is away
        header = request.headers.get("authorization", "")
        if header.startswith(BEARER):
            kept = presence_of_client(header.removeprefix("Bearer ").strip())
        elif request.user.is_authenticated:
            kept = presence_of_user(request.user, request.session.get(HAT))
        else:
            kept = NOBODY
        request._presence = kept  # type: ignore[attr-defined]
    return kept


def _away(request: HttpRequest) -> HttpResponse:
    """503 that asks nothing of the database, not even for messages of the last action."""
    if request.path.startswith("/api/"):
        return problem_answer(request, 503, headers={"Retry-After": RETRY_AFTER_SECONDS})
    response = HttpResponse(render_to_string("govplatform/away.html"), status=503)
    response["Retry-After"] = RETRY_AFTER_SECONDS
    return response


def _undeclared(name: str, view: Callable[..., Any]) -> HttpResponse:
    message = f"route {name} ({getattr(view, '__qualname__', view)}) declares no access rule (accounts.access)"
    if settings.TEST_RUN:
        raise ImproperlyConfigured(message)
    log.error(message)
    raise Http404


def _refuse(request: HttpRequest, rule: AccessRule, presence: Presence) -> HttpResponse:
    """Not signed in → sign-in page (401 for programs); signed in without the right → 403."""
    if presence.actor.kind is not ActorKind.ANONYMOUS and rule.gate is not Gate.CLIENT:
        raise PermissionDenied
    if rule.gate is Gate.CLIENT:
        return _lacking(request, rule) if presence.actor.kind is ActorKind.CLIENT else _unauthorised(request)
    if request.path.startswith("/api/") or request.headers.get("accept", "").startswith("application/json"):
        return _unauthorised(request)
    back = f"?{urlencode({'next': request.get_full_path()})}" if request.method == "GET" else ""
    target = f"{settings.LOGIN_URL}{back}"
    if request.headers.get("hx-request") == "true":
        return HttpResponse(status=401, headers={"HX-Redirect": target})
    if request.method == "POST":
        raise SignedOut
    return HttpResponseRedirect(target)


def _unauthorised(request: HttpRequest) -> HttpResponse:
    return problem_answer(request, 401, headers={"WWW-Authenticate": 'Bearer realm="api"'})


def _lacking(request: HttpRequest, rule: AccessRule) -> HttpResponse:
    """403 that names the scopes of which one is needed (RFC 6750, 3.1)."""
    scopes = " ".join(rule.rights)
    asked = f'Bearer realm="api", error="insufficient_scope", scope="{scopes}"'
    detail = _("The token lacks the scope: %(scopes)s.") % {"scopes": scopes}
    return problem_answer(request, 403, detail=detail, headers={"WWW-Authenticate": asked})

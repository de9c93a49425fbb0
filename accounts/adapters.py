"""Hooks of django-allauth and django-axes: no sign-up by name, sign-in facts to the audit, limits per address."""

from datetime import timedelta
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.core.exceptions import ImmediateHttpResponse
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.actions import record_lockout, record_sign_in, record_sign_out
from accounts.queries import failures_from

ADDRESS_FAILURES_PER_HOUR = 20
UNKNOWN = "::"  # a local socket without a proxy: nobody can be told from anybody
QUIET = ("account/messages/logged_in.txt", "account/messages/logged_out.txt")


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Officials are created by the system administrator, residents come by phone code."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        try:
            return str(super().get_client_ip(request))
        except PermissionDenied:
            return UNKNOWN

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        address = client_address(request)
        if address != UNKNOWN and failures_from(address) >= ADDRESS_FAILURES_PER_HOUR:
            raise ImmediateHttpResponse(locked_out(request, None, credentials))
        super().pre_authenticate(request, **credentials)

    def post_login(self, request: HttpRequest, user: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().post_login(request, user, **kwargs)
        method = (kwargs.get("signal_kwargs") or {}).get("method", "password")
        record_sign_in(user=user, method=method)
        return response

    def logout(self, request: HttpRequest) -> None:
        if request.user.is_authenticated:
            record_sign_out(user=request.user)
        super().logout(request)

    def add_message(
        self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any
    ) -> None:
        if message_template not in QUIET:  # the page itself shows who is signed in
            super().add_message(request, level, message_template, *args, **kwargs)


def client_address(request: HttpRequest) -> str:
    """Address of the browser: forwarded addresses count only behind our own proxies (ALLAUTH_TRUSTED_PROXY_COUNT)."""
    return str(get_adapter(request).get_client_ip(request))


def locked_out(request: HttpRequest, response: HttpResponse | None, credentials: dict[str, Any] | None) -> HttpResponse:
    """429, the same words for a name that exists and one that does not; the lockout is in the audit."""
    window = timedelta(hours=settings.AXES_COOLOFF_TIME)
    record_lockout(username=str((credentials or {}).get("username") or ""), window=window)
    context = {
        "status": 429,
        "title": _("Too many attempts"),
        "detail": _("Sign-in is locked for %(minutes)s minutes.") % {"minutes": int(window.total_seconds() // 60)},
    }
    answer = render(request, "govplatform/error.html", context, status=429)
    answer["Retry-After"] = str(int(window.total_seconds()))
    return answer

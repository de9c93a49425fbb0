"""Demo mode only: one button per role, the thin strip, and what the stand-in would have sent."""

from allauth.account.utils import perform_login
from django.contrib.auth import logout
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from accounts import queries
from accounts.access import ActorRequest, demo
from accounts.kinds import DEMO_ROLES


@demo
@require_POST
def sign_in(request: ActorRequest) -> HttpResponseBase:
    """Become one of the demo's people."""
    username = request.POST.get("role", "")
    user = queries.demo_user(username) if username in DEMO_ROLES else None
    if user is None:
        raise Http404
    logout(request)
    return perform_login(request, user, redirect_url="/accounts/home/", signal_kwargs={"method": "demo"})


@demo
@require_GET
def outbox(request: ActorRequest) -> HttpResponse:
    """Messages of the stand-in, newest first, with their codes."""
    return render(request, "accounts/outbox.html", {"rows": queries.outbox()})

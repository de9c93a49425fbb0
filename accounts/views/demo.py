"""Demo mode only: one button per role, the thin strip, and what the stand-in would have sent."""

from django.contrib.auth import logout
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from accounts import queries
from accounts.access import ActorRequest, demo
from accounts.kinds import DEMO_ROLES
from accounts.views.common import signed_in_as


@demo
@require_POST
def sign_in(request: ActorRequest) -> HttpResponse:
    """Become one of the demo's people."""
    username = request.POST.get("role", "")
    user = queries.demo_user(username) if username in DEMO_ROLES else None
    if user is None:
        raise Http404
    logout(request)
    return signed_in_as(request, user, method="demo", target="/accounts/home/")


@demo
@require_GET
def outbox(request: ActorRequest) -> HttpResponse:
    """Messages of the stand-in, newest first, with their codes."""
    return render(request, "accounts/outbox.html", {"rows": queries.outbox()})

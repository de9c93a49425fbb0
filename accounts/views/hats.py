"""Desk screens of the security administrator: hats and API clients."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import actions, queries
from accounts.access import ActorRequest, requires
from accounts.forms import ClientForm, MembershipForm
from accounts.rules import city_date
from accounts.views.common import chips, chosen, take_over
from ledger.clock import app_now


@requires("accounts.memberships", "accounts.manage")
@require_GET
def memberships(request: ActorRequest) -> HttpResponse:
    """Who wears which hat where, since when."""
    filters = chosen(request, "role", "department", "user", "state")
    rows, next_key = queries.memberships(
        request.actor, filters=filters, after=request.GET.get("after", ""), now=app_now()
    )
    shown = chips(
        request,
        ("role", _("Role"), queries.role_choices()),
        ("department", _("Department"), queries.department_choices(request.actor)),
        ("state", _("State"), [("current", _("current")), ("ended", _("ended or not begun"))]),
    )
    return render(request, "accounts/memberships.html", {"rows": rows, "next_key": next_key, "filters": shown})


@requires("accounts.memberships")
@require_http_methods(["GET", "POST"])
def membership_new(request: ActorRequest) -> HttpResponse:
    """Grant a hat."""
    initial = {"username": request.GET.get("username", ""), "start": city_date(app_now())}
    form = MembershipForm(request.POST or None, initial=initial, actor=request.actor)
    if request.method == "POST" and form.is_valid() and _granted(request, form):
        messages.success(request, _("Granted."))
        return redirect("accounts_memberships")
    context = {"form": form, "title": _("Grant a membership"), "back": "accounts_memberships"}
    return render(request, "accounts/form.html", context)


def _granted(request: ActorRequest, form: MembershipForm) -> bool:
    values = form.cleaned_data
    user_id = queries.user_choice(request.actor, values["username"])
    if user_id is None:
        form.add_error("username", _("There is no such user."))
        return False
    try:
        actions.grant_membership(
            user_id=user_id,
            department_id=values["department"],
            role_code=values["role"],
            territory=values["territory"],
            start=values["start"],
            end=values["end"],
            actor=request.actor,
        )
    except ValidationError as error:
        take_over(form, error)
        return False
    return True


@requires("accounts.memberships")
@require_POST
def membership_end(request: ActorRequest, membership_id: int) -> HttpResponse:
    """End a hat today."""
    if not queries.sees_membership(request.actor, membership_id):
        raise Http404
    actions.end_membership(membership_id=membership_id, actor=request.actor)
    messages.success(request, _("Ended."))
    return redirect("accounts_memberships")


@requires("accounts.memberships")
@require_http_methods(["GET", "POST"])
def clients(request: ActorRequest) -> HttpResponse:
    """Systems that call the API; a new token is shown once, on this answer, and never again."""
    form, token = ClientForm(request.POST or None, actor=request.actor), ""
    if request.method == "POST" and form.is_valid():
        try:
            _client, token = actions.create_client(
                name=form.cleaned_data["name"],
                scopes=form.cleaned_data["scopes"],
                department_id=form.cleaned_data["department"],
                expires_at=form.expires_at(app_now()),
                actor=request.actor,
            )
        except ValidationError as error:
            take_over(form, error)
    rows = queries.clients(request.actor, now=app_now())
    response = render(request, "accounts/clients.html", {"rows": rows, "form": form, "token": token})
    response["Cache-Control"] = "no-store"
    return response


@requires("accounts.memberships")
@require_POST
def client_revoke(request: ActorRequest, client_id: int) -> HttpResponse:
    """The token stops working."""
    if not queries.sees_client(request.actor, client_id):
        raise Http404
    actions.revoke_client(client_id=client_id, actor=request.actor)
    messages.success(request, _("Revoked."))
    return redirect("accounts_clients")

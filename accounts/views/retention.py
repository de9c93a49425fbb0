"""The retention table, its dry run, and legal holds."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import ActorRequest, requires
from accounts.forms import HoldForm
from accounts.views.common import take_over
from ledger import actions, queries
from ledger.clock import app_now


@requires("accounts.memberships", "audit.read")
@require_http_methods(["GET", "POST"])
def retention(request: ActorRequest) -> HttpResponse:
    """How long what is kept; with ?count=1 how much is due. POST places a legal hold."""
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.place_hold(**form.cleaned_data, actor=request.actor)
        except ValidationError as error:
            take_over(form, error)
        else:
            messages.success(request, _("Nothing of it leaves until the hold is released."))
            return redirect("accounts_retention")
    counted = app_now() if request.GET.get("count") else None
    context = {
        "rows": queries.retention_table(now=counted),
        "counted": counted,
        "holds": queries.open_holds(),
        "form": form,
        "may_hold": request.actor.may("accounts.memberships"),
    }
    return render(request, "accounts/retention.html", context, status=422 if form.errors else 200)


@requires("accounts.memberships")
@require_POST
def hold_release(request: ActorRequest, hold_id: int) -> HttpResponse:
    """End a legal hold."""
    if not any(hold.id == hold_id for hold in queries.open_holds()):
        raise Http404
    actions.release_hold(hold_id=hold_id, actor=request.actor)
    messages.success(request, _("Released. What is due leaves within an hour."))
    return redirect("accounts_retention")

"""The duty roster: who answers for what on a day, leave and transfers, and everybody's own duties. Thin."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import ActorRequest, capability, member, requires
from accounts.views.common import take_over
from grids import actions, queries
from grids.forms import RosterForm
from grids.forms.duties import AbsenceForm, AssignForm, EndAbsenceForm, SubstituteForm, TransferForm
from grids.queries.feeds import feed_token, feed_user, own_duties
from grids.views import duty_words as words
from ledger.clock import app_now

LOOK = requires("grids.edit", "grids.publish")
# form of the page → (form, action, what was done)
ACTS: dict[str, tuple[type[forms.Form], Callable[..., Any], Any]] = {
    "assign": (AssignForm, actions.assign_duty, gettext_lazy("The post was given.")),
    "transfer": (TransferForm, actions.transfer_duties, gettext_lazy("The duties were transferred.")),
    "absence": (AbsenceForm, actions.enter_absence, gettext_lazy("The days away were entered.")),
    "substitute": (SubstituteForm, actions.give_substitute, gettext_lazy("The substitute stands in from today on.")),
    "back": (EndAbsenceForm, actions.end_absence, gettext_lazy("The absence has ended.")),
}
IN_LIST = ("back", "substitute")  # their forms stand beside each absence


@require_safe
@LOOK
def roster(request: ActorRequest) -> HttpResponse:
    """Who answers for which grid and duty on a day, and what each person carries."""
    return render(request, "grids/duties.html", _page(request))


def _page(request: ActorRequest, refused: str = "", form: forms.Form | None = None) -> dict[str, Any]:
    values = RosterForm(request.GET).values()
    page = words.roster_page(request, values)
    shown = {name: made() for name, (made, _act, _done) in ACTS.items() if name not in IN_LIST}
    shown["assign"] = AssignForm(initial={"grid": values["grid"]})
    if form is not None and refused in shown:
        shown[refused] = form
    words.offer_duties(shown["assign"], page["kinds"])
    return {**page, "forms": shown, "refused": refused, "refusal": form}


@require_http_methods(["GET", "HEAD", "POST"])
@LOOK
def act(request: ActorRequest, act: str) -> HttpResponse:
    """One change of the roster; refused with its reason, and with what was typed kept."""
    if act not in ACTS:
        raise Http404
    if request.method != "POST":  # the address a refused change leaves behind
        return redirect("grids_duties")
    made, do, done = ACTS[act]
    form = made(request.POST)
    if isinstance(form, AssignForm):
        words.offer_duties(form, words.catalogue())
    if form.is_valid():
        try:
            do(**form.cleaned_data, actor=request.actor)
            messages.success(request, done)
            return redirect("grids_duties")
        except ValidationError as error:
            take_over(form, error)
    return render(request, "grids/duties.html", _page(request, act, form), status=422)


@never_cache
@require_safe
@member
def mine(request: ActorRequest) -> HttpResponse:
    """My own duties, days away, and the private address of my calendar."""
    user = request.actor.user_id or 0
    token = feed_token(user)
    address = request.build_absolute_uri(reverse("grids_duty_calendar", args=[token])) if token else ""
    found = own_duties(user, on=queries.today())
    context = {"entries": words.calendar_entries(found, on=queries.today()), "address": address}
    return render(request, "grids/my_duties.html", context)


@require_POST
@member
def renew(request: ActorRequest) -> HttpResponse:
    """A new private address; the old one leads nowhere."""
    number = actions.renew_feed(actor=request.actor)
    messages.success(request, _("The calendar has a new address.") if number > 1 else _("The calendar has an address."))
    return redirect("grids_my_duties")


@never_cache
@require_safe
@capability
def calendar(request: ActorRequest, token: str) -> HttpResponse:
    """Somebody's duties as a calendar (RFC 5545), in the language of its owner."""
    user = feed_user(token)
    if user is None:
        raise Http404
    found = own_duties(user, on=queries.today())
    with override(found.language or "zh-hans"):
        text = words.calendar_file(gettext("My duties"), found, on=queries.today(), now=app_now())
    headers = {"Content-Disposition": 'attachment; filename="duties.ics"', "Referrer-Policy": "no-referrer"}
    return HttpResponse(text, content_type="text/calendar; charset=utf-8", headers=headers)

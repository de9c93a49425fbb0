"""Proposals of the grid compiler for all villages of a change: asked for together, compared, one kind taken. Thin."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import ActorRequest, requires
from accounts.views.common import take_over
from grids import actions
from grids.forms import ProposeForm, TakeNamedForm
from grids.queries.change_sets import set_row, set_version
from grids.queries.drafts import DraftState
from grids.queries.proposals import proposals_of
from grids.views import change_set_words, proposal_words
from grids.views.change_sets import LOOK, states_or_404


@require_http_methods(["GET", "HEAD", "POST"])
@LOOK
def set_proposals(request: ActorRequest, set_id: int) -> HttpResponse:
    """What was proposed for each village, side by side, and the form that asks for all of them at once."""
    states = states_or_404(request, set_id)
    if request.method != "POST":
        return _page(request, set_id, states, ProposeForm(initial={"version": set_version(states)}), 200)
    form = ProposeForm(request.POST)
    if form.is_valid():
        try:
            given = {"version": form.cleaned_data["version"], "settings": form.settings()}
            actions.propose_set(set_id=set_id, actor=request.actor, **given)
            return redirect("grids_set_proposals", set_id=set_id)
        except ValidationError as error:
            take_over(form, error)
    return _page(request, set_id, states, form, 422)


def _page(
    request: ActorRequest, set_id: int, states: list[DraftState], form: ProposeForm, status: int, **more: Any
) -> HttpResponse:
    row = set_row(set_id)
    newest = [(state, next(iter(proposals_of(state.row.id)), None)) for state in states]
    context = {
        "row": change_set_words.set_labels([row])[0] if row is not None else None,
        "form": form,
        "version": set_version(states),
        "villages": proposal_words.village_proposals(newest),
        "totals": proposal_words.totals([proposal for _state, proposal in newest if proposal is not None]),
        "active": any(proposal is not None and proposal.active for _state, proposal in newest),
        "may_edit": request.actor.may("grids.edit") and all(state.editable for state in states),
        **more,
    }
    return render(request, "grids/set_proposals.html", context, status=status)


@require_POST
@requires("grids.edit")
def set_proposals_take(request: ActorRequest, set_id: int) -> HttpResponse:
    """One kind of alternative becomes the next step of every village, or of none."""
    states, form = states_or_404(request, set_id), TakeNamedForm(request.POST)
    try:
        number = actions.take_set(set_id=set_id, actor=request.actor, **form.given())
    except ValidationError as error:
        empty = ProposeForm(initial={"version": set_version(states)})
        return _page(request, set_id, states, empty, 422, refusal=error)
    messages.success(request, _("Taken into the drafts of %(n)s villages; edit them on, or undo it.") % {"n": number})
    return redirect("grids_change_set", set_id=set_id)

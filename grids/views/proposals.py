"""Proposals of the grid compiler for a draft: asked for, compared side by side, one of them taken. Thin."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import ActorRequest, requires
from accounts.views.common import take_over
from grids import actions
from grids.forms import ProposeForm, TakeForm
from grids.queries.drafts import DraftState, draft_state
from grids.queries.proposals import ProposalRow, proposal, proposals_of
from grids.views import proposal_words as words
from ledger.actions import cancel_job

LOOK = requires("grids.edit", "grids.publish")


def _state(request: ActorRequest, draft: int) -> DraftState:
    found = draft_state(draft, request.actor)
    if found is None:
        raise Http404
    return found


def _row(draft: int, proposal_id: int) -> ProposalRow:
    found = proposal(draft, proposal_id)
    if found is None:
        raise Http404
    return found


@require_http_methods(["GET", "HEAD", "POST"])
@LOOK
def proposals(request: ActorRequest, draft: int) -> HttpResponse:
    """What was proposed for a draft, how the method works, and the form that asks for more."""
    state = _state(request, draft)
    if request.method != "POST":
        return _list(request, state, ProposeForm(initial={"version": state.version}), 200)
    form = ProposeForm(request.POST)
    if form.is_valid():
        try:
            given = {"version": form.cleaned_data["version"], "settings": form.settings()}
            made = actions.propose(draft_id=draft, actor=request.actor, **given)
            return redirect("grids_proposal", draft=draft, proposal_id=made)
        except ValidationError as error:
            take_over(form, error)
    return _list(request, state, form, 422)


def _list(request: ActorRequest, state: DraftState, form: ProposeForm, status: int) -> HttpResponse:
    context = {
        "state": state,
        "form": form,
        "rows": words.proposal_lines(proposals_of(state.row.id)),
        "may_edit": request.actor.may("grids.edit") and state.editable,
    }
    return render(request, "grids/proposals.html", context, status=status)


@require_safe
@LOOK
def proposal_page(request: ActorRequest, draft: int, proposal_id: int) -> HttpResponse:
    """The alternatives side by side, with their scores."""
    return _page(request, _state(request, draft), _row(draft, proposal_id))


def _page(request: ActorRequest, state: DraftState, row: ProposalRow, **more: Any) -> HttpResponse:
    context = {
        "state": state,
        "row": words.proposal_lines([row])[0],
        "alternatives": words.alternative_cards(row, state),
        "scores": words.score_table(row),
        "may_edit": request.actor.may("grids.edit") and state.editable,
        **more,
    }
    return render(request, "grids/proposal.html", context, status=422 if more else 200)


@require_POST
@requires("grids.edit")
def proposal_take(request: ActorRequest, draft: int, proposal_id: int) -> HttpResponse:
    """One alternative becomes the next step of the draft."""
    state, form = _state(request, draft), TakeForm(request.POST)
    row = _row(draft, proposal_id)
    try:
        given = form.given()
        actions.take_alternative(draft_id=draft, proposal_id=proposal_id, actor=request.actor, **given)
    except ValidationError as error:
        return _page(request, state, row, refusal=error)
    messages.success(request, _("Taken into the draft; edit it on, or undo it."))
    return redirect("grids_zoning_draft", draft=draft)


@require_POST
@requires("grids.edit")
def proposal_stop(request: ActorRequest, draft: int, proposal_id: int) -> HttpResponse:
    """End a computation that is under way."""
    state, row = _state(request, draft), _row(draft, proposal_id)
    try:
        cancel_job(job_id=row.job_id, actor=request.actor)
    except ValidationError as error:
        return _page(request, state, row, refusal=error)
    return redirect("grids_proposal", draft=draft, proposal_id=proposal_id)

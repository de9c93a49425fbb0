"""A change over several villages on one page: its drafts, what they come to, and its way into force. Thin."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import ActorRequest, requires
from grids import actions, queries
from grids.forms import VersionForm, ZoningForm
from grids.queries.change_sets import drafts_of_set, set_row, set_version, villages_of
from grids.queries.drafts import DraftState
from grids.views import change_set_words as words
from grids.views.zoning_words import may, told

LOOK = requires("grids.edit", "grids.publish")


def states_or_404(request: ActorRequest, set_id: int) -> list[DraftState]:
    found = drafts_of_set(set_id, request.actor)
    if not found:
        raise Http404
    return found


@require_safe
@LOOK
def change_set(request: ActorRequest, set_id: int) -> HttpResponse:
    """The villages with their state, all changed grids, the map over all, and what can be done with the whole."""
    return _page(request, set_id, states_or_404(request, set_id))


def _page(request: ActorRequest, set_id: int, states: list[DraftState], **more: Any) -> HttpResponse:
    villages, row = villages_of(states), set_row(set_id)
    stage = min(state.row.stage for state in states)
    values = ZoningForm(request.GET).values()
    context = {
        "row": words.set_labels([row])[0] if row is not None else None,
        "stage": stage,
        "villages": words.village_lines(villages),
        "changed": words.changed_lines(villages),
        "ready": words.is_ready(villages),
        "show": values["show"] or "both",
        "view": values["at"],
        "version_form": VersionForm(initial={"version": set_version(states)}),
        "version": set_version(states),
        "reason": next((state.reason for state in states if state.reason), ""),
        **may(request.actor, states),
        "today": queries.today(),
        **more,
    }
    return render(request, "grids/change_set.html", context, status=422 if more else 200)


@require_safe
@LOOK
def change_set_map(request: ActorRequest, set_id: int) -> JsonResponse:
    """The shapes of all villages for the map; the page says the same in words and numbers."""
    return JsonResponse(words.set_shapes(villages_of(states_or_404(request, set_id))))


MOVES: dict[str, tuple[Callable[..., str], tuple[str, ...]]] = {
    "discard": (told(actions.discard_set, gettext_lazy("Discarded.")), ()),
    "submit": (told(actions.submit_set, gettext_lazy("Handed in. A second person publishes it.")), ()),
    "back": (told(actions.send_back_set, gettext_lazy("Given back to be drawn on.")), ("reason",)),
    "publish": (told(actions.publish_set, gettext_lazy("Published.")), ("effective_from",)),
    "withdraw": (told(actions.withdraw_set, gettext_lazy("Withdrawn.")), ("reason",)),
}


@require_http_methods(["GET", "HEAD", "POST"])
@LOOK
def change_set_move(request: ActorRequest, set_id: int, move: str) -> HttpResponse:
    """Hand in, give back, publish, withdraw, discard: all drafts or none; each action asks for its own right."""
    states = states_or_404(request, set_id)
    if move not in (*MOVES, "reverse"):
        raise Http404
    if request.method == "POST":
        try:
            if move == "reverse":
                given = VersionForm(request.POST).given(())
                return redirect("grids_change_set", actions.reverse_set(set_id=set_id, actor=request.actor, **given))
            act, fields = MOVES[move]
            given = VersionForm(request.POST).given(fields)
            messages.success(request, act(set_id=set_id, actor=request.actor, **given))
        except ValidationError as error:
            return _page(request, set_id, states, refusal=error)
    return redirect("grids_change_set", set_id=set_id)

"""A draft tried on history: begin it, watch it, read what would change, take the list away."""

import csv
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.access import ActorRequest, requires
from accounts.queries import actor_names
from cases import actions as case_actions
from cases import queries as case_queries
from cases.forms import SimulationForm
from cases.views import edition_show as show
from cases.views.filters import Echo
from ledger import actions, kinds, queries
from ledger.clock import app_now
from ledger.rules import safe_cell

LOOK = requires(*kinds.EDITION_READERS)
PAGE = 50


@never_cache
@require_safe
@LOOK
def simulations(request: ActorRequest, kind: str, number: int) -> HttpResponse:
    """Simulations of an edition, and the form that begins one."""
    return render(request, "cases/simulations.html", _list(request, kind, number, SimulationForm(kind=kind)))


@require_POST
@LOOK
def start(request: ActorRequest, kind: str, number: int) -> HttpResponse:
    """Begin one."""
    context = _list(request, kind, number, form := SimulationForm(request.POST, kind=kind))
    if form.is_valid():
        try:
            run = actions.start_simulation(kind=kind, number=number, actor=request.actor, **form.chosen())
        except ValidationError as error:
            form.add_error(None, error.messages)
        else:
            return redirect("cases:simulation", kind=kind, number=number, run=run)
    return render(request, "cases/simulations.html", context, status=422)


@never_cache
@require_safe
@LOOK
def simulation(request: ActorRequest, kind: str, number: int, run: int) -> HttpResponseBase:
    """What would change, summed by group and one by one; `format=csv` takes what is filtered."""
    card = _card(kind, number, run)
    verdict, group = request.GET.get("verdict", ""), _group(request)
    if request.GET.get("format") == "csv" and _may(request, kind):
        return _exported(request, card, verdict, group)
    page = case_queries.simulation_page(
        request.actor, card, verdict=verdict, group=group, after=request.GET.get("after", ""), limit=PAGE
    )
    context = {
        **_names(kind, number),
        "card": card,
        "page": page,
        "tabs": show.verdict_tabs(request, card, verdict),
        "group": group,
        "person": actor_names([card.started_by]).get(card.started_by, ""),
        "may_act": _may(request, kind),
        "now": app_now(),
    }
    return render(request, "cases/simulation.html", context)


@require_POST
@LOOK
def act(request: ActorRequest, kind: str, number: int, run: int, act: str) -> HttpResponse:
    """Stop it after its present piece, or carry it on."""
    card = _card(kind, number, run)
    steps = {"stop": actions.cancel_job, "resume": actions.resume_job}
    if act not in steps:
        raise Http404
    try:
        steps[act](job_id=card.job_id, actor=request.actor)
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    return redirect("cases:simulation", kind=kind, number=number, run=run)


def _group(request: ActorRequest) -> str | None:
    """The group of the URL; "none" is the group of what falls into none."""
    chosen = request.GET.get("group")
    return "" if chosen == "none" else chosen


def _may(request: ActorRequest, kind: str) -> bool:
    spec = kinds.editions[kind]
    return any(request.actor.may(right) for right in (spec.draft_right, spec.approve_right))


def _names(kind: str, number: int) -> dict[str, Any]:
    spec = kinds.simulations.get(kind)
    edition = queries.edition_card(kind, number, app_now()) if spec else None
    if spec is None or edition is None:
        raise Http404
    return {"edition": edition, "name": queries.edition_name(kind), **show.simulation_words(spec)}


def _list(request: ActorRequest, kind: str, number: int, form: SimulationForm) -> dict[str, Any]:
    context = _names(kind, number)
    cards = queries.simulation_cards(kind, number)
    people = actor_names(card.started_by for card in cards)
    return {
        **context,
        "cards": cards,
        "people": people,
        "form": form if _may(request, kind) else None,
        "now": app_now(),
    }


def _card(kind: str, number: int, run: int) -> queries.SimulationCard:
    card = queries.simulation_card(kind, number, run) if kind in kinds.simulations else None
    if card is None:
        raise Http404
    return card


def _exported(
    request: ActorRequest, card: queries.SimulationCard, verdict: str, group: str | None
) -> StreamingHttpResponse:
    """What the reader may see, as CSV; the export is in the audit."""
    case_actions.note_simulation_export(actor=request.actor, run_id=card.id, verdict=verdict, group=group or "")
    lines = case_queries.simulation_lines(request.actor, card, verdict=verdict, group=group)
    response = StreamingHttpResponse(_cells(lines), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="simulation-{card.kind}-{card.number}-{card.id}.csv"'
    return response


def _cells(lines: Iterator[case_queries.FoundRow]) -> Iterator[str]:
    writer = csv.writer(Echo())
    yield "\ufeff" + writer.writerow([_("Subject"), _("What would change"), _("Before"), _("After")])
    for row in lines:
        yield writer.writerow(
            [safe_cell(text) for text in (row.told.subject, row.label, row.told.before, row.told.after)]
        )

"""Editions of every kind on one set of screens: what is in force, what differs, who drafted, who approves."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.access import ActorRequest, requires
from cases.forms import AtForm, EditionForm, EditionMoveForm
from cases.views import edition_show as show
from ledger import actions, queries
from ledger import kinds as registry
from ledger.clock import app_now

LOOK = requires(*registry.EDITION_READERS)
PAGE = 100
MOVES = ("approve", "return", "hand-in", "discard", "restore", "rebase", "publish", "withdraw")


@require_safe
@LOOK
def kinds(request: ActorRequest) -> HttpResponse:
    """Every kind: what is in force since when, and what waits for whom."""
    rows = queries.edition_kinds(app_now())
    return render(request, "cases/editions.html", {"rows": [show.kind_row(row, request.actor) for row in rows]})


@require_safe
@LOOK
def history(request: ActorRequest, kind: str) -> HttpResponse:
    """All editions of a kind; with a date, the one that applied then."""
    spec, now = _spec(kind), app_now()
    form = AtForm(request.GET if request.GET.get("at") else None)
    at = form.cleaned_data["at"] if form.is_bound and form.is_valid() else None
    cards = queries.edition_cards(kind, now)
    context = {
        "kind": spec,
        "name": queries.edition_name(kind),
        "rows": [show.card_row(card, request.actor) for card in cards],
        "at": at,
        "at_form": form,
        "found": queries.edition_in_force(kind, at) if at else None,
        "form": EditionForm() if request.actor.may(spec.draft_right) else None,
        "people": show.people(cards),
    }
    return render(request, "cases/edition_kind.html", context, status=422 if form.errors else 200)


@require_POST
@LOOK
def draft(request: ActorRequest, kind: str) -> HttpResponse:
    """Begin a draft as a copy of what is in force."""
    spec, form = _spec(kind), EditionForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give the draft a title."))
        return redirect("cases:edition_kind", kind=kind)
    made = registry.resolve(spec.draft)(title=form.cleaned_data["title"], actor=request.actor)
    return redirect("cases:edition", kind=kind, number=made.number)


@require_safe
@LOOK
def edition(request: ActorRequest, kind: str, number: int) -> HttpResponse:
    """One edition: its difference to another, its content, what may be done with it and by whom."""
    return render(request, "cases/edition.html", _context(request, kind, number))


@require_POST
@LOOK
def move(request: ActorRequest, kind: str, number: int, move: str) -> HttpResponse:
    """One step of an edition; what is refused is said on the page it was tried on."""
    found, form = _card(kind, number), EditionMoveForm(request.POST)
    if move not in MOVES:
        raise Http404
    try:
        if not form.is_valid():
            raise ValidationError(_("This is no date and time."))
        given = {name: form.cleaned_data[name] for name in ("version", "reason", "effective_from")}
        show.refuse_unread(found, queries.edition_cards(kind, app_now()), move, form.cleaned_data["confirmed"])
        actions.move_edition(kind=kind, number=number, move=move, actor=request.actor, **given)
    except ValidationError as error:
        context = {**_context(request, kind, number), "refused": error.messages, "tried": move, "form": form}
        return render(request, "cases/edition.html", context, status=422)
    messages.success(request, show.done_text(move))
    return redirect("cases:edition", kind=kind, number=number)


def _spec(kind: str) -> registry.EditionKind:
    spec = registry.editions.get(kind)
    if spec is None:
        raise Http404
    return spec


def _card(kind: str, number: int) -> queries.EditionCard:
    found = queries.edition_card(_spec(kind).kind, number, app_now())
    if found is None:
        raise Http404
    return found


def _context(request: ActorRequest, kind: str, number: int) -> dict[str, Any]:
    now, found = app_now(), _card(kind, number)
    cards = queries.edition_cards(kind, now)
    return {
        "edition": found,
        "kind": _spec(kind),
        "name": queries.edition_name(kind),
        "phase": show.phase(found.phase),
        "cards": cards,
        "form": EditionMoveForm(initial={"version": found.version}),
        "now": now,
        **show.comparison(found, cards, request.GET.get("against", "")),
        **show.table(found, request.GET, PAGE),
        **show.moves(found, cards, request.actor),
        "steps": show.steps(found),
        "people": show.people(cards),
    }
